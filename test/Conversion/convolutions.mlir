// RUN: mp-opt %s --mp-convert-stablehlo-to-linalg --split-input-file | FileCheck %s

// The layout of Flax is that of mp.conv: nothing moves.
// CHECK-LABEL: func.func @nhwc
// CHECK-NOT: linalg.generic
// CHECK: mp.conv %arg0, %arg1 strides [2, 2] padding [1, 0, 1, 0] lhs_dilation [1, 1] rhs_dilation [1, 1] accumulator f32
// CHECK-SAME: -> tensor<1x4x4x16xf32>
func.func @nhwc(%x: tensor<1x8x8x3xf32>, %w: tensor<3x3x3x16xf32>) -> tensor<1x4x4x16xf32> {
  %0 = stablehlo.convolution(%x, %w) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {stride = [2, 2], pad = [[1, 0], [1, 0]]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x8x8x3xf32>, tensor<3x3x3x16xf32>) -> tensor<1x4x4x16xf32>
  return %0 : tensor<1x4x4x16xf32>
}

// -----

// torch's layout, a depthwise filter and a reversed window.
// CHECK: #[[REVERSE:.*]] = affine_map<(d0, d1, d2, d3) -> (-d0 + 2, -d1 + 2, d2, d3)>
// CHECK-LABEL: func.func @nchw
// CHECK: linalg.generic {{.*}} ins(%arg0
// CHECK: linalg.generic {{.*}} ins(%arg1
// CHECK: linalg.generic {indexing_maps = [#[[REVERSE]],
// CHECK: mp.conv {{.*}} groups 4 accumulator f32
// CHECK-SAME: (tensor<2x8x8x4xbf16>, tensor<3x3x1x8xbf16>) -> tensor<2x6x6x8xbf16>
// CHECK: linalg.generic
func.func @nchw(%x: tensor<2x4x8x8xbf16>, %w: tensor<8x1x3x3xbf16>) -> tensor<2x8x6x6xbf16> {
  %0 = stablehlo.convolution(%x, %w) dim_numbers = [b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1], window = {reverse = [true, true]} {batch_group_count = 1 : i64, feature_group_count = 4 : i64} : (tensor<2x4x8x8xbf16>, tensor<8x1x3x3xbf16>) -> tensor<2x8x6x6xbf16>
  return %0 : tensor<2x8x6x6xbf16>
}

// -----

// Groups of the batch become groups of channels.
// CHECK-LABEL: func.func @batch_groups
// CHECK: mp.conv {{.*}} groups 2 accumulator f32
// CHECK-SAME: (tensor<2x8x6xf32>, tensor<3x3x4xf32>) -> tensor<2x6x4xf32>
func.func @batch_groups(%x: tensor<4x8x3xf32>, %w: tensor<3x3x4xf32>) -> tensor<2x6x4xf32> {
  %0 = stablehlo.convolution(%x, %w) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {} {batch_group_count = 2 : i64, feature_group_count = 1 : i64} : (tensor<4x8x3xf32>, tensor<3x3x4xf32>) -> tensor<2x6x4xf32>
  return %0 : tensor<2x6x4xf32>
}

// -----

// Integers are a reduction over the padded input.
// CHECK: #[[IN:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1 * 2 + d4, d2, d5)>
// CHECK-LABEL: func.func @integers
// CHECK: mp.launch @pad
// CHECK: linalg.generic {indexing_maps = [#[[IN]],
// CHECK: arith.muli
func.func @integers(%x: tensor<1x8x3xi8>, %w: tensor<3x3x16xi8>) -> tensor<1x4x16xi32> {
  %0 = stablehlo.convolution(%x, %w) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {stride = [2], pad = [[1, 1]]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x8x3xi8>, tensor<3x3x16xi8>) -> tensor<1x4x16xi32>
  return %0 : tensor<1x4x16xi32>
}

// -----

// No spatial dimensions: one of size 1.
// CHECK-LABEL: func.func @no_space
// CHECK: mp.conv
// CHECK-SAME: (tensor<2x1x3xf32>, tensor<1x3x4xf32>) -> tensor<2x1x4xf32>
func.func @no_space(%x: tensor<2x3xf32>, %w: tensor<3x4xf32>) -> tensor<2x4xf32> {
  %0 = stablehlo.convolution(%x, %w) dim_numbers = [b, f]x[i, o]->[b, f], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}
