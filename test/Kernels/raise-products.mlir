// RUN: mp-opt %s --mp-raise-products | FileCheck %s

// The transposed weight is read where it is; the fill disappears.
// CHECK-LABEL: func.func @linear
//  CHECK-SAME:   %[[X:.*]]: tensor<8x16xf32>, %[[W:.*]]: tensor<4x16xf32>
//       CHECK:   mp.gemm %[[X]], %[[W]] transposed accumulator f32 : {{.*}} -> tensor<8x4xf32>
func.func @linear(%x: tensor<8x16xf32>, %w: tensor<4x16xf32>) -> tensor<8x4xf32> {
  %zero = arith.constant 0.0 : f32
  %et = tensor.empty() : tensor<16x4xf32>
  %t = linalg.transpose ins(%w : tensor<4x16xf32>) outs(%et : tensor<16x4xf32>) permutation = [1, 0]
  %e = tensor.empty() : tensor<8x4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<8x4xf32>) -> tensor<8x4xf32>
  %0 = linalg.matmul ins(%x, %t : tensor<8x16xf32>, tensor<16x4xf32>) outs(%f : tensor<8x4xf32>) -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// So it is by a product that exists already, and by both that read it.
// CHECK-LABEL: func.func @tied_embedding
//  CHECK-SAME:   %[[X:.*]]: tensor<8x16xbf16>, %[[D:.*]]: tensor<8x4xbf16>, %[[W:.*]]: tensor<4x16xbf16>
//       CHECK:   mp.gemm %[[X]], %[[W]] transposed accumulator f32 : {{.*}} -> tensor<8x4xf32>
//       CHECK:   mp.gemm %[[D]], %[[W]] accumulator f32 : {{.*}} -> tensor<8x16xf32>
func.func @tied_embedding(%x: tensor<8x16xbf16>, %d: tensor<8x4xbf16>, %w: tensor<4x16xbf16>) -> (tensor<8x4xf32>, tensor<8x16xf32>) {
  %e = tensor.empty() : tensor<16x4xbf16>
  %t = linalg.generic {indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%w : tensor<4x16xbf16>) outs(%e : tensor<16x4xbf16>) {
  ^bb0(%in: bf16, %out: bf16):
    linalg.yield %in : bf16
  } -> tensor<16x4xbf16>
  %y = mp.gemm %x, %t accumulator f32 : (tensor<8x16xbf16>, tensor<16x4xbf16>) -> tensor<8x4xf32>
  %dx = mp.gemm %d, %t transposed accumulator f32 : (tensor<8x4xbf16>, tensor<16x4xbf16>) -> tensor<8x16xf32>
  return %y, %dx : tensor<8x4xf32>, tensor<8x16xf32>
}

// What moves other dimensions, or rounds, is no flag of a product.
// CHECK-LABEL: func.func @not_transposed
//       CHECK:   %[[R:.*]] = linalg.generic
//       CHECK:   %[[H:.*]] = linalg.transpose {{.*}} permutation = [1, 0, 2]
//       CHECK:   mp.gemm %[[R]], %{{.*}} accumulator
//       CHECK:   mp.gemm %[[H]], %{{.*}} accumulator
func.func @not_transposed(%w: tensor<16x16xf32>, %x: tensor<16x4xbf16>, %h: tensor<8x2x16xf32>, %y: tensor<2x16x4xf32>) -> (tensor<16x4xf32>, tensor<2x8x4xf32>) {
  %e = tensor.empty() : tensor<16x16xbf16>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%w : tensor<16x16xf32>) outs(%e : tensor<16x16xbf16>) {
  ^bb0(%in: f32, %out: bf16):
    %n = arith.truncf %in : f32 to bf16
    linalg.yield %n : bf16
  } -> tensor<16x16xbf16>
  %eh = tensor.empty() : tensor<2x8x16xf32>
  %t = linalg.transpose ins(%h : tensor<8x2x16xf32>) outs(%eh : tensor<2x8x16xf32>) permutation = [1, 0, 2]
  %0 = mp.gemm %r, %x accumulator f32 : (tensor<16x16xbf16>, tensor<16x4xbf16>) -> tensor<16x4xf32>
  %1 = mp.gemm %t, %y accumulator f32 : (tensor<2x8x16xf32>, tensor<2x16x4xf32>) -> tensor<2x8x4xf32>
  return %0, %1 : tensor<16x4xf32>, tensor<2x8x4xf32>
}

// What the sum starts from is a residual.
// CHECK-LABEL: func.func @batched_onto
//  CHECK-SAME:   %[[C:[a-z0-9]*]]: tensor<2x8x4xf32>)
//       CHECK:   mp.gemm %{{.*}}, %{{.*}} residual %[[C]] accumulator f32
func.func @batched_onto(%a: tensor<2x8x16xbf16>, %b: tensor<2x16x4xbf16>, %c: tensor<2x8x4xf32>) -> tensor<2x8x4xf32> {
  %0 = linalg.batch_matmul ins(%a, %b : tensor<2x8x16xbf16>, tensor<2x16x4xbf16>) outs(%c : tensor<2x8x4xf32>) -> tensor<2x8x4xf32>
  return %0 : tensor<2x8x4xf32>
}

// Integers have no product op.
// CHECK-LABEL: func.func @integers
//       CHECK:   linalg.matmul
func.func @integers(%a: tensor<8x16xi32>, %b: tensor<16x4xi32>, %c: tensor<8x4xi32>) -> tensor<8x4xi32> {
  %0 = linalg.matmul ins(%a, %b : tensor<8x16xi32>, tensor<16x4xi32>) outs(%c : tensor<8x4xi32>) -> tensor<8x4xi32>
  return %0 : tensor<8x4xi32>
}

// Padding with zeros is the convolution's own.
// CHECK-LABEL: func.func @convolution
//       CHECK:   %[[I:.*]] = linalg.transpose ins(%{{.*}} : tensor<1x3x8x8xf32>) {{.*}} permutation = [0, 2, 3, 1]
//       CHECK:   linalg.transpose {{.*}} permutation = [2, 3, 1, 0]
//       CHECK:   mp.conv %[[I]], {{.*}} padding [1, 1, 1, 1]{{.*}} -> tensor<1x4x4x5xf32>
//       CHECK:   linalg.transpose {{.*}} permutation = [0, 3, 1, 2]
func.func @convolution(%x: tensor<1x3x8x8xf32>, %w: tensor<5x3x3x3xf32>) -> tensor<1x5x4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<1x3x8x8xf32> to tensor<1x3x10x10xf32>
  %e = tensor.empty() : tensor<1x5x4x4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x5x4x4xf32>) -> tensor<1x5x4x4xf32>
  %0 = linalg.conv_2d_nchw_fchw {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>}
      ins(%p, %w : tensor<1x3x10x10xf32>, tensor<5x3x3x3xf32>) outs(%f : tensor<1x5x4x4xf32>) -> tensor<1x5x4x4xf32>
  return %0 : tensor<1x5x4x4xf32>
}
