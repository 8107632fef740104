// RUN: mp-opt %s --split-input-file --mp-convert-gemm-to-kernels="features=avx2,fma,f16c library=always" | FileCheck %s
// RUN: mp-opt %s --split-input-file --mp-convert-gemm-to-kernels="features=avx2,fma,f16c library=never" | FileCheck %s --check-prefix=NEVER
// RUN: mp-opt %s --split-input-file --mp-convert-gemm-to-kernels="features=avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,amx-tile,amx-bf16" | FileCheck %s --check-prefix=AMX

// NEVER-NOT: mp.library_call

// The library gives plain sums; bias, activation and rounding follow in one
// kernel, because oneDNN's relu loses NaN and its products round to bf16
// before a residual would be added.
// CHECK-LABEL: func.func @bf16
// AMX-LABEL: func.func @bf16
func.func @bf16(%x: tensor<64x128xbf16>, %w: tensor<256x128xbf16>,
                %b: tensor<256xf32>) -> tensor<64x256xbf16> {
  // CHECK: %[[S:.*]] = mp.library_call "mp_rt_gemm"(%{{.*}}, %{{.*}}) config [0, 1]
  // CHECK-SAME: pure
  // CHECK-SAME: -> tensor<64x256xf32>
  // CHECK: mp.launch @gemm_finish(%[[S]], %{{.*}}) {{.*}} -> tensor<64x256xbf16>
  // AMX: mp.library_call "mp_rt_gemm"
  %y = mp.gemm %x, %w transposed bias %b epilogue relu accumulator f32
       : (tensor<64x128xbf16>, tensor<256x128xbf16>, tensor<256xf32>) -> tensor<64x256xbf16>
  return %y : tensor<64x256xbf16>
}

// -----

// f32 is multiplied as f32, also where bf16 would be faster.
// AMX-LABEL: func.func @f32
// AMX-NOT: mp.library_call
// CHECK-LABEL: func.func @f32
func.func @f32(%x: tensor<64x128xf32>, %w: tensor<128x256xf32>) -> tensor<64x256xf32> {
  // CHECK-NOT: mp.launch
  // CHECK: mp.library_call "mp_rt_gemm"{{.*}} -> tensor<64x256xf32>
  %y = mp.gemm %x, %w accumulator f32
       : (tensor<64x128xf32>, tensor<128x256xf32>) -> tensor<64x256xf32>
  return %y : tensor<64x256xf32>
}

// -----

// CHECK-LABEL: func.func @convolution
func.func @convolution(%x: tensor<1x16x17x32xf32>, %f: tensor<3x3x16x64xf32>) -> tensor<1x8x15x64xf32> {
  // Groups, then stride, low and high padding and dilation of each dimension.
  // CHECK: mp.library_call "mp_rt_conv"({{.*}}) config [2, 2, 1, 0, 1, 1, 0, 0, 1]
  %y = mp.conv %x, %f strides [2, 1] padding [1, 0, 0, 0]
       lhs_dilation [1, 1] rhs_dilation [1, 1] groups 2 accumulator f32
       : (tensor<1x16x17x32xf32>, tensor<3x3x16x64xf32>) -> tensor<1x8x15x64xf32>
  return %y : tensor<1x8x15x64xf32>
}

// -----

// What the library cannot express stays with our kernels.
// CHECK-LABEL: func.func @dilated_input
func.func @dilated_input(%x: tensor<1x8x32xf32>, %f: tensor<3x32x64xf32>) -> tensor<1x15x64xf32> {
  // CHECK-NOT: mp.library_call
  // CHECK: mp.launch @gemm
  %y = mp.conv %x, %f strides [1] padding [1, 1] lhs_dilation [2] rhs_dilation [1]
       accumulator f32
       : (tensor<1x8x32xf32>, tensor<3x32x64xf32>) -> tensor<1x15x64xf32>
  return %y : tensor<1x15x64xf32>
}

// -----

// CHECK-LABEL: func.func @half
func.func @half(%x: tensor<64x128xf16>, %w: tensor<128x256xf16>) -> tensor<64x256xf16> {
  // CHECK-NOT: mp.library_call
  %y = mp.gemm %x, %w accumulator f32
       : (tensor<64x128xf16>, tensor<128x256xf16>) -> tensor<64x256xf16>
  return %y : tensor<64x256xf16>
}
