// RUN: mp-opt %s --mp-classify | FileCheck %s

// Members carry the group's class, its name and the same unit; the broadcasts
// between them belong to it, what feeds it does not.
// CHECK-LABEL: func.func @spelled_by_jax
// CHECK: stablehlo.abs {{.*}}mp.class = "pointwise"} :
// CHECK: applies stablehlo.maximum {{.*}}mp.class = "softmax", mp.pattern = "softmax", mp.unit = array<i64: [[UNIT:[0-9]+]]>
// CHECK: stablehlo.maximum {{.*}}mp.pattern = "softmax", mp.unit = array<i64: [[UNIT]]>
// CHECK: broadcast_in_dim {{.*}}mp.class = "softmax", mp.pattern = "softmax"
// CHECK: stablehlo.subtract {{.*}}mp.pattern = "softmax"
// CHECK: stablehlo.exponential {{.*}}mp.pattern = "softmax"
// CHECK: applies stablehlo.add {{.*}}mp.pattern = "softmax"
// CHECK: stablehlo.divide {{.*}}mp.pattern = "softmax", mp.unit = array<i64: [[UNIT]]>
func.func @spelled_by_jax(%a: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %ninf = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %ninf4 = stablehlo.constant dense<0xFF800000> : tensor<4xf32>
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %x = stablehlo.abs %a : tensor<4x8xf32>
  %m = stablehlo.reduce(%x init: %ninf) applies stablehlo.maximum across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  %c = stablehlo.maximum %m, %ninf4 : tensor<4xf32>
  %b0 = stablehlo.broadcast_in_dim %c, dims = [0] : (tensor<4xf32>) -> tensor<4x1xf32>
  %b1 = stablehlo.broadcast_in_dim %b0, dims = [0, 1] : (tensor<4x1xf32>) -> tensor<4x8xf32>
  %s = stablehlo.subtract %x, %b1 : tensor<4x8xf32>
  %e = stablehlo.exponential %s : tensor<4x8xf32>
  %t = stablehlo.reduce(%e init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  %b2 = stablehlo.broadcast_in_dim %t, dims = [0] : (tensor<4xf32>) -> tensor<4x8xf32>
  %r = stablehlo.divide %e, %b2 : tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}

// The sum in f32 between conversions, as bf16 softmax is printed; no shift.
// CHECK-LABEL: func.func @converted_and_unshifted
// CHECK: stablehlo.exponential {{.*}}mp.pattern = "softmax"
// CHECK: stablehlo.convert {{.*}}mp.pattern = "softmax"
// CHECK: stablehlo.convert {{.*}}mp.pattern = "softmax"
// CHECK: stablehlo.divide {{.*}}mp.pattern = "softmax"
func.func @converted_and_unshifted(%x: tensor<4x8xbf16>) -> tensor<4x8xbf16> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %e = stablehlo.exponential %x : tensor<4x8xbf16>
  %w = stablehlo.convert %e : (tensor<4x8xbf16>) -> tensor<4x8xf32>
  %t = stablehlo.reduce(%w init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  %n = stablehlo.convert %t : (tensor<4xf32>) -> tensor<4xbf16>
  %b = stablehlo.broadcast_in_dim %n, dims = [0] : (tensor<4xbf16>) -> tensor<4x8xbf16>
  %r = stablehlo.divide %e, %b : tensor<4x8xbf16>
  return %r : tensor<4x8xbf16>
}

// An exponential over the sum of another one is no softmax.
// CHECK-LABEL: func.func @of_two_values
// CHECK-NOT: mp.pattern
func.func @of_two_values(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %e = stablehlo.exponential %x : tensor<4x8xf32>
  %f = stablehlo.exponential %y : tensor<4x8xf32>
  %t = stablehlo.reduce(%f init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  %b = stablehlo.broadcast_in_dim %t, dims = [0] : (tensor<4xf32>) -> tensor<4x8xf32>
  %r = stablehlo.divide %e, %b : tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @log_softmax
// CHECK: stablehlo.exponential {{.*}}mp.pattern = "log_softmax"
// CHECK: stablehlo.log {{.*}}mp.pattern = "log_softmax"
// CHECK: stablehlo.subtract {{.*}}mp.pattern = "log_softmax"
func.func @log_softmax(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %ninf = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %m = stablehlo.reduce(%x init: %ninf) applies stablehlo.maximum across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  %b1 = stablehlo.broadcast_in_dim %m, dims = [0] : (tensor<4xf32>) -> tensor<4x8xf32>
  %s = stablehlo.subtract %x, %b1 : tensor<4x8xf32>
  %e = stablehlo.exponential %s : tensor<4x8xf32>
  %t = stablehlo.reduce(%e init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  %l = stablehlo.log %t : tensor<4xf32>
  %b2 = stablehlo.broadcast_in_dim %l, dims = [0] : (tensor<4xf32>) -> tensor<4x8xf32>
  %r = stablehlo.subtract %s, %b2 : tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}

// The guard of infinite rows belongs to the group.
// CHECK-LABEL: func.func @logsumexp
// CHECK: stablehlo.is_finite {{.*}}mp.class = "softmax", mp.pattern = "logsumexp"
// CHECK: stablehlo.select {{.*}}mp.pattern = "logsumexp"
// CHECK: stablehlo.abs {{.*}}mp.pattern = "logsumexp"
// CHECK: stablehlo.add %{{.*}}mp.pattern = "logsumexp"
func.func @logsumexp(%x: tensor<4x8xf32>) -> tensor<4xf32> {
  %ninf = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %zero4 = stablehlo.constant dense<0.0> : tensor<4xf32>
  %m = stablehlo.reduce(%x init: %ninf) applies stablehlo.maximum across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  %f = stablehlo.is_finite %m : (tensor<4xf32>) -> tensor<4xi1>
  %g = stablehlo.select %f, %m, %zero4 : tensor<4xi1>, tensor<4xf32>
  %b1 = stablehlo.broadcast_in_dim %g, dims = [0] : (tensor<4xf32>) -> tensor<4x8xf32>
  %s = stablehlo.subtract %x, %b1 : tensor<4x8xf32>
  %e = stablehlo.exponential %s : tensor<4x8xf32>
  %t = stablehlo.reduce(%e init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  %p = stablehlo.abs %t : tensor<4xf32>
  %l = stablehlo.log %p : tensor<4xf32>
  %r = stablehlo.add %l, %g : tensor<4xf32>
  return %r : tensor<4xf32>
}

// The gradient is a group of its own: it reads the exponential and its sum,
// which belong to the softmax.
// CHECK-LABEL: func.func @gradient
// CHECK: stablehlo.divide {{.*}}mp.pattern = "softmax"
// CHECK: stablehlo.multiply {{.*}}mp.class = "softmax", mp.pattern = "softmax_grad", mp.unit = array<i64: [[GRAD:[0-9]+]]>
// CHECK: stablehlo.negate {{.*}}mp.pattern = "softmax_grad"
// CHECK: stablehlo.multiply %{{.*}}mp.pattern = "softmax_grad", mp.unit = array<i64: [[GRAD]]>{{.*}}
// CHECK-NEXT: return
func.func @gradient(%x: tensor<4x8xf32>, %g: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %one = stablehlo.constant dense<1.0> : tensor<4x1xf32>
  %e = stablehlo.exponential %x : tensor<4x8xf32>
  %t = stablehlo.reduce(%e init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  %t1 = stablehlo.broadcast_in_dim %t, dims = [0] : (tensor<4xf32>) -> tensor<4x1xf32>
  %b = stablehlo.broadcast_in_dim %t1, dims = [0, 1] : (tensor<4x1xf32>) -> tensor<4x8xf32>
  %y = stablehlo.divide %e, %b : tensor<4x8xf32>
  %q = stablehlo.multiply %t1, %t1 : tensor<4x1xf32>
  %i = stablehlo.divide %one, %q : tensor<4x1xf32>
  %ib = stablehlo.broadcast_in_dim %i, dims = [0, 1] : (tensor<4x1xf32>) -> tensor<4x8xf32>
  %p0 = stablehlo.multiply %g, %ib : tensor<4x8xf32>
  %p1 = stablehlo.multiply %p0, %e : tensor<4x8xf32>
  %u = stablehlo.reduce(%p1 init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  %u1 = stablehlo.reshape %u : (tensor<4xf32>) -> tensor<4x1xf32>
  %n = stablehlo.negate %u1 : tensor<4x1xf32>
  %d = stablehlo.divide %g, %b : tensor<4x8xf32>
  %nb = stablehlo.broadcast_in_dim %n, dims = [0, 1] : (tensor<4x1xf32>) -> tensor<4x8xf32>
  %a = stablehlo.add %d, %nb : tensor<4x8xf32>
  %r = stablehlo.multiply %a, %e : tensor<4x8xf32>
  return %y, %r : tensor<4x8xf32>, tensor<4x8xf32>
}

// The two products of an attention, what scales and masks the scores, and the
// softmax inside; products stay contractions.
// CHECK-LABEL: func.func @attention
// CHECK: stablehlo.dot_general {{.*}}mp.class = "contraction", mp.pattern = "attention", mp.unit = array<i64: [[ATT:[0-9]+]]>
// CHECK: stablehlo.multiply {{.*}}mp.class = "pointwise", mp.pattern = "attention", mp.unit = array<i64: [[ATT]]>
// CHECK: stablehlo.select {{.*}}mp.pattern = "attention"
// CHECK: stablehlo.exponential {{.*}}mp.class = "softmax", mp.pattern = "attention/softmax", mp.unit = array<i64: [[ATT]], [[INNER:[0-9]+]]>
// CHECK: stablehlo.divide {{.*}}mp.pattern = "attention/softmax", mp.unit = array<i64: [[ATT]], [[INNER]]>
// CHECK: stablehlo.dot_general {{.*}}mp.pattern = "attention", mp.unit = array<i64: [[ATT]]>
func.func @attention(%q: tensor<8x4xf32>, %k: tensor<8x4xf32>, %v: tensor<8x4xf32>, %mask: tensor<8x8xi1>) -> tensor<8x4xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %scale = stablehlo.constant dense<0.5> : tensor<8x8xf32>
  %low = stablehlo.constant dense<-1.0e9> : tensor<8x8xf32>
  %s = stablehlo.dot_general %q, %k, contracting_dims = [1] x [1] : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<8x8xf32>
  %t = stablehlo.multiply %s, %scale : tensor<8x8xf32>
  %u = stablehlo.select %mask, %t, %low : tensor<8x8xi1>, tensor<8x8xf32>
  %e = stablehlo.exponential %u : tensor<8x8xf32>
  %n = stablehlo.reduce(%e init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<8x8xf32>, tensor<f32>) -> tensor<8xf32>
  %b = stablehlo.broadcast_in_dim %n, dims = [0] : (tensor<8xf32>) -> tensor<8x8xf32>
  %p = stablehlo.divide %e, %b : tensor<8x8xf32>
  %r = stablehlo.dot_general %p, %v, contracting_dims = [1] x [0] : (tensor<8x8xf32>, tensor<8x4xf32>) -> tensor<8x4xf32>
  return %r : tensor<8x4xf32>
}
