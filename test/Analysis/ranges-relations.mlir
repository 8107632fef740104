// RUN: mp-opt %s --mp-annotate-ranges | FileCheck %s

// What a softmax gives is bounded whatever comes in, and so are the steps of
// it behind the subtraction.
// CHECK-LABEL: func.func @softmax
func.func @softmax(%x: tensor<8x50xf32>) -> (tensor<8x50xf32>, tensor<8x50xf32>) {
  %ninf = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %m = stablehlo.reduce(%x init: %ninf) applies stablehlo.maximum across dimensions = [1] : (tensor<8x50xf32>, tensor<f32>) -> tensor<8xf32>
  %nb = stablehlo.broadcast_in_dim %ninf, dims = [] : (tensor<f32>) -> tensor<8xf32>
  %m1 = stablehlo.maximum %nb, %m : tensor<8xf32>
  %mb = stablehlo.broadcast_in_dim %m1, dims = [0] : (tensor<8xf32>) -> tensor<8x1xf32>
  %mb2 = stablehlo.broadcast_in_dim %mb, dims = [0, 1] : (tensor<8x1xf32>) -> tensor<8x50xf32>
  // CHECK: stablehlo.subtract {{.*}}, 0] or -inf or nan possible: a value minus the maximum of its row"
  %d = stablehlo.subtract %x, %mb2 : tensor<8x50xf32>
  // CHECK: stablehlo.exponential {{.*}}"[0, 1.00001] or nan fits
  %e = stablehlo.exponential %d : tensor<8x50xf32>
  // CHECK: "[0.999999, 50.0002] or nan fits: a sum with exp(0) among its terms"
  %s = stablehlo.reduce(%e init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<8x50xf32>, tensor<f32>) -> tensor<8xf32>
  %sb = stablehlo.reshape %s : (tensor<8xf32>) -> tensor<8x1xf32>
  %sb2 = stablehlo.broadcast_in_dim %sb, dims = [0, 1] : (tensor<8x1xf32>) -> tensor<8x50xf32>
  // CHECK: stablehlo.divide {{.*}}"[0, 1] or nan fits: a term divided by the sum it is part of"
  %r = stablehlo.divide %e, %sb2 : tensor<8x50xf32>
  %l = stablehlo.log %sb2 : tensor<8x50xf32>
  // CHECK: stablehlo.subtract {{.*}}, {{.*}}e-07] or -inf or nan possible: subtract
  %ls = stablehlo.subtract %d, %l : tensor<8x50xf32>
  return %r, %ls : tensor<8x50xf32>, tensor<8x50xf32>
}

// The maximum of each column is no bound of the rows, and the sum of other
// terms none of a quotient.
// CHECK-LABEL: func.func @other_rows
func.func @other_rows(%x: tensor<8x8xf32>, %y: tensor<8x8xf32>) -> (tensor<8x8xf32>, tensor<8x8xf32>) {
  %ninf = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %m = stablehlo.reduce(%x init: %ninf) applies stablehlo.maximum across dimensions = [0] : (tensor<8x8xf32>, tensor<f32>) -> tensor<8xf32>
  %mb = stablehlo.broadcast_in_dim %m, dims = [0] : (tensor<8xf32>) -> tensor<8x8xf32>
  // CHECK: stablehlo.subtract {{.*}}"anything possible: subtract
  %d = stablehlo.subtract %x, %mb : tensor<8x8xf32>
  %e = stablehlo.exponential %x : tensor<8x8xf32>
  %f = stablehlo.exponential %y : tensor<8x8xf32>
  %s = stablehlo.reduce(%f init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<8x8xf32>, tensor<f32>) -> tensor<8xf32>
  %sb = stablehlo.broadcast_in_dim %s, dims = [0] : (tensor<8xf32>) -> tensor<8x8xf32>
  // CHECK: stablehlo.divide {{.*}} possible: divide
  %r = stablehlo.divide %e, %sb : tensor<8x8xf32>
  return %d, %r : tensor<8x8xf32>, tensor<8x8xf32>
}

// Exporters compute the centred value twice; it is still the same value, and
// the result is below the root of the row's length.
// CHECK-LABEL: func.func @layer_norm
func.func @layer_norm(%x: tensor<4x768xf32>) -> (tensor<4x768xf32>, tensor<4x768xf32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %n = stablehlo.constant dense<768.0> : tensor<4xf32>
  %eps = stablehlo.constant dense<1.0e-5> : tensor<4xf32>
  %s = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<4x768xf32>, tensor<f32>) -> tensor<4xf32>
  %mean = stablehlo.divide %s, %n : tensor<4xf32>
  %mb = stablehlo.broadcast_in_dim %mean, dims = [0] : (tensor<4xf32>) -> tensor<4x768xf32>
  %d = stablehlo.subtract %x, %mb : tensor<4x768xf32>
  %mb2 = stablehlo.broadcast_in_dim %mean, dims = [0] : (tensor<4xf32>) -> tensor<4x768xf32>
  %d2 = stablehlo.subtract %x, %mb2 : tensor<4x768xf32>
  // CHECK: stablehlo.multiply {{.*}}"[0, 3.40283e+38] or inf or nan possible
  %q = stablehlo.multiply %d2, %d2 : tensor<4x768xf32>
  %qs = stablehlo.reduce(%q init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<4x768xf32>, tensor<f32>) -> tensor<4xf32>
  %var = stablehlo.divide %qs, %n : tensor<4xf32>
  %ve = stablehlo.add %var, %eps : tensor<4xf32>
  %r = stablehlo.rsqrt %ve : tensor<4xf32>
  %rb = stablehlo.broadcast_in_dim %r, dims = [0] : (tensor<4xf32>) -> tensor<4x768xf32>
  // CHECK: stablehlo.multiply {{.*}}"[-27.7181, 27.7181] or nan fits: a value divided by the root of a sum with its square"
  %o = stablehlo.multiply %d, %rb : tensor<4x768xf32>
  // Of another value it says nothing.
  // CHECK: stablehlo.multiply {{.*}}possible: multiply
  %w = stablehlo.multiply %x, %rb : tensor<4x768xf32>
  return %o, %w : tensor<4x768xf32>, tensor<4x768xf32>
}
