// RUN: mp-opt %s --mp-convert-stablehlo-to-linalg --split-input-file | FileCheck %s

// Max pooling reads nothing outside the input and pads nothing.
// CHECK-LABEL: func.func @pool
// CHECK: mp.launch @reduce_window
// CHECK-SAME: extent 16
// CHECK: func.func private @reduce_window
// CHECK: arith.maximumf
func.func @pool(%x: tensor<1x8x8x3xf32>) -> tensor<1x4x4x3xf32> {
  %low = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %0 = "stablehlo.reduce_window"(%x, %low) <{window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %1 = stablehlo.maximum %a, %b : tensor<f32>
    stablehlo.return %1 : tensor<f32>
  }) : (tensor<1x8x8x3xf32>, tensor<f32>) -> tensor<1x4x4x3xf32>
  return %0 : tensor<1x4x4x3xf32>
}

// -----

// A cumulative sum takes each element from its neighbour; items are the four
// rows.
// CHECK-LABEL: func.func @cumsum
// CHECK: mp.launch @reduce_window({{.*}}) extent 4
// CHECK: func.func private @reduce_window
// CHECK-NOT: scf.if
func.func @cumsum(%x: tensor<4x9xi32>) -> tensor<4x9xi32> {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %0 = "stablehlo.reduce_window"(%x, %zero) <{padding = dense<[[0, 0], [8, 0]]> : tensor<2x2xi64>, window_dimensions = array<i64: 1, 9>}> ({
  ^bb0(%a: tensor<i32>, %b: tensor<i32>):
    %1 = stablehlo.add %a, %b : tensor<i32>
    stablehlo.return %1 : tensor<i32>
  }) : (tensor<4x9xi32>, tensor<i32>) -> tensor<4x9xi32>
  return %0 : tensor<4x9xi32>
}

// -----

// Windows may overlap, so threads share the channels, along which they do not
// move.
// CHECK-LABEL: func.func @pool_gradient
// CHECK: mp.launch @select_and_scatter({{.*}}) extent 3 {{.*}} tied [0]
// CHECK: func.func private @select_and_scatter
// CHECK: arith.cmpf oge
// CHECK: arith.addf
func.func @pool_gradient(%x: tensor<1x8x3xf32>, %g: tensor<1x4x3xf32>) -> tensor<1x8x3xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %0 = "stablehlo.select_and_scatter"(%x, %g, %zero) <{window_dimensions = array<i64: 1, 2, 1>, window_strides = array<i64: 1, 2, 1>}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %1 = stablehlo.compare GE, %a, %b, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    stablehlo.return %1 : tensor<i1>
  }, {
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %1 = stablehlo.add %a, %b : tensor<f32>
    stablehlo.return %1 : tensor<f32>
  }) : (tensor<1x8x3xf32>, tensor<1x4x3xf32>, tensor<f32>) -> tensor<1x8x3xf32>
  return %0 : tensor<1x8x3xf32>
}
