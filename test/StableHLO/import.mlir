// RUN: mp-opt %s --mp-import --split-input-file | FileCheck %s

// Calls go, through several levels and inside regions; private functions that
// only calls needed go with them, public ones stay.

// CHECK-LABEL: func.func public @main
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>
func.func public @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-NOT: call
  // CHECK: %[[N:.*]] = stablehlo.negate %[[X]]
  // CHECK: %[[A:.*]] = stablehlo.abs %[[N]]
  // CHECK: return %[[A]]
  %0 = call @outer(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
// CHECK-NOT: @outer
func.func private @outer(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.negate %x : tensor<4xf32>
  %1 = call @inner(%0) : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}
func.func private @inner(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.abs %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}
// CHECK-LABEL: func.func public @second
func.func public @second(%x: tensor<4xf32>, %i: tensor<i32>) -> tensor<4xf32> {
  // CHECK: "stablehlo.case"
  // CHECK-NEXT: stablehlo.abs
  %0 = "stablehlo.case"(%i) ({
    %1 = func.call @inner(%x) : (tensor<4xf32>) -> tensor<4xf32>
    stablehlo.return %1 : tensor<4xf32>
  }) : (tensor<i32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// A composite that names a chlo function becomes it; any other its body.

// CHECK-LABEL: func.func @main
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>
func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<2xf32>, tensor<2xi32>) {
  // CHECK-DAG: %[[ERF:.*]] = chlo.erf %[[X]]
  %0 = stablehlo.composite "chlo.erf" %x {decomposition = @erf} : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK-DAG: %[[OTHER:.*]] = stablehlo.tanh %[[X]]
  %1 = stablehlo.composite "mine.other" %x {decomposition = @other} : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK-DAG: %[[V:.*]], %[[I:.*]] = chlo.top_k(%[[X]], k = 2)
  %2:2 = stablehlo.composite "chlo.top_k" %x {composite_attributes = {k = 2 : i64}, decomposition = @top_k} : (tensor<4xf32>) -> (tensor<2xf32>, tensor<2xi32>)
  // CHECK: return %[[ERF]], %[[OTHER]], %[[V]], %[[I]]
  return %0, %1, %2#0, %2#1 : tensor<4xf32>, tensor<4xf32>, tensor<2xf32>, tensor<2xi32>
}
func.func private @erf(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
func.func private @other(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.tanh %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func private @top_k(%x: tensor<4xf32>) -> (tensor<2xf32>, tensor<2xi32>) {
  %0 = stablehlo.slice %x [0:2] : (tensor<4xf32>) -> tensor<2xf32>
  %1 = stablehlo.iota dim = 0 : tensor<2xi32>
  return %0, %1 : tensor<2xf32>, tensor<2xi32>
}

// -----

// Annotations are identities on one device; barriers and rounding are not.

// CHECK-LABEL: func.func @main
// CHECK-SAME: %[[X:.*]]: tensor<4xf32> {jax.buffer_donor = true})
func.func @main(%x: tensor<4xf32> {jax.buffer_donor = true, mhlo.sharding = "{replicated}"}) -> tensor<4xf32> {
  // CHECK-NOT: custom_call
  // CHECK: %[[B:.*]] = stablehlo.optimization_barrier %[[X]]
  // CHECK: %[[R:.*]] = stablehlo.reduce_precision %[[B]]
  // CHECK: chlo.erf %[[R]]
  %0 = stablehlo.custom_call @Sharding(%x) {mhlo.sharding = "{replicated}"} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = stablehlo.custom_call @annotate_device_placement(%0) {has_side_effect = true} : (tensor<4xf32>) -> tensor<4xf32>
  %2 = stablehlo.optimization_barrier %1 : tensor<4xf32>
  %3 = stablehlo.reduce_precision %2, format = e8m7 : tensor<4xf32>
  %4 = stablehlo.custom_call @mhlo.erf(%3) {mhlo.attributes = {}, mhlo.version = 1 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  return %4 : tensor<4xf32>
}

// -----

// CHECK-LABEL: func.func @tuples
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>, %[[Y:.*]]: tensor<2xi32>, %[[I:.*]]: tensor<i32>) -> (tensor<2xi32>, tensor<4xf32>)
func.func @tuples(%t: tuple<tensor<4xf32>, tuple<tensor<2xi32>>>, %i: tensor<i32>) -> tuple<tensor<2xi32>, tensor<4xf32>> {
  // CHECK: %[[W:.*]]:3 = stablehlo.while(%{{.*}} = %[[X]], %{{.*}} = %[[Y]], %{{.*}} = %[[I]])
  // CHECK-NOT: tuple
  // CHECK: return %[[W]]#1, %[[W]]#0
  %0:2 = stablehlo.while(%a = %t, %b = %i) : tuple<tensor<4xf32>, tuple<tensor<2xi32>>>, tensor<i32>
  cond {
    %p = stablehlo.compare LT, %b, %b : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %p : tensor<i1>
  } do {
    stablehlo.return %a, %b : tuple<tensor<4xf32>, tuple<tensor<2xi32>>>, tensor<i32>
  }
  %1 = stablehlo.get_tuple_element %0#0[0] : (tuple<tensor<4xf32>, tuple<tensor<2xi32>>>) -> tensor<4xf32>
  %2 = stablehlo.get_tuple_element %0#0[1] : (tuple<tensor<4xf32>, tuple<tensor<2xi32>>>) -> tuple<tensor<2xi32>>
  %3 = stablehlo.get_tuple_element %2[0] : (tuple<tensor<2xi32>>) -> tensor<2xi32>
  %4 = stablehlo.tuple %3, %1 : tuple<tensor<2xi32>, tensor<4xf32>>
  return %4 : tuple<tensor<2xi32>, tensor<4xf32>>
}

// -----

// What repeats another op is written as that op.

// CHECK-LABEL: func.func @repeats
func.func @repeats(%m: tensor<3x4xf32>, %v: tensor<4xf32>, %shape: tensor<2xi32>) -> (tensor<3xf32>, tensor<2x4xf32>, tensor<3x4xi32>, tensor<12xf32>, tensor<1x2xf32>, tensor<i32>, tensor<3x3x4xf32>) {
  // CHECK-DAG: stablehlo.constant dense<3> : tensor<i32>
  // CHECK-DAG: stablehlo.dot_general %{{.*}}, %{{.*}}, contracting_dims = [1] x [0]
  %0 = stablehlo.dot %m, %v : (tensor<3x4xf32>, tensor<4xf32>) -> tensor<3xf32>
  // CHECK-DAG: stablehlo.broadcast_in_dim %{{.*}}, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
  %1 = stablehlo.dynamic_broadcast_in_dim %v, %shape, dims = [1] : (tensor<4xf32>, tensor<2xi32>) -> tensor<2x4xf32>
  // CHECK-DAG: stablehlo.iota dim = 1 : tensor<3x4xi32>
  %2 = stablehlo.dynamic_iota %shape, dim = 1 : (tensor<2xi32>) -> tensor<3x4xi32>
  %n = stablehlo.constant dense<12> : tensor<1xi32>
  // CHECK-DAG: stablehlo.reshape %{{.*}} : (tensor<3x4xf32>) -> tensor<12xf32>
  %3 = stablehlo.dynamic_reshape %m, %n : (tensor<3x4xf32>, tensor<1xi32>) -> tensor<12xf32>
  %zero = stablehlo.constant dense<0> : tensor<2xi32>
  %limit = stablehlo.constant dense<[1, 4]> : tensor<2xi32>
  %step = stablehlo.constant dense<[1, 2]> : tensor<2xi32>
  // CHECK-DAG: stablehlo.slice %{{.*}} [0:1, 0:4:2] : (tensor<3x4xf32>) -> tensor<1x2xf32>
  %4 = stablehlo.real_dynamic_slice %m, %zero, %limit, %step : (tensor<3x4xf32>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<1x2xf32>
  %5 = stablehlo.get_dimension_size %m, dim = 0 : (tensor<3x4xf32>) -> tensor<i32>
  // CHECK-DAG: stablehlo.broadcast_in_dim %{{.*}}, dims = [1, 2] : (tensor<3x4xf32>) -> tensor<3x3x4xf32>
  %6 = stablehlo.broadcast %m, sizes = [3] : (tensor<3x4xf32>) -> tensor<3x3x4xf32>
  return %0, %1, %2, %3, %4, %5, %6 : tensor<3xf32>, tensor<2x4xf32>, tensor<3x4xi32>, tensor<12xf32>, tensor<1x2xf32>, tensor<i32>, tensor<3x3x4xf32>
}
