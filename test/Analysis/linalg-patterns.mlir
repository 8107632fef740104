// RUN: mp-opt %s --mp-classify | FileCheck %s

// Groups are found in linalg as they are in StableHLO: whether a function has
// an op of its own or is one of several in a body, as torch-mlir prints both.

#x = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0, 0)>
#column = affine_map<(d0, d1) -> (d1)>
#q = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
#r = affine_map<(d0, d1, d2) -> (d0, d1)>

// One body, with constants that are converted in it.
// CHECK-LABEL: func.func @gelu
// CHECK: linalg.generic {{.*}}mp.class = "pointwise", mp.pattern = "gelu", mp.unit
func.func @gelu(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %root = arith.constant 1.41421354 : f32
  %one = arith.constant 1.0 : f32
  %half = arith.constant 0.5 : f64
  %e = tensor.empty() : tensor<4x8xf32>
  %r = linalg.generic {indexing_maps = [#x, #x], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %h = arith.truncf %half : f64 to f32
    %0 = arith.divf %in, %root : f32
    %1 = math.erf %0 : f32
    %2 = arith.addf %1, %one : f32
    %3 = arith.mulf %2, %h : f32
    %4 = arith.mulf %in, %3 : f32
    linalg.yield %4 : f32
  } -> tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}

// Another constant, another function: an erf is all that is left.
// CHECK-LABEL: func.func @not_gelu
// CHECK: linalg.generic {{.*}}mp.pattern = "erf"
func.func @not_gelu(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %root = arith.constant 1.5 : f32
  %one = arith.constant 1.0 : f32
  %half = arith.constant 0.5 : f32
  %e = tensor.empty() : tensor<4x8xf32>
  %r = linalg.generic {indexing_maps = [#x, #x], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.divf %in, %root : f32
    %1 = math.erf %0 : f32
    %2 = arith.addf %1, %one : f32
    %3 = arith.mulf %2, %half : f32
    %4 = arith.mulf %in, %3 : f32
    linalg.yield %4 : f32
  } -> tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}

// The statistics of rows in two bodies, what is made of them in a third.
// CHECK-LABEL: func.func @layer_norm
// CHECK: linalg.generic {{.*}}mp.class = "normalization", mp.pattern = "layer_norm
// CHECK: linalg.generic {{.*}}mp.class = "normalization", mp.pattern = "layer_norm
// CHECK: linalg.generic {{.*}}mp.class = "normalization", mp.pattern = "layer_norm
// CHECK: linalg.generic {{.*}}mp.class = "normalization", mp.pattern = "layer_norm", mp.unit
func.func @layer_norm(%x: tensor<4x8xf32>, %scale: tensor<8xf32>, %shift: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 1.0e-5 : f64
  %e = tensor.empty() : tensor<4x8xf32>
  %c = tensor.empty() : tensor<4x1xf32>
  %z = linalg.fill ins(%zero : f32) outs(%c : tensor<4x1xf32>) -> tensor<4x1xf32>
  %s = linalg.generic {indexing_maps = [#x, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x8xf32>) outs(%z : tensor<4x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.addf %in, %out : f32
    linalg.yield %0 : f32
  } -> tensor<4x1xf32>
  %d = linalg.generic {indexing_maps = [#x, #row, #x], iterator_types = ["parallel", "parallel"]} ins(%x, %s : tensor<4x8xf32>, tensor<4x1xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %0 = arith.divf %sum, %n : f32
    %1 = arith.subf %in, %0 : f32
    %2 = arith.mulf %1, %1 : f32
    linalg.yield %2 : f32
  } -> tensor<4x8xf32>
  %v = linalg.generic {indexing_maps = [#x, #row], iterator_types = ["parallel", "reduction"]} ins(%d : tensor<4x8xf32>) outs(%z : tensor<4x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.addf %in, %out : f32
    linalg.yield %0 : f32
  } -> tensor<4x1xf32>
  %r = linalg.generic {indexing_maps = [#x, #row, #row, #column, #column, #x], iterator_types = ["parallel", "parallel"]} ins(%x, %s, %v, %scale, %shift : tensor<4x8xf32>, tensor<4x1xf32>, tensor<4x1xf32>, tensor<8xf32>, tensor<8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %g: f32, %b: f32, %out: f32):
    %0 = arith.divf %sum, %n : f32
    %1 = arith.subf %in, %0 : f32
    %2 = arith.divf %squares, %n : f32
    %3 = arith.truncf %eps : f64 to f32
    %4 = arith.addf %2, %3 : f32
    %5 = math.rsqrt %4 : f32
    %6 = arith.mulf %1, %5 : f32
    %7 = arith.mulf %6, %g : f32
    %8 = arith.addf %7, %b : f32
    linalg.yield %8 : f32
  } -> tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}

// A batch norm in inference reads statistics that are smaller than its input.
// CHECK-LABEL: func.func @batch_norm
// CHECK: linalg.generic {{.*}}mp.class = "normalization", mp.pattern = "batch_norm"
func.func @batch_norm(%x: tensor<4x8xf32>, %mean: tensor<8xf32>, %var: tensor<8xf32>) -> tensor<4x8xf32> {
  %eps = arith.constant 1.0e-5 : f32
  %e = tensor.empty() : tensor<4x8xf32>
  %r = linalg.generic {indexing_maps = [#x, #column, #column, #x], iterator_types = ["parallel", "parallel"]} ins(%x, %mean, %var : tensor<4x8xf32>, tensor<8xf32>, tensor<8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%in: f32, %m: f32, %v: f32, %out: f32):
    %0 = arith.subf %in, %m : f32
    %1 = arith.addf %v, %eps : f32
    %2 = math.rsqrt %1 : f32
    %3 = arith.mulf %0, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}

// Values as large as the input are no statistics.
// CHECK-LABEL: func.func @not_batch_norm
// CHECK-NOT: mp.pattern
func.func @not_batch_norm(%x: tensor<4x8xf32>, %mean: tensor<4x8xf32>, %var: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %eps = arith.constant 1.0e-5 : f32
  %e = tensor.empty() : tensor<4x8xf32>
  %r = linalg.generic {indexing_maps = [#x, #x, #x, #x], iterator_types = ["parallel", "parallel"]} ins(%x, %mean, %var : tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%in: f32, %m: f32, %v: f32, %out: f32):
    %0 = arith.subf %in, %m : f32
    %1 = arith.addf %v, %eps : f32
    %2 = math.rsqrt %1 : f32
    %3 = arith.mulf %0, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}

// Powers by integers, and a root of a mean of squares.
// CHECK-LABEL: func.func @rms_norm
// CHECK: linalg.generic {{.*}}mp.pattern = "rms_norm
// CHECK: linalg.generic {{.*}}mp.pattern = "rms_norm
// CHECK: linalg.generic {{.*}}mp.pattern = "rms_norm"
func.func @rms_norm(%x: tensor<4x8xf32>, %scale: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %two = arith.constant 2 : i64
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 1.0e-6 : f32
  %e = tensor.empty() : tensor<4x8xf32>
  %c = tensor.empty() : tensor<4x1xf32>
  %z = linalg.fill ins(%zero : f32) outs(%c : tensor<4x1xf32>) -> tensor<4x1xf32>
  %p = linalg.generic {indexing_maps = [#x, #x], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = math.fpowi %in, %two : f32, i64
    linalg.yield %0 : f32
  } -> tensor<4x8xf32>
  %s = linalg.generic {indexing_maps = [#x, #row], iterator_types = ["parallel", "reduction"]} ins(%p : tensor<4x8xf32>) outs(%z : tensor<4x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.addf %in, %out : f32
    linalg.yield %0 : f32
  } -> tensor<4x1xf32>
  %r = linalg.generic {indexing_maps = [#x, #row, #column, #x], iterator_types = ["parallel", "parallel"]} ins(%x, %s, %scale : tensor<4x8xf32>, tensor<4x1xf32>, tensor<8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%in: f32, %sum: f32, %g: f32, %out: f32):
    %0 = arith.divf %sum, %n : f32
    %1 = arith.addf %0, %eps : f32
    %2 = math.rsqrt %1 : f32
    %3 = arith.mulf %in, %2 : f32
    %4 = arith.mulf %g, %3 : f32
    linalg.yield %4 : f32
  } -> tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}

// The largest score is found with its place; the shift and the exponential
// share a body.
// CHECK-LABEL: func.func @attention
// CHECK: linalg.batch_matmul {{.*}}mp.class = "contraction", mp.pattern = "attention"
// CHECK: linalg.generic {{.*}}mp.pattern = "attention"
// CHECK: linalg.generic {{.*}}mp.class = "softmax", mp.pattern = "attention/softmax"
// CHECK: linalg.generic {{.*}}mp.class = "softmax", mp.pattern = "attention/softmax"
// CHECK: linalg.generic {{.*}}mp.class = "softmax", mp.pattern = "attention/softmax"
// CHECK: linalg.generic {{.*}}mp.class = "softmax", mp.pattern = "attention/softmax"
// CHECK: linalg.batch_matmul {{.*}}mp.class = "contraction", mp.pattern = "attention"
func.func @attention(%query: tensor<2x4x8xf32>, %key: tensor<2x8x4xf32>, %value: tensor<2x4x8xf32>) -> tensor<2x4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %none = arith.constant 0 : i64
  %lowest = arith.constant 0xFF800000 : f32
  %scale = arith.constant 0.353553391 : f32
  %e = tensor.empty() : tensor<2x4x4xf32>
  %c = tensor.empty() : tensor<2x4xf32>
  %ci = tensor.empty() : tensor<2x4xi64>
  %o = tensor.empty() : tensor<2x4x8xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<2x4x4xf32>) -> tensor<2x4x4xf32>
  %zc = linalg.fill ins(%zero : f32) outs(%c : tensor<2x4xf32>) -> tensor<2x4xf32>
  %lc = linalg.fill ins(%lowest : f32) outs(%c : tensor<2x4xf32>) -> tensor<2x4xf32>
  %ic = linalg.fill ins(%none : i64) outs(%ci : tensor<2x4xi64>) -> tensor<2x4xi64>
  %zo = linalg.fill ins(%zero : f32) outs(%o : tensor<2x4x8xf32>) -> tensor<2x4x8xf32>
  %scores = linalg.batch_matmul ins(%query, %key : tensor<2x4x8xf32>, tensor<2x8x4xf32>) outs(%z : tensor<2x4x4xf32>) -> tensor<2x4x4xf32>
  %scaled = linalg.generic {indexing_maps = [#q, #q], iterator_types = ["parallel", "parallel", "parallel"]} ins(%scores : tensor<2x4x4xf32>) outs(%e : tensor<2x4x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.mulf %in, %scale : f32
    linalg.yield %0 : f32
  } -> tensor<2x4x4xf32>
  %max:2 = linalg.generic {indexing_maps = [#q, #r, #r], iterator_types = ["parallel", "parallel", "reduction"]} ins(%scaled : tensor<2x4x4xf32>) outs(%lc, %ic : tensor<2x4xf32>, tensor<2x4xi64>) {
  ^bb0(%in: f32, %out: f32, %place: i64):
    %0 = linalg.index 2 : index
    %1 = arith.index_cast %0 : index to i64
    %2 = arith.maximumf %in, %out : f32
    %3 = arith.cmpf ogt, %in, %out : f32
    %4 = arith.select %3, %1, %place : i64
    linalg.yield %2, %4 : f32, i64
  } -> (tensor<2x4xf32>, tensor<2x4xi64>)
  %exp = linalg.generic {indexing_maps = [#q, #r, #q], iterator_types = ["parallel", "parallel", "parallel"]} ins(%scaled, %max#0 : tensor<2x4x4xf32>, tensor<2x4xf32>) outs(%e : tensor<2x4x4xf32>) {
  ^bb0(%in: f32, %m: f32, %out: f32):
    %0 = arith.subf %in, %m : f32
    %1 = math.exp %0 : f32
    linalg.yield %1 : f32
  } -> tensor<2x4x4xf32>
  %sum = linalg.generic {indexing_maps = [#q, #r], iterator_types = ["parallel", "parallel", "reduction"]} ins(%exp : tensor<2x4x4xf32>) outs(%zc : tensor<2x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.addf %in, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x4xf32>
  %weights = linalg.generic {indexing_maps = [#q, #r, #q], iterator_types = ["parallel", "parallel", "parallel"]} ins(%exp, %sum : tensor<2x4x4xf32>, tensor<2x4xf32>) outs(%e : tensor<2x4x4xf32>) {
  ^bb0(%in: f32, %s: f32, %out: f32):
    %0 = arith.divf %in, %s : f32
    linalg.yield %0 : f32
  } -> tensor<2x4x4xf32>
  %result = linalg.batch_matmul ins(%weights, %value : tensor<2x4x4xf32>, tensor<2x4x8xf32>) outs(%zo : tensor<2x4x8xf32>) -> tensor<2x4x8xf32>
  return %result : tensor<2x4x8xf32>
}
