// RUN: mp-opt %s --mp-annotate-ranges | FileCheck %s

// The functions in a body bound each other as ops do: 9 + 2 + 27, and -8 of the
// cube of 2 less nothing, since a square is not negative.
#x = affine_map<(d0) -> (d0)>
#s = affine_map<(d0) -> ()>

// CHECK-LABEL: func.func @polynomial
// CHECK: linalg.generic {{.*}}mp.range = "[-25.00{{[0-9]*}}, 38.00{{[0-9]*}}] fits
func.func @polynomial(%x: tensor<8xf32> {mp.range = [-3.0, 2.0]}) -> tensor<8xf32> {
  %two = arith.constant 2.0 : f32
  %three = arith.constant 3 : i64
  %e = tensor.empty() : tensor<8xf32>
  %r = linalg.generic {indexing_maps = [#x, #x], iterator_types = ["parallel"]} ins(%x : tensor<8xf32>) outs(%e : tensor<8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.mulf %in, %in : f32
    %1 = arith.addf %0, %two : f32
    %2 = math.fpowi %in, %three : f32, i64
    %3 = arith.subf %1, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// Without a bound on the input, what squashes it still has one; a number that is
// converted in the body counts as what it is there.
// CHECK-LABEL: func.func @squashed
// CHECK: linalg.generic {{.*}}mp.range = "[0, 100000] or nan possible
func.func @squashed(%x: tensor<8xf32>) -> tensor<8xf32> {
  %one = arith.constant 1.0 : f32
  %large = arith.constant 5.0e4 : f64
  %e = tensor.empty() : tensor<8xf32>
  %r = linalg.generic {indexing_maps = [#x, #x], iterator_types = ["parallel"]} ins(%x : tensor<8xf32>) outs(%e : tensor<8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %c = arith.truncf %large : f64 to f32
    %0 = math.tanh %in : f32
    %1 = arith.addf %0, %one : f32
    %2 = arith.mulf %1, %c : f32
    linalg.yield %2 : f32
  } -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// One function of which nothing is known, and nothing is known of the body.
// CHECK-LABEL: func.func @unknown
// CHECK: linalg.generic {{.*}}mp.range = "anything possible
func.func @unknown(%x: tensor<8xf32> {mp.range = [0.0, 1.0]}) -> tensor<8xf32> {
  %e = tensor.empty() : tensor<8xf32>
  %r = linalg.generic {indexing_maps = [#x, #x], iterator_types = ["parallel"]} ins(%x : tensor<8xf32>) outs(%e : tensor<8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = math.acos %in : f32
    %1 = arith.addf %0, %in : f32
    linalg.yield %1 : f32
  } -> tensor<8xf32>
  return %r : tensor<8xf32>
}
