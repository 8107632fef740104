// "The converted graph is not valid." Converts in every direction, a loop that
// carries f32 around a low body, branches of different verdicts, a weight that
// is read low and wide, a constant that is a result as well, a tensor without
// elements: the result verifies, reads back as it was printed, and a policy
// that keeps everything changes nothing of it.
// RUN: mp-opt %s --mp-autocast=policy=torch-cuda-fp16 --verify-each --verify-roundtrip -o %t.mlir
// RUN: mp-opt %t.mlir --mp-autocast=policy=f32 | diff %t.mlir -
// RUN: echo '{ version: 1, name: keep, compute: f16, rules: [ { id: keep, match: { any: true }, action: keep, why: As it is. } ] }' > %t.yaml
// RUN: mp-opt %t.mlir --mp-autocast=policy=%t.yaml | diff %t.mlir -
// RUN: FileCheck %s --input-file=%t.mlir
// RUN: mp-opt %s --mp-autocast="policy=torch-cuda-fp16 explain=%t.json" | diff %t.mlir -
// RUN: mp-opt %s --mp-autocast="policy=torch-cuda-fp16 write-lock=%t.lock" -o /dev/null
// RUN: mp-opt %s --mp-autocast="policy=torch-cuda-fp16 lock=%t.lock" | diff %t.mlir -

// The weight exists once in each type, and results keep theirs.
// CHECK-LABEL: func.func @main
// CHECK-SAME: -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<f32>, tensor<0x4xf32>, tensor<4x4xf16>)
// CHECK-COUNT-1: stablehlo.convert %arg1 : (tensor<4x4xf32>) -> tensor<4x4xf16>
// CHECK-NOT: stablehlo.convert %arg1
// CHECK: return
func.func @main(%x: tensor<4x4xf32>, %w: tensor<4x4xf32>, %n: tensor<i32>, %z: tensor<0x4xf32>)
    -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<f32>, tensor<0x4xf32>, tensor<4x4xf16>) {
  %c = stablehlo.constant dense<1.0e-3> : tensor<f32>
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %h = stablehlo.convert %x : (tensor<4x4xf32>) -> tensor<4x4xf16>
  %b = stablehlo.convert %h : (tensor<4x4xf16>) -> tensor<4x4xbf16>
  %f = stablehlo.convert %b : (tensor<4x4xbf16>) -> tensor<4x4xf32>
  %0:2 = stablehlo.while(%i = %zero, %a = %f) : tensor<i32>, tensor<4x4xf32>
  cond {
    %p = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %p : tensor<i1>
  } do {
    %next = stablehlo.add %i, %one : tensor<i32>
    %d = stablehlo.dot_general %a, %w, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    stablehlo.return %next, %d : tensor<i32>, tensor<4x4xf32>
  }
  %1 = "stablehlo.case"(%n) ({
    %d = stablehlo.dot_general %0#1, %w, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    stablehlo.return %d : tensor<4x4xf32>
  }, {
    %e = stablehlo.exponential %w : tensor<4x4xf32>
    stablehlo.return %e : tensor<4x4xf32>
  }) : (tensor<i32>) -> tensor<4x4xf32>
  %cb = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<f32>) -> tensor<4x4xf32>
  %2 = stablehlo.multiply %0#1, %cb : tensor<4x4xf32>
  %3 = stablehlo.dot_general %z, %w, contracting_dims = [1] x [0] : (tensor<0x4xf32>, tensor<4x4xf32>) -> tensor<0x4xf32>
  return %1, %2, %c, %3, %h : tensor<4x4xf32>, tensor<4x4xf32>, tensor<f32>, tensor<0x4xf32>, tensor<4x4xf16>
}
