// "The compiler changes my rounding." What an author narrowed stays narrowed:
// x - widen(narrow(x)) is the rounding error, and no zero. Widening and going
// back to the same type rounds nothing, so only that pair may vanish.
// RUN: mp-opt %s --mp-autocast=policy=jax-like | FileCheck %s
// RUN: mp-opt %s --mp-autocast=policy=tf-grappler-bf16 | FileCheck %s

// What runs has the bits of the rounding error: 1 + 2^-8 is a tie and goes to 1,
// 1 + 3 * 2^-9 goes up to 1 + 2^-7, 3 is bf16's own.
// RUN: rm -rf %t && mkdir %t
// RUN: python3 %S/../Tools/Inputs/tensors.py write %t/in arg0=F32:8:1.00390625,-1.00390625,1.005859375,3,0.5,0.50390625,-7,256.5
// RUN: python3 %S/../Tools/Inputs/tensors.py write %t/expect result0=F32:8:0.00390625,-0.00390625,-0.001953125,0,0,0,0,0.5
// RUN: mp-run %s --function=error --inputs=%t/in --expect=%t/expect --rtol=0 --atol=0 --quiet
// RUN: mp-run %s --function=error --inputs=%t/in --expect=%t/expect --rtol=0 --atol=0 --quiet --policy=jax-like
// RUN: mp-run %s --function=error --inputs=%t/in --expect=%t/expect --rtol=0 --atol=0 --quiet --policy=tf-grappler-bf16

// Who allows excess precision gets it, and is told where; what an author asked
// for by `reduce_precision` stays.
// RUN: echo '{ version: 1, name: excess, extends: jax-like, excess_precision: allow }' > %t/excess.yaml
// RUN: mp-opt %s --mp-autocast="policy=%t/excess.yaml explain=%t/why.json" --remarks-filter=mp --remark-format=emitRemark -o %t/excess.mlir 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: FileCheck %s --check-prefix=EXCESS --input-file=%t/excess.mlir
// RUN: FileCheck %s --check-prefix=WHY --input-file=%t/why.json
// REMARK: 05-author-rounding.mlir:[[#]]:{{.*}}excess{{.*}}read as f32, and not rounded to bf16 as written, since the policy allows excess precision
// EXCESS-LABEL: func.func @error
// EXCESS-NOT: convert
// EXCESS: stablehlo.subtract %arg0, %arg0
// EXCESS-LABEL: func.func @asked_for
// EXCESS: stablehlo.reduce_precision
// WHY: "excess": [
// WHY-NEXT: {
// WHY-NEXT: "kept": "f32"
// WHY-NEXT: "location": "loc({{.*}}05-author-rounding.mlir
// WHY-NEXT: "skipped": "bf16"
// WHY-NEXT: }
// WHY-NEXT: ]

// CHECK-LABEL: func.func @error
// CHECK: %[[H:.*]] = stablehlo.convert %arg0 : (tensor<8xf32>) -> tensor<8xbf16>
// CHECK: %[[F:.*]] = stablehlo.convert %[[H]] : (tensor<8xbf16>) -> tensor<8xf32>
// CHECK: stablehlo.subtract
func.func @error(%x: tensor<8xf32>) -> tensor<8xf32> {
  %h = stablehlo.convert %x : (tensor<8xf32>) -> tensor<8xbf16>
  %f = stablehlo.convert %h : (tensor<8xbf16>) -> tensor<8xf32>
  %d = stablehlo.subtract %x, %f : tensor<8xf32>
  return %d : tensor<8xf32>
}

// CHECK-LABEL: func.func @asked_for
// CHECK: stablehlo.reduce_precision %arg0, format = e8m7 : tensor<8xf32>
func.func @asked_for(%x: tensor<8xf32>) -> tensor<8xf32> {
  %r = stablehlo.reduce_precision %x, format = e8m7 : tensor<8xf32>
  return %r : tensor<8xf32>
}

// CHECK-LABEL: func.func @exact
// CHECK-NOT: convert
// CHECK: stablehlo.dot_general %arg0, %arg1, {{.*}} : (tensor<4x4xbf16>, tensor<4x4xbf16>)
func.func @exact(%x: tensor<4x4xbf16>, %w: tensor<4x4xbf16>) -> tensor<4x4xf32> {
  %a = stablehlo.convert %x : (tensor<4x4xbf16>) -> tensor<4x4xf32>
  %b = stablehlo.convert %w : (tensor<4x4xbf16>) -> tensor<4x4xf32>
  %d = stablehlo.dot_general %a, %b, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return %d : tensor<4x4xf32>
}
