// RUN: mp-opt %s --mp-classify | FileCheck %s

// Two moving averages of a gradient and of its square make Adam; weights that
// decay make it AdamW, which holds Adam.
// CHECK-LABEL: func.func @adamw
// CHECK: stablehlo.multiply %arg3, {{.*}}mp.class = "optimizer", mp.pattern = "optimizer_adamw/optimizer_adam", mp.region = "optimizer"
// CHECK: stablehlo.sqrt {{.*}}mp.pattern = "optimizer_adamw/optimizer_adam"
// CHECK: stablehlo.add %arg0, {{.*}}mp.class = "optimizer"
func.func @adamw(%p: tensor<8xf32>, %m: tensor<8xf32>, %v: tensor<8xf32>, %g: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) {
  %b1 = stablehlo.constant dense<0.899999976> : tensor<8xf32>
  %c1 = stablehlo.constant dense<1.000000e-01> : tensor<8xf32>
  %b2 = stablehlo.constant dense<9.990000e-01> : tensor<8xf32>
  %c2 = stablehlo.constant dense<1.000000e-03> : tensor<8xf32>
  %eps = stablehlo.constant dense<1.0e-8> : tensor<8xf32>
  %wd = stablehlo.constant dense<1.0e-2> : tensor<8xf32>
  %lr = stablehlo.constant dense<-1.0e-3> : tensor<8xf32>
  %0 = stablehlo.multiply %g, %c1 : tensor<8xf32>
  %1 = stablehlo.multiply %m, %b1 : tensor<8xf32>
  %m2 = stablehlo.add %0, %1 : tensor<8xf32>
  %2 = stablehlo.multiply %g, %g : tensor<8xf32>
  %3 = stablehlo.multiply %2, %c2 : tensor<8xf32>
  %4 = stablehlo.multiply %v, %b2 : tensor<8xf32>
  %v2 = stablehlo.add %3, %4 : tensor<8xf32>
  %5 = stablehlo.sqrt %v2 : tensor<8xf32>
  %6 = stablehlo.add %5, %eps : tensor<8xf32>
  %7 = stablehlo.divide %m2, %6 : tensor<8xf32>
  %8 = stablehlo.multiply %p, %wd : tensor<8xf32>
  %9 = stablehlo.add %7, %8 : tensor<8xf32>
  %10 = stablehlo.multiply %9, %lr : tensor<8xf32>
  %11 = stablehlo.add %p, %10 : tensor<8xf32>
  return %11, %m2, %v2 : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
}

// A scaled sum is a step of gradient descent where a role says that one term
// is a parameter.
// CHECK-LABEL: func.func @sgd
// CHECK: stablehlo.multiply {{.*}}mp.pattern = "optimizer_sgd"
// CHECK: stablehlo.subtract {{.*}}mp.pattern = "optimizer_sgd"
func.func @sgd(%p: tensor<8xf32> {mp.role = "param"}, %g: tensor<8xf32> {mp.role = "grad"}) -> (tensor<8xf32> {mp.role = "param"}) {
  %lr = stablehlo.constant dense<0.1> : tensor<8xf32>
  %0 = stablehlo.multiply %g, %lr : tensor<8xf32>
  %1 = stablehlo.subtract %p, %0 : tensor<8xf32>
  return %1 : tensor<8xf32>
}
// CHECK-LABEL: func.func @scaled_sum
// CHECK-NOT: mp.pattern
// CHECK: return
func.func @scaled_sum(%p: tensor<8xf32>, %g: tensor<8xf32>) -> tensor<8xf32> {
  %lr = stablehlo.constant dense<0.1> : tensor<8xf32>
  %0 = stablehlo.multiply %g, %lr : tensor<8xf32>
  %1 = stablehlo.subtract %p, %0 : tensor<8xf32>
  return %1 : tensor<8xf32>
}

// The norm over all gradients and what it scales.
// CHECK-LABEL: func.func @clip
// CHECK: stablehlo.multiply %arg0, %arg0 {mp.class = "optimizer", mp.pattern = "grad_norm_clip"
// CHECK: stablehlo.sqrt {{.*}}mp.pattern = "grad_norm_clip"
// CHECK: stablehlo.compare {{.*}}mp.pattern = "grad_norm_clip"
// CHECK: stablehlo.divide {{.*}}mp.pattern = "grad_norm_clip"
// CHECK: stablehlo.select {{.*}}mp.pattern = "grad_norm_clip"
func.func @clip(%a: tensor<8xf32>, %b: tensor<4xf32>) -> tensor<8xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %most = stablehlo.constant dense<1.0> : tensor<f32>
  %0 = stablehlo.multiply %a, %a : tensor<8xf32>
  %1 = stablehlo.reduce(%0 init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<8xf32>, tensor<f32>) -> tensor<f32>
  %2 = stablehlo.multiply %b, %b : tensor<4xf32>
  %3 = stablehlo.reduce(%2 init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
  %4 = stablehlo.add %1, %3 : tensor<f32>
  %5 = stablehlo.sqrt %4 : tensor<f32>
  %6 = stablehlo.compare LT, %5, %most, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %7 = stablehlo.broadcast_in_dim %5, dims = [] : (tensor<f32>) -> tensor<8xf32>
  %8 = stablehlo.divide %a, %7 : tensor<8xf32>
  %9 = stablehlo.broadcast_in_dim %6, dims = [] : (tensor<i1>) -> tensor<8xi1>
  %10 = stablehlo.select %9, %a, %8 : tensor<8xi1>, tensor<8xf32>
  return %10 : tensor<8xf32>
}
