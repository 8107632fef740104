// Kernels over the flat result; dimensions that move as a whole are merged.
// RUN: mp-opt %s --mp-convert-stablehlo-to-linalg --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @join
// CHECK: %[[R:.*]] = mp.launch @concatenate({{.*}}) extent 20 grain {{.*}} : (tensor<8xf32>, tensor<12xf32>) -> tensor<20xf32>
// CHECK: tensor.expand_shape %[[R]] {{.*}} into tensor<4x5xf32>
// CHECK: func.func private @concatenate({{.*}}memref<8xf32>{{.*}}memref<12xf32>{{.*}}memref<20xf32>{{.*}}attributes {mp.kernel}
func.func @join(%a: tensor<4x2xf32>, %b: tensor<4x3xf32>) -> tensor<4x5xf32> {
  %0 = stablehlo.concatenate %a, %b, dim = 1 : (tensor<4x2xf32>, tensor<4x3xf32>) -> tensor<4x5xf32>
  return %0 : tensor<4x5xf32>
}

// -----

// Only the second dimension is padded; the channels inside move with it.
// CHECK-LABEL: func.func @border
// CHECK: mp.launch @pad({{.*}}, %arg1) extent 48
// CHECK: func.func private @pad
// CHECK: %[[ROW:.*]] = arith.constant 24 : index
// CHECK: scf.for
// CHECK-NOT: scf.if
// CHECK: return
func.func @border(%a: tensor<2x4x4xf32>, %v: tensor<f32>) -> tensor<2x6x4xf32> {
  %0 = stablehlo.pad %a, %v, low = [0, 1, 0], high = [0, 1, 0], interior = [0, 0, 0] : (tensor<2x4x4xf32>, tensor<f32>) -> tensor<2x6x4xf32>
  return %0 : tensor<2x6x4xf32>
}

// -----

// The update of a loop's stacked results changes its operand in place.
// CHECK-LABEL: func.func @update
// CHECK: mp.launch @dynamic_update_slice({{.*}}) extent 8 grain {{.*}} tied [0] reusable [-1]
// CHECK: func.func private @dynamic_update_slice
// Starts are clamped, unsigned ones as unsigned.
// CHECK: arith.index_castui
// CHECK: arith.maxsi
// CHECK: arith.minsi
func.func @update(%a: tensor<4x8xf32>, %u: tensor<1x8xf32>, %i: tensor<ui32>, %j: tensor<ui32>) -> tensor<4x8xf32> {
  %0 = stablehlo.dynamic_update_slice %a, %u, %i, %j : (tensor<4x8xf32>, tensor<1x8xf32>, tensor<ui32>, tensor<ui32>) -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func.func @slice
// CHECK: mp.launch @dynamic_slice({{.*}}) extent 8
func.func @slice(%a: tensor<4x8xf32>, %i: tensor<i32>, %j: tensor<i32>) -> tensor<1x8xf32> {
  %0 = stablehlo.dynamic_slice %a, %i, %j, sizes = [1, 8] : (tensor<4x8xf32>, tensor<i32>, tensor<i32>) -> tensor<1x8xf32>
  return %0 : tensor<1x8xf32>
}
