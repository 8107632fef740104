// RUN: mp-opt %s --mp-classify | FileCheck %s

// The gather in the middle belongs to the loss; so does what averages and
// negates, up to the loss scale.
// CHECK-LABEL: func.func @cross_entropy
// CHECK: stablehlo.exponential {{.*}}mp.class = "loss", mp.pattern = "cross_entropy/log_softmax", mp.unit = array<i64: [[LOSS:[0-9]+]], {{[0-9]+}}>
// CHECK: "stablehlo.gather"{{.*}}mp.class = "loss", mp.pattern = "cross_entropy", mp.unit = array<i64: [[LOSS]]>
// CHECK: stablehlo.select {{.*}}mp.pattern = "cross_entropy"
// CHECK: applies stablehlo.add {{.*}}mp.pattern = "cross_entropy
// CHECK: stablehlo.divide {{.*}}mp.pattern = "cross_entropy/mean"
// CHECK: stablehlo.negate {{.*}}mp.pattern = "cross_entropy", mp.unit = array<i64: [[LOSS]]>
// CHECK: stablehlo.multiply
// CHECK-NOT: mp.pattern
// CHECK: return
func.func @cross_entropy(%x: tensor<4x8xf32>, %i: tensor<4x2xi32>, %ok: tensor<4xi1>, %scale: tensor<f32>) -> tensor<f32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %zeros = stablehlo.constant dense<0.0> : tensor<4xf32>
  %n = stablehlo.constant dense<4.0> : tensor<f32>
  %e = stablehlo.exponential %x : tensor<4x8xf32>
  %t = stablehlo.reduce(%e init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  %l = stablehlo.log %t : tensor<4xf32>
  %b = stablehlo.broadcast_in_dim %l, dims = [0] : (tensor<4xf32>) -> tensor<4x8xf32>
  %p = stablehlo.subtract %x, %b : tensor<4x8xf32>
  %g = "stablehlo.gather"(%p, %i) <{dimension_numbers = #stablehlo.gather<collapsed_slice_dims = [0, 1], start_index_map = [0, 1], index_vector_dim = 1>, indices_are_sorted = false, slice_sizes = array<i64: 1, 1>}> : (tensor<4x8xf32>, tensor<4x2xi32>) -> tensor<4xf32>
  %m = stablehlo.select %ok, %g, %zeros : tensor<4xi1>, tensor<4xf32>
  %s = stablehlo.reduce(%m init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
  %d = stablehlo.divide %s, %n : tensor<f32>
  %r = stablehlo.negate %d : tensor<f32>
  %o = stablehlo.multiply %r, %scale : tensor<f32>
  return %o : tensor<f32>
}

// With a row of probabilities for each example in place of labels.
// CHECK-LABEL: func.func @soft_labels
// CHECK: stablehlo.multiply {{.*}}mp.pattern = "cross_entropy"
// CHECK: applies stablehlo.add {{.*}}mp.pattern = "cross_entropy
func.func @soft_labels(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>) -> tensor<4xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %e = stablehlo.exponential %x : tensor<4x8xf32>
  %t = stablehlo.reduce(%e init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  %l = stablehlo.log %t : tensor<4xf32>
  %b = stablehlo.broadcast_in_dim %l, dims = [0] : (tensor<4xf32>) -> tensor<4x8xf32>
  %p = stablehlo.subtract %x, %b : tensor<4x8xf32>
  %w = stablehlo.multiply %p, %y : tensor<4x8xf32>
  %s = stablehlo.reduce(%w init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  %r = stablehlo.negate %s : tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @regression
// CHECK: chlo.square {{.*}}mp.class = "loss", mp.pattern = "mse"
// CHECK: applies stablehlo.add {{.*}}mp.pattern = "mse/mean"
// CHECK: stablehlo.abs {{.*}}mp.pattern = "l1"
func.func @regression(%x: tensor<8xf32>, %y: tensor<8xf32>) -> (tensor<f32>, tensor<f32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %n = stablehlo.constant dense<8.0> : tensor<f32>
  %d = stablehlo.subtract %x, %y : tensor<8xf32>
  %q = chlo.square %d : tensor<8xf32> -> tensor<8xf32>
  %s = stablehlo.reduce(%q init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<8xf32>, tensor<f32>) -> tensor<f32>
  %m = stablehlo.divide %s, %n : tensor<f32>
  %d2 = stablehlo.subtract %y, %x : tensor<8xf32>
  %a = stablehlo.abs %d2 : tensor<8xf32>
  %t = stablehlo.reduce(%a init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<8xf32>, tensor<f32>) -> tensor<f32>
  return %m, %t : tensor<f32>, tensor<f32>
}

// The squared distance from the mean is a variance, not a loss.
// CHECK-LABEL: func.func @variance
// CHECK-NOT: "mse
// CHECK: stablehlo.divide %{{.*}}mp.pattern = "variance/mean"
func.func @variance(%x: tensor<8xf32>) -> tensor<f32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %n = stablehlo.constant dense<8.0> : tensor<f32>
  %t = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<8xf32>, tensor<f32>) -> tensor<f32>
  %u = stablehlo.divide %t, %n : tensor<f32>
  %b = stablehlo.broadcast_in_dim %u, dims = [] : (tensor<f32>) -> tensor<8xf32>
  %d = stablehlo.subtract %x, %b : tensor<8xf32>
  %q = stablehlo.multiply %d, %d : tensor<8xf32>
  %s = stablehlo.reduce(%q init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<8xf32>, tensor<f32>) -> tensor<f32>
  %m = stablehlo.divide %s, %n : tensor<f32>
  return %m : tensor<f32>
}

// Of logits it is safe in any precision, of probabilities it is not: policies
// tell them apart.
// CHECK-LABEL: func.func @binary
// CHECK: stablehlo.log_plus_one {{.*}}mp.pattern = "bce_with_logits
// CHECK: stablehlo.log {{.*}}mp.pattern = "bce/binary_cross_entropy"
func.func @binary(%x: tensor<8xf32>, %y: tensor<8xf32>, %p: tensor<8xf32>) -> (tensor<f32>, tensor<f32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %zeros = stablehlo.constant dense<0.0> : tensor<8xf32>
  %ones = stablehlo.constant dense<1.0> : tensor<8xf32>
  %0 = stablehlo.maximum %x, %zeros : tensor<8xf32>
  %1 = stablehlo.multiply %x, %y : tensor<8xf32>
  %2 = stablehlo.subtract %0, %1 : tensor<8xf32>
  %3 = stablehlo.abs %x : tensor<8xf32>
  %4 = stablehlo.negate %3 : tensor<8xf32>
  %5 = stablehlo.exponential %4 : tensor<8xf32>
  %6 = stablehlo.log_plus_one %5 : tensor<8xf32>
  %7 = stablehlo.add %2, %6 : tensor<8xf32>
  %8 = stablehlo.reduce(%7 init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<8xf32>, tensor<f32>) -> tensor<f32>
  %9 = stablehlo.log %p : tensor<8xf32>
  %10 = stablehlo.multiply %y, %9 : tensor<8xf32>
  %11 = stablehlo.subtract %ones, %y : tensor<8xf32>
  %12 = stablehlo.subtract %ones, %p : tensor<8xf32>
  %13 = stablehlo.log %12 : tensor<8xf32>
  %14 = stablehlo.multiply %11, %13 : tensor<8xf32>
  %15 = stablehlo.add %10, %14 : tensor<8xf32>
  %16 = stablehlo.reduce(%15 init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<8xf32>, tensor<f32>) -> tensor<f32>
  %17 = stablehlo.negate %16 : tensor<f32>
  return %8, %17 : tensor<f32>, tensor<f32>
}
