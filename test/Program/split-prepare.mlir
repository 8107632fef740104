// RUN: mp-opt %s --mp-split-prepare | FileCheck %s

func.func private @cast(%x: memref<256xf32>, %y: memref<256xbf16>, %b: index, %e: index, %s: memref<?xi8>) attributes {mp.kernel}
func.func private @mul(%x: memref<256xf32>, %w: memref<256xbf16>, %y: memref<256xf32>, %b: index, %e: index, %s: memref<?xi8>) attributes {mp.kernel}
func.func private @iota(%y: memref<256xf32>, %b: index, %e: index, %s: memref<?xi8>) attributes {mp.kernel}

// The narrowed weights are made once.
// CHECK-LABEL: func.func @weights
// CHECK-SAME: %[[X:.*]]: tensor<256xf32>, %[[W:.*]]: tensor<256xf32> {mp.role = "param"}, %[[P:.*]]: tensor<256xbf16> {mp.buffer = #mp.buffer<persistent, 0>}
// CHECK-SAME: mp.persistent_bytes = 512 : i64, mp.prepare = @weights.prepare
func.func @weights(%x: tensor<256xf32>, %w: tensor<256xf32> {mp.role = "param"}) -> tensor<256xf32> {
  // CHECK-NEXT: mp.launch @mul(%[[X]], %[[P]])
  %0 = mp.launch @cast(%w) extent 256 grain 256 tied [-1] reusable [-1] : (tensor<256xf32>) -> tensor<256xbf16>
  %1 = mp.launch @mul(%x, %0) extent 256 grain 256 tied [-1] reusable [-1] : (tensor<256xf32>, tensor<256xbf16>) -> tensor<256xf32>
  return %1 : tensor<256xf32>
}
// CHECK-LABEL: func.func private @weights.prepare
// CHECK-SAME: -> (tensor<256xbf16> {mp.buffer = #mp.buffer<persistent, 0>})
// CHECK: mp.launch @cast(%arg1)

// Donated weights are new in each call.
// CHECK-LABEL: func.func @donated
func.func @donated(%x: tensor<256xf32>, %w: tensor<256xf32> {mp.role = "param", tf.aliasing_output = 0 : i32}) -> tensor<256xf32> {
  // CHECK: mp.launch @cast
  %0 = mp.launch @cast(%w) extent 256 grain 256 tied [-1] reusable [-1] : (tensor<256xf32>) -> tensor<256xbf16>
  %1 = mp.launch @mul(%x, %0) extent 256 grain 256 tied [-1] reusable [-1] : (tensor<256xf32>, tensor<256xbf16>) -> tensor<256xf32>
  return %1 : tensor<256xf32>
}

// The narrowed weights of the first step are prepared; each step hands the next
// one's on in the same place.
// CHECK-LABEL: func.func @step(
// CHECK-SAME: %[[W:.*]]: tensor<256xf32> {mp.role = "param", tf.aliasing_output = 0 : i32}, %[[K:.*]]: tensor<256xbf16> {mp.buffer = #mp.buffer<persistent, 0>, tf.aliasing_output = 1 : i32})
// CHECK-SAME: -> (tensor<256xf32>, tensor<256xbf16> {mp.buffer = #mp.buffer<persistent, 0>})
// CHECK-SAME: mp.persistent_bytes = 512 : i64, mp.prepare = @step.prepare
// CHECK-NOT: @step.kept
// CHECK: func.func private @step.prepare(%[[A:.*]]: tensor<256xf32>, %{{.*}}: tensor<256xbf16>) -> (tensor<256xbf16> {mp.buffer = #mp.buffer<persistent, 0>})
// CHECK: mp.launch @cast(%[[A]])
// CHECK-NOT: @step.kept
func.func @step(%w: tensor<256xf32> {mp.role = "param", tf.aliasing_output = 0 : i32}, %kept: tensor<256xbf16> {tf.aliasing_output = 1 : i32}) -> (tensor<256xf32>, tensor<256xbf16>) attributes {mp.kept_by = @step.kept} {
  %0 = mp.launch @mul(%w, %kept) extent 256 grain 256 tied [-1] reusable [0] : (tensor<256xf32>, tensor<256xbf16>) -> tensor<256xf32>
  %1 = mp.launch @cast(%0) extent 256 grain 256 tied [-1] reusable [-1] : (tensor<256xf32>) -> tensor<256xbf16>
  return %0, %1 : tensor<256xf32>, tensor<256xbf16>
}
func.func private @step.kept(%w: tensor<256xf32>) -> tensor<256xbf16> {
  %0 = mp.launch @cast(%w) extent 256 grain 256 tied [-1] reusable [-1] : (tensor<256xf32>) -> tensor<256xbf16>
  return %0 : tensor<256xbf16>
}

// What is made of nothing is made again rather than kept, but what is made of
// it and a parameter is kept.
// CHECK-LABEL: func.func @generated
// CHECK-SAME: %{{.*}}: tensor<256xbf16> {mp.buffer = #mp.buffer<persistent, 0>}
func.func @generated(%x: tensor<256xbf16>) -> (tensor<256xf32>, tensor<256xf32>) {
  // CHECK: %[[I:.*]] = mp.launch @iota()
  %i = mp.launch @iota() extent 256 grain 256 tied [-1] reusable [-1] : () -> tensor<256xf32>
  // CHECK-NOT: mp.launch @cast
  %c = mp.launch @cast(%i) extent 256 grain 256 tied [-1] reusable [-1] : (tensor<256xf32>) -> tensor<256xbf16>
  %0 = mp.launch @mul(%i, %x) extent 256 grain 256 tied [-1] reusable [-1] : (tensor<256xf32>, tensor<256xbf16>) -> tensor<256xf32>
  %1 = mp.launch @mul(%0, %c) extent 256 grain 256 tied [-1] reusable [-1] : (tensor<256xf32>, tensor<256xbf16>) -> tensor<256xf32>
  // CHECK: return
  return %0, %1 : tensor<256xf32>, tensor<256xf32>
}

// A routine that may fail is called each time.
// CHECK-LABEL: func.func @effects
func.func @effects(%w: tensor<4xf32> {mp.role = "param"}) -> tensor<4xf32> {
  // CHECK: mp.library_call "check"
  %0 = mp.library_call "check"(%w) config [] : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
