// Gradients, masters and Adam's update in one step: the types at the boundary
// stay f32, each parameter is narrowed once for all its uses, weight gradients
// come from f32 accumulators, and the update, eps and bias correction included,
// is f32. Its bits are in Training/traces.test.

// RUN: mp-opt %s --mp-train-step="compute=bf16 explain=%t.json" | FileCheck %s
// RUN: mp-opt %s --mp-train-step="compute=bf16" --mp-print-roles -o /dev/null | FileCheck %s --check-prefix=ROLES
// RUN: FileCheck %s --check-prefix=EXPLAIN < %t.json
// RUN: mp-opt %s --mp-train-step="compute=bf16 masters=none" 2>&1 -o /dev/null | FileCheck %s --check-prefix=NONE

// CHECK-LABEL: func.func @train_step
//  CHECK-SAME:   %[[W:[^:]*]]: tensor<16x16xf32> {mp.name = "params/w"
// CHECK-COUNT-1: stablehlo.convert %[[W]] : (tensor<16x16xf32>) -> tensor<16x16xbf16>
// CHECK-NOT:     stablehlo.convert %[[W]] :
// CHECK: %[[DW0:.*]] = stablehlo.dot_general {{.*}} : (tensor<8x16xbf16>, tensor<8x16xbf16>) -> tensor<16x16xf32>
// CHECK: stablehlo.sqrt {{.*}} : tensor<16x16xf32>
// CHECK-NOT: bf16
// CHECK: return

// ROLES: argument 0: param params/w : tensor<16x16xf32>
// ROLES: argument 1: opt_state opt_state/mu/w : tensor<16x16xf32>
// ROLES: result 1: param params/w : tensor<16x16xf32>
// ROLES: result 2: opt_state opt_state/mu/w : tensor<16x16xf32>
// EXPLAIN: "stablehlo.sqrt"

// NONE: warning: parameters are kept in 'bf16' between steps, so updates below half a unit of its last place are lost

func.func @loss_and_grads(%w: tensor<16x16xf32> {mp.role = "param", mp.name = "params/w"},
                          %x: tensor<8x16xf32> {mp.role = "batch", mp.name = "x"})
    -> (tensor<f32> {mp.role = "loss", mp.name = "loss"}, tensor<16x16xf32> {mp.role = "grad", mp.name = "grads/w"}) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %h = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<8x16xf32>, tensor<16x16xf32>) -> tensor<8x16xf32>
  %y = stablehlo.dot_general %h, %w, contracting_dims = [1] x [0] : (tensor<8x16xf32>, tensor<16x16xf32>) -> tensor<8x16xf32>
  %q = stablehlo.multiply %y, %y : tensor<8x16xf32>
  %loss = stablehlo.reduce(%q init: %zero) applies stablehlo.add across dimensions = [0, 1] : (tensor<8x16xf32>, tensor<f32>) -> tensor<f32>
  %dy = stablehlo.add %y, %y : tensor<8x16xf32>
  %d2 = stablehlo.dot_general %h, %dy, contracting_dims = [0] x [0] : (tensor<8x16xf32>, tensor<8x16xf32>) -> tensor<16x16xf32>
  %dh = stablehlo.dot_general %dy, %w, contracting_dims = [1] x [1] : (tensor<8x16xf32>, tensor<16x16xf32>) -> tensor<8x16xf32>
  %d1 = stablehlo.dot_general %x, %dh, contracting_dims = [0] x [0] : (tensor<8x16xf32>, tensor<8x16xf32>) -> tensor<16x16xf32>
  %dw = stablehlo.add %d1, %d2 : tensor<16x16xf32>
  return %loss, %dw : tensor<f32>, tensor<16x16xf32>
}

func.func @apply_updates(%w: tensor<16x16xf32> {mp.role = "param", mp.name = "params/w"},
                         %m: tensor<16x16xf32> {mp.role = "opt_state", mp.name = "opt_state/mu/w"},
                         %v: tensor<16x16xf32> {mp.role = "opt_state", mp.name = "opt_state/nu/w"},
                         %p: tensor<f32> {mp.role = "opt_state", mp.name = "opt_state/power"},
                         %g: tensor<16x16xf32> {mp.role = "grad", mp.name = "grads/w"})
    -> (tensor<16x16xf32> {mp.role = "param", mp.name = "params/w"},
        tensor<16x16xf32> {mp.role = "opt_state", mp.name = "opt_state/mu/w"},
        tensor<16x16xf32> {mp.role = "opt_state", mp.name = "opt_state/nu/w"},
        tensor<f32> {mp.role = "opt_state", mp.name = "opt_state/power"}) {
  %b1 = stablehlo.constant dense<0.1> : tensor<16x16xf32>
  %b2 = stablehlo.constant dense<0.001> : tensor<16x16xf32>
  %eps = stablehlo.constant dense<1.0e-8> : tensor<16x16xf32>
  %lr = stablehlo.constant dense<0.001> : tensor<16x16xf32>
  %one = stablehlo.constant dense<1.0> : tensor<f32>
  %beta = stablehlo.constant dense<0.9> : tensor<f32>
  %dm = stablehlo.subtract %g, %m : tensor<16x16xf32>
  %dms = stablehlo.multiply %dm, %b1 : tensor<16x16xf32>
  %m1 = stablehlo.add %m, %dms : tensor<16x16xf32>
  %gg = stablehlo.multiply %g, %g : tensor<16x16xf32>
  %dv = stablehlo.subtract %gg, %v : tensor<16x16xf32>
  %dvs = stablehlo.multiply %dv, %b2 : tensor<16x16xf32>
  %v1 = stablehlo.add %v, %dvs : tensor<16x16xf32>
  %p1 = stablehlo.multiply %p, %beta : tensor<f32>
  %c = stablehlo.subtract %one, %p1 : tensor<f32>
  %cb = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<f32>) -> tensor<16x16xf32>
  %mh = stablehlo.divide %m1, %cb : tensor<16x16xf32>
  %r = stablehlo.sqrt %v1 : tensor<16x16xf32>
  %d = stablehlo.add %r, %eps : tensor<16x16xf32>
  %u = stablehlo.divide %mh, %d : tensor<16x16xf32>
  %s = stablehlo.multiply %u, %lr : tensor<16x16xf32>
  %n = stablehlo.subtract %w, %s : tensor<16x16xf32>
  return %n, %m1, %v1, %p1 : tensor<16x16xf32>, tensor<16x16xf32>, tensor<16x16xf32>, tensor<f32>
}
