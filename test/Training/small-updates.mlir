// Updates of 2^-12 are below half a unit of bf16 at 1, which is 2^-9. Masters
// add them up: after 256 steps the weights are at 1 - 2^-4. Parameters kept in
// bf16 do not move at all, and the run says so.

// RUN: rm -rf %t && mkdir %t
// RUN: python3 %S/../Scenarios/Inputs/train_data.py %t/data.safetensors x_train=F32:256x4:0.000244140625 init/w=F32:4:1
// RUN: mp-train %s --data=%t/data.safetensors --batch=1 --epochs=1 --policy=bf16 --checkpoint=%t/masters --quiet
// RUN: mp-train %s --data=%t/data.safetensors --batch=1 --epochs=1 --policy=bf16 --train-step="masters=none" \
// RUN:   --checkpoint=%t/none --metrics=%t/none.jsonl --quiet 2> %t/err
// RUN: FileCheck %s --check-prefix=WARN < %t/err
// RUN: FileCheck %s --check-prefix=METRICS < %t/none.jsonl
// RUN: python3 -c "import plain_safetensors as st; print(st.unpack(st.read('%t/masters/step-256.safetensors')['params/w']))" \
// RUN:   | FileCheck %s --check-prefix=MASTERS
// RUN: python3 -c "import plain_safetensors as st; print(st.read('%t/none/step-256.safetensors')['params/w'])" \
// RUN:   | FileCheck %s --check-prefix=NONE
// MASTERS: (0.9375, 0.9375, 0.9375, 0.9375)
// WARN: mp-train: warning: in step 256 4 of 4 weights stay where they are, since their updates are below half a unit of their format; masters=f32
// METRICS: {"step":1,{{.*}}"stuck_weights":4}
// NONE: ('BF16', [4], b'\x80?\x80?\x80?\x80?')

func.func @loss_and_grads(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"},
                          %x: tensor<1x4xf32> {mp.role = "batch", mp.name = "x"})
    -> (tensor<f32> {mp.role = "loss", mp.name = "loss"}, tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"}) {
  %g = stablehlo.reshape %x : (tensor<1x4xf32>) -> tensor<4xf32>
  %loss = stablehlo.dot_general %w, %g, contracting_dims = [0] x [0] : (tensor<4xf32>, tensor<4xf32>) -> tensor<f32>
  return %loss, %g : tensor<f32>, tensor<4xf32>
}

func.func @apply_updates(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"},
                         %g: tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"})
    -> (tensor<4xf32> {mp.role = "param", mp.name = "params/w"}) {
  %n = stablehlo.subtract %w, %g : tensor<4xf32>
  return %n : tensor<4xf32>
}
