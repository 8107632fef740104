// "The compiler changes my rounding." What an author narrowed stays narrowed:
// x - widen(narrow(x)) is the rounding error, and no zero. Widening and going
// back to the same type rounds nothing, so only that pair may vanish.
// RUN: mp-opt %s --mp-autocast=policy=jax-like | FileCheck %s
// RUN: mp-opt %s --mp-autocast=policy=tf-grappler-bf16 | FileCheck %s

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
