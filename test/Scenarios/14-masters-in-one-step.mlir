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

// The memory table: 4 bytes a parameter for weights or masters and 8 for Adam's
// moments, in FP32 and mixed alike; 2 where there are no masters, and then the
// run tells how many weights stop moving: an update of 0.03 is below half a
// unit of bf16 at 20.
// RUN: rm -rf %t && mkdir %t
// RUN: python3 %S/Inputs/train_data.py %t/data.safetensors x_train=F32:8x16:1 init/w=F32:16x16:20 init_opt/power=F32::1
// RUN: mp-train %s --data=%t/data.safetensors --batch=8 --epochs=1 --policy=bf16 --json | FileCheck %s --check-prefix=MEMORY
// RUN: mp-train %s --data=%t/data.safetensors --batch=8 --epochs=1 --policy=bf16 --train-step="masters=none" --json > %t/out 2> %t/err
// RUN: FileCheck %s --check-prefix=LOWMEMORY < %t/out
// RUN: FileCheck %s --check-prefix=STUCK < %t/err
// MEMORY: "memory_table":{"parameters":256,"rows":{"parameters":{"bytes":1024,"as_written":1024,"ratio":1.0,"per_parameter":4.0},
// MEMORY-SAME: "optimizer_state":{"bytes":2052,"as_written":2052,"ratio":1.0,"per_parameter":8.015625}
// MEMORY-SAME: "gradients":{"bytes":{{[0-9]+}},"as_written":
// MEMORY-SAME: "activations":{"bytes":{{[0-9]+}},"as_written":
// MEMORY-SAME: "total":{"bytes":
// LOWMEMORY: "stuck_weights":256,
// LOWMEMORY-SAME: "parameters":{"bytes":512,"as_written":1024,"ratio":0.5,"per_parameter":2.0}
// STUCK: mp-train: warning: in step 1 256 of 256 weights stay where they are

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
