// RUN: mp-opt %s | mp-opt | FileCheck %s

// CHECK-LABEL: func.func @casts
func.func @casts(%x: tensor<4xf32>) -> tensor<4xf8E4M3FN> {
  // CHECK: mp.cast %{{.*}} : tensor<4xf32> to tensor<4xf16>
  %0 = mp.cast %x : tensor<4xf32> to tensor<4xf16>
  // CHECK: mp.cast %{{.*}} overflow satfinite : tensor<4xf16> to tensor<4xf8E4M3FN>
  %1 = mp.cast %0 overflow satfinite : tensor<4xf16> to tensor<4xf8E4M3FN>
  return %1 : tensor<4xf8E4M3FN>
}

// CHECK-LABEL: func.func @gemm
func.func @gemm(%a: tensor<8x16xbf16>, %b: tensor<4x16xbf16>, %c: tensor<4xf32>) -> tensor<8x4xf32> {
  // CHECK: mp.gemm %{{.*}}, %{{.*}} transposed bias %{{.*}} epilogue relu accumulator f32
  %0 = mp.gemm %a, %b transposed bias %c epilogue relu accumulator f32
         : (tensor<8x16xbf16>, tensor<4x16xbf16>, tensor<4xf32>) -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// CHECK-LABEL: func.func @conv
func.func @conv(%x: tensor<1x8x8x4xf32>, %w: tensor<3x3x2x6xf32>) -> tensor<1x4x4x6xf32> {
  // CHECK: mp.conv {{.*}} groups 2
  %0 = mp.conv %x, %w strides [2, 2] padding [0, 1, 0, 1] lhs_dilation [1, 1] rhs_dilation [1, 1] groups 2
         accumulator f32 : (tensor<1x8x8x4xf32>, tensor<3x3x2x6xf32>) -> tensor<1x4x4x6xf32>
  return %0 : tensor<1x4x4x6xf32>
}

// CHECK-LABEL: func.func @program
func.func @program(%x: tensor<8x4xi1>) -> tensor<8x4xi1> {
  // CHECK: mp.launch @k(%{{.*}}) extent 8 grain 4 tied [-1] reusable [0] : (tensor<8x4xi1>) -> tensor<8x4xi1>
  %0 = mp.launch @k(%x) extent 8 grain 4 tied [-1] reusable [0] : (tensor<8x4xi1>) -> tensor<8x4xi1>
  // CHECK: mp.library_call "mp_rt_check"(%{{.*}}) config [1, 2] label "a.mlir:3:4" : (tensor<8x4xi1>) -> ()
  mp.library_call "mp_rt_check"(%0) config [1, 2] label "a.mlir:3:4" : (tensor<8x4xi1>) -> ()
  return %0 : tensor<8x4xi1>
}
func.func private @k(%x: memref<8x4xi8>, %y: memref<8x4xi8>, %b: index, %e: index, %s: memref<?xi8>) attributes {mp.kernel} {
  return
}

// CHECK-LABEL: func.func @planned
func.func @planned(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  // CHECK: mp.copy %{{.*}} {mp.buffers = [#mp.buffer<arena, 128>]} : tensor<8x4xf32>
  %0 = mp.copy %x {mp.buffers = [#mp.buffer<arena, 128>]} : tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}
