// RUN: mp-opt %s --mp-classify | FileCheck %s

// What the loss comes from is forward, which is not written; the scale and
// what it alone makes are the scaler's, the rest is backward.
// CHECK-LABEL: func.func @loss_and_grads
// CHECK: stablehlo.dot_general
// CHECK-NOT: mp.region
// CHECK: stablehlo.multiply %{{.*}}mp.region = "scaler"
// CHECK: stablehlo.broadcast_in_dim %{{.*}}mp.region = "scaler"
// CHECK: stablehlo.multiply %{{.*}}mp.region = "backward"
// CHECK: stablehlo.dot_general {{.*}}mp.region = "backward"
func.func @loss_and_grads(%w: tensor<4x4xf32> {mp.role = "param"}, %x: tensor<8x4xf32> {mp.role = "batch"}, %s: tensor<f32> {mp.role = "loss_scale"}) -> (tensor<f32> {mp.role = "loss"}, tensor<4x4xf32> {mp.role = "grad"}) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %y = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<8x4xf32>, tensor<4x4xf32>) -> tensor<8x4xf32>
  %c = stablehlo.cosine %y : tensor<8x4xf32>
  %l = stablehlo.reduce(%c init: %zero) applies stablehlo.add across dimensions = [0, 1] : (tensor<8x4xf32>, tensor<f32>) -> tensor<f32>
  %scaled = stablehlo.multiply %l, %s : tensor<f32>
  %seed = stablehlo.broadcast_in_dim %s, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %d = stablehlo.sine %y : tensor<8x4xf32>
  %g = stablehlo.multiply %seed, %d : tensor<8x4xf32>
  %dw = stablehlo.dot_general %x, %g, contracting_dims = [0] x [0] : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<4x4xf32>
  return %scaled, %dw : tensor<f32>, tensor<4x4xf32>
}

// Where one function does all, arithmetic element by element that leads to a
// new parameter is the optimizer's; gradients in another shape, and their
// sums, are still gradients.
// CHECK-LABEL: func.func @step
// CHECK: stablehlo.sine {{.*}}mp.region = "backward"
// CHECK: stablehlo.dot_general {{.*}}mp.region = "backward"
// CHECK: stablehlo.transpose {{.*}}mp.region = "backward"
// CHECK: stablehlo.add {{.*}}mp.region = "backward"
// CHECK: stablehlo.multiply {{.*}}mp.region = "optimizer"
// CHECK: stablehlo.subtract {{.*}}mp.region = "optimizer"
func.func @step(%w: tensor<4x4xf32> {mp.role = "param"}, %x: tensor<8x4xf32> {mp.role = "batch"}) -> (tensor<f32> {mp.role = "loss"}, tensor<4x4xf32> {mp.role = "param"}) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %lr = stablehlo.constant dense<0.1> : tensor<4x4xf32>
  %y = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<8x4xf32>, tensor<4x4xf32>) -> tensor<8x4xf32>
  %c = stablehlo.cosine %y : tensor<8x4xf32>
  %l = stablehlo.reduce(%c init: %zero) applies stablehlo.add across dimensions = [0, 1] : (tensor<8x4xf32>, tensor<f32>) -> tensor<f32>
  %d = stablehlo.sine %y : tensor<8x4xf32>
  %dw = stablehlo.dot_general %d, %x, contracting_dims = [0] x [0] : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<4x4xf32>
  %t = stablehlo.transpose %dw, dims = [1, 0] : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %dv = stablehlo.dot_general %x, %d, contracting_dims = [0] x [0] : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<4x4xf32>
  %g = stablehlo.add %t, %dv : tensor<4x4xf32>
  %u = stablehlo.multiply %g, %lr : tensor<4x4xf32>
  %n = stablehlo.subtract %w, %u : tensor<4x4xf32>
  return %l, %n : tensor<f32>, tensor<4x4xf32>
}

// A function that reads gradients is the optimizer's.
// CHECK-LABEL: func.func @apply_updates
// CHECK: stablehlo.sign {{.*}}mp.region = "optimizer"
func.func @apply_updates(%w: tensor<4xf32> {mp.role = "param"}, %g: tensor<4xf32> {mp.role = "grad"}) -> (tensor<4xf32> {mp.role = "param"}) {
  %s = stablehlo.sign %g : tensor<4xf32>
  %n = stablehlo.subtract %w, %s : tensor<4xf32>
  return %n : tensor<4xf32>
}
