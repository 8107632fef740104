// A hundred thousand clean steps that each double the scale: it stops at the
// last finite product, 2^127, and never becomes infinite. Several optimizers
// and a scaler restored in the middle are in Training/traces.test (13 to 15).

// RUN: rm -rf %t && mkdir %t
// RUN: python3 %S/Inputs/train_data.py %t/data.safetensors x_train=F32:1000x2:0 init/w=F32:2:1
// RUN: mp-train %s --data=%t/data.safetensors --batch=1 --epochs=100 --train-step="loss-scale=dynamic interval=1" \
// RUN:   --checkpoint=%t/run --quiet | FileCheck %s
// RUN: python3 -c "import plain_safetensors as st; print(st.unpack(st.read('%t/run/step-100000.safetensors')['scaler/scale'])[0])" \
// RUN:   | FileCheck %s --check-prefix=SCALE
// CHECK: done after 100000 steps (0 skipped)
// SCALE: 1.7014118346046923e+38

func.func @loss_and_grads(%w: tensor<2xf32> {mp.role = "param", mp.name = "params/w"},
                          %x: tensor<1x2xf32> {mp.role = "batch", mp.name = "x"},
                          %s: tensor<f32> {mp.role = "loss_scale"})
    -> (tensor<f32> {mp.role = "loss", mp.name = "loss"}, tensor<2xf32> {mp.role = "grad", mp.name = "grads/w"}) {
  %r = stablehlo.reshape %x : (tensor<1x2xf32>) -> tensor<2xf32>
  %b = stablehlo.broadcast_in_dim %s, dims = [] : (tensor<f32>) -> tensor<2xf32>
  %g = stablehlo.multiply %r, %b : tensor<2xf32>
  %loss = stablehlo.dot_general %w, %g, contracting_dims = [0] x [0] : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
  return %loss, %g : tensor<f32>, tensor<2xf32>
}

func.func @apply_updates(%w: tensor<2xf32> {mp.role = "param", mp.name = "params/w"},
                         %g: tensor<2xf32> {mp.role = "grad", mp.name = "grads/w"})
    -> (tensor<2xf32> {mp.role = "param", mp.name = "params/w"}) {
  %n = stablehlo.subtract %w, %g : tensor<2xf32>
  return %n : tensor<2xf32>
}
