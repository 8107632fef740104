// Two optimizers share one scale. The gradients of each are checked by
// themselves, so that one can skip alone; the culprit counts over both.
// RUN: mp-opt %s --mp-train-step="compute=f32 loss-scale=dynamic" | FileCheck %s
// RUN: not mp-opt %s --mp-train-step="compute=f32 masters=f32 low-states=count" 2>&1 | FileCheck %s --check-prefix=STATES
// STATES: error: low-states 'count' matches no optimizer state; there are: 'opt_state/trace/b'

// CHECK-LABEL: func.func @train_step
// CHECK-SAME:  %[[A:[^:]*]]: tensor<2xf32> {mp.name = "params/a"
// CHECK-SAME:  %[[B:[^:]*]]: tensor<3xf32> {mp.name = "params/b"
// CHECK-SAME:  %[[T:[^:]*]]: tensor<3xf32> {mp.name = "opt_state/trace/b"
// CHECK-SAME:  %[[S:[^:]*]]: tensor<f32> {mp.initial
// CHECK-SAME:  gradients = [{location = "{{.*}}train-step-optimizers.mlir:{{[0-9]+}}:{{[0-9]+}}", name = "params/a"}, {{.*}}name = "params/b"
// A master in f32 with a bf16 copy in the step.
// CHECK: mp.working_copy %[[B]] : tensor<3xf32> to tensor<3xbf16>
// CHECK: %[[GB:.*]], %[[FB:.*]], %[[CB:.*]] = mp.unscale_and_check %{{.*}} by %[[S]] : (tensor<3xbf16>) -> tensor<3xf32>
// CHECK: %[[GA:.*]], %[[FA:.*]], %[[CA:.*]] = mp.unscale_and_check %{{.*}} by %[[S]] : (tensor<2xf32>) -> tensor<2xf32>
// CHECK: %[[ALL:.*]] = stablehlo.and %[[FA]], %[[FB]]
// CHECK: mp.guarded_update %[[FA]] else(%[[A]])
// CHECK:   stablehlo.subtract %[[A]], %[[GA]]
// CHECK: mp.guarded_update %[[FB]] else(%[[B]], %[[T]])
// CHECK: mp.update_scale {{.*}} if %[[ALL]]

func.func @loss_and_grads(%a: tensor<2xf32> {mp.role = "param", mp.name = "params/a"},
                          %b: tensor<3xbf16> {mp.role = "param", mp.name = "params/b"},
                          %s: tensor<f32> {mp.role = "loss_scale"})
    -> (tensor<f32> {mp.role = "loss"}, tensor<2xf32> {mp.role = "grad", mp.name = "grads/a"},
        tensor<3xbf16> {mp.role = "grad", mp.name = "grads/b"}) {
  %ga = stablehlo.negate %a : tensor<2xf32>
  %gb = stablehlo.negate %b : tensor<3xbf16>
  return %s, %ga, %gb : tensor<f32>, tensor<2xf32>, tensor<3xbf16>
}

func.func @apply_updates_plain(%a: tensor<2xf32> {mp.role = "param", mp.name = "params/a"},
                               %g: tensor<2xf32> {mp.role = "grad", mp.name = "grads/a"})
    -> (tensor<2xf32> {mp.role = "param", mp.name = "params/a"}) {
  %n = stablehlo.subtract %a, %g : tensor<2xf32>
  return %n : tensor<2xf32>
}

func.func @apply_updates_momentum(%b: tensor<3xf32> {mp.role = "param", mp.name = "params/b"},
                                  %t: tensor<3xf32> {mp.role = "opt_state", mp.name = "opt_state/trace/b"},
                                  %g: tensor<3xf32> {mp.role = "grad", mp.name = "grads/b"})
    -> (tensor<3xf32> {mp.role = "param", mp.name = "params/b"},
        tensor<3xf32> {mp.role = "opt_state", mp.name = "opt_state/trace/b"}) {
  %t1 = stablehlo.add %t, %g : tensor<3xf32>
  %n = stablehlo.subtract %b, %t1 : tensor<3xf32>
  return %n, %t1 : tensor<3xf32>, tensor<3xf32>
}
