// RUN: mp-opt %s --split-input-file --mp-convert-gemm-to-kernels=features=avx2,fma,f16c | FileCheck %s
// RUN: mp-opt %s --split-input-file --mp-convert-gemm-to-kernels=features=avx2,fma,f16c | mp-opt --split-input-file

// Too small to gather anything: the kernel works by the definition, output
// channels in vectors.
// CHECK-LABEL: func.func @double
func.func @double(%x: tensor<1x4x4x3xf64>, %f: tensor<3x3x3x10xf64>) -> tensor<1x2x2x10xf64> {
  // CHECK: mp.launch @conv_direct(%{{.*}}, %{{.*}}) extent 4
  %y = mp.conv %x, %f strides [1, 1] padding [0, 0, 0, 0]
       lhs_dilation [1, 1] rhs_dilation [1, 1] accumulator f64
       : (tensor<1x4x4x3xf64>, tensor<3x3x3x10xf64>) -> tensor<1x2x2x10xf64>
  return %y : tensor<1x2x2x10xf64>
}
// CHECK: func.func private @conv_direct
// CHECK: vector.fma {{.*}} : vector<4xf64>

// -----

// Dilated input: a tap counts where its position is a multiple of the dilation.
// CHECK-LABEL: func.func @transposed_convolution
func.func @transposed_convolution(%x: tensor<1x8x3xf32>, %f: tensor<3x3x10xf32>) -> tensor<1x15x10xf32> {
  // CHECK: mp.launch @conv_direct
  %y = mp.conv %x, %f strides [1] padding [1, 1] lhs_dilation [2] rhs_dilation [1]
       accumulator f32
       : (tensor<1x8x3xf32>, tensor<3x3x10xf32>) -> tensor<1x15x10xf32>
  return %y : tensor<1x15x10xf32>
}
// CHECK: arith.remui
// CHECK: scf.if

// -----

// A product in disguise: the work items gather their rows from the input, so
// the matrix of windows is never stored. Filters are packed like weights.
// CHECK-LABEL: func.func @windows
//  CHECK-SAME:   %[[X:.*]]: tensor<1x16x16x32xbf16>, %[[F:[^ ]*]]: tensor<3x3x32x64xbf16>
func.func @windows(%x: tensor<1x16x16x32xbf16>,
                   %f: tensor<3x3x32x64xbf16> {mp.role = "param"},
                   %b: tensor<64xf32>) -> tensor<1x16x16x64xbf16> {
  // CHECK-DAG: %[[LINES:.*]] = tensor.collapse_shape %[[X]] {{\[\[}}0], [1], [2, 3]]
  // CHECK-DAG: %[[K:.*]] = tensor.collapse_shape %[[F]] {{\[\[}}0, 1, 2], [3]]
  // CHECK: %[[P:.*]] = mp.launch @pack_filter{{.*}}(%[[K]])
  // CHECK: %[[Y:.*]] = mp.launch @gemm{{.*}}(%[[LINES]], %[[P]], %{{.*}}) {{.*}} -> tensor<256x64xbf16>
  // CHECK: tensor.expand_shape %[[Y]] {{\[\[}}0, 1, 2], [3]]
  %y = mp.conv %x, %f bias %b strides [1, 1] padding [1, 1, 1, 1]
       lhs_dilation [1, 1] rhs_dilation [1, 1] epilogue relu accumulator f32
       : (tensor<1x16x16x32xbf16>, tensor<3x3x32x64xbf16>, tensor<64xf32>) -> tensor<1x16x16x64xbf16>
  return %y : tensor<1x16x16x64xbf16>
}

// -----

// Depthwise: channels fill the vectors of both operands.
// CHECK-LABEL: func.func @depthwise
func.func @depthwise(%x: tensor<1x16x16x32xf32>, %f: tensor<3x3x1x32xf32>) -> tensor<1x14x14x32xf32> {
  // CHECK: mp.launch @conv_direct
  %y = mp.conv %x, %f strides [1, 1] padding [0, 0, 0, 0]
       lhs_dilation [1, 1] rhs_dilation [1, 1] groups 32 accumulator f32
       : (tensor<1x16x16x32xf32>, tensor<3x3x1x32xf32>) -> tensor<1x14x14x32xf32>
  return %y : tensor<1x14x14x32xf32>
}
// CHECK: func.func private @conv_direct
// CHECK: vector.load {{.*}} : memref<1x16x16x32xf32>, vector<8xf32>
