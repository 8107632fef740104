// RUN: mp-opt %s --mp-plan-memory --split-input-file | FileCheck %s

func.func private @add(%x: memref<256xf32>, %y: memref<256xf32>, %z: memref<256xf32>, %b: index, %e: index, %s: memref<?xi8>) attributes {mp.kernel}

// Results take the buffer of an operand that dies; the last value of a chain is
// made in the caller's buffer, as far up as the chain is in place.
// CHECK-LABEL: func.func @chain
// CHECK-SAME: mp.arena_bytes = 1024
func.func @chain(%x: tensor<256xf32>, %y: tensor<256xf32>) -> tensor<256xf32> {
  // CHECK: mp.launch @add(%arg0, %arg1) {{.*}}mp.buffers = [#mp.buffer<arena, 0>]
  %0 = mp.launch @add(%x, %y) extent 256 grain 64 tied [-1] reusable [0] : (tensor<256xf32>, tensor<256xf32>) -> tensor<256xf32>
  // CHECK: mp.launch {{.*}}mp.buffers = [#mp.buffer<arena, 0>]
  %1 = mp.launch @add(%0, %y) extent 256 grain 64 tied [-1] reusable [0] : (tensor<256xf32>, tensor<256xf32>) -> tensor<256xf32>
  // CHECK: mp.launch {{.*}} reusable [-1] {mp.buffers = [#mp.buffer<result, 0>]}
  %2 = mp.launch @add(%1, %1) extent 256 grain 64 tied [-1] reusable [-1] : (tensor<256xf32>, tensor<256xf32>) -> tensor<256xf32>
  // CHECK: mp.launch {{.*}}mp.buffers = [#mp.buffer<result, 0>]
  %3 = mp.launch @add(%2, %y) extent 256 grain 64 tied [-1] reusable [0] : (tensor<256xf32>, tensor<256xf32>) -> tensor<256xf32>
  // CHECK-NOT: mp.copy
  return %3 : tensor<256xf32>
}

// An operand that the kernel also reads in another way must not be overwritten.
// CHECK-LABEL: func.func @read_twice
func.func @read_twice(%x: tensor<256xf32>) -> tensor<256xf32> {
  // CHECK: mp.launch {{.*}}mp.buffers = [#mp.buffer<arena, 0>]
  %0 = mp.launch @add(%x, %x) extent 256 grain 64 tied [-1] reusable [-1] : (tensor<256xf32>, tensor<256xf32>) -> tensor<256xf32>
  // CHECK: mp.launch {{.*}}mp.buffers = [#mp.buffer<result, 0>]
  %1 = mp.launch @add(%0, %0) extent 256 grain 64 tied [-1] reusable [0] : (tensor<256xf32>, tensor<256xf32>) -> tensor<256xf32>
  return %1 : tensor<256xf32>
}

// A tied operand that lives on is copied; one that dies is changed in place.
// CHECK-LABEL: func.func @tied
// CHECK-SAME: mp.arena_bytes = 1024
func.func @tied(%x: tensor<256xf32>) -> (tensor<256xf32>, tensor<256xf32>) {
  // CHECK: %[[C:.*]] = mp.copy %arg0 {mp.buffers = [#mp.buffer<result, 0>]}
  // CHECK: %[[A:.*]] = mp.launch @add(%[[C]], %arg0) {{.*}}mp.buffers = [#mp.buffer<result, 0>]
  %0 = mp.launch @add(%x, %x) extent 256 grain 64 tied [0] reusable [-1] : (tensor<256xf32>, tensor<256xf32>) -> tensor<256xf32>
  // CHECK: %[[D:.*]] = mp.copy %[[A]] {mp.buffers = [#mp.buffer<arena, 0>]}
  // CHECK: %[[B:.*]] = mp.launch @add(%[[D]], %arg0) {{.*}}mp.buffers = [#mp.buffer<arena, 0>]
  %1 = mp.launch @add(%0, %x) extent 256 grain 64 tied [0] reusable [-1] : (tensor<256xf32>, tensor<256xf32>) -> tensor<256xf32>
  // CHECK: mp.launch @add(%[[B]], %arg0) {{.*}}mp.buffers = [#mp.buffer<result, 1>]
  %2 = mp.launch @add(%1, %x) extent 256 grain 64 tied [-1] reusable [-1] : (tensor<256xf32>, tensor<256xf32>) -> tensor<256xf32>
  return %0, %2 : tensor<256xf32>, tensor<256xf32>
}

// Arguments, constants and values returned twice have to be copied.
// CHECK-LABEL: func.func @returned
func.func @returned(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<2x2xf32>) {
  %c = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %v = tensor.expand_shape %x [[0, 1]] output_shape [2, 2] : tensor<4xf32> into tensor<2x2xf32>
  // CHECK: mp.copy %arg0 {mp.buffers = [#mp.buffer<result, 0>]}
  // CHECK: mp.copy %{{.*}} {mp.buffers = [#mp.buffer<result, 1>]}
  // CHECK: mp.copy %{{.*}} {mp.buffers = [#mp.buffer<result, 2>]}
  return %x, %c, %v : tensor<4xf32>, tensor<4xf32>, tensor<2x2xf32>
}

// Placed by size, the third value would have to go on top of its neighbours;
// no more is taken than is in use at one time.
// CHECK-LABEL: func.func @gap
// CHECK-SAME: mp.arena_bytes = 1280
func.func private @same(%x: memref<128xf32>, %z: memref<128xf32>, %b: index, %e: index, %s: memref<?xi8>) attributes {mp.kernel}
func.func private @grow(%x: memref<128xf32>, %z: memref<192xf32>, %b: index, %e: index, %s: memref<?xi8>) attributes {mp.kernel}
func.func private @sum(%x: memref<192xf32>, %z: memref<f32>, %b: index, %e: index, %s: memref<?xi8>) attributes {mp.kernel}
func.func @gap(%x: tensor<128xf32>) -> tensor<f32> {
  %0 = mp.launch @same(%x) extent 128 grain 64 tied [-1] reusable [-1] : (tensor<128xf32>) -> tensor<128xf32>
  %1 = mp.launch @same(%0) extent 128 grain 64 tied [-1] reusable [-1] : (tensor<128xf32>) -> tensor<128xf32>
  %2 = mp.launch @same(%1) extent 128 grain 64 tied [-1] reusable [-1] : (tensor<128xf32>) -> tensor<128xf32>
  %3 = mp.launch @grow(%2) extent 128 grain 64 tied [-1] reusable [-1] : (tensor<128xf32>) -> tensor<192xf32>
  %4 = mp.launch @sum(%3) extent 1 grain 1 tied [-1] reusable [-1] : (tensor<192xf32>) -> tensor<f32>
  return %4 : tensor<f32>
}

// Two values that a loop exchanges need a third buffer, or one is lost.
// CHECK-LABEL: func.func @swap
// CHECK-SAME: mp.arena_bytes = 1024
func.func @swap(%x: tensor<256xf32>, %y: tensor<256xf32>) -> (tensor<256xf32>, tensor<256xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5 = arith.constant 5 : index
  // CHECK: scf.for {{.*}} iter_args(%[[A:.*]] = %{{.*}}, %[[B:.*]] = %{{.*}})
  %r:2 = scf.for %i = %c0 to %c5 step %c1 iter_args(%a = %x, %b = %y) -> (tensor<256xf32>, tensor<256xf32>) {
    // CHECK: %[[T:.*]] = mp.copy %[[B]] {mp.buffers = [#mp.buffer<arena, 0>]}
    // CHECK: mp.copy %[[A]] {mp.buffers = [#mp.buffer<result, 1>]}
    // CHECK: mp.copy %[[T]] {mp.buffers = [#mp.buffer<result, 0>]}
    scf.yield %b, %a : tensor<256xf32>, tensor<256xf32>
  }
  return %r#0, %r#1 : tensor<256xf32>, tensor<256xf32>
}

// The state of a loop stays in place; a large splat is filled where it is
// needed, not copied there.
// CHECK-LABEL: func.func @while
func.func @while(%x: tensor<2048xf32>, %n: tensor<i32>) -> tensor<2048xf32> {
  %zeros = arith.constant dense<0.0> : tensor<2048xf32>
  %zero = arith.constant dense<0> : tensor<i32>
  // CHECK: arith.constant {mp.buffers = [#mp.buffer<result, 0>]} dense<0.0
  // CHECK-NEXT: scf.while
  %r:2 = scf.while (%i = %zero, %a = %zeros) : (tensor<i32>, tensor<2048xf32>) -> (tensor<i32>, tensor<2048xf32>) {
    %e = tensor.extract %i[] : tensor<i32>
    %m = tensor.extract %n[] : tensor<i32>
    %c = arith.cmpi slt, %e, %m : i32
    scf.condition(%c) %i, %a : tensor<i32>, tensor<2048xf32>
  } do {
  ^bb0(%i: tensor<i32>, %a: tensor<2048xf32>):
    // CHECK: mp.library_call "increment"
    %j = mp.library_call "increment"(%i) config [1] : (tensor<i32>) -> tensor<i32>
    // CHECK: mp.launch @add2048{{.*}}mp.buffers = [#mp.buffer<result, 0>]
    %0 = mp.launch @add2048(%a, %x) extent 256 grain 64 tied [0] reusable [-1] : (tensor<2048xf32>, tensor<2048xf32>) -> tensor<2048xf32>
    // CHECK: mp.copy %{{.*}} : tensor<i32>
    // CHECK-NOT: mp.copy
    scf.yield %j, %0 : tensor<i32>, tensor<2048xf32>
  }
  return %r#1 : tensor<2048xf32>
}
func.func private @add2048(%x: memref<2048xf32>, %y: memref<2048xf32>, %z: memref<2048xf32>, %b: index, %e: index, %s: memref<?xi8>) attributes {mp.kernel}

// A result may take the buffer of a donated argument, so it is not written
// while another needs that argument.
// CHECK-LABEL: func.func @donated
// CHECK-SAME: -> (tensor<256xf32> {mp.donated_to = 1 : i64}, tensor<256xf32> {mp.donated_to = 0 : i64})
func.func @donated(%x: tensor<256xf32> {tf.aliasing_output = 1 : i32}, %y: tensor<256xf32> {jax.buffer_donor = true}) -> (tensor<256xf32>, tensor<256xf32>) {
  // CHECK: %[[SUM:.*]] = mp.launch {{.*}}mp.buffers = [#mp.buffer<arena, 0>]
  %0 = mp.launch @add(%x, %y) extent 256 grain 64 tied [-1] reusable [0] : (tensor<256xf32>, tensor<256xf32>) -> tensor<256xf32>
  // CHECK: mp.copy %arg0 {mp.buffers = [#mp.buffer<result, 0>]}
  // CHECK: mp.copy %[[SUM]] {mp.buffers = [#mp.buffer<result, 1>]}
  return %x, %0 : tensor<256xf32>, tensor<256xf32>
}

// Values of the two branches meet in one buffer.
// CHECK-LABEL: func.func @branches
// CHECK-SAME: mp.arena_bytes = 0
func.func @branches(%p: tensor<i1>, %x: tensor<256xf32>) -> tensor<256xf32> {
  %c = tensor.extract %p[] : tensor<i1>
  %r = scf.if %c -> tensor<256xf32> {
    // CHECK: mp.launch {{.*}}mp.buffers = [#mp.buffer<result, 0>]
    %0 = mp.launch @add(%x, %x) extent 256 grain 64 tied [-1] reusable [-1] : (tensor<256xf32>, tensor<256xf32>) -> tensor<256xf32>
    scf.yield %0 : tensor<256xf32>
  } else {
    // CHECK: mp.copy %arg1 {mp.buffers = [#mp.buffer<result, 0>]}
    scf.yield %x : tensor<256xf32>
  }
  return %r : tensor<256xf32>
}

// A choice between tensors is a branch with copies, not a kernel.
// CHECK-LABEL: func.func @choice
func.func @choice(%p: tensor<i1>, %x: tensor<256xf32>, %y: tensor<256xf32>) -> tensor<256xf32> {
  %c = tensor.extract %p[] : tensor<i1>
  // CHECK: scf.if
  // CHECK: mp.copy %arg1 {mp.buffers = [#mp.buffer<result, 0>]}
  // CHECK: mp.copy %arg2 {mp.buffers = [#mp.buffer<result, 0>]}
  %r = arith.select %c, %x, %y : tensor<256xf32>
  return %r : tensor<256xf32>
}

// A guarded update: each branch replaces the donated arguments in place, or
// hands them on as they are. Nothing goes through the arena.
// CHECK-LABEL: func.func @guarded_update
//  CHECK-SAME:   mp.arena_bytes = 0
//       CHECK:   scf.if
//       CHECK:     mp.launch @axpy(%{{.*}}, %{{.*}}) {{.*}} {mp.buffers = [#mp.buffer<result, 0>]}
//       CHECK:   } else {
//       CHECK:     mp.copy %arg0 {mp.buffers = [#mp.buffer<result, 0>]}
//   CHECK-NOT:   mp.copy
func.func @guarded_update(%w: tensor<256xf32> {tf.aliasing_output = 0 : i32}, %g: tensor<256xf32>, %finite: tensor<i1>) -> tensor<256xf32> {
  %c = tensor.extract %finite[] : tensor<i1>
  %r = scf.if %c -> tensor<256xf32> {
    %n = mp.launch @axpy(%w, %g) extent 256 grain 256 tied [-1] reusable [0] : (tensor<256xf32>, tensor<256xf32>) -> tensor<256xf32>
    scf.yield %n : tensor<256xf32>
  } else {
    scf.yield %w : tensor<256xf32>
  }
  return %r : tensor<256xf32>
}
func.func private @axpy(memref<256xf32>, memref<256xf32>, memref<256xf32>, index, index, memref<?xi8>) attributes {mp.kernel}
