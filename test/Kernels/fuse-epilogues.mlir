// RUN: mp-opt %s --mp-fuse-elementwise --mp-fuse-epilogues | FileCheck %s

#id = affine_map<(d0, d1) -> (d0, d1)>
#col = affine_map<(d0, d1) -> (d1)>

// Bias, ReLU and the rounding are one product.
// CHECK-LABEL: func.func @bias_relu_cast
//  CHECK-SAME:   %[[A:.*]]: tensor<8x16xbf16>, %[[B:.*]]: tensor<16x4xbf16>, %[[C:.*]]: tensor<4xf32>
//  CHECK-NEXT:   %[[Y:.*]] = mp.gemm %[[A]], %[[B]] bias %[[C]] epilogue relu accumulator f32 : {{.*}} -> tensor<8x4xbf16>
//  CHECK-NEXT:   return %[[Y]]
func.func @bias_relu_cast(%a: tensor<8x16xbf16>, %b: tensor<16x4xbf16>, %c: tensor<4xf32>) -> tensor<8x4xbf16> {
  %zero = arith.constant 0.0 : f32
  %0 = mp.gemm %a, %b accumulator f32 : (tensor<8x16xbf16>, tensor<16x4xbf16>) -> tensor<8x4xf32>
  %e = tensor.empty() : tensor<8x4xf32>
  %1 = linalg.generic {indexing_maps = [#id, #col, #id], iterator_types = ["parallel", "parallel"]}
      ins(%0, %c : tensor<8x4xf32>, tensor<4xf32>) outs(%e : tensor<8x4xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %s = arith.addf %y, %x : f32
    %r = arith.maximumf %s, %zero : f32
    linalg.yield %r : f32
  } -> tensor<8x4xf32>
  %2 = mp.cast %1 : tensor<8x4xf32> to tensor<8x4xbf16>
  return %2 : tensor<8x4xbf16>
}

// This form of ReLU makes NaN zero, which the epilogue does not.
// CHECK-LABEL: func.func @not_relu
//   CHECK-NOT:   epilogue
//       CHECK:   return
func.func @not_relu(%a: tensor<8x16xf32>, %b: tensor<16x4xf32>) -> tensor<8x4xf32> {
  %zero = arith.constant 0.0 : f32
  %0 = mp.gemm %a, %b accumulator f32 : (tensor<8x16xf32>, tensor<16x4xf32>) -> tensor<8x4xf32>
  %e = tensor.empty() : tensor<8x4xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%0 : tensor<8x4xf32>) outs(%e : tensor<8x4xf32>) {
  ^bb0(%x: f32, %o: f32):
    %p = arith.cmpf ogt, %x, %zero : f32
    %r = arith.select %p, %x, %zero : f32
    linalg.yield %r : f32
  } -> tensor<8x4xf32>
  return %1 : tensor<8x4xf32>
}

// GELU by erf, written as x * 0.5 * (1 + erf(x * 0.70710678)).
// CHECK-LABEL: func.func @gelu_erf
//       CHECK:   mp.gemm {{.*}} epilogue gelu_erf
//   CHECK-NOT:   linalg.generic
func.func @gelu_erf(%a: tensor<8x16xf32>, %b: tensor<16x4xf32>) -> tensor<8x4xf32> {
  %half = arith.constant 0.5 : f32
  %one = arith.constant 1.0 : f32
  %k = arith.constant 0.707106769 : f32
  %0 = mp.gemm %a, %b accumulator f32 : (tensor<8x16xf32>, tensor<16x4xf32>) -> tensor<8x4xf32>
  %e = tensor.empty() : tensor<8x4xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%0 : tensor<8x4xf32>) outs(%e : tensor<8x4xf32>) {
  ^bb0(%x: f32, %o: f32):
    %h = arith.mulf %x, %half : f32
    %s = arith.mulf %x, %k : f32
    %t = math.erf %s : f32
    %u = arith.addf %t, %one : f32
    %r = arith.mulf %h, %u : f32
    linalg.yield %r : f32
  } -> tensor<8x4xf32>
  return %1 : tensor<8x4xf32>
}

// SiLU by the logistic function; a residual comes before it, and what follows
// stays where it is.
// CHECK-LABEL: func.func @residual_silu
//  CHECK-SAME:   %[[R:[a-z0-9]*]]: tensor<8x4xf32>)
//       CHECK:   %[[Y:.*]] = mp.gemm {{.*}} residual %[[R]] epilogue silu
//       CHECK:   linalg.generic {{.*}} ins(%[[Y]]
//       CHECK:     math.sqrt
//   CHECK-NOT:   math.exp
func.func @residual_silu(%a: tensor<8x16xf32>, %b: tensor<16x4xf32>, %res: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %one = arith.constant 1.0 : f32
  %0 = mp.gemm %a, %b accumulator f32 : (tensor<8x16xf32>, tensor<16x4xf32>) -> tensor<8x4xf32>
  %e = tensor.empty() : tensor<8x4xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%0, %res : tensor<8x4xf32>, tensor<8x4xf32>) outs(%e : tensor<8x4xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %s = arith.addf %x, %y : f32
    %n = arith.negf %s : f32
    %t = math.exp %n : f32
    %u = arith.addf %t, %one : f32
    %v = arith.divf %one, %u : f32
    %w = arith.mulf %s, %v : f32
    %r = math.sqrt %w : f32
    linalg.yield %r : f32
  } -> tensor<8x4xf32>
  return %1 : tensor<8x4xf32>
}

// The heads of attention: the bias moves through the view and the transpose
// stays behind it.
// CHECK-LABEL: func.func @bias_through_view
//       CHECK:   %[[C:.*]] = tensor.collapse_shape %{{.*}} {{\[\[}}0, 1]] : tensor<2x2xf32> into tensor<4xf32>
//       CHECK:   mp.gemm {{.*}} bias %[[C]] accumulator f32 : {{.*}} -> tensor<8x4xbf16>
//       CHECK:   tensor.expand_shape {{.*}} : tensor<8x4xbf16> into tensor<2x4x2x2xbf16>
func.func @bias_through_view(%a: tensor<8x16xbf16>, %b: tensor<16x4xbf16>, %c: tensor<2x2xf32>) -> tensor<2x2x4x2xbf16> {
  %0 = mp.gemm %a, %b accumulator f32 : (tensor<8x16xbf16>, tensor<16x4xbf16>) -> tensor<8x4xf32>
  %v = tensor.expand_shape %0 [[0, 1], [2, 3]] output_shape [2, 4, 2, 2] : tensor<8x4xf32> into tensor<2x4x2x2xf32>
  %e = tensor.empty() : tensor<2x2x4x2xbf16>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d2, d1, d3)>, affine_map<(d0, d1, d2, d3) -> (d1, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%v, %c : tensor<2x4x2x2xf32>, tensor<2x2xf32>) outs(%e : tensor<2x2x4x2xbf16>) {
  ^bb0(%x: f32, %y: f32, %o: bf16):
    %s = arith.addf %x, %y : f32
    %r = arith.truncf %s : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<2x2x4x2xbf16>
  return %1 : tensor<2x2x4x2xbf16>
}

// The product stays where it was, so that its operands need not live until the
// sum that it is added to is written.
// CHECK-LABEL: func.func @early
//  CHECK-SAME:   %[[A:.*]]: tensor<8x16xbf16>, %[[B:.*]]: tensor<16x4xbf16>, %[[SUM:.*]]: tensor<8x4xf32>, %[[X:.*]]: tensor<8x4xf32>
//       CHECK:   %[[P:.*]] = mp.gemm %[[A]], %[[B]] residual %[[SUM]] accumulator f32
//  CHECK-NEXT:   %[[Y:.*]] = linalg.generic
//       CHECK:   return %[[Y]], %[[P]]
func.func @early(%a: tensor<8x16xbf16>, %b: tensor<16x4xbf16>, %sum: tensor<8x4xf32>, %x: tensor<8x4xf32>) -> (tensor<8x4xf32>, tensor<8x4xf32>) {
  %e = tensor.empty() : tensor<8x4xf32>
  %p = mp.gemm %a, %b accumulator f32 : (tensor<8x16xbf16>, tensor<16x4xbf16>) -> tensor<8x4xf32>
  %y = linalg.exp ins(%x : tensor<8x4xf32>) outs(%e : tensor<8x4xf32>) -> tensor<8x4xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%sum, %p : tensor<8x4xf32>, tensor<8x4xf32>) outs(%e : tensor<8x4xf32>) {
  ^bb0(%in: f32, %in1: f32, %out: f32):
    %0 = arith.addf %in, %in1 : f32
    linalg.yield %0 : f32
  } -> tensor<8x4xf32>
  return %y, %s : tensor<8x4xf32>, tensor<8x4xf32>
}
