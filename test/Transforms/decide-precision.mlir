// RUN: mp-opt %s --mp-classify | FileCheck %s --check-prefix=CLASS
// RUN: mp-opt %s --mp-classify --mp-decide-precision=policy=bf16 | FileCheck %s --check-prefix=DECIDE
// RUN: mp-opt %s --mp-classify --mp-decide-precision=policy=bf16 --mp-place-casts | FileCheck %s --check-prefix=PLACE
// RUN: mp-opt %s --mp-classify --mp-decide-precision=policy=bf16 --mp-place-casts --mp-materialise-casts | FileCheck %s --check-prefix=DONE

// Each step leaves what it decided on the IR, and the last one takes all of
// it away. The reduction's body belongs to it and is not classified.
// CLASS-LABEL: func.func @steps
// DECIDE-LABEL: func.func @steps
// PLACE-LABEL: func.func @steps
// DONE-LABEL: func.func @steps
// DONE-NOT: mp.
func.func @steps(%x: tensor<8x16xf32>, %w: tensor<4x16xf32>, %i: tensor<4xi32>) -> (tensor<8xf32>, tensor<4xi32>) {
  // CLASS: stablehlo.constant {mp.class = "constant"}
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  // CLASS: stablehlo.transpose {{.*}}mp.class = "data-movement"
  // DECIDE: stablehlo.transpose
  // DECIDE-SAME: action = "clear"
  // DECIDE-NOT: mp.precision
  // PLACE: stablehlo.transpose
  // PLACE-SAME: mp.formats = [bf16]
  // PLACE-SAME: mp.precision = #mp.precision<compute = bf16, accumulate = bf16, result = bf16>
  %t = stablehlo.transpose %w, dims = [1, 0] : (tensor<4x16xf32>) -> tensor<16x4xf32>
  // CLASS: stablehlo.dot_general {{.*}}mp.class = "contraction"
  // DECIDE: stablehlo.dot_general
  // DECIDE-SAME: mp.decision = {accumulate = f32, action = "allow", at = "<bf16.yaml>:{{[0-9]+}}:3", low = bf16, policy = "bf16", result = "wide", rule = "contraction", why = "
  // DECIDE-SAME: mp.precision = #mp.precision<compute = bf16, accumulate = f32, result = f32>
  // PLACE: stablehlo.dot_general
  // PLACE-SAME: mp.formats = [bf16, f32]
  %d = stablehlo.dot_general %x, %t, contracting_dims = [1] x [0] : (tensor<8x16xf32>, tensor<16x4xf32>) -> tensor<8x4xf32>
  // CLASS: stablehlo.reduce
  // CLASS-SAME: mp.class = "reduction"
  // DECIDE: stablehlo.reduce
  // DECIDE-SAME: action = "deny"
  // DECIDE-SAME: mp.precision = #mp.precision<compute = f32, accumulate = f32, result = f32>
  %r = stablehlo.reduce(%d init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<8x4xf32>, tensor<f32>) -> tensor<8xf32>
  // CLASS: stablehlo.add {{.*}}mp.class = "integer"
  // DECIDE: stablehlo.add
  // DECIDE-SAME: action = "keep"
  // DECIDE-SAME: why = "its types are a part of its meaning"
  %s = stablehlo.add %i, %i : tensor<4xi32>
  return %r, %s : tensor<8xf32>, tensor<4xi32>
}
