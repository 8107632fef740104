// RUN: split-file %s %t
// RUN: mp-opt %t/painting.mlir --mp-autocast="policy=%t/painting.yaml explain=%t/painting.json" -o %t/out.mlir
// RUN: FileCheck %s --check-prefix=PAINTING --input-file=%t/painting.json
// RUN: mp-opt %t/loops.mlir --mp-autocast="policy=bf16 explain=%t/loops.json" -o %t/out.mlir
// RUN: FileCheck %s --check-prefix=LOOPS --input-file=%t/loops.json
// RUN: mp-opt %t/weights.mlir --mp-autocast="policy=bf16 explain=%t/weights.json" -o %t/out.mlir
// RUN: FileCheck %s --check-prefix=WEIGHTS --input-file=%t/weights.json
// RUN: mp-opt %t/step.mlir --mp-autocast="policy=bf16 explain=%t/step.json" -o %t/out.mlir
// RUN: FileCheck %s --check-prefix=STEP --input-file=%t/step.json
// RUN: sed -e 's/"grad"/"aux"/' %t/step.mlir > %t/call.mlir
// RUN: mp-opt %t/call.mlir --mp-autocast="policy=bf16 explain=%t/call.json" -o %t/out.mlir
// RUN: FileCheck %s --check-prefix=CALL --input-file=%t/call.json
// RUN: sed -e 's/"param"}/"param", tf.aliasing_output = 0 : i32}/' %t/call.mlir > %t/given.mlir
// RUN: mp-opt %t/given.mlir --mp-autocast="policy=bf16 explain=%t/given.json" -o %t/out.mlir
// RUN: FileCheck %s --check-prefix=STEP --input-file=%t/given.json

//--- painting.yaml
version: 1
name: painting
compute: f16
rules:
- id: products
  match: { class: contraction }
  action: allow
  why: Products are low.
- id: exponentials
  match: { class: transcendental }
  action: deny
  why: Exponentials are wide.

//--- painting.mlir

// Painting spreads the width of the exponential to the sum, which then reads
// two values and writes one of 64 elements in 2 bytes more. The cut casts five
// values of 64 elements and 6 bytes as well, but narrows the exponential in
// place of the sum.
// PAINTING: "placement": {
// PAINTING-NEXT: "casts": 5,
// PAINTING-NEXT: "cost": 1920,
// PAINTING-NEXT: "greedy_cast_bytes": 1920,
// PAINTING-NEXT: "greedy_casts": 5,
// PAINTING-NEXT: "greedy_cost": 2304,
// PAINTING-NEXT: "greedy_wide_bytes": 384,
// PAINTING-NEXT: "lower_bound": 1920,
// PAINTING-NEXT: "optimal": true,
// PAINTING-NEXT: "wide_bytes": 0
func.func @main(%x: tensor<8x8xf32>, %w: tensor<8x8xf32>, %b: tensor<8x8xf32>) -> (tensor<8x8xf32>, tensor<8x8xf32>) {
  %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  %1 = stablehlo.exponential %b : tensor<8x8xf32>
  %2 = stablehlo.add %0, %1 : tensor<8x8xf32>
  %3 = stablehlo.dot_general %2, %w, contracting_dims = [1] x [0] : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  return %2, %3 : tensor<8x8xf32>, tensor<8x8xf32>
}

//--- loops.mlir

// The loop runs (10 - 1) / 2 rounded up = 5 times: each run casts the 16 values
// that it carries, of 6 bytes. The weight is cast once, in front of the loop,
// and counts once: 6 * 16 * (5 + 1) = 576.
// LOOPS: "placement": {
// LOOPS: "lower_bound": 576
// LOOPS: "cast_bytes": 576
// LOOPS: "casts": 2
func.func @main(%x: tensor<4x4xf32>, %w: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %first = stablehlo.constant dense<1> : tensor<i32>
  %last = stablehlo.constant dense<10> : tensor<i32>
  %step = stablehlo.constant dense<2> : tensor<i32>
  %0:3 = stablehlo.while(%i = %first, %end = %last, %a = %x) : tensor<i32>, tensor<i32>, tensor<4x4xf32>
  cond {
    %c = stablehlo.compare LT, %i, %end, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %c : tensor<i1>
  } do {
    %next = stablehlo.add %i, %step : tensor<i32>
    %d = stablehlo.dot_general %a, %w, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %t = stablehlo.tanh %d : tensor<4x4xf32>
    stablehlo.return %next, %end, %t : tensor<i32>, tensor<i32>, tensor<4x4xf32>
  }
  return %0#2 : tensor<4x4xf32>
}

//--- weights.mlir

// What is computed from a parameter alone is cast once for many calls; only
// the input's 16 values are cast each time.
// WEIGHTS: "when": "one-time"
// WEIGHTS: "lower_bound": 96
// WEIGHTS: "cast_bytes": 96
// WEIGHTS: "one_time_casts": 1
func.func @main(%x: tensor<4x4xf32>, %w: tensor<4x4xf32> {mp.role = "param"}) -> tensor<4x4xf32> {
  %0 = stablehlo.exponential %w : tensor<4x4xf32>
  %1 = stablehlo.dot_general %x, %0, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return %1 : tensor<4x4xf32>
}

//--- step.mlir

// A function that returns gradients is called with other parameters each time,
// so the weight's 16 values are cast in each call, like the input's. Where
// nothing tells of training they are cast once; but not if the caller gives
// them away to be written over.
// STEP-NOT: "when": "one-time"
// STEP: "lower_bound": 192
// STEP: "cast_bytes": 192
// STEP: "casts": 2
// STEP: "one_time_casts": 0
// CALL: "when": "one-time"
// CALL: "lower_bound": 96
// CALL: "cast_bytes": 96
// CALL: "casts": 1
// CALL: "one_time_casts": 1
func.func @main(%x: tensor<4x4xf32>, %w: tensor<4x4xf32> {mp.role = "param"}) -> (tensor<4x4xf32> {mp.role = "grad"}) {
  %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}
