// RUN: mp-opt %s --mp-convert-stablehlo-to-linalg --split-input-file | FileCheck %s

// Items are the columns; the scratch holds two orders of eight indices.
// CHECK-LABEL: func.func @sort_pairs
// CHECK: mp.launch @sort({{.*}}) extent 3 grain {{.*}} scratch 64
// CHECK: func.func private @sort
// CHECK: memref.view
// CHECK: arith.cmpi slt
// CHECK: memref.store {{.*}} : memref<24xi32>
// CHECK: memref.store {{.*}} : memref<24xf32>
func.func @sort_pairs(%k: tensor<8x3xi32>, %v: tensor<8x3xf32>) -> (tensor<8x3xi32>, tensor<8x3xf32>) {
  %0:2 = "stablehlo.sort"(%k, %v) <{dimension = 0 : i64, is_stable = true}> ({
  ^bb0(%a: tensor<i32>, %b: tensor<i32>, %c: tensor<f32>, %d: tensor<f32>):
    %1 = stablehlo.compare LT, %a, %b, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %1 : tensor<i1>
  }) : (tensor<8x3xi32>, tensor<8x3xf32>) -> (tensor<8x3xi32>, tensor<8x3xf32>)
  return %0#0, %0#1 : tensor<8x3xi32>, tensor<8x3xf32>
}

// -----

// The largest first; unsigned numbers compare as such.
// CHECK-LABEL: func.func @largest
// CHECK: mp.launch @top_k({{.*}}) extent 4 {{.*}} : (tensor<32xi8>) -> (tensor<8xi8>, tensor<8xi32>)
// CHECK: func.func private @top_k
// CHECK: arith.cmpi ugt
func.func @largest(%x: tensor<4x8xui8>) -> (tensor<4x2xui8>, tensor<4x2xi32>) {
  %0, %1 = chlo.top_k(%x, k = 2) : tensor<4x8xui8> -> (tensor<4x2xui8>, tensor<4x2xi32>)
  return %0, %1 : tensor<4x2xui8>, tensor<4x2xi32>
}
