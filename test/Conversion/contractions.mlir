// Products are checked for the operands they reach mp.gemm with: every
// transpose that a flag can express must not cost a copy.
// RUN: mp-opt %s --mp-convert-stablehlo-to-linalg --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @plain
// CHECK-NOT: linalg.generic
// CHECK: mp.gemm %arg0, %arg1 accumulator f32 : (tensor<4x8xf32>, tensor<8x3xf32>) -> tensor<4x3xf32>
func.func @plain(%a: tensor<4x8xf32>, %b: tensor<8x3xf32>) -> tensor<4x3xf32> {
  %0 = stablehlo.dot_general %a, %b, contracting_dims = [1] x [0] : (tensor<4x8xf32>, tensor<8x3xf32>) -> tensor<4x3xf32>
  return %0 : tensor<4x3xf32>
}

// -----

// CHECK-LABEL: func.func @transposed
// CHECK-NOT: linalg.generic
// CHECK: mp.gemm %arg0 transposed, %arg1 transposed accumulator f32
func.func @transposed(%a: tensor<8x4xbf16>, %b: tensor<3x8xbf16>) -> tensor<4x3xf32> {
  %0 = stablehlo.dot_general %a, %b, contracting_dims = [0] x [1] : (tensor<8x4xbf16>, tensor<3x8xbf16>) -> tensor<4x3xf32>
  return %0 : tensor<4x3xf32>
}

// -----

// Two batch dimensions and two contracted ones collapse to one each.
// CHECK-LABEL: func.func @batches
// CHECK-NOT: linalg.generic
// CHECK-DAG: %[[A:.*]] = tensor.collapse_shape %arg0 {{\[\[}}0, 1], [2], [3, 4]] : tensor<2x3x4x5x6xf32> into tensor<6x4x30xf32>
// CHECK-DAG: %[[B:.*]] = tensor.collapse_shape %arg1 {{\[\[}}0, 1], [2, 3], [4]] : tensor<2x3x5x6x7xf32> into tensor<6x30x7xf32>
// CHECK: %[[C:.*]] = mp.gemm %[[A]], %[[B]] accumulator f32
// CHECK: tensor.expand_shape %[[C]]
// CHECK-SAME: into tensor<2x3x4x7xf32>
func.func @batches(%a: tensor<2x3x4x5x6xf32>, %b: tensor<2x3x5x6x7xf32>) -> tensor<2x3x4x7xf32> {
  %0 = stablehlo.dot_general %a, %b, batching_dims = [0, 1] x [0, 1], contracting_dims = [4, 3] x [3, 2] : (tensor<2x3x4x5x6xf32>, tensor<2x3x5x6x7xf32>) -> tensor<2x3x4x7xf32>
  return %0 : tensor<2x3x4x7xf32>
}

// -----

// Attention as JAX writes it: the batch of heads stands inside, so the operands
// have to be transposed.
// CHECK-LABEL: func.func @inner_batch
// CHECK: linalg.generic
// CHECK: linalg.generic
// CHECK: mp.gemm
// CHECK-SAME: (tensor<6x5x8xf32>, tensor<6x8x7xf32>) -> tensor<6x5x7xf32>
func.func @inner_batch(%q: tensor<2x5x3x8xf32>, %k: tensor<2x7x3x8xf32>) -> tensor<2x3x5x7xf32> {
  %0 = stablehlo.dot_general %q, %k, batching_dims = [0, 2] x [0, 2], contracting_dims = [3] x [3] : (tensor<2x5x3x8xf32>, tensor<2x7x3x8xf32>) -> tensor<2x3x5x7xf32>
  return %0 : tensor<2x3x5x7xf32>
}

// -----

// A vector is a matrix of one row or column.
// CHECK-LABEL: func.func @matrix_vector
// CHECK: mp.gemm
// CHECK-SAME: (tensor<4x8xf32>, tensor<8x1xf32>) -> tensor<4x1xf32>
// CHECK: mp.gemm
// CHECK-SAME: (tensor<1x8xf32>, tensor<8x1xf32>) -> tensor<1x1xf32>
func.func @matrix_vector(%a: tensor<4x8xf32>, %b: tensor<8xf32>) -> (tensor<4xf32>, tensor<f32>) {
  %0 = stablehlo.dot %a, %b : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4xf32>
  %1 = stablehlo.dot %b, %b : (tensor<8xf32>, tensor<8xf32>) -> tensor<f32>
  return %0, %1 : tensor<4xf32>, tensor<f32>
}

// -----

// f64 and an algorithm that asks for it accumulate in f64; nothing lowers f32.
// CHECK-LABEL: func.func @accumulators
// CHECK: mp.gemm {{.*}} accumulator f64
// CHECK: mp.gemm {{.*}} accumulator f64
// CHECK: mp.gemm {{.*}} accumulator f32
func.func @accumulators(%a: tensor<4x4xf64>, %b: tensor<4x4xf32>, %c: tensor<4x4xf16>) -> (tensor<4x4xf64>, tensor<4x4xf32>, tensor<4x4xf16>) {
  %0 = stablehlo.dot_general %a, %a, contracting_dims = [1] x [0] : (tensor<4x4xf64>, tensor<4x4xf64>) -> tensor<4x4xf64>
  %1 = stablehlo.dot_general %b, %b, contracting_dims = [1] x [0], algorithm = <lhs_precision_type = f64, rhs_precision_type = f64, accumulation_type = f64, lhs_component_count = 1, rhs_component_count = 1, num_primitive_operations = 1, allow_imprecise_accumulation = false> : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %2 = stablehlo.dot_general %c, %c, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<4x4xf16>, tensor<4x4xf16>) -> tensor<4x4xf16>
  return %0, %1, %2 : tensor<4x4xf64>, tensor<4x4xf32>, tensor<4x4xf16>
}

// -----

// Integers widen by their own sign, not by that of the result.
// CHECK-LABEL: func.func @integers
// CHECK: linalg.generic
// CHECK-SAME: iterator_types = ["parallel", "parallel", "reduction"]
// CHECK: arith.extui {{.*}} : i8 to i32
// CHECK: arith.extsi {{.*}} : i8 to i32
// CHECK: arith.muli
// CHECK: arith.addi
func.func @integers(%a: tensor<4x8xui8>, %b: tensor<8x3xi8>) -> tensor<4x3xi32> {
  %0 = stablehlo.dot_general %a, %b, contracting_dims = [1] x [0] : (tensor<4x8xui8>, tensor<8x3xi8>) -> tensor<4x3xi32>
  return %0 : tensor<4x3xi32>
}

// -----

// CHECK-LABEL: func.func @complex
// CHECK: complex.mul
// CHECK: complex.add
func.func @complex(%a: tensor<4x8xcomplex<f32>>, %b: tensor<8x3xcomplex<f32>>) -> tensor<4x3xcomplex<f32>> {
  %0 = stablehlo.dot_general %a, %b, contracting_dims = [1] x [0] : (tensor<4x8xcomplex<f32>>, tensor<8x3xcomplex<f32>>) -> tensor<4x3xcomplex<f32>>
  return %0 : tensor<4x3xcomplex<f32>>
}
