// RUN: mp-opt %s --mp-convert-stablehlo-to-linalg --split-input-file | FileCheck %s

// Rows of an embedding are copied as runs of the result.
// CHECK-LABEL: func.func @embedding
// CHECK: mp.launch @gather({{.*}}) extent 64 {{.*}} : (tensor<160xf32>, tensor<4xi32>) -> tensor<64xf32>
// CHECK: func.func private @gather
// CHECK: memref.load {{.*}} : memref<4xi32>
// CHECK: arith.maxsi
// CHECK: arith.minsi
// CHECK: scf.for
// CHECK-NEXT: arith.addi
// CHECK-NEXT: memref.load {{.*}} : memref<160xf32>
func.func @embedding(%table: tensor<10x16xf32>, %i: tensor<4x1xi32>) -> tensor<4x16xf32> {
  %0 = "stablehlo.gather"(%table, %i) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, indices_are_sorted = false, slice_sizes = array<i64: 1, 16>}> : (tensor<10x16xf32>, tensor<4x1xi32>) -> tensor<4x16xf32>
  return %0 : tensor<4x16xf32>
}

// -----

// The gradient: threads share the columns, so that no two write one element,
// and rows outside the table are skipped.
// CHECK-LABEL: func.func @embedding_gradient
// CHECK: mp.launch @scatter(%arg0, {{.*}}, %arg2) extent 16 grain 64 tied [0] reusable [-1]
// CHECK: func.func private @scatter
// CHECK: arith.cmpi ult
// CHECK: scf.if
// CHECK: scf.for
// CHECK: arith.addf
func.func @embedding_gradient(%table: tensor<10x16xf32>, %i: tensor<4x1xi32>, %u: tensor<4x16xf32>) -> tensor<10x16xf32> {
  %0 = "stablehlo.scatter"(%table, %i, %u) <{indices_are_sorted = false, scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>, unique_indices = false}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %1 = stablehlo.add %a, %b : tensor<f32>
    stablehlo.return %1 : tensor<f32>
  }) : (tensor<10x16xf32>, tensor<4x1xi32>, tensor<4x16xf32>) -> tensor<10x16xf32>
  return %0 : tensor<10x16xf32>
}
