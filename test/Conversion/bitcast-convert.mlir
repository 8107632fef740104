// The element of the added dimension with number 0 holds the lowest bits.
// RUN: mp-opt %s --mp-convert-stablehlo-to-linalg --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @split
// CHECK: arith.bitcast {{.*}} : f32 to i32
// CHECK: linalg.index 1
// CHECK: arith.shrui
// CHECK: arith.trunci {{.*}} : i32 to i8
func.func @split(%x: tensor<3xf32>) -> tensor<3x4xui8> {
  %0 = stablehlo.bitcast_convert %x : (tensor<3xf32>) -> tensor<3x4xui8>
  return %0 : tensor<3x4xui8>
}

// -----

// CHECK-DAG: #[[LOW:.*]] = affine_map<(d0) -> (d0, 0)>
// CHECK-DAG: #[[HIGH:.*]] = affine_map<(d0) -> (d0, 1)>
// CHECK-LABEL: func.func @merge
// CHECK: indexing_maps = [#[[LOW]], #[[HIGH]],
// CHECK: arith.bitcast {{.*}} : bf16 to i16
// CHECK: arith.shli
// CHECK: arith.ori
// CHECK: arith.bitcast {{.*}} : i32 to f32
func.func @merge(%x: tensor<3x2xbf16>) -> tensor<3xf32> {
  %0 = stablehlo.bitcast_convert %x : (tensor<3x2xbf16>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}
