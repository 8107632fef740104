// RUN: mp-opt %s --mp-train-step="compute=f16 accumulate=3" | FileCheck %s --check-prefix=ACCUMULATE
// RUN: mp-opt %s --mp-train-step="compute=bf16 masters=none low-states=nu" 2>%t | FileCheck %s --check-prefix=LOW
// RUN: FileCheck %s --check-prefix=WARNING < %t

// Batches hold three micro-batches, one behind the other.
// ACCUMULATE-LABEL: func.func @train_step
// ACCUMULATE-SAME:  %[[W:[^:]*]]: tensor<4xf32> {mp.name = "params/w"
// ACCUMULATE-SAME:  %[[S:[^:]*]]: tensor<f32> {mp.initial
// ACCUMULATE-SAME:  %[[X:[^:]*]]: tensor<6x4xf32> {mp.name = "x", mp.role = "batch"}
// ACCUMULATE-SAME:  %[[KEY:[^:]*]]: tensor<3x2xui32> {mp.name = "key", mp.role = "rng"}
// ACCUMULATE-SAME:  micro_batches = 3
// The loss scale of a micro-batch is the whole one; the mean is taken once.
// ACCUMULATE-DAG: %[[TOTAL:.*]] = stablehlo.multiply %[[S]], %{{.*}} : tensor<f32>
// One copy of the parameter for all micro-batches.
// ACCUMULATE-DAG: %[[COPY:.*]] = stablehlo.convert %[[W]] : (tensor<4xf32>) -> tensor<4xf16>
// ACCUMULATE: %[[LOOP:.*]]:{{[0-9]+}} = stablehlo.while(
// ACCUMULATE:   stablehlo.dynamic_slice {{.*}} : (tensor<6x4xf16>, {{.*}} -> tensor<2x4xf16>
// ACCUMULATE:   stablehlo.dynamic_slice %[[KEY]], {{.*}} -> tensor<1x2xui32>
// ACCUMULATE:   stablehlo.dot_general {{.*}} : (tensor<2x4xf16>, tensor<4xf16>) -> tensor<2xf32>
// Gradients add up in f32.
// ACCUMULATE:   stablehlo.add {{.*}} : tensor<4xf32>
// ACCUMULATE:   stablehlo.return
// ACCUMULATE: mp.unscale_and_check %[[LOOP]]#2 by %[[TOTAL]] : (tensor<4xf32>) -> tensor<4xf32>

// Kept low between steps, computed in f32 within one.
// LOW-LABEL: func.func @train_step
// LOW-SAME:  %[[W:[^:]*]]: tensor<4xbf16> {mp.name = "params/w"
// LOW-SAME:  %[[MU:[^:]*]]: tensor<4xf32> {mp.name = "opt_state/mu/w"
// LOW-SAME:  %[[NU:[^:]*]]: tensor<4xbf16> {mp.name = "opt_state/nu/w"
// LOW-SAME:  -> (tensor<f32> {{.*}}, tensor<4xbf16> {{.*}}, tensor<4xf32> {{.*}}, tensor<4xbf16>
// LOW: stablehlo.dot_general %{{.*}}, %[[W]]
// LOW: stablehlo.multiply {{.*}} {mp.role = "optimizer"} : tensor<4xf32>
// WARNING: warning: parameters are kept in 'bf16' between steps, so updates below half a unit of its last place are lost; masters=f32 keeps them

func.func @loss_and_grads(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"},
                          %x: tensor<2x4xf32> {mp.role = "batch", mp.name = "x"},
                          %key: tensor<2xui32> {mp.role = "rng", mp.name = "key"},
                          %s: tensor<f32> {mp.role = "loss_scale"})
    -> (tensor<f32> {mp.role = "loss"}, tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"},
        tensor<2xui32> {mp.role = "aux", mp.name = "key"}) {
  %y = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2xf32>
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %sum = stablehlo.reduce(%y init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<2xf32>, tensor<f32>) -> tensor<f32>
  %loss = stablehlo.multiply %sum, %s : tensor<f32>
  %b = stablehlo.broadcast_in_dim %s, dims = [] : (tensor<f32>) -> tensor<2xf32>
  %g = stablehlo.dot_general %b, %x, contracting_dims = [0] x [0] : (tensor<2xf32>, tensor<2x4xf32>) -> tensor<4xf32>
  return %loss, %g, %key : tensor<f32>, tensor<4xf32>, tensor<2xui32>
}

func.func @apply_updates(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"},
                         %mu: tensor<4xf32> {mp.role = "opt_state", mp.name = "opt_state/mu/w"},
                         %nu: tensor<4xf32> {mp.role = "opt_state", mp.name = "opt_state/nu/w"},
                         %g: tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"})
    -> (tensor<4xf32> {mp.role = "param", mp.name = "params/w"},
        tensor<4xf32> {mp.role = "opt_state", mp.name = "opt_state/mu/w"},
        tensor<4xf32> {mp.role = "opt_state", mp.name = "opt_state/nu/w"}) {
  %m = stablehlo.multiply %mu, %g : tensor<4xf32>
  %v = stablehlo.multiply %nu, %g : tensor<4xf32>
  %n = stablehlo.subtract %w, %m : tensor<4xf32>
  return %n, %m, %v : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
