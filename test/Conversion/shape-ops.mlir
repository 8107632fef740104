// Ops that move elements by an affine rule become one generic that fuses.
// RUN: mp-opt %s --mp-convert-stablehlo-to-linalg --split-input-file | FileCheck %s

// CHECK: #[[IN:.*]] = affine_map<(d0, d1, d2) -> (d2, 0)>
// CHECK-LABEL: func.func @broadcast
// CHECK: linalg.generic
// CHECK-SAME: indexing_maps = [#[[IN]],
func.func @broadcast(%a: tensor<4x1xf32>) -> tensor<2x3x4xf32> {
  %0 = stablehlo.broadcast_in_dim %a, dims = [2, 1] : (tensor<4x1xf32>) -> tensor<2x3x4xf32>
  return %0 : tensor<2x3x4xf32>
}

// -----

// A constant stays one, so that bodies can use its number.
// CHECK-LABEL: func.func @broadcast_constant
// CHECK-NOT: linalg.generic
// CHECK: arith.constant dense<1.000000e+00> : tensor<2x3xf32>
func.func @broadcast_constant() -> tensor<2x3xf32> {
  %c = stablehlo.constant dense<1.0> : tensor<f32>
  %0 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<f32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

// Dimension d of the result is dimension permutation[d] of the operand.
// CHECK: #[[IN:.*]] = affine_map<(d0, d1, d2) -> (d1, d2, d0)>
// CHECK-LABEL: func.func @transpose
// CHECK: linalg.generic
// CHECK-SAME: indexing_maps = [#[[IN]],
// CHECK-SAME: ins(%arg0 : tensor<2x3x4xf32>)
func.func @transpose(%a: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
  %0 = stablehlo.transpose %a, dims = [2, 0, 1] : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32>
  return %0 : tensor<4x2x3xf32>
}

// -----

// CHECK-LABEL: func.func @reshape
// CHECK: tensor.collapse_shape %arg0 {{\[\[}}0, 1]] : tensor<2x6xf32> into tensor<12xf32>
// CHECK: tensor.expand_shape {{.*}} : tensor<12xf32> into tensor<4x3xf32>
// CHECK: tensor.expand_shape %arg1 [] {{.*}} : tensor<f32> into tensor<1x1xf32>
func.func @reshape(%a: tensor<2x6xf32>, %b: tensor<f32>) -> (tensor<4x3xf32>, tensor<1x1xf32>) {
  %0 = stablehlo.reshape %a : (tensor<2x6xf32>) -> tensor<4x3xf32>
  %1 = stablehlo.reshape %b : (tensor<f32>) -> tensor<1x1xf32>
  return %0, %1 : tensor<4x3xf32>, tensor<1x1xf32>
}

// -----

// CHECK-DAG: #[[SLICE:.*]] = affine_map<(d0) -> (d0 * 2 + 1)>
// CHECK-DAG: #[[REVERSE:.*]] = affine_map<(d0) -> (-d0 + 7)>
// CHECK-LABEL: func.func @slice_reverse
// CHECK: linalg.generic {indexing_maps = [#[[SLICE]],
// CHECK: linalg.generic {indexing_maps = [#[[REVERSE]],
func.func @slice_reverse(%a: tensor<8xf32>) -> (tensor<3xf32>, tensor<8xf32>) {
  %0 = stablehlo.slice %a [1:7:2] : (tensor<8xf32>) -> tensor<3xf32>
  %1 = stablehlo.reverse %a, dims = [0] : tensor<8xf32>
  return %0, %1 : tensor<3xf32>, tensor<8xf32>
}

// -----

// CHECK-LABEL: func.func @iota
// CHECK: linalg.index 1
// CHECK: arith.sitofp {{.*}} : i64 to f32
// CHECK: linalg.index 0
// CHECK: arith.index_cast {{.*}} : index to i32
// CHECK: complex.create
func.func @iota() -> (tensor<2x3xf32>, tensor<4xui32>, tensor<4xcomplex<f32>>) {
  %0 = stablehlo.iota dim = 1 : tensor<2x3xf32>
  %1 = stablehlo.iota dim = 0 : tensor<4xui32>
  %2 = stablehlo.iota dim = 0 : tensor<4xcomplex<f32>>
  return %0, %1, %2 : tensor<2x3xf32>, tensor<4xui32>, tensor<4xcomplex<f32>>
}

// -----

// What has no elements is not computed.
// CHECK-LABEL: func.func @no_elements
// CHECK-NOT: linalg.generic
// CHECK: tensor.empty() : tensor<0x3xf32>
func.func @no_elements(%a: tensor<2x3xf32>) -> tensor<0x3xf32> {
  %0 = stablehlo.slice %a [1:1, 0:3] : (tensor<2x3xf32>) -> tensor<0x3xf32>
  return %0 : tensor<0x3xf32>
}
