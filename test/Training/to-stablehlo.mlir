// RUN: mp-opt %s --mp-to-stablehlo | FileCheck %s

// CHECK-LABEL: func.func @working_copy
func.func @working_copy(%w: tensor<4xf32>) -> tensor<4xbf16> {
  // CHECK: stablehlo.convert %{{.*}} : (tensor<4xf32>) -> tensor<4xbf16>
  %h = mp.working_copy %w : tensor<4xf32> to tensor<4xbf16>
  return %h : tensor<4xbf16>
}

// Saturation clamps before rounding, so infinities become the largest value too.
// CHECK-LABEL: func.func @saturating_cast
func.func @saturating_cast(%x: tensor<4xf32>) -> tensor<4xf8E4M3FN> {
  // CHECK: dense<4.480000e+02>
  // CHECK: stablehlo.minimum
  // CHECK: dense<-4.480000e+02>
  // CHECK: stablehlo.maximum
  // CHECK: stablehlo.convert %{{.*}} : (tensor<4xf32>) -> tensor<4xf8E4M3FN>
  %q = mp.cast %x overflow satfinite : tensor<4xf32> to tensor<4xf8E4M3FN>
  return %q : tensor<4xf8E4M3FN>
}

// Toward zero: the nearest value, or one code less where that went too far.
// CHECK-LABEL: func.func @truncating_cast
func.func @truncating_cast(%x: tensor<4xf32>) -> tensor<4xbf16> {
  // CHECK: %[[Y:.*]] = stablehlo.convert %{{.*}} : (tensor<4xf32>) -> tensor<4xbf16>
  // CHECK: stablehlo.compare GT
  // CHECK: %[[BITS:.*]] = stablehlo.bitcast_convert %[[Y]]
  // CHECK: stablehlo.subtract %[[BITS]]
  %q = mp.cast %x rounding toward_zero : tensor<4xf32> to tensor<4xbf16>
  return %q : tensor<4xbf16>
}

// CHECK-LABEL: func.func @unscale
//  CHECK-SAME:   %[[A:.*]]: tensor<4xf16>, %[[B:.*]]: tensor<f32>, %[[S:.*]]: tensor<f32>
func.func @unscale(%a: tensor<4xf16>, %b: tensor<f32>, %s: tensor<f32>)
    -> (tensor<4xf32>, tensor<f32>, tensor<i1>, tensor<i32>) {
  // The inverse is computed in f64 and rounded once.
  // CHECK: stablehlo.convert %[[S]] : (tensor<f32>) -> tensor<f64>
  // CHECK: stablehlo.divide %{{.*}} : tensor<f64>
  // CHECK: %[[INV:.*]] = stablehlo.convert %{{.*}} : (tensor<f64>) -> tensor<f32>
  // CHECK: %[[G:.*]] = stablehlo.convert %[[A]] : (tensor<4xf16>) -> tensor<4xf32>
  // CHECK: %[[U:.*]] = stablehlo.multiply %[[G]]
  // The product tells about the gradient, too, if the inverse is finite.
  // CHECK: stablehlo.is_finite %[[U]]
  // CHECK: %[[FS:.*]] = stablehlo.is_finite %[[S]]
  // CHECK: %[[FI:.*]] = stablehlo.is_finite %[[INV]]
  // CHECK: %[[GOOD:.*]] = stablehlo.and %[[FS]], %[[FI]]
  // A bad scale is the culprit whatever it makes of the gradients.
  // CHECK: %[[TWO:.*]] = stablehlo.constant dense<2> : tensor<i32>
  // CHECK: stablehlo.select %[[GOOD]], %{{.*}}, %[[TWO]]
  // CHECK-NOT: mp.
  %u:2, %finite, %culprit = mp.unscale_and_check %a, %b by %s
      : (tensor<4xf16>, tensor<f32>) -> (tensor<4xf32>, tensor<f32>)
  return %u#0, %u#1, %finite, %culprit : tensor<4xf32>, tensor<f32>, tensor<i1>, tensor<i32>
}

// CHECK-LABEL: func.func @guarded
//  CHECK-SAME:   %[[F:.*]]: tensor<i1>, %[[W:.*]]: tensor<4xf32>
func.func @guarded(%f: tensor<i1>, %w: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: "stablehlo.if"(%[[F]])
  // CHECK:   %[[N:.*]] = stablehlo.negate %[[W]]
  // CHECK:   stablehlo.return %[[N]]
  // CHECK: }, {
  // CHECK:   stablehlo.return %[[W]]
  %0 = mp.guarded_update %f else (%w) {
    %n = stablehlo.negate %w : tensor<4xf32>
    mp.yield %n : tensor<4xf32>
  } : tensor<i1>, tensor<4xf32> -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// CHECK-LABEL: func.func @gemm
func.func @gemm(%a: tensor<2x16x8xbf16>, %b: tensor<2x16x4xbf16>, %c: tensor<4xf32>) -> tensor<2x8x4xbf16> {
  // CHECK: %[[P:.*]] = stablehlo.dot_general %{{.*}}, %{{.*}}, batching_dims = [0] x [0], contracting_dims = [1] x [1]
  // CHECK-SAME: (tensor<2x16x8xbf16>, tensor<2x16x4xbf16>) -> tensor<2x8x4xf32>
  // CHECK: %[[B:.*]] = stablehlo.broadcast_in_dim %{{.*}}, dims = [2] : (tensor<4xf32>) -> tensor<2x8x4xf32>
  // CHECK: %[[S:.*]] = stablehlo.add %[[P]], %[[B]]
  // CHECK: %[[R:.*]] = stablehlo.maximum %[[S]]
  // CHECK: stablehlo.convert %[[R]] : (tensor<2x8x4xf32>) -> tensor<2x8x4xbf16>
  %0 = mp.gemm %a transposed, %b bias %c epilogue relu accumulator f32
      : (tensor<2x16x8xbf16>, tensor<2x16x4xbf16>, tensor<4xf32>) -> tensor<2x8x4xbf16>
  return %0 : tensor<2x8x4xbf16>
}

// CHECK-LABEL: func.func @conv
func.func @conv(%x: tensor<1x8x8x4xf32>, %w: tensor<3x3x2x6xf32>) -> tensor<1x4x4x6xf32> {
  // CHECK: stablehlo.convolution(%{{.*}}, %{{.*}}) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]
  // CHECK-SAME: stride = [2, 2], pad = {{\[\[}}0, 1], [0, 1]]
  // CHECK-SAME: feature_group_count = 2
  %0 = mp.conv %x, %w strides [2, 2] padding [0, 1, 0, 1] lhs_dilation [1, 1] rhs_dilation [1, 1] groups 2
         accumulator f32 : (tensor<1x8x8x4xf32>, tensor<3x3x2x6xf32>) -> tensor<1x4x4x6xf32>
  return %0 : tensor<1x4x4x6xf32>
}

// Factors that are not powers of two are multiplied in f64 and rounded once, as
// the scaler of torch does; growth ends at the maximum.
// CHECK-LABEL: func.func @update_scale
//  CHECK-SAME:   %[[S:.*]]: tensor<f32>
func.func @update_scale(%s: tensor<f32>, %t: tensor<i32>, %h: tensor<i32>, %f: tensor<i1>)
    -> (tensor<f32>, tensor<i32>, tensor<i32>) {
  // CHECK: %[[W:.*]] = stablehlo.convert %[[S]] : (tensor<f32>) -> tensor<f64>
  // CHECK: dense<3.000000e-01> : tensor<f64>
  // CHECK: stablehlo.multiply %{{.*}}, %{{.*}} : tensor<f64>
  // CHECK: dense<1.700000e+00> : tensor<f64>
  // CHECK: %[[G:.*]] = stablehlo.convert %{{.*}} : (tensor<f64>) -> tensor<f32>
  // CHECK: stablehlo.is_finite %[[G]]
  // CHECK: stablehlo.minimum %[[G]]
  %0:3 = mp.update_scale %s, %t, %h if %f growth 1.7 backoff 0.3 interval 3 minimum 1.0 maximum 1024.0 hysteresis 1
      : tensor<f32>, tensor<i32>, tensor<i32>, tensor<i1>
  return %0#0, %0#1, %0#2 : tensor<f32>, tensor<i32>, tensor<i32>
}

// Only overflows in a row count: any clean step fills the hysteresis up again,
// not the one alone in which the scale grows.
// CHECK-LABEL: func.func @consecutive
//  CHECK-SAME:   %[[LEFT:[^:]*]]: tensor<i32>, %[[FINITE:[^:]*]]: tensor<i1>)
//   CHECK-DAG:   %[[FULL:.*]] = stablehlo.constant dense<2> : tensor<i32>
//   CHECK-DAG:   %[[LESS:.*]] = stablehlo.maximum %{{.*}}, %{{.*}} : tensor<i32>
//       CHECK:   %[[NEXT:.*]] = stablehlo.select %[[FINITE]], %[[FULL]], %[[LESS]] : tensor<i1>, tensor<i32>
//       CHECK:   return %{{.*}}, %{{.*}}, %[[NEXT]]
func.func @consecutive(%s: tensor<f32>, %t: tensor<i32>, %left: tensor<i32>, %f: tensor<i1>)
    -> (tensor<f32>, tensor<i32>, tensor<i32>) {
  %0:3 = mp.update_scale %s, %t, %left if %f growth 2.0 backoff 0.5 interval 3 minimum 1.0 maximum 1024.0 hysteresis 2 consecutive
      : tensor<f32>, tensor<i32>, tensor<i32>, tensor<i1>
  return %0#0, %0#1, %0#2 : tensor<f32>, tensor<i32>, tensor<i32>
}
