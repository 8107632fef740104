// RUN: mp-opt %s --mp-classify | FileCheck %s

// The tanh form, with the cube as products and as a power; a sigmoid spelled
// out has the class of the op that there is for it.
// CHECK-LABEL: func.func @gelu_tanh
// CHECK: stablehlo.multiply %arg0, %arg0 {mp.class = "pointwise", mp.pattern = "gelu", mp.unit = array<i64: [[A:[0-9]+]]>
// CHECK: stablehlo.tanh {{.*}}mp.class = "pointwise", mp.pattern = "gelu/tanh", mp.unit = array<i64: [[A]]
// CHECK: stablehlo.multiply %arg0, %{{.*}}mp.unit = array<i64: [[A]]>
// CHECK: stablehlo.power {{.*}}mp.pattern = "gelu", mp.unit = array<i64: [[B:[0-9]+]]>
// CHECK: stablehlo.tanh {{.*}}mp.pattern = "gelu/tanh"
// CHECK: stablehlo.multiply %{{.*}}mp.unit = array<i64: [[B]]>
func.func @gelu_tanh(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %half = stablehlo.constant dense<0.5> : tensor<8xf32>
  %one = stablehlo.constant dense<1.0> : tensor<8xf32>
  %three = stablehlo.constant dense<3.0> : tensor<8xf32>
  %c = stablehlo.constant dense<4.471500e-02> : tensor<8xf32>
  %s = stablehlo.constant dense<0.797884583> : tensor<8xf32>
  %0 = stablehlo.multiply %x, %x : tensor<8xf32>
  %1 = stablehlo.multiply %0, %x : tensor<8xf32>
  %2 = stablehlo.multiply %1, %c : tensor<8xf32>
  %3 = stablehlo.add %x, %2 : tensor<8xf32>
  %4 = stablehlo.multiply %3, %s : tensor<8xf32>
  %5 = stablehlo.tanh %4 : tensor<8xf32>
  %6 = stablehlo.add %5, %one : tensor<8xf32>
  %7 = stablehlo.multiply %6, %half : tensor<8xf32>
  %8 = stablehlo.multiply %x, %7 : tensor<8xf32>
  %9 = stablehlo.power %x, %three : tensor<8xf32>
  %10 = stablehlo.multiply %9, %c : tensor<8xf32>
  %11 = stablehlo.add %x, %10 : tensor<8xf32>
  %12 = stablehlo.multiply %11, %s : tensor<8xf32>
  %13 = stablehlo.tanh %12 : tensor<8xf32>
  %14 = stablehlo.add %13, %one : tensor<8xf32>
  %15 = stablehlo.multiply %x, %half : tensor<8xf32>
  %16 = stablehlo.multiply %15, %14 : tensor<8xf32>
  return %8, %16 : tensor<8xf32>, tensor<8xf32>
}

// Another cubic coefficient is another function.
// CHECK-LABEL: func.func @not_gelu
// CHECK-NOT: "gelu
// CHECK: return
func.func @not_gelu(%x: tensor<8xf32>) -> tensor<8xf32> {
  %half = stablehlo.constant dense<0.5> : tensor<8xf32>
  %one = stablehlo.constant dense<1.0> : tensor<8xf32>
  %c = stablehlo.constant dense<5.471500e-02> : tensor<8xf32>
  %s = stablehlo.constant dense<0.797884583> : tensor<8xf32>
  %0 = stablehlo.multiply %x, %x : tensor<8xf32>
  %1 = stablehlo.multiply %0, %x : tensor<8xf32>
  %2 = stablehlo.multiply %1, %c : tensor<8xf32>
  %3 = stablehlo.add %x, %2 : tensor<8xf32>
  %4 = stablehlo.multiply %3, %s : tensor<8xf32>
  %5 = stablehlo.tanh %4 : tensor<8xf32>
  %6 = stablehlo.add %5, %one : tensor<8xf32>
  %7 = stablehlo.multiply %6, %half : tensor<8xf32>
  %8 = stablehlo.multiply %x, %7 : tensor<8xf32>
  return %8 : tensor<8xf32>
}

// By erf and by erfc of the negated argument.
// CHECK-LABEL: func.func @gelu_erf
// CHECK: chlo.erf {{.*}}mp.pattern = "gelu/erf"
// CHECK: stablehlo.negate {{.*}}mp.pattern = "gelu"
// CHECK: chlo.erfc {{.*}}mp.pattern = "gelu/erf"
func.func @gelu_erf(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %half = stablehlo.constant dense<0.5> : tensor<8xf32>
  %one = stablehlo.constant dense<1.0> : tensor<8xf32>
  %r = stablehlo.constant dense<0.707106769> : tensor<8xf32>
  %0 = stablehlo.multiply %x, %half : tensor<8xf32>
  %1 = stablehlo.multiply %x, %r : tensor<8xf32>
  %2 = chlo.erf %1 : tensor<8xf32> -> tensor<8xf32>
  %3 = stablehlo.add %2, %one : tensor<8xf32>
  %4 = stablehlo.multiply %0, %3 : tensor<8xf32>
  %5 = stablehlo.negate %x : tensor<8xf32>
  %6 = stablehlo.multiply %5, %r : tensor<8xf32>
  %7 = chlo.erfc %6 : tensor<8xf32> -> tensor<8xf32>
  %8 = stablehlo.multiply %0, %7 : tensor<8xf32>
  return %4, %8 : tensor<8xf32>, tensor<8xf32>
}

// CHECK-LABEL: func.func @sigmoids
// CHECK: stablehlo.exponential {{.*}}mp.class = "pointwise", mp.pattern = "silu/sigmoid"
// CHECK: stablehlo.multiply {{.*}}mp.pattern = "silu"
// CHECK: stablehlo.exponential {{.*}}mp.class = "bounded", mp.pattern = "sigmoid"
// CHECK: stablehlo.logistic {{.*}}mp.class = "bounded", mp.pattern = "sigmoid"
func.func @sigmoids(%x: tensor<8xf32>, %y: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) {
  %one = stablehlo.constant dense<1.0> : tensor<8xf32>
  %0 = stablehlo.negate %x : tensor<8xf32>
  %1 = stablehlo.exponential %0 : tensor<8xf32>
  %2 = stablehlo.add %1, %one : tensor<8xf32>
  %3 = stablehlo.divide %one, %2 : tensor<8xf32>
  %4 = stablehlo.multiply %x, %3 : tensor<8xf32>
  %5 = stablehlo.negate %y : tensor<8xf32>
  %6 = stablehlo.exponential %5 : tensor<8xf32>
  %7 = stablehlo.add %6, %one : tensor<8xf32>
  %8 = stablehlo.divide %one, %7 : tensor<8xf32>
  %9 = stablehlo.logistic %y : tensor<8xf32>
  return %4, %8, %9 : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
}

// Both exporters' softplus, and an elu whose exponential is of a selection.
// CHECK-LABEL: func.func @piecewise
// CHECK: stablehlo.log_plus_one {{.*}}mp.class = "transcendental", mp.pattern = "softplus", mp.unit = array<i64: [[S:[0-9]+]]>
// CHECK: stablehlo.select {{.*}}mp.unit = array<i64: [[S]]>
// CHECK: stablehlo.log_plus_one {{.*}}mp.pattern = "softplus", mp.unit = array<i64: [[T:[0-9]+]]>
// CHECK: stablehlo.select {{.*}}mp.unit = array<i64: [[T]]>
// CHECK: stablehlo.exponential_minus_one {{.*}}mp.pattern = "elu"
// CHECK: stablehlo.select {{.*}}mp.pattern = "elu"
func.func @piecewise(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<8xf32>
  %twenty = stablehlo.constant dense<20.0> : tensor<8xf32>
  %0 = stablehlo.maximum %x, %zero : tensor<8xf32>
  %1 = stablehlo.subtract %x, %zero : tensor<8xf32>
  %2 = stablehlo.compare NE, %1, %1, FLOAT : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xi1>
  %3 = stablehlo.add %x, %zero : tensor<8xf32>
  %4 = stablehlo.abs %1 : tensor<8xf32>
  %5 = stablehlo.negate %4 : tensor<8xf32>
  %6 = stablehlo.exponential %5 : tensor<8xf32>
  %7 = stablehlo.log_plus_one %6 : tensor<8xf32>
  %8 = stablehlo.add %0, %7 : tensor<8xf32>
  %9 = stablehlo.select %2, %3, %8 : tensor<8xi1>, tensor<8xf32>
  %10 = stablehlo.exponential %x : tensor<8xf32>
  %11 = stablehlo.log_plus_one %10 : tensor<8xf32>
  %12 = stablehlo.compare GT, %x, %twenty, FLOAT : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xi1>
  %13 = stablehlo.select %12, %x, %11 : tensor<8xi1>, tensor<8xf32>
  %14 = stablehlo.compare GT, %x, %zero, FLOAT : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xi1>
  %15 = stablehlo.select %14, %zero, %x : tensor<8xi1>, tensor<8xf32>
  %16 = stablehlo.exponential_minus_one %15 : tensor<8xf32>
  %17 = stablehlo.select %14, %x, %16 : tensor<8xi1>, tensor<8xf32>
  return %9, %13, %17 : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
}

// Zeros chosen by anything, and the rest scaled up: dropout. A rectifier's
// gradient scales nothing.
// CHECK-LABEL: func.func @dropout
// CHECK: stablehlo.divide {{.*}}mp.pattern = "dropout"
// CHECK: stablehlo.select {{.*}}mp.pattern = "dropout"
// CHECK: stablehlo.select
// CHECK-NOT: mp.pattern
// CHECK: return
func.func @dropout(%x: tensor<8xf32>, %mask: tensor<8xi1>) -> (tensor<8xf32>, tensor<8xf32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<8xf32>
  %keep = stablehlo.constant dense<0.9> : tensor<8xf32>
  %0 = stablehlo.divide %x, %keep : tensor<8xf32>
  %1 = stablehlo.select %mask, %0, %zero : tensor<8xi1>, tensor<8xf32>
  %2 = stablehlo.select %mask, %x, %zero : tensor<8xi1>, tensor<8xf32>
  return %1, %2 : tensor<8xf32>, tensor<8xf32>
}
