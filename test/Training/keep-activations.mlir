// RUN: mp-opt %s --mp-keep-activations=format=bf16 | FileCheck %s
// RUN: not mp-opt %s --mp-keep-activations=format=f8 2>&1 | FileCheck %s --check-prefix=FORMAT
// FORMAT: error: expected format to be bf16 or f16, but got 'f8'

// What crosses the loss is narrowed where it is made and widened where it is
// read again; the forward pass reads the unrounded value. What two products
// away from it is made again, and the row sum, which is small, stays f32.
// CHECK-LABEL: func.func @step
//       CHECK:   %[[T:.*]] = stablehlo.tanh %{{.*}} : tensor<64x64xf32>
//  CHECK-NEXT:   %[[KEPT:.*]] = stablehlo.convert %[[T]] {mp.stored} : (tensor<64x64xf32>) -> tensor<64x64xbf16>
//  CHECK-NEXT:   stablehlo.multiply %[[T]], %[[T]]
//   CHECK-NOT:   mp.stored
//       CHECK:   %[[ROWS:.*]] = stablehlo.reduce(%[[T]]
//       CHECK:   %[[LOSS:.*]] = stablehlo.reduce(%[[ROWS]]
//       CHECK:   stablehlo.broadcast_in_dim %[[ROWS]]
//       CHECK:   %[[WIDE:.*]] = stablehlo.convert %[[KEPT]] : (tensor<64x64xbf16>) -> tensor<64x64xf32>
//       CHECK:   stablehlo.multiply %[[WIDE]], %{{.*}} : tensor<64x64xf32>
//       CHECK:   return %[[LOSS]]
func.func @step(%x: tensor<64x64xf32> {mp.role = "batch"}) -> (tensor<f32> {mp.role = "loss"}, tensor<64x64xf32> {mp.role = "grad"}) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %t = stablehlo.tanh %x : tensor<64x64xf32>
  %s = stablehlo.multiply %t, %t : tensor<64x64xf32>
  %rows = stablehlo.reduce(%t init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<64x64xf32>, tensor<f32>) -> tensor<64xf32>
  %loss = stablehlo.reduce(%rows init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<64xf32>, tensor<f32>) -> tensor<f32>
  %r = stablehlo.broadcast_in_dim %rows, dims = [0] : (tensor<64xf32>) -> tensor<64x64xf32>
  %g = stablehlo.multiply %s, %r : tensor<64x64xf32>
  %h = stablehlo.multiply %g, %t : tensor<64x64xf32>
  return %loss, %h : tensor<f32>, tensor<64x64xf32>
}
