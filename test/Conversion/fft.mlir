// RUN: mp-opt %s --mp-convert-stablehlo-to-linalg | FileCheck %s

// Work items are lines: 6 of length 8 here. A length of 8 is a stage of radix
// 4 and one of radix 2, both written out: the only loops are those over lines,
// elements and butterflies.
// CHECK-LABEL: func.func @forward
//       CHECK:   tensor.collapse_shape
//       CHECK:   mp.launch @[[KERNEL:.*]](%{{.*}}) extent 6 {{.*}} scratch 256
func.func @forward(%x: tensor<2x3x8xcomplex<f32>>) -> tensor<2x3x8xcomplex<f32>> {
  %0 = stablehlo.fft %x, type = FFT, length = [8] : (tensor<2x3x8xcomplex<f32>>) -> tensor<2x3x8xcomplex<f32>>
  return %0 : tensor<2x3x8xcomplex<f32>>
}

// The real dimension goes first, and what is between dimensions stays in f64.
// CHECK-LABEL: func.func @real_two_dimensions
//       CHECK:   mp.launch {{.*}} : (tensor<4x6x1xf32>, tensor<6xf64>, tensor<6xf64>) -> tensor<4x4x1xcomplex<f64>>
//       CHECK:   mp.launch {{.*}} : (tensor<1x4x4xcomplex<f64>>, tensor<4xf64>, tensor<4xf64>) -> tensor<1x4x4xcomplex<f32>>
func.func @real_two_dimensions(%x: tensor<4x6xf32>) -> tensor<4x4xcomplex<f32>> {
  %0 = stablehlo.fft %x, type = RFFT, length = [4, 6] : (tensor<4x6xf32>) -> tensor<4x4xcomplex<f32>>
  return %0 : tensor<4x4xcomplex<f32>>
}

// CHECK-LABEL: func.func @inverse_to_real
//       CHECK:   mp.launch {{.*}} -> tensor<1x7x1xf64>
func.func @inverse_to_real(%x: tensor<4xcomplex<f64>>) -> tensor<7xf64> {
  %0 = stablehlo.fft %x, type = IRFFT, length = [7] : (tensor<4xcomplex<f64>>) -> tensor<7xf64>
  return %0 : tensor<7xf64>
}

// CHECK-LABEL: func.func @empty
//   CHECK-NOT:   mp.launch
//       CHECK:   tensor.empty() : tensor<0x5xcomplex<f32>>
func.func @empty(%x: tensor<0x8xf32>) -> tensor<0x5xcomplex<f32>> {
  %0 = stablehlo.fft %x, type = RFFT, length = [8] : (tensor<0x8xf32>) -> tensor<0x5xcomplex<f32>>
  return %0 : tensor<0x5xcomplex<f32>>
}
