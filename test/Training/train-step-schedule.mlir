// Scalars of role `schedule` become arguments of the step; those of one name,
// here of the loss and of the optimizer, are one. Micro-batches share them.
// RUN: mp-opt %s --mp-train-step="compute=f32 loss-scale=none accumulate=2" | FileCheck %s
// RUN: rm -rf %t && mkdir %t
// RUN: python3 %S/../Scenarios/Inputs/train_data.py %t/data x_train=F32:4x2:1 init/w=F32:2:1
// RUN: echo '{"rate": [0.5, 0.25]}' > %t/rate.json
// RUN: mp-train %s --data=%t/data --batch=2 --epochs=1 --train-step="accumulate=2" --schedule=%t/rate.json --checkpoint=%t/run \
// RUN:   --metrics=%t/steps.jsonl --quiet
// RUN: FileCheck %s --check-prefix=STEPS < %t/steps.jsonl
// RUN: python3 %S/../Scenarios/Inputs/print_state.py %t/run/step-2.safetensors | FileCheck %s --check-prefix=STATE

// CHECK-LABEL: func.func @train_step
// CHECK-SAME: %[[W:[^:]*]]: tensor<2xf32> {mp.name = "params/w"
// CHECK-SAME: %[[R:[^:]*]]: tensor<f32> {mp.name = "rate", mp.role = "schedule"})
// CHECK: stablehlo.while
// CHECK: stablehlo.broadcast_in_dim %[[R]]
// CHECK: mp.guarded_update
// CHECK: stablehlo.broadcast_in_dim %[[R]]

// The gradient is x * rate, and the update that times rate again: 1 - 0.25 -
// 0.0625. The loss is the sum of w * x * rate.
// STEPS: {"step":1,"epoch":0,"loss":1.0,{{.*}}"schedules":{"rate":0.5}}
// STEPS: {"step":2,"epoch":0,"loss":0.375,{{.*}}"schedules":{"rate":0.25}}
// STATE: params/w (0.6875, 0.6875)

func.func @loss_and_grads(%w: tensor<2xf32> {mp.role = "param", mp.name = "params/w"},
                          %x: tensor<1x2xf32> {mp.role = "batch", mp.name = "x"},
                          %r: tensor<f32> {mp.role = "schedule", mp.name = "rate"})
    -> (tensor<f32> {mp.role = "loss", mp.name = "loss"}, tensor<2xf32> {mp.role = "grad", mp.name = "grads/w"}) {
  %row = stablehlo.reshape %x : (tensor<1x2xf32>) -> tensor<2xf32>
  %b = stablehlo.broadcast_in_dim %r, dims = [] : (tensor<f32>) -> tensor<2xf32>
  %g = stablehlo.multiply %row, %b : tensor<2xf32>
  %loss = stablehlo.dot_general %w, %g, contracting_dims = [0] x [0] : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
  return %loss, %g : tensor<f32>, tensor<2xf32>
}

func.func @apply_updates(%w: tensor<2xf32> {mp.role = "param", mp.name = "params/w"},
                         %r: tensor<f32> {mp.role = "schedule", mp.name = "rate"},
                         %g: tensor<2xf32> {mp.role = "grad", mp.name = "grads/w"})
    -> (tensor<2xf32> {mp.role = "param", mp.name = "params/w"}) {
  %b = stablehlo.broadcast_in_dim %r, dims = [] : (tensor<f32>) -> tensor<2xf32>
  %u = stablehlo.multiply %g, %b : tensor<2xf32>
  %n = stablehlo.subtract %w, %u : tensor<2xf32>
  return %n : tensor<2xf32>
}
