// RUN: mp-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @identities
// CHECK-SAME: %[[X:.*]]: tensor<2x3xf32>
func.func @identities(%x: tensor<2x3xf32>, %s: tensor<f32>) -> tensor<2x3xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = stablehlo.transpose %x, dims = [0, 1] : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = stablehlo.reshape %0 : (tensor<2x3xf32>) -> tensor<6xf32>
  %2 = stablehlo.reshape %1 : (tensor<6xf32>) -> tensor<2x3xf32>
  %3 = stablehlo.broadcast_in_dim %2, dims = [0, 1] : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %4 = stablehlo.convert %3 : tensor<2x3xf32>
  %5 = stablehlo.slice %4 [0:2, 0:3] : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %6 = stablehlo.pad %5, %s, low = [0, 0], high = [0, 0], interior = [0, 0] : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
  %7 = stablehlo.concatenate %6, dim = 0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %8 = stablehlo.transpose %7, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %9 = stablehlo.transpose %8, dims = [1, 0] : (tensor<3x2xf32>) -> tensor<2x3xf32>
  return %9 : tensor<2x3xf32>
}

// A padding that cuts and adds as much keeps the type, not the values.
// CHECK-LABEL: func.func @shifting_pad
func.func @shifting_pad(%x: tensor<3xf32>, %s: tensor<f32>) -> tensor<3xf32> {
  // CHECK: stablehlo.pad
  %0 = stablehlo.pad %x, %s, low = [1], high = [-1], interior = [0] : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: func.func @square_transpose
func.func @square_transpose(%x: tensor<3x3xf32>) -> tensor<3x3xf32> {
  // CHECK: stablehlo.transpose
  %0 = stablehlo.transpose %x, dims = [1, 0] : (tensor<3x3xf32>) -> tensor<3x3xf32>
  return %0 : tensor<3x3xf32>
}

// CHECK-LABEL: func.func @splats
func.func @splats() -> tensor<4x2xf32> {
  // CHECK-NEXT: %[[C:.*]] = stablehlo.constant dense<2.000000e+00> : tensor<4x2xf32>
  // CHECK-NEXT: return %[[C]]
  %c = stablehlo.constant dense<2.0> : tensor<f32>
  %0 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<f32>) -> tensor<8xf32>
  %1 = stablehlo.reshape %0 : (tensor<8xf32>) -> tensor<2x4xf32>
  %2 = stablehlo.transpose %1, dims = [1, 0] : (tensor<2x4xf32>) -> tensor<4x2xf32>
  return %2 : tensor<4x2xf32>
}

// CHECK-LABEL: func.func @broadcast_of_broadcast
func.func @broadcast_of_broadcast(%x: tensor<4xf32>) -> tensor<3x2x4xf32> {
  // CHECK-NEXT: stablehlo.broadcast_in_dim %{{.*}}, dims = [2] : (tensor<4xf32>) -> tensor<3x2x4xf32>
  // CHECK-NEXT: return
  %0 = stablehlo.broadcast_in_dim %x, dims = [1] : (tensor<4xf32>) -> tensor<1x4xf32>
  %1 = stablehlo.broadcast_in_dim %0, dims = [1, 2] : (tensor<1x4xf32>) -> tensor<3x2x4xf32>
  return %1 : tensor<3x2x4xf32>
}

// CHECK-LABEL: func.func @select
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>, %[[Y:.*]]: tensor<4xf32>, %[[P:.*]]: tensor<4xi1>
func.func @select(%x: tensor<4xf32>, %y: tensor<4xf32>, %p: tensor<4xi1>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK-NEXT: return %[[X]], %[[Y]]
  %false = stablehlo.constant dense<false> : tensor<i1>
  %0 = stablehlo.select %p, %x, %x : tensor<4xi1>, tensor<4xf32>
  %1 = stablehlo.select %false, %x, %y : tensor<i1>, tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}

// Pure ops that nothing uses go; calls with effects stay.
// CHECK-LABEL: func.func @dead
func.func @dead(%x: tensor<4xf32>, %z: tensor<f32>) {
  // CHECK-NEXT: stablehlo.custom_call @effect
  // CHECK-NEXT: return
  %0 = stablehlo.add %x, %x : tensor<4xf32>
  %1 = stablehlo.reduce(%0 init: %z) applies stablehlo.add across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
  %2 = stablehlo.custom_call @pure(%x) : (tensor<4xf32>) -> tensor<4xf32>
  stablehlo.custom_call @effect(%x) {has_side_effect = true} : (tensor<4xf32>) -> ()
  return
}

// A constant changes its format as it would at run time: 1.003 rounds to even
// in bf16. What is no splat waits for run time.
// CHECK-LABEL: func.func @convert_constant
func.func @convert_constant() -> (tensor<4xbf16>, tensor<2xbf16>) {
  // CHECK-DAG: stablehlo.constant dense<1.000000e+00> : tensor<4xbf16>
  // CHECK-DAG: stablehlo.convert %{{.*}} : (tensor<2xf32>) -> tensor<2xbf16>
  %c = stablehlo.constant dense<1.003> : tensor<4xf32>
  %d = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = stablehlo.convert %c : (tensor<4xf32>) -> tensor<4xbf16>
  %1 = stablehlo.convert %d : (tensor<2xf32>) -> tensor<2xbf16>
  return %0, %1 : tensor<4xbf16>, tensor<2xbf16>
}
