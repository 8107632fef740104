// RUN: mp-opt %s --mp-name-ops --mp-observe-values --split-input-file | FileCheck %s
// RUN: mp-opt %s --mp-name-ops --mp-autocast=policy=f16 --mp-observe-values --split-input-file | FileCheck %s --check-prefix=CAST

// config is [number, kind, mode, sources]: kind 0 comes from outside, 1 is
// passed on by control flow, 2 is computed by an op; mode 1 is elementwise.

// CHECK: module attributes {mp.observed = [
// CHECK-SAME: {argument = "arg0", at = "{{.*}}observe-values.mlir:[[#@LINE+7]]:17", function = "main", id = "main/argument#0", location = "{{.*}}", name = "x"},
// CHECK-SAME: {function = "main", id = "[[DOT_ID:main/layer/dot_general.[0-9a-f]+]]", location = "loc(\22layer/dot\22)", name = "layer/dot", op = "stablehlo.dot_general", op_id = "[[DOT_ID]]", result = "0"},
// CHECK-SAME: id = "main/layer/multiply.{{[0-9a-f]+}}"
// CHECK-SAME: id = "main/layer/reduce.{{[0-9a-f]+}}"
// CHECK-LABEL: func.func @main
//  CHECK-SAME:   %[[X:.*]]: tensor<4x4xf32>
// The name is the argument's; integers and finite constants are not observed.
func.func @main(%x: tensor<4x4xf32> {mp.name = "x"}, %i: tensor<4xi32>) -> tensor<4xf32> {
  // CHECK-NEXT: mp.library_call "mp_rt_observe"(%[[X]]) config [0, 0, 0] label "{{.*}}observe-values.mlir:[[#@LINE-1]]:17: main/argument#0"
  // CHECK-NOT: mp.library_call
  %lowest = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %two = stablehlo.constant dense<2.0> : tensor<4x4xf32>
  // CHECK: %[[DOT:.*]] = stablehlo.dot_general
  // CHECK-NEXT: mp.library_call "mp_rt_observe"(%[[DOT]]) config [1, 2, 0, 0] label "main/layer/dot_general.{{[0-9a-f]+}}"
  // The cast is called after what it converts; the id of the product stays.
  // CAST-DAG: id = "main/argument#0->f16"
  // CAST-DAG: id = "main/layer/dot_general.{{[0-9a-f]+}}"
  %d = stablehlo.dot_general %x, %x, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32> loc("layer/dot")
  // One source, although it is read twice; a finite constant is none.
  // CHECK: mp.library_call "mp_rt_observe"(%{{.*}}) config [2, 2, 1, 1]
  %m = stablehlo.multiply %d, %two : tensor<4x4xf32>
  // -1 stands for a constant that is not finite.
  // CHECK: mp.library_call "mp_rt_observe"(%{{.*}}) config [3, 2, 0, 2, -1]
  %r = stablehlo.reduce(%m init: %lowest) applies stablehlo.maximum across dimensions = [1] : (tensor<4x4xf32>, tensor<f32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// -----

// Arguments and results of control flow are passed on, never made; ops inside
// read them by their own numbers.
// CHECK-LABEL: func.func @loop
func.func @loop(%x: tensor<4xf32>, %n: tensor<i32>) -> tensor<4xf32> {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  // CHECK: stablehlo.while(%{{.*}} = %{{.*}}, %[[A:.*]] = %{{.*}})
  %r:2 = stablehlo.while(%i = %zero, %a = %x) : tensor<i32>, tensor<4xf32>
  cond {
    // CHECK: cond {
    // CHECK-NEXT: mp.library_call "mp_rt_observe"(%[[A]]) config [2, 1, 0] label "{{.*}}loop/{{[a-z0-9]+}}/while.{{[0-9a-f]+}}/argument#1"
    %p = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %p : tensor<i1>
  } do {
    // CHECK: do {
    // CHECK-NEXT: mp.library_call "mp_rt_observe"(%[[A]]) config [3, 1, 0] label "{{.*}}loop/{{[a-z0-9]+}}/while.{{[0-9a-f]+}}/argument#1"
    // CHECK: mp.library_call "mp_rt_observe"(%{{.*}}) config [4, 2, 1, 3]
    %b = stablehlo.add %a, %a : tensor<4xf32>
    stablehlo.return %i, %b : tensor<i32>, tensor<4xf32>
  }
  // CHECK: mp.library_call "mp_rt_observe"(%{{.*}}) config [1, 1, 0] label "{{.*}}loop/{{[a-z0-9]+}}/while.{{[0-9a-f]+}}:1"
  return %r#1 : tensor<4xf32>
}

// -----

// Of code on linalg, tensors are observed and the scalars of a body are not;
// a tensor without elements yet holds nothing to look at.
// CHECK-LABEL: func.func @generic
func.func @generic(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: %[[E:.*]] = tensor.empty
  // CHECK-NEXT: %[[G:.*]] = linalg.generic
  %e = tensor.empty() : tensor<4xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
      ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%a: f32, %out: f32):
    // CHECK-NOT: mp.library_call
    // CHECK: linalg.yield
    %s = arith.mulf %a, %a : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  // CHECK: mp.library_call "mp_rt_observe"(%[[G]]) config [1, 2, 0, 0]
  // Scalars that are read, and those of a body, are constants as well.
  %lowest = arith.constant 0xFF800000 : f32
  %1 = linalg.fill ins(%lowest : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  // CHECK: mp.library_call "mp_rt_observe"(%{{.*}}) config [2, 2, 0, -1]
  %2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
      ins(%0 : tensor<4xf32>) outs(%1 : tensor<4xf32>) {
  ^bb0(%a: f32, %out: f32):
    %highest = arith.constant 0x7F800000 : f32
    %s = arith.minimumf %a, %highest : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  // CHECK: mp.library_call "mp_rt_observe"(%{{.*}}) config [3, 2, 0, 1, 2, -1]
  return %2 : tensor<4xf32>
}
