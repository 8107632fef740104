// Where shapes turn out to be static, the dynamic ops are their static forms.
// RUN: mp-opt %s --mp-convert-stablehlo-to-linalg --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @shapes
// CHECK: linalg.index
// CHECK: tensor.expand_shape
func.func @shapes(%a: tensor<6xf32>) -> (tensor<4xi32>, tensor<2x3xf32>, tensor<i32>) {
  %n = stablehlo.constant dense<4> : tensor<1xi32>
  %0 = stablehlo.dynamic_iota %n, dim = 0 : (tensor<1xi32>) -> tensor<4xi32>
  %s = stablehlo.constant dense<[2, 3]> : tensor<2xi32>
  %1 = stablehlo.dynamic_reshape %a, %s : (tensor<6xf32>, tensor<2xi32>) -> tensor<2x3xf32>
  %2 = stablehlo.get_dimension_size %a, dim = 0 : (tensor<6xf32>) -> tensor<i32>
  return %0, %1, %2 : tensor<4xi32>, tensor<2x3xf32>, tensor<i32>
}

// CHECK-LABEL: func.func @positions
// CHECK: mp.launch @pad
// CHECK: linalg.generic
func.func @positions(%a: tensor<6xf32>, %p: tensor<f32>) -> (tensor<8xf32>, tensor<2xf32>) {
  %0 = stablehlo.constant dense<0> : tensor<1xi32>
  %1 = stablehlo.constant dense<1> : tensor<1xi32>
  %2 = stablehlo.constant dense<2> : tensor<1xi32>
  %3 = stablehlo.constant dense<4> : tensor<1xi32>
  %4 = stablehlo.dynamic_pad %a, %p, %1, %1, %0 : (tensor<6xf32>, tensor<f32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<8xf32>
  %5 = stablehlo.real_dynamic_slice %a, %1, %3, %2 : (tensor<6xf32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<2xf32>
  return %4, %5 : tensor<8xf32>, tensor<2xf32>
}
