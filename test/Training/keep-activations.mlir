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

// In a loop over micro-batches each run has its own forward and backward pass.
// The sum that is handed on is no activation; the state that the next run's
// loss depends on sees the unrounded value.
// CHECK-LABEL: func.func @loop
//       CHECK:   stablehlo.while
//       CHECK:   do {
//       CHECK:     %[[T:.*]] = stablehlo.tanh %{{.*}} : tensor<64x64xf32>
//  CHECK-NEXT:     %[[KEPT:.*]] = stablehlo.convert %[[T]] {mp.stored} : (tensor<64x64xf32>) -> tensor<64x64xbf16>
//   CHECK-NOT:     mp.stored
//       CHECK:     %[[WIDE:.*]] = stablehlo.convert %[[KEPT]] : (tensor<64x64xbf16>) -> tensor<64x64xf32>
//       CHECK:     %[[G:.*]] = stablehlo.multiply %[[WIDE]], %[[WIDE]]
//       CHECK:     stablehlo.add %{{.*}}, %[[G]]
//       CHECK:     %[[S:.*]] = stablehlo.add %[[T]], %[[T]]
//       CHECK:     stablehlo.return %{{.*}}, %{{.*}}, %{{.*}}, %[[S]]
func.func @loop(%x: tensor<4x64x64xf32> {mp.role = "batch"}, %s: tensor<64x64xf32> {mp.role = "state"}) -> (tensor<f32> {mp.role = "loss"}, tensor<64x64xf32> {mp.role = "grad"}, tensor<64x64xf32> {mp.role = "state"}) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %zeros = stablehlo.constant dense<0.0> : tensor<64x64xf32>
  %c0 = stablehlo.constant dense<0> : tensor<i32>
  %c1 = stablehlo.constant dense<1> : tensor<i32>
  %c4 = stablehlo.constant dense<4> : tensor<i32>
  %r:4 = stablehlo.while(%i = %c0, %sum = %zero, %grads = %zeros, %state = %s) : tensor<i32>, tensor<f32>, tensor<64x64xf32>, tensor<64x64xf32>
  cond {
    %more = stablehlo.compare LT, %i, %c4 : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %more : tensor<i1>
  } do {
    %slice = stablehlo.dynamic_slice %x, %i, %c0, %c0, sizes = [1, 64, 64] : (tensor<4x64x64xf32>, tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<1x64x64xf32>
    %xi = stablehlo.reshape %slice : (tensor<1x64x64xf32>) -> tensor<64x64xf32>
    %a = stablehlo.add %xi, %state : tensor<64x64xf32>
    %t = stablehlo.tanh %a : tensor<64x64xf32>
    %rows = stablehlo.reduce(%t init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<64x64xf32>, tensor<f32>) -> tensor<64xf32>
    %loss = stablehlo.reduce(%rows init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<64xf32>, tensor<f32>) -> tensor<f32>
    %g = stablehlo.multiply %t, %t : tensor<64x64xf32>
    %next = stablehlo.add %i, %c1 : tensor<i32>
    %losses = stablehlo.add %sum, %loss : tensor<f32>
    %sums = stablehlo.add %grads, %g : tensor<64x64xf32>
    %moved = stablehlo.add %t, %t : tensor<64x64xf32>
    stablehlo.return %next, %losses, %sums, %moved : tensor<i32>, tensor<f32>, tensor<64x64xf32>, tensor<64x64xf32>
  }
  return %r#1, %r#2, %r#3 : tensor<f32>, tensor<64x64xf32>, tensor<64x64xf32>
}

// Of a softmax over few classes the exponentials are kept in the low format, the
// sum of each row is not, though it has a tenth of their elements: were it
// rounded, the gradient would be wrong by the same factor in the whole row.
// CHECK-LABEL: func.func @softmax
//       CHECK:   %[[E:.*]] = stablehlo.exponential
//  CHECK-NEXT:   %[[KEPT:.*]] = stablehlo.convert %[[E]] {mp.stored} : (tensor<64x10xf32>) -> tensor<64x10xbf16>
//   CHECK-NOT:   mp.stored
//       CHECK:   %[[SUM:.*]] = stablehlo.reduce(%[[E]]
//       CHECK:   %[[ROW:.*]] = stablehlo.reshape %[[SUM]] : (tensor<64xf32>) -> tensor<64x1xf32>
//       CHECK:   %[[WIDE:.*]] = stablehlo.broadcast_in_dim %[[ROW]]
//       CHECK:   stablehlo.convert %[[KEPT]]
//       CHECK:   stablehlo.divide %{{.*}}, %[[WIDE]]
func.func @softmax(%x: tensor<64x10xf32> {mp.role = "batch"}) -> (tensor<f32> {mp.role = "loss"}, tensor<64x10xf32> {mp.role = "grad"}) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %e = stablehlo.exponential %x : tensor<64x10xf32>
  %sum = stablehlo.reduce(%e init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<64x10xf32>, tensor<f32>) -> tensor<64xf32>
  %row = stablehlo.reshape %sum : (tensor<64xf32>) -> tensor<64x1xf32>
  %log = stablehlo.log %row : tensor<64x1xf32>
  %loss = stablehlo.reduce(%log init: %zero) applies stablehlo.add across dimensions = [0, 1] : (tensor<64x1xf32>, tensor<f32>) -> tensor<f32>
  %w = stablehlo.broadcast_in_dim %row, dims = [0, 1] : (tensor<64x1xf32>) -> tensor<64x10xf32>
  %g = stablehlo.divide %e, %w : tensor<64x10xf32>
  return %loss, %g : tensor<f32>, tensor<64x10xf32>
}
