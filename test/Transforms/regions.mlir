// RUN: mp-opt %s --mp-autocast=policy=torch-cuda-fp16 --split-input-file | FileCheck %s

// A maximum does not round, so it reads the product's f16 result; its body
// and the constant in it change with it.
// CHECK-LABEL: func.func @reduction_body
func.func @reduction_body(%x: tensor<4x8xf32>, %w: tensor<8x4xf32>) -> tensor<4xf32> {
  // CHECK: %[[D:.*]] = stablehlo.dot_general {{.*}} -> tensor<4x4xf16>
  // CHECK: stablehlo.reduce(%[[D]] init: %{{.*}}) applies stablehlo.maximum across dimensions = [1] : (tensor<4x4xf16>, tensor<f16>) -> tensor<4xf16>
  %lowest = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %d = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<4x8xf32>, tensor<8x4xf32>) -> tensor<4x4xf32>
  %m = stablehlo.reduce(%d init: %lowest) applies stablehlo.maximum across dimensions = [1] : (tensor<4x4xf32>, tensor<f32>) -> tensor<4xf32>
  return %m : tensor<4xf32>
}

// -----

// The branches agree on one type for what they leave: the product's readers
// take f16, so both of them do.
// CHECK-LABEL: func.func @branches
func.func @branches(%i: tensor<i32>, %x: tensor<4x4xf32>, %y: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // CHECK: "stablehlo.case"
  // CHECK: }) : (tensor<i32>) -> tensor<4x4xf16>
  %c = "stablehlo.case"(%i) ({
    stablehlo.return %x : tensor<4x4xf32>
  }, {
    %d = stablehlo.dot_general %y, %y, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    stablehlo.return %d : tensor<4x4xf32>
  }) : (tensor<i32>) -> tensor<4x4xf32>
  %0 = stablehlo.dot_general %c, %c, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}

// -----

// Indices and predicates are no floats and never change.
// CHECK-LABEL: func.func @mixed_operands
func.func @mixed_operands(%t: tensor<16x4xf32>, %i: tensor<3x1xi32>, %w: tensor<4x4xf32>) -> tensor<3x4xf32> {
  // CHECK: "stablehlo.gather"
  // CHECK-SAME: (tensor<16x4xf{{16|32}}>, tensor<3x1xi32>) -> tensor<3x4xf{{16|32}}>
  %g = "stablehlo.gather"(%t, %i) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1, 4>}> : (tensor<16x4xf32>, tensor<3x1xi32>) -> tensor<3x4xf32>
  %0 = stablehlo.dot_general %g, %w, contracting_dims = [1] x [0] : (tensor<3x4xf32>, tensor<4x4xf32>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}
