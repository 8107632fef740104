// RUN: mp-opt %s --mp-annotate-ranges | FileCheck %s

// What is declared is taken for granted. A run with every argument at one end
// of its range proves that a value is beyond f16: a bound alone proves nothing.
// CHECK-LABEL: func.func @declared
func.func @declared(%x: tensor<512x512xf32> {mp.range = [-8.0, 8.0]}, %w: tensor<512x4xf32> {mp.range = [-1, 1]}) -> (tensor<f32>, tensor<512x4xf32>, tensor<512x512xf32>) {
  // CHECK: mp.range = "[0, 0] fits: constant"
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  // CHECK: mp.range = "[262144, 262144] overflows: constant"
  %n = stablehlo.constant dense<262144.0> : tensor<f32>
  // CHECK: mp.range = "[-2.13018e+06, 2.13018e+06] overflows: sum over 262144 of [-8, 8], [0, 0]"
  %s = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [0, 1] : (tensor<512x512xf32>, tensor<f32>) -> tensor<f32>
  // CHECK: mp.range = "[-8.12599, 8.12599] fits: divide of
  %m = stablehlo.divide %s, %n : tensor<f32>
  // CHECK: mp.range = "[-4096.13, 4096.13] fits: contraction over 512 of [-8, 8], [-1, 1]"
  %d = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<512x512xf32>, tensor<512x4xf32>) -> tensor<512x4xf32>
  // CHECK: mp.range = "[0, 64] fits: multiply of
  %q = stablehlo.multiply %x, %x : tensor<512x512xf32>
  return %m, %d, %q : tensor<f32>, tensor<512x4xf32>, tensor<512x512xf32>
}

// A bound beyond f16 that no known run reaches is no proof of anything.
// CHECK-LABEL: func.func @possible
func.func @possible(%x: tensor<4xf32> {mp.range = [-400.0, 400.0]}, %y: tensor<4xf32> {mp.range = [-400.0, 400.0]}) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: mp.range = "[-800, 800] fits
  %d = stablehlo.subtract %x, %y : tensor<4xf32>
  // CHECK: mp.range = "[-320000, 320000] possible
  %p = stablehlo.multiply %x, %d : tensor<4xf32>
  // CHECK: mp.range = "[-160000, 160000] overflows
  %o = stablehlo.multiply %x, %y : tensor<4xf32>
  return %p, %o : tensor<4xf32>, tensor<4xf32>
}

// Facts that hold whatever the arguments are. NaN may come in, but fits.
// CHECK-LABEL: func.func @bounded
func.func @bounded(%x: tensor<4xf32>, %i: tensor<4xi32>, %p: tensor<4xi1>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  // CHECK: mp.range = "[-1, 1] or nan fits: tanh of anything"
  %0 = stablehlo.tanh %x : tensor<4xf32>
  // CHECK: mp.range = "[0, 1] or nan fits: logistic of anything"
  %1 = stablehlo.logistic %x : tensor<4xf32>
  // CHECK: mp.range = "[-2.14749e+09, 2.14749e+09] possible: convert"
  %2 = stablehlo.convert %i : (tensor<4xi32>) -> tensor<4xf32>
  // CHECK: mp.range = "[0, 1] fits: convert"
  %3 = stablehlo.convert %p : (tensor<4xi1>) -> tensor<4xf32>
  // CHECK: mp.range = "[0, 3] fits: iota"
  %4 = stablehlo.iota dim = 0 : tensor<4xf32>
  // CHECK: mp.range = "[9.99999e-09, 1e-08] underflows: constant"
  %5 = stablehlo.constant dense<1.0e-8> : tensor<4xf32>
  return %0, %1, %2, %3, %4, %5 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// A reciprocal is bounded where its argument is proved to keep off zero.
// CHECK-LABEL: func.func @reciprocal
func.func @reciprocal(%x: tensor<4xf32>, %y: tensor<4xf32> {mp.range = [0.5, 2.0]}) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %one = stablehlo.constant dense<1.0> : tensor<4xf32>
  // CHECK: mp.range = "[0.499999, 2.00001] fits: divide
  %0 = stablehlo.divide %one, %y : tensor<4xf32>
  // CHECK: mp.range = "anything possible: divide
  %1 = stablehlo.divide %one, %x : tensor<4xf32>
  %q = stablehlo.multiply %x, %x : tensor<4xf32>
  %e = stablehlo.add %q, %one : tensor<4xf32>
  // CHECK: mp.range = "[0, 1.00001] or nan fits: reciprocal-square-root
  %2 = stablehlo.rsqrt %e : tensor<4xf32>
  return %0, %1, %2 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// A loop's value grows until widening stops it; what only halves does not.
// CHECK-LABEL: func.func @loop
func.func @loop(%x: tensor<f32> {mp.range = [0.0, 1.0]}) -> (tensor<f32>, tensor<f32>) {
  %i = stablehlo.constant dense<0> : tensor<i32>
  %half = stablehlo.constant dense<0.5> : tensor<f32>
  // CHECK: stablehlo.while{{.*}}mp.range = ["[0, 1] fits: while of {{.*}}", "[0, 3.40283e+38] or inf possible: while
  // CHECK: stablehlo.multiply {{.*}}mp.range = "[0, 0.5] fits
  // CHECK: stablehlo.add {{.*}}mp.range = "[{{.*}}] or inf possible
  %r:3 = stablehlo.while(%k = %i, %a = %x, %b = %x) : tensor<i32>, tensor<f32>, tensor<f32>
  cond {
    %end = stablehlo.constant dense<10> : tensor<i32>
    %go = stablehlo.compare LT, %k, %end, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %go : tensor<i1>
  } do {
    %one = stablehlo.constant dense<1> : tensor<i32>
    %next = stablehlo.add %k, %one : tensor<i32>
    %c = stablehlo.multiply %a, %half : tensor<f32>
    %d = stablehlo.add %b, %x : tensor<f32>
    stablehlo.return %next, %c, %d : tensor<i32>, tensor<f32>, tensor<f32>
  }
  return %r#1, %r#2 : tensor<f32>, tensor<f32>
}

// A branch gives what either of its regions does.
// CHECK-LABEL: func.func @branch
func.func @branch(%p: tensor<i1>, %x: tensor<4xf32> {mp.range = [0.0, 1.0]}) -> tensor<4xf32> {
  // CHECK: "stablehlo.if"
  // CHECK: stablehlo.negate {{.*}}mp.range = "[-1, 0] fits
  // CHECK: mp.range = "[-1, 1] fits: if"
  %r = "stablehlo.if"(%p) ({
    %n = stablehlo.negate %x : tensor<4xf32>
    stablehlo.return %n : tensor<4xf32>
  }, {
    stablehlo.return %x : tensor<4xf32>
  }) : (tensor<i1>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
