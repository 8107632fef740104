// RUN: mp-opt %s --mp-classify | FileCheck %s

// Scale and shift belong to the group, their broadcasts lead into it.
// CHECK-LABEL: func.func @layer_norm
// CHECK: applies stablehlo.add {{.*}}mp.class = "normalization", mp.pattern = "layer_norm/variance/mean"
// CHECK: stablehlo.subtract {{.*}}mp.pattern = "layer_norm/variance"
// CHECK: stablehlo.rsqrt {{.*}}mp.pattern = "layer_norm", mp.unit = array<i64: [[UNIT:[0-9]+]]>
// CHECK: stablehlo.broadcast_in_dim %{{.*}}mp.class = "normalization"
// CHECK: stablehlo.multiply {{.*}}mp.pattern = "layer_norm"
// CHECK: stablehlo.broadcast_in_dim %arg1{{.*}}mp.class = "data-movement"
// CHECK-NOT: mp.pattern
// CHECK: stablehlo.multiply {{.*}}mp.pattern = "layer_norm"
// CHECK: stablehlo.add {{.*}}mp.pattern = "layer_norm", mp.unit = array<i64: [[UNIT]]>
func.func @layer_norm(%x: tensor<4x8xf32>, %g: tensor<8xf32>, %h: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %n = stablehlo.constant dense<8.0> : tensor<4xf32>
  %eps = stablehlo.constant dense<1.0e-5> : tensor<4xf32>
  %s = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  %mean = stablehlo.divide %s, %n : tensor<4xf32>
  %b = stablehlo.broadcast_in_dim %mean, dims = [0] : (tensor<4xf32>) -> tensor<4x8xf32>
  %d = stablehlo.subtract %x, %b : tensor<4x8xf32>
  %q = chlo.square %d : tensor<4x8xf32> -> tensor<4x8xf32>
  %t = stablehlo.reduce(%q init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  %var = stablehlo.divide %t, %n : tensor<4xf32>
  %e = stablehlo.add %var, %eps : tensor<4xf32>
  %r = stablehlo.rsqrt %e : tensor<4xf32>
  %rb = stablehlo.broadcast_in_dim %r, dims = [0] : (tensor<4xf32>) -> tensor<4x8xf32>
  %y = stablehlo.multiply %d, %rb : tensor<4x8xf32>
  %gb = stablehlo.broadcast_in_dim %g, dims = [1] : (tensor<8xf32>) -> tensor<4x8xf32>
  %z = stablehlo.multiply %y, %gb : tensor<4x8xf32>
  %hb = stablehlo.broadcast_in_dim %h, dims = [1] : (tensor<8xf32>) -> tensor<4x8xf32>
  %o = stablehlo.add %z, %hb : tensor<4x8xf32>
  return %o : tensor<4x8xf32>
}

// The mean of squares less the squared mean, over the batch: a batch norm. The
// subtraction is of another op than the one that the variance holds.
// CHECK-LABEL: func.func @mean_of_squares
// CHECK: stablehlo.multiply %arg0, %arg0 {{.*}}mp.pattern = "batch_norm/variance"
// CHECK: stablehlo.maximum {{.*}}mp.pattern = "batch_norm/variance"
// CHECK: stablehlo.subtract %arg0{{.*}}mp.pattern = "batch_norm"
// CHECK: stablehlo.multiply
// CHECK: stablehlo.multiply %{{.*}}mp.pattern = "batch_norm"{{.*}}
// CHECK-NEXT: return
func.func @mean_of_squares(%x: tensor<4x8xf32>, %g: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %zero8 = stablehlo.constant dense<0.0> : tensor<8xf32>
  %n = stablehlo.constant dense<0.25> : tensor<8xf32>
  %eps = stablehlo.constant dense<1.0e-5> : tensor<8xf32>
  %xx = stablehlo.multiply %x, %x : tensor<4x8xf32>
  %s = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<4x8xf32>, tensor<f32>) -> tensor<8xf32>
  %mean = stablehlo.multiply %s, %n : tensor<8xf32>
  %t = stablehlo.reduce(%xx init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<4x8xf32>, tensor<f32>) -> tensor<8xf32>
  %mean2 = stablehlo.multiply %t, %n : tensor<8xf32>
  %sq = stablehlo.multiply %mean, %mean : tensor<8xf32>
  %v = stablehlo.subtract %mean2, %sq : tensor<8xf32>
  %var = stablehlo.maximum %v, %zero8 : tensor<8xf32>
  %e = stablehlo.add %var, %eps : tensor<8xf32>
  %r = stablehlo.rsqrt %e : tensor<8xf32>
  %b = stablehlo.broadcast_in_dim %mean, dims = [1] : (tensor<8xf32>) -> tensor<4x8xf32>
  %d = stablehlo.subtract %x, %b : tensor<4x8xf32>
  %f = stablehlo.multiply %r, %g : tensor<8xf32>
  %fb = stablehlo.broadcast_in_dim %f, dims = [1] : (tensor<8xf32>) -> tensor<4x8xf32>
  %y = stablehlo.multiply %d, %fb : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// A sum over a number that is not the number of its terms is no mean, so this
// is no normalization.
// CHECK-LABEL: func.func @wrong_count
// CHECK-NOT: mp.pattern
func.func @wrong_count(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %n = stablehlo.constant dense<7.5> : tensor<4xf32>
  %eps = stablehlo.constant dense<1.0e-5> : tensor<4xf32>
  %q = stablehlo.multiply %x, %x : tensor<4x8xf32>
  %t = stablehlo.reduce(%q init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  %p = stablehlo.divide %t, %n : tensor<4xf32>
  %e = stablehlo.add %p, %eps : tensor<4xf32>
  %r = stablehlo.rsqrt %e : tensor<4xf32>
  %rb = stablehlo.broadcast_in_dim %r, dims = [0] : (tensor<4xf32>) -> tensor<4x8xf32>
  %y = stablehlo.multiply %x, %rb : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @rms_norm
// CHECK: stablehlo.power {{.*}}mp.pattern = "rms_norm"
// CHECK: stablehlo.multiply {{.*}}mp.pattern = "rms_norm/mean"
// CHECK: stablehlo.multiply {{.*}}mp.pattern = "rms_norm"
func.func @rms_norm(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %two = stablehlo.constant dense<2.0> : tensor<4x8xf32>
  %n = stablehlo.constant dense<0.125> : tensor<4xf32>
  %eps = stablehlo.constant dense<1.0e-5> : tensor<4xf32>
  %q = stablehlo.power %x, %two : tensor<4x8xf32>
  %t = stablehlo.reduce(%q init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  %p = stablehlo.multiply %t, %n : tensor<4xf32>
  %e = stablehlo.add %p, %eps : tensor<4xf32>
  %r = stablehlo.rsqrt %e : tensor<4xf32>
  %rb = stablehlo.broadcast_in_dim %r, dims = [0] : (tensor<4xf32>) -> tensor<4x8xf32>
  %y = stablehlo.multiply %x, %rb : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// A batch norm over rows with unit scale hides the other norms: of whole rows
// of what was given another shape a layer norm, of parts of them a group norm.
// CHECK-LABEL: func.func @in_a_batch_norm
// CHECK: "stablehlo.batch_norm_training"{{.*}}mp.pattern = "layer_norm"
// CHECK: stablehlo.multiply {{.*}}mp.pattern = "layer_norm"
// CHECK: "stablehlo.batch_norm_training"{{.*}}mp.pattern = "group_norm"
// CHECK: "stablehlo.batch_norm_training"{{.*}}mp.pattern = "batch_norm"
func.func @in_a_batch_norm(%x: tensor<2x6x8xf32>, %g: tensor<8xf32>, %s: tensor<6xf32>) -> (tensor<2x6x8xf32>, tensor<1x4x24xf32>, tensor<2x6x8xf32>) {
  %one = stablehlo.constant dense<1.0> : tensor<12xf32>
  %zero = stablehlo.constant dense<0.0> : tensor<12xf32>
  %one4 = stablehlo.constant dense<1.0> : tensor<4xf32>
  %zero4 = stablehlo.constant dense<0.0> : tensor<4xf32>
  %rows = stablehlo.reshape %x : (tensor<2x6x8xf32>) -> tensor<1x12x8xf32>
  %o:3 = "stablehlo.batch_norm_training"(%rows, %one, %zero) <{epsilon = 1.0e-5 : f32, feature_index = 1 : i64}> : (tensor<1x12x8xf32>, tensor<12xf32>, tensor<12xf32>) -> (tensor<1x12x8xf32>, tensor<12xf32>, tensor<12xf32>)
  %back = stablehlo.reshape %o#0 : (tensor<1x12x8xf32>) -> tensor<2x6x8xf32>
  %gb = stablehlo.broadcast_in_dim %g, dims = [2] : (tensor<8xf32>) -> tensor<2x6x8xf32>
  %y = stablehlo.multiply %back, %gb : tensor<2x6x8xf32>
  %groups = stablehlo.reshape %x : (tensor<2x6x8xf32>) -> tensor<1x4x24xf32>
  %p:3 = "stablehlo.batch_norm_training"(%groups, %one4, %zero4) <{epsilon = 1.0e-5 : f32, feature_index = 1 : i64}> : (tensor<1x4x24xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<1x4x24xf32>, tensor<4xf32>, tensor<4xf32>)
  %q:3 = "stablehlo.batch_norm_training"(%x, %s, %s) <{epsilon = 1.0e-5 : f32, feature_index = 1 : i64}> : (tensor<2x6x8xf32>, tensor<6xf32>, tensor<6xf32>) -> (tensor<2x6x8xf32>, tensor<6xf32>, tensor<6xf32>)
  return %y, %p#0, %q#0 : tensor<2x6x8xf32>, tensor<1x4x24xf32>, tensor<2x6x8xf32>
}

// With statistics that come from elsewhere.
// CHECK-LABEL: func.func @batch_norm_inference
// CHECK: stablehlo.subtract {{.*}}mp.pattern = "batch_norm"
// CHECK: stablehlo.rsqrt {{.*}}mp.pattern = "batch_norm"
// CHECK: stablehlo.multiply {{.*}}mp.pattern = "batch_norm"
func.func @batch_norm_inference(%x: tensor<4x8xf32>, %mean: tensor<8xf32>, %var: tensor<8xf32>) -> tensor<4x8xf32> {
  %eps = stablehlo.constant dense<1.0e-5> : tensor<8xf32>
  %b = stablehlo.broadcast_in_dim %mean, dims = [1] : (tensor<8xf32>) -> tensor<4x8xf32>
  %d = stablehlo.subtract %x, %b : tensor<4x8xf32>
  %e = stablehlo.add %var, %eps : tensor<8xf32>
  %r = stablehlo.rsqrt %e : tensor<8xf32>
  %rb = stablehlo.broadcast_in_dim %r, dims = [1] : (tensor<8xf32>) -> tensor<4x8xf32>
  %y = stablehlo.multiply %d, %rb : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// The gradient of a norm that hides in a batch norm hides in one, too.
// CHECK-LABEL: func.func @batch_norm_gradient
// CHECK: "stablehlo.batch_norm_grad"{{.*}}mp.class = "normalization", mp.pattern = "layer_norm"
// CHECK: "stablehlo.batch_norm_grad"{{.*}}mp.class = "normalization", mp.pattern = "batch_norm"
func.func @batch_norm_gradient(%x: tensor<2x6x8xf32>, %g: tensor<1x12x8xf32>, %mean: tensor<12xf32>, %var: tensor<12xf32>, %scale: tensor<12xf32>) -> (tensor<1x12x8xf32>, tensor<1x12x8xf32>) {
  %one = stablehlo.constant dense<1.0> : tensor<12xf32>
  %rows = stablehlo.reshape %x : (tensor<2x6x8xf32>) -> tensor<1x12x8xf32>
  %o:3 = "stablehlo.batch_norm_grad"(%rows, %one, %mean, %var, %g) <{epsilon = 1.0e-5 : f32, feature_index = 1 : i64}> : (tensor<1x12x8xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<1x12x8xf32>) -> (tensor<1x12x8xf32>, tensor<12xf32>, tensor<12xf32>)
  %p:3 = "stablehlo.batch_norm_grad"(%rows, %scale, %mean, %var, %g) <{epsilon = 1.0e-5 : f32, feature_index = 1 : i64}> : (tensor<1x12x8xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<1x12x8xf32>) -> (tensor<1x12x8xf32>, tensor<12xf32>, tensor<12xf32>)
  return %o#0, %p#0 : tensor<1x12x8xf32>, tensor<1x12x8xf32>
}
