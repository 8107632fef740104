// RUN: mp-opt %s --mp-convert-gemm-to-kernels=features=avx2,fma,f16c --remarks-filter=mp --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s
// RUN: mp-opt %s --mp-convert-gemm-to-kernels=features= --remarks-filter=mp --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=BASE

// A CPU without any feature is not this machine.
// BASE: 1 x 64 x 256 x 128 on generic by panels
// CHECK: 1 x 64 x 256 x 128 on avx2 by panels: own panels are the fastest measured
func.func @panels(%x: tensor<64x128xf16>, %w: tensor<128x256xf16>) -> tensor<64x256xf16> {
  %y = mp.gemm %x, %w accumulator f32
       : (tensor<64x128xf16>, tensor<128x256xf16>) -> tensor<64x256xf16>
  return %y : tensor<64x256xf16>
}

// The slow path is said to be one.
// CHECK: [Missed]
// CHECK-SAME: by direct: a group has too few outputs to fill a vector
func.func @direct(%x: tensor<1x32x32x8xf32>, %f: tensor<3x3x4x2xf32>) -> tensor<1x30x30x2xf32> {
  %y = mp.conv %x, %f strides [1, 1] padding [0, 0, 0, 0]
       lhs_dilation [1, 1] rhs_dilation [1, 1] groups 2 accumulator f32
       : (tensor<1x32x32x8xf32>, tensor<3x3x4x2xf32>) -> tensor<1x30x30x2xf32>
  return %y : tensor<1x30x30x2xf32>
}
