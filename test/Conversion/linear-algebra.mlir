// RUN: mp-opt %s --mp-convert-stablehlo-to-linalg | FileCheck %s

// One matrix is one work item.
// CHECK-LABEL: func.func @cholesky
//       CHECK:   mp.launch @{{.*}}(%{{.*}}) extent 6 grain 1
//  CHECK-SAME:     (tensor<6x4x4xf32>) -> tensor<6x4x4xf32>
func.func @cholesky(%a: tensor<2x3x4x4xf32>) -> tensor<2x3x4x4xf32> {
  %0 = stablehlo.cholesky %a, lower = true : tensor<2x3x4x4xf32>
  return %0 : tensor<2x3x4x4xf32>
}

// One column of unknowns is one work item.
// CHECK-LABEL: func.func @solve_left
//       CHECK:   mp.launch @{{.*}} extent 10 grain 1
func.func @solve_left(%a: tensor<2x4x4xf32>, %b: tensor<2x4x5xf32>) -> tensor<2x4x5xf32> {
  %0 = "stablehlo.triangular_solve"(%a, %b) <{left_side = true, lower = true, unit_diagonal = false, transpose_a = #stablehlo<transpose NO_TRANSPOSE>}> : (tensor<2x4x4xf32>, tensor<2x4x5xf32>) -> tensor<2x4x5xf32>
  return %0 : tensor<2x4x5xf32>
}

// From the right it is one row; the ones on the diagonal are not read.
// CHECK-LABEL: func.func @solve_right
//       CHECK:   mp.launch @{{.*}} extent 5 grain 1
func.func @solve_right(%a: tensor<4x4xf32>, %b: tensor<5x4xf32>) -> tensor<5x4xf32> {
  %0 = "stablehlo.triangular_solve"(%a, %b) <{left_side = false, lower = true, unit_diagonal = true, transpose_a = #stablehlo<transpose TRANSPOSE>}> : (tensor<4x4xf32>, tensor<5x4xf32>) -> tensor<5x4xf32>
  return %0 : tensor<5x4xf32>
}

// CHECK-LABEL: func.func private @triangular_solve_1
//   CHECK-NOT:   arith.divf
