// Two losses of two networks: each gradient is unscaled and checked by the scale
// it is computed from, and each scale moves by its own gradients alone. Without
// `per-loss` both losses get the one scale.
// RUN: mp-opt %s --mp-train-step="compute=f32 loss-scale=dynamic per-loss" | FileCheck %s
// RUN: mp-opt %s --mp-train-step="compute=f32 loss-scale=dynamic" | FileCheck %s --check-prefix=SHARED
// RUN: not mp-opt %s --mp-train-step="compute=f32 loss-scale=8 per-loss" 2>&1 | FileCheck %s --check-prefix=STATIC
// STATIC: error: per-loss needs loss-scale=dynamic, but the loss scale is '8'
// RUN: sed 's/%other = stablehlo.negate %ub/%other = stablehlo.add %ua, %ub/' %s > %t.mlir
// RUN: not mp-opt %t.mlir --mp-train-step="compute=f32 loss-scale=dynamic per-loss" 2>&1 | FileCheck %s --check-prefix=MIXED
// MIXED: error: result 3 of 'loss_and_grads', 'grads/b', is computed from 2 loss scales; per-loss needs exactly one, and without it all losses have the same

// CHECK-LABEL: func.func @train_step
// CHECK-SAME:  %[[A:[^:]*]]: tensor<2xf32> {mp.name = "params/a"
// CHECK-SAME:  %[[B:[^:]*]]: tensor<3xf32> {mp.name = "params/b"
// CHECK-SAME:  %[[SA:[^:]*]]: tensor<f32> {mp.initial = 6.553600e+04 : f32, mp.name = "scaler/gen/scale"
// CHECK-SAME:  %[[SB:[^:]*]]: tensor<f32> {mp.initial = 6.553600e+04 : f32, mp.name = "scaler/disc/scale"
// CHECK-SAME:  name = "params/a", scale = "scaler/gen/scale"}, {{.*}}name = "params/b", scale = "scaler/disc/scale"
// CHECK: %{{.*}}, %[[FB:.*]], %{{.*}} = mp.unscale_and_check %{{.*}} by %[[SB]]
// CHECK: %{{.*}}, %[[FA:.*]], %{{.*}} = mp.unscale_and_check %{{.*}} by %[[SA]]
// CHECK: %[[ALL:.*]] = stablehlo.and %[[FA]], %[[FB]]
// The one optimizer skips if any of its gradients is bad.
// CHECK: mp.guarded_update {{.*}} else(%[[A]], %[[B]])
// CHECK: mp.update_scale %[[SA]]{{.*}} if %[[FA]]
// CHECK: mp.update_scale %[[SB]]{{.*}} if %[[FB]]

// SHARED: %[[S:[^:]*]]: tensor<f32> {mp.initial = 6.553600e+04 : f32, mp.name = "scaler/scale"
// SHARED: mp.unscale_and_check %{{.*}}, %{{.*}} by %[[S]]
// SHARED: mp.update_scale %[[S]]
// SHARED-NOT: mp.update_scale

func.func @loss_and_grads(%a: tensor<2xf32> {mp.role = "param", mp.name = "params/a"},
                          %b: tensor<3xf32> {mp.role = "param", mp.name = "params/b"},
                          %ua: tensor<f32> {mp.role = "loss_scale", mp.name = "loss_scale/gen"},
                          %ub: tensor<f32> {mp.role = "loss_scale", mp.name = "loss_scale/disc"})
    -> (tensor<f32> {mp.role = "loss", mp.name = "gen"}, tensor<f32> {mp.role = "loss", mp.name = "disc"},
        tensor<2xf32> {mp.role = "grad", mp.name = "grads/a"},
        tensor<3xf32> {mp.role = "grad", mp.name = "grads/b"}) {
  %ga = stablehlo.broadcast_in_dim %ua, dims = [] : (tensor<f32>) -> tensor<2xf32>
  %other = stablehlo.negate %ub : tensor<f32>
  %gb = stablehlo.broadcast_in_dim %other, dims = [] : (tensor<f32>) -> tensor<3xf32>
  return %ua, %ub, %ga, %gb : tensor<f32>, tensor<f32>, tensor<2xf32>, tensor<3xf32>
}

func.func @apply_updates(%a: tensor<2xf32> {mp.role = "param", mp.name = "params/a"},
                         %b: tensor<3xf32> {mp.role = "param", mp.name = "params/b"},
                         %ga: tensor<2xf32> {mp.role = "grad", mp.name = "grads/a"},
                         %gb: tensor<3xf32> {mp.role = "grad", mp.name = "grads/b"})
    -> (tensor<2xf32> {mp.role = "param", mp.name = "params/a"},
        tensor<3xf32> {mp.role = "param", mp.name = "params/b"}) {
  %na = stablehlo.subtract %a, %ga : tensor<2xf32>
  %nb = stablehlo.subtract %b, %gb : tensor<3xf32>
  return %na, %nb : tensor<2xf32>, tensor<3xf32>
}
