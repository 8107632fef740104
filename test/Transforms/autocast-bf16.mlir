// RUN: mp-opt %s --mp-autocast=policy=bf16 --split-input-file | FileCheck %s
// RUN: mp-opt %s --mp-autocast --split-input-file | FileCheck %s
// RUN: mp-opt %s --mp-autocast --split-input-file | mp-opt --split-input-file | FileCheck %s

// The operands are narrowed, the accumulator is handed out in f32, and the
// pointwise op works on it unrounded.
// CHECK-LABEL: func.func @linear
//  CHECK-SAME: (%[[X:.*]]: tensor<8x16xf32>, %[[W:.*]]: tensor<16x4xf32>, %[[B:.*]]: tensor<8x4xf32>) -> tensor<8x4xf32>
func.func @linear(%x: tensor<8x16xf32>, %w: tensor<16x4xf32>, %b: tensor<8x4xf32>) -> tensor<8x4xf32> {
  // CHECK-DAG: %[[XL:.*]] = stablehlo.convert %[[X]] : (tensor<8x16xf32>) -> tensor<8x16xbf16>
  // CHECK-DAG: %[[WL:.*]] = stablehlo.convert %[[W]] : (tensor<16x4xf32>) -> tensor<16x4xbf16>
  // CHECK: %[[Y:.*]] = stablehlo.dot_general %[[XL]], %[[WL]], {{.*}} : (tensor<8x16xbf16>, tensor<16x4xbf16>) -> tensor<8x4xf32>
  // CHECK: stablehlo.add %[[Y]], %[[B]] : tensor<8x4xf32>
  %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<8x16xf32>, tensor<16x4xf32>) -> tensor<8x4xf32>
  %1 = stablehlo.add %0, %b : tensor<8x4xf32>
  return %1 : tensor<8x4xf32>
}

// -----

// One cast serves both readers, and stands before the transpose, which then
// moves half the bytes.
// CHECK-LABEL: func.func @shared
func.func @shared(%x: tensor<8x16xf32>, %w: tensor<4x16xf32>) -> (tensor<8x4xf32>, tensor<4x4xf32>) {
  // CHECK: stablehlo.convert %{{.*}} : (tensor<4x16xf32>)
  // CHECK-NEXT: %[[T:.*]] = stablehlo.transpose %{{.*}}, dims = [1, 0] : (tensor<4x16xbf16>) -> tensor<16x4xbf16>
  // CHECK-NEXT: stablehlo.convert %{{.*}} : (tensor<8x16xf32>)
  // CHECK: stablehlo.dot_general %{{.*}}, %[[T]]
  // CHECK: stablehlo.dot_general %{{.*}}, %[[T]]
  // CHECK-NOT: stablehlo.convert
  %t = stablehlo.transpose %w, dims = [1, 0] : (tensor<4x16xf32>) -> tensor<16x4xf32>
  %0 = stablehlo.dot_general %x, %t, contracting_dims = [1] x [0] : (tensor<8x16xf32>, tensor<16x4xf32>) -> tensor<8x4xf32>
  %1 = stablehlo.dot_general %w, %t, contracting_dims = [1] x [0] : (tensor<4x16xf32>, tensor<16x4xf32>) -> tensor<4x4xf32>
  return %0, %1 : tensor<8x4xf32>, tensor<4x4xf32>
}

// -----

// A broadcast is cheaper to cast before, a slice after.
// CHECK-LABEL: func.func @cheap_side
func.func @cheap_side(%s: tensor<16xf32>, %big: tensor<1024x16xf32>) -> tensor<8x8xf32> {
  // CHECK-DAG: stablehlo.convert %{{.*}} : (tensor<16xf32>) -> tensor<16xbf16>
  // CHECK-DAG: stablehlo.broadcast_in_dim %{{.*}} : (tensor<16xbf16>) -> tensor<8x16xbf16>
  // CHECK-DAG: stablehlo.slice %{{.*}} : (tensor<1024x16xf32>) -> tensor<8x16xf32>
  // CHECK-DAG: stablehlo.convert %{{.*}} : (tensor<8x16xf32>) -> tensor<8x16xbf16>
  %a = stablehlo.broadcast_in_dim %s, dims = [1] : (tensor<16xf32>) -> tensor<8x16xf32>
  %b = stablehlo.slice %big [0:8, 0:16] : (tensor<1024x16xf32>) -> tensor<8x16xf32>
  %0 = stablehlo.dot_general %a, %b, contracting_dims = [1] x [1] : (tensor<8x16xf32>, tensor<8x16xf32>) -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}

// -----

// The reshape feeds a reader that was given f32, so it must not round: only
// the product's operand is narrowed, behind it.
// CHECK-LABEL: func.func @movement_never_rounds
func.func @movement_never_rounds(%x: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
  // CHECK: %[[R:.*]] = stablehlo.transpose %{{.*}} : (tensor<4x4xf32>) -> tensor<4x4xf32>
  // CHECK: stablehlo.exponential %[[R]] : tensor<4x4xf32>
  // CHECK: stablehlo.convert %[[R]] : (tensor<4x4xf32>) -> tensor<4x4xbf16>
  %r = stablehlo.transpose %x, dims = [1, 0] : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %e = stablehlo.exponential %r : tensor<4x4xf32>
  %0 = stablehlo.dot_general %r, %r, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return %e, %0 : tensor<4x4xf32>, tensor<4x4xf32>
}

// -----

// Constants are folded, to nearest even: 1.00390625 lies half way between two
// bf16 values and goes to the even one, 1.01171875 to the one above.
// CHECK-LABEL: func.func @constants
func.func @constants(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  // CHECK: stablehlo.constant dense<{{\[\[}}1.000000e+00], [1.015630e+00]]> : tensor<2x1xbf16>
  %w = stablehlo.constant dense<[[1.00390625], [1.01171875]]> : tensor<2x1xf32>
  // CHECK-COUNT-1: stablehlo.convert
  // CHECK-NOT: stablehlo.convert
  %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

// What the author decided stays: precision, algorithm, other types, and what
// was narrowed already.
// CHECK-LABEL: func.func @as_written
func.func @as_written(%x: tensor<4x4xf32>, %d: tensor<4x4xf64>, %h: tensor<4x4xf16>, %i: tensor<4x4xi32>) -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf64>, tensor<4x4xf16>, tensor<4x4xi32>, tensor<4x4xf32>) {
  // CHECK-NOT: bf16>
  // CHECK: stablehlo.dot_general {{.*}}HIGHEST{{.*}} : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  // CHECK: stablehlo.dot_general {{.*}}algorithm{{.*}} : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  // CHECK: (tensor<4x4xf64>, tensor<4x4xf64>) -> tensor<4x4xf64>
  // CHECK: (tensor<4x4xf16>, tensor<4x4xf16>) -> tensor<4x4xf16>
  // CHECK: (tensor<4x4xi32>, tensor<4x4xi32>) -> tensor<4x4xi32>
  // CHECK: stablehlo.reduce_precision %{{.*}}, format = e8m7 : tensor<4x4xf32>
  %0 = stablehlo.dot_general %x, %x, contracting_dims = [1] x [0], precision = [HIGHEST, HIGHEST] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %1 = stablehlo.dot_general %x, %x, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT], algorithm = <lhs_precision_type = bf16, rhs_precision_type = bf16, accumulation_type = f32, lhs_component_count = 1, rhs_component_count = 1, num_primitive_operations = 1, allow_imprecise_accumulation = false> : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %2 = stablehlo.dot_general %d, %d, contracting_dims = [1] x [0] : (tensor<4x4xf64>, tensor<4x4xf64>) -> tensor<4x4xf64>
  %3 = stablehlo.dot_general %h, %h, contracting_dims = [1] x [0] : (tensor<4x4xf16>, tensor<4x4xf16>) -> tensor<4x4xf16>
  %4 = stablehlo.dot_general %i, %i, contracting_dims = [1] x [0] : (tensor<4x4xi32>, tensor<4x4xi32>) -> tensor<4x4xi32>
  %5 = stablehlo.reduce_precision %x, format = e8m7 : tensor<4x4xf32>
  return %0, %1, %2, %3, %4, %5 : tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf64>, tensor<4x4xf16>, tensor<4x4xi32>, tensor<4x4xf32>
}

// -----

// Widening is exact, so narrowing again is the value that was there. Narrowing
// is not, so an author's narrow-then-widen stays.
// CHECK-LABEL: func.func @pairs
//  CHECK-SAME: %[[H:.*]]: tensor<4x4xbf16>, %[[X:.*]]: tensor<4x4xf32>
func.func @pairs(%h: tensor<4x4xbf16>, %x: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
  // CHECK: stablehlo.dot_general %[[H]], %[[H]]
  // CHECK: %[[N:.*]] = stablehlo.convert %[[X]] : (tensor<4x4xf32>) -> tensor<4x4xbf16>
  // CHECK: %[[W:.*]] = stablehlo.convert %[[N]] : (tensor<4x4xbf16>) -> tensor<4x4xf32>
  // CHECK: stablehlo.subtract %[[X]], %[[W]]
  %w = stablehlo.convert %h : (tensor<4x4xbf16>) -> tensor<4x4xf32>
  %0 = stablehlo.dot_general %w, %w, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %n = stablehlo.convert %x : (tensor<4x4xf32>) -> tensor<4x4xbf16>
  %v = stablehlo.convert %n : (tensor<4x4xbf16>) -> tensor<4x4xf32>
  %1 = stablehlo.subtract %x, %v : tensor<4x4xf32>
  return %0, %1 : tensor<4x4xf32>, tensor<4x4xf32>
}

// -----

// The weight does not change in the loop: it is narrowed once, in front, and
// carried in bf16. The state is read in f32 after the loop, so it is carried
// so, and narrowed for the product in each step.
// CHECK-LABEL: func.func @loop
//  CHECK-SAME: %[[W:.*]]: tensor<4x4xf32>, %[[H:.*]]: tensor<4x4xf32>
func.func @loop(%w: tensor<4x4xf32>, %h: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // CHECK: stablehlo.convert %[[W]] : (tensor<4x4xf32>) -> tensor<4x4xbf16>
  // CHECK: stablehlo.while{{.*}} : tensor<i32>, tensor<4x4xbf16>, tensor<4x4xf32>
  // CHECK: do
  // CHECK: stablehlo.convert %{{.*}} : (tensor<4x4xf32>) -> tensor<4x4xbf16>
  // CHECK-NOT: stablehlo.convert
  // CHECK: stablehlo.dot_general
  %i = stablehlo.constant dense<0> : tensor<i32>
  %0:3 = stablehlo.while(%a = %i, %b = %w, %c = %h) : tensor<i32>, tensor<4x4xf32>, tensor<4x4xf32>
  cond {
    %n = stablehlo.constant dense<4> : tensor<i32>
    %p = stablehlo.compare LT, %a, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %p : tensor<i1>
  } do {
    %one = stablehlo.constant dense<1> : tensor<i32>
    %next = stablehlo.add %a, %one : tensor<i32>
    %d = stablehlo.dot_general %c, %b, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %t = stablehlo.tanh %d : tensor<4x4xf32>
    stablehlo.return %next, %b, %t : tensor<i32>, tensor<4x4xf32>, tensor<4x4xf32>
  }
  return %0#2 : tensor<4x4xf32>
}

// -----

// A zero-element operand and a scalar product are products like any other.
// CHECK-LABEL: func.func @edges
func.func @edges(%e: tensor<0x4xf32>, %w: tensor<4x4xf32>, %v: tensor<4xf32>) -> (tensor<0x4xf32>, tensor<f32>) {
  // CHECK: (tensor<0x4xbf16>, tensor<4x4xbf16>) -> tensor<0x4xf32>
  // CHECK: (tensor<4xbf16>, tensor<4xbf16>) -> tensor<f32>
  %0 = stablehlo.dot_general %e, %w, contracting_dims = [1] x [0] : (tensor<0x4xf32>, tensor<4x4xf32>) -> tensor<0x4xf32>
  %1 = stablehlo.dot_general %v, %v, contracting_dims = [0] x [0] : (tensor<4xf32>, tensor<4xf32>) -> tensor<f32>
  return %0, %1 : tensor<0x4xf32>, tensor<f32>
}

// -----

// Calls are inlined first, so a helper is decided where it is used.
// CHECK-LABEL: func.func public @entry
func.func public @entry(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // CHECK-NOT: call
  // CHECK: stablehlo.dot_general {{.*}} : (tensor<4x4xbf16>, tensor<4x4xbf16>) -> tensor<4x4xf32>
  %0 = func.call @helper(%x) : (tensor<4x4xf32>) -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}
// CHECK-NOT: @helper
func.func private @helper(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = stablehlo.dot_general %x, %x, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}
