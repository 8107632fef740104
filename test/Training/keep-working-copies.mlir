// RUN: mp-opt %s --mp-keep-working-copies --split-input-file | FileCheck %s

// The copy that the step computes with is its last argument. The branch that
// updates the parameter makes the copy for the next step; the other one hands
// on the copy that there is. A second function makes the first one.
// CHECK-LABEL: func.func @guarded
//  CHECK-SAME:   %[[P:.*]]: tensor<4xf32> {mp.role = "param", tf.aliasing_output = 0 : i32}, %[[G:.*]]: tensor<4xf32>, %[[OK:.*]]: tensor<i1>, %[[W:.*]]: tensor<4xbf16> {tf.aliasing_output = 2 : i32})
//  CHECK-SAME:   -> (tensor<4xf32>, tensor<4xbf16>, tensor<4xbf16>) attributes {mp.kept_by = @guarded.kept}
//   CHECK-NOT:   convert
//       CHECK:   %[[Y:.*]] = stablehlo.negate %[[W]]
//       CHECK:   %[[R:.*]]:2 = {{.*}}stablehlo.if
//       CHECK:     %[[U:.*]] = stablehlo.subtract %[[P]], %[[G]]
//       CHECK:     %[[C:.*]] = stablehlo.convert %[[U]] : (tensor<4xf32>) -> tensor<4xbf16>
//       CHECK:     stablehlo.return %[[U]], %[[C]]
//       CHECK:     stablehlo.return %[[P]], %[[W]]
//       CHECK:   return %[[R]]#0, %[[Y]], %[[R]]#1
//       CHECK: func.func private @guarded.kept(%[[A:.*]]: tensor<4xf32>, %{{.*}}: tensor<4xf32>, %{{.*}}: tensor<i1>) -> tensor<4xbf16>
//       CHECK:   %[[M:.*]] = stablehlo.convert %[[A]]
//       CHECK:   return %[[M]]
func.func @guarded(%p: tensor<4xf32> {mp.role = "param", tf.aliasing_output = 0 : i32}, %g: tensor<4xf32>, %ok: tensor<i1>) -> (tensor<4xf32>, tensor<4xbf16>) {
  %w = stablehlo.convert %p : (tensor<4xf32>) -> tensor<4xbf16>
  %y = stablehlo.negate %w : tensor<4xbf16>
  %r = "stablehlo.if"(%ok) ({
    %u = stablehlo.subtract %p, %g : tensor<4xf32>
    stablehlo.return %u : tensor<4xf32>
  }, {
    stablehlo.return %p : tensor<4xf32>
  }) : (tensor<i1>) -> tensor<4xf32>
  return %r, %y : tensor<4xf32>, tensor<4xbf16>
}

// -----

// Without a guard the copy follows the update. Two parameters keep the order
// of the arguments.
// CHECK-LABEL: func.func @plain
//  CHECK-SAME:   %[[W0:[^:]*]]: tensor<4xf16> {tf.aliasing_output = 3 : i32}, %[[W1:[^:]*]]: tensor<8xf16> {tf.aliasing_output = 4 : i32}
//       CHECK:   %[[A:.*]] = stablehlo.add %arg0
//       CHECK:   %[[C0:.*]] = stablehlo.convert %[[A]]
//       CHECK:   %[[B:.*]] = stablehlo.add %arg1
//       CHECK:   %[[C1:.*]] = stablehlo.convert %[[B]]
//       CHECK:   return %[[A]], %[[B]], %{{.*}}, %[[C0]], %[[C1]]
func.func @plain(%p: tensor<4xf32> {mp.role = "param", tf.aliasing_output = 0 : i32}, %q: tensor<8xf32> {mp.role = "param", tf.aliasing_output = 1 : i32}) -> (tensor<4xf32>, tensor<8xf32>, tensor<12xf16>) {
  %v = stablehlo.convert %q : (tensor<8xf32>) -> tensor<8xf16>
  %w = stablehlo.convert %p : (tensor<4xf32>) -> tensor<4xf16>
  %y = stablehlo.concatenate %w, %v, dim = 0 : (tensor<4xf16>, tensor<8xf16>) -> tensor<12xf16>
  %a = stablehlo.add %p, %p : tensor<4xf32>
  %b = stablehlo.add %q, %q : tensor<8xf32>
  return %a, %b, %y : tensor<4xf32>, tensor<8xf32>, tensor<12xf16>
}

// -----

// What is not replaced is prepared once anyhow; what is no parameter, widened
// or converted to an integer is no working copy.
// CHECK-LABEL: func.func @others
//   CHECK-NOT:   mp.kept_by
// CHECK-COUNT-3: stablehlo.convert
//     CHECK-NOT: func.func
func.func @others(%p: tensor<4xf32> {mp.role = "param"}, %s: tensor<4xf32> {mp.role = "opt_state", tf.aliasing_output = 0 : i32}, %q: tensor<4xf32> {mp.role = "param", tf.aliasing_output = 1 : i32}) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xbf16>, tensor<4xbf16>, tensor<4xi8>) {
  %a = stablehlo.convert %p : (tensor<4xf32>) -> tensor<4xbf16>
  %b = stablehlo.convert %s : (tensor<4xf32>) -> tensor<4xbf16>
  %c = stablehlo.convert %q : (tensor<4xf32>) -> tensor<4xi8>
  return %s, %q, %a, %b, %c : tensor<4xf32>, tensor<4xf32>, tensor<4xbf16>, tensor<4xbf16>, tensor<4xi8>
}
