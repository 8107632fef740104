// RUN: mp-opt %s --mp-convert-stablehlo-to-linalg -mlir-print-debuginfo | FileCheck %s

// Checks keep their order, say where they stand, and carry kind and tolerance.
// CHECK-LABEL: func.func @checks
// CHECK: mp.library_call "mp_rt_check"(%arg0, %arg1) config [0, 0, 3] label "{{.*}}custom-calls.mlir:10:3"
// CHECK: mp.library_call "mp_rt_check"(%arg0, %arg1) config [1, 0, 3]
// CHECK: mp.library_call "mp_rt_check"(%arg0, %arg1) config [1, 2, 5]
// CHECK: mp.library_call "mp_rt_check"(%arg0, %arg1) config [2, 0, 3]
func.func @checks(%a: tensor<2xf32>, %b: tensor<2xf32>) {
  stablehlo.custom_call @check.expect_eq(%a, %b) {has_side_effect = true} : (tensor<2xf32>, tensor<2xf32>) -> ()
  stablehlo.custom_call @check.expect_close(%a, %b) {has_side_effect = true} : (tensor<2xf32>, tensor<2xf32>) -> ()
  stablehlo.custom_call @check.expect_close(%a, %b) {has_side_effect = true, min_ulp_difference = 2 : i64, max_ulp_difference = 5 : i64} : (tensor<2xf32>, tensor<2xf32>) -> ()
  stablehlo.custom_call @check.expect_almost_eq(%a, %b) {has_side_effect = true} : (tensor<2xf32>, tensor<2xf32>) -> ()
  return
}

// CHECK-LABEL: func.func @allocate
// CHECK: tensor.empty() : tensor<4xf32>
func.func @allocate() -> tensor<4xf32> {
  %0 = stablehlo.custom_call @AllocateBuffer() : () -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
