// RUN: mp-opt %s --mp-orient-products | FileCheck %s

#rows = affine_map<(d0, d1) -> (d0, d1)>
#columns = affine_map<(d0, d1) -> (d1, d0)>
#none = affine_map<(d0, d1) -> ()>

// The gradient of a weight: the optimizer reads it transposed, a norm sums it
// in whatever order. The operands change places.
// CHECK-LABEL: func.func @gradient
func.func @gradient(%g: tensor<8x32xbf16>, %x: tensor<8x16xbf16>, %w: tensor<16x32xf32>) -> (tensor<16x32xf32>, tensor<f32>) {
  // CHECK: %[[P:.*]] = mp.gemm %arg1 transposed, %arg0 accumulator f32 : (tensor<8x16xbf16>, tensor<8x32xbf16>) -> tensor<16x32xf32>
  %p = mp.gemm %g transposed, %x accumulator f32 : (tensor<8x32xbf16>, tensor<8x16xbf16>) -> tensor<32x16xf32>
  %e = tensor.empty() : tensor<16x32xf32>
  // CHECK: linalg.generic {indexing_maps = [#[[ROWS:.*]], #[[ROWS]], #[[ROWS]]]
  // CHECK-SAME: ins(%[[P]], %arg2 : tensor<16x32xf32>, tensor<16x32xf32>)
  %u = linalg.generic {indexing_maps = [#columns, #rows, #rows], iterator_types = ["parallel", "parallel"]}
      ins(%p, %w : tensor<32x16xf32>, tensor<16x32xf32>) outs(%e : tensor<16x32xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %s = arith.subf %b, %a : f32
    linalg.yield %s : f32
  } -> tensor<16x32xf32>
  %zero = arith.constant dense<0.0> : tensor<f32>
  // CHECK: iterator_types = ["reduction", "reduction"]} ins(%[[P]] : tensor<16x32xf32>)
  %n = linalg.generic {indexing_maps = [#rows, #none], iterator_types = ["reduction", "reduction"]}
      ins(%p : tensor<32x16xf32>) outs(%zero : tensor<f32>) {
  ^bb0(%a: f32, %acc: f32):
    %s = arith.mulf %a, %a : f32
    %t = arith.addf %acc, %s : f32
    linalg.yield %t : f32
  } -> tensor<f32>
  return %u, %n : tensor<16x32xf32>, tensor<f32>
}

// In a batch of products the last two dimensions change places. The flags of
// the operands do, too.
// CHECK-LABEL: func.func @batch
func.func @batch(%a: tensor<4x8x32xf32>, %b: tensor<4x16x32xf32>) -> tensor<4x16x8xf32> {
  // CHECK: mp.gemm %arg1, %arg0 transposed accumulator f32 : (tensor<4x16x32xf32>, tensor<4x8x32xf32>) -> tensor<4x16x8xf32>
  %p = mp.gemm %a, %b transposed accumulator f32 : (tensor<4x8x32xf32>, tensor<4x16x32xf32>) -> tensor<4x8x16xf32>
  %e = tensor.empty() : tensor<4x16x8xf32>
  %u = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>],
      iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%p : tensor<4x8x16xf32>) outs(%e : tensor<4x16x8xf32>) {
  ^bb0(%x: f32, %out: f32):
    %s = arith.negf %x : f32
    linalg.yield %s : f32
  } -> tensor<4x16x8xf32>
  return %u : tensor<4x16x8xf32>
}

// One reader wants it as it is, so it stays; a bias goes with the columns.
// CHECK-LABEL: func.func @stays
func.func @stays(%a: tensor<8x32xf32>, %b: tensor<32x16xf32>, %bias: tensor<16xf32>) -> (tensor<16x8xf32>, tensor<8x16xf32>, tensor<16x8xf32>) {
  // CHECK: mp.gemm %arg0, %arg1 accumulator
  // CHECK: mp.gemm %arg0, %arg1 bias %arg2
  %p = mp.gemm %a, %b accumulator f32 : (tensor<8x32xf32>, tensor<32x16xf32>) -> tensor<8x16xf32>
  %q = mp.gemm %a, %b bias %bias accumulator f32 : (tensor<8x32xf32>, tensor<32x16xf32>, tensor<16xf32>) -> tensor<8x16xf32>
  %e = tensor.empty() : tensor<16x8xf32>
  %f = tensor.empty() : tensor<8x16xf32>
  %t = linalg.generic {indexing_maps = [#columns, #rows], iterator_types = ["parallel", "parallel"]}
      ins(%p : tensor<8x16xf32>) outs(%e : tensor<16x8xf32>) {
  ^bb0(%x: f32, %out: f32):
    %s = arith.negf %x : f32
    linalg.yield %s : f32
  } -> tensor<16x8xf32>
  %r = linalg.generic {indexing_maps = [#rows, #rows], iterator_types = ["parallel", "parallel"]}
      ins(%p : tensor<8x16xf32>) outs(%f : tensor<8x16xf32>) {
  ^bb0(%x: f32, %out: f32):
    %s = arith.negf %x : f32
    linalg.yield %s : f32
  } -> tensor<8x16xf32>
  %u = linalg.generic {indexing_maps = [#columns, #rows], iterator_types = ["parallel", "parallel"]}
      ins(%q : tensor<8x16xf32>) outs(%e : tensor<16x8xf32>) {
  ^bb0(%x: f32, %out: f32):
    %s = arith.negf %x : f32
    linalg.yield %s : f32
  } -> tensor<16x8xf32>
  return %t, %r, %u : tensor<16x8xf32>, tensor<8x16xf32>, tensor<16x8xf32>
}
