// Integers lose their sign; the functions' edges remember how it was written.
// RUN: mp-opt %s --mp-convert-stablehlo-to-linalg | FileCheck %s

// CHECK-LABEL: func.func @unsigned
// CHECK-SAME: %arg0: tensor<2xi32> {mp.name = "key", mp.type = tensor<2xui32>}
// CHECK-SAME: %arg1: tensor<2xi32>)
// CHECK-SAME: -> (tensor<2xi32> {mp.type = tensor<2xui32>}, tensor<2xi32>)
func.func @unsigned(%a: tensor<2xui32> {mp.name = "key"}, %b: tensor<2xi32>) -> (tensor<2xui32>, tensor<2xi32>) {
  return %a, %b : tensor<2xui32>, tensor<2xi32>
}

// CHECK-LABEL: func.func @constants
// CHECK: arith.constant dense<[1, -1]> : tensor<2xi32>
// CHECK: arith.constant dense<(1.000000e+00,2.000000e+00)> : tensor<complex<f32>>
// CHECK: arith.constant dense<true> : tensor<2xi1>
func.func @constants() -> (tensor<2xui32>, tensor<complex<f32>>, tensor<2xi1>) {
  %0 = stablehlo.constant dense<[1, 4294967295]> : tensor<2xui32>
  %1 = stablehlo.constant dense<(1.0, 2.0)> : tensor<complex<f32>>
  %2 = stablehlo.constant dense<true> : tensor<2xi1>
  return %0, %1, %2 : tensor<2xui32>, tensor<complex<f32>>, tensor<2xi1>
}
