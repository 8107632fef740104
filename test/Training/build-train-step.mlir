// RUN: mp-opt %s --mp-build-train-step="interval=4 backoff=0.25" | FileCheck %s --check-prefixes=CHECK,DYNAMIC
// RUN: mp-opt %s --mp-build-train-step="loss-scale=1024" | FileCheck %s --check-prefixes=CHECK,STATIC
// RUN: mp-opt %s --mp-build-train-step="loss-scale=none" | FileCheck %s --check-prefixes=CHECK,NONE
// RUN: mp-opt %s --mp-build-train-step --mp-print-roles -o /dev/null | FileCheck %s --check-prefix=ROLES

// CHECK-LABEL: func.func @train_step
// CHECK-SAME:    %[[B:.*]]: tensor<2xf32> {mp.name = "params/b", mp.role = "param"}
// CHECK-SAME:    %[[W:.*]]: tensor<4x2xf32> {mp.name = "params/w", mp.role = "param"}
// CHECK-SAME:    %[[N:.*]]: tensor<i32> {mp.name = "opt_state/count", mp.role = "opt_state"}
// DYNAMIC-SAME:  %[[S:.*]]: tensor<f32> {mp.initial = 6.553600e+04 : f32, mp.name = "scaler/scale", mp.role = "scaler"}
// STATIC-NOT:    scaler/scale
// NONE-NOT:      scaler/scale

// The scale reaches the loss before it is differentiated.
// STATIC: stablehlo.constant dense<1.024000e+03>
// NONE:   stablehlo.constant dense<1.000000e+00>
// CHECK:  stablehlo.dot_general

// The optimizer runs on unscaled gradients, behind one check of all of them, in
// the order in which the backward pass makes them (that of w comes first).
// DYNAMIC: %[[G:.*]]:2, %[[FINITE:.*]], %[[CULPRIT:.*]] = mp.unscale_and_check %{{.*}}, %{{.*}} by %[[S]]
// DYNAMIC-SAME: (tensor<4x2xf32>, tensor<2xf32>)
// Without a scale, too: NaN never reaches the weights.
// STATIC:  mp.unscale_and_check
// NONE:    %{{.*}}:2, %[[FINITE:.*]], %{{.*}} = mp.unscale_and_check
// DYNAMIC: mp.guarded_update %[[FINITE]] else(%[[B]], %[[W]], %[[N]])
// DYNAMIC:   stablehlo.subtract %[[B]], %[[G]]#1 {mp.role = "optimizer"}
// DYNAMIC:   mp.yield
// NONE:    mp.guarded_update %[[FINITE]] else(%[[B]], %[[W]], %[[N]])
// DYNAMIC: mp.update_scale %[[S]], %{{.*}}, %{{.*}} if %[[FINITE]] growth 2.000000e+00 backoff 2.500000e-01 interval 4
// STATIC-NOT: mp.update_scale
// CHECK-NOT: @apply_updates

// ROLES-LABEL: @train_step
// ROLES: result 0: loss loss
// ROLES-NEXT: result 1: param params/b
// ROLES-NEXT: result 2: param params/w
// ROLES-NEXT: result 3: opt_state opt_state/count
// ROLES-NEXT: result 4: scaler scaler/scale
// ROLES-NEXT: result 5: scaler scaler/growth_tracker
// ROLES-NEXT: result 6: scaler scaler/hysteresis_left
// ROLES-NEXT: result 7: aux finite
// ROLES-NEXT: result 8: aux culprit

// Parameters come in another order here: names decide, not positions.
func.func @loss_and_grads(%w: tensor<4x2xf32> {mp.role = "param", mp.name = "params/w"},
                          %b: tensor<2xf32> {mp.role = "param", mp.name = "params/b"},
                          %x: tensor<3x4xf32> {mp.role = "batch", mp.name = "x"},
                          %s: tensor<f32> {mp.role = "loss_scale"})
    -> (tensor<f32> {mp.role = "loss"}, tensor<4x2xf32> {mp.role = "grad", mp.name = "grads/w"},
        tensor<2xf32> {mp.role = "grad", mp.name = "grads/b"}) {
  %ones = stablehlo.broadcast_in_dim %s, dims = [] : (tensor<f32>) -> tensor<3x2xf32>
  %gw = stablehlo.dot_general %x, %ones, contracting_dims = [0] x [0] : (tensor<3x4xf32>, tensor<3x2xf32>) -> tensor<4x2xf32>
  %gb = stablehlo.broadcast_in_dim %s, dims = [] : (tensor<f32>) -> tensor<2xf32>
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %loss = stablehlo.reduce(%b init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<2xf32>, tensor<f32>) -> tensor<f32>
  return %loss, %gw, %gb : tensor<f32>, tensor<4x2xf32>, tensor<2xf32>
}

func.func @apply_updates(%b: tensor<2xf32> {mp.role = "param", mp.name = "params/b"},
                         %w: tensor<4x2xf32> {mp.role = "param", mp.name = "params/w"},
                         %n: tensor<i32> {mp.role = "opt_state", mp.name = "opt_state/count"},
                         %gb: tensor<2xf32> {mp.role = "grad", mp.name = "grads/b"},
                         %gw: tensor<4x2xf32> {mp.role = "grad", mp.name = "grads/w"})
    -> (tensor<2xf32> {mp.role = "param", mp.name = "params/b"},
        tensor<4x2xf32> {mp.role = "param", mp.name = "params/w"},
        tensor<i32> {mp.role = "opt_state", mp.name = "opt_state/count"}) {
  %nb = stablehlo.subtract %b, %gb : tensor<2xf32>
  %nw = stablehlo.subtract %w, %gw : tensor<4x2xf32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %m = stablehlo.add %n, %one : tensor<i32>
  return %nb, %nw, %m : tensor<2xf32>, tensor<4x2xf32>, tensor<i32>
}
