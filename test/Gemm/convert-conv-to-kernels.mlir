// RUN: mp-opt %s --split-input-file --mp-convert-gemm-to-kernels=features=avx2,fma,f16c | FileCheck %s
// RUN: mp-opt %s --split-input-file --mp-convert-gemm-to-kernels=features=avx2,fma,f16c | mp-opt --split-input-file

// f64 has no library routine: the kernel works by the definition, output
// channels in vectors.
// CHECK-LABEL: func.func @double
func.func @double(%x: tensor<1x8x8x3xf64>, %f: tensor<3x3x3x10xf64>) -> tensor<1x6x6x10xf64> {
  // CHECK: mp.launch @conv_direct(%{{.*}}, %{{.*}}) extent 36
  %y = mp.conv %x, %f strides [1, 1] padding [0, 0, 0, 0]
       lhs_dilation [1, 1] rhs_dilation [1, 1] accumulator f64
       : (tensor<1x8x8x3xf64>, tensor<3x3x3x10xf64>) -> tensor<1x6x6x10xf64>
  return %y : tensor<1x6x6x10xf64>
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
