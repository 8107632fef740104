// RUN: mp-opt %s | mp-opt | FileCheck %s

// CHECK-LABEL: func.func @step
func.func @step(%w: tensor<4xf32>, %g: tensor<4xf16>, %loss: tensor<f32>, %scale: tensor<f32>,
                %tracker: tensor<i32>, %left: tensor<i32>) -> (tensor<4xf32>, tensor<f32>) {
  // CHECK: mp.working_copy %{{.*}} : tensor<4xf32> to tensor<4xf16>
  %h = mp.working_copy %w : tensor<4xf32> to tensor<4xf16>
  // CHECK: mp.scale_loss %{{.*}}, %{{.*}} : tensor<f32>
  %l = mp.scale_loss %loss, %scale : tensor<f32>
  // CHECK: %{{.*}}, %[[FINITE:.*]], %{{.*}} = mp.unscale_and_check %{{.*}} by %{{.*}} : (tensor<4xf16>) -> tensor<4xf32>
  %u, %finite, %culprit = mp.unscale_and_check %g by %scale : (tensor<4xf16>) -> tensor<4xf32>
  // CHECK: mp.update_scale %{{.*}}, %{{.*}}, %{{.*}} if %[[FINITE]] growth 2.000000e+00 backoff 5.000000e-01 interval 2000
  %s, %t, %hl = mp.update_scale %scale, %tracker, %left if %finite growth 2.0 backoff 0.5 interval 2000
      minimum 1.0 maximum 1.6777216e7 hysteresis 1 : tensor<f32>, tensor<i32>, tensor<i32>, tensor<i1>
  // CHECK: mp.guarded_update %[[FINITE]] else(%{{.*}}) {
  // CHECK:   mp.yield %{{.*}} : tensor<4xf32>
  // CHECK: } : tensor<i1>, tensor<4xf32> -> tensor<4xf32>
  %n = mp.guarded_update %finite else (%w) {
    %d = arith.subf %w, %u : tensor<4xf32>
    mp.yield %d : tensor<4xf32>
  } : tensor<i1>, tensor<4xf32> -> tensor<4xf32>
  // CHECK: mp.update_scale {{.*}} hysteresis 2 consecutive : tensor<f32>
  %c:3 = mp.update_scale %scale, %tracker, %left if %finite growth 2.0 backoff 0.5 interval 2000
      minimum 1.0 maximum 1.6777216e7 hysteresis 2 consecutive : tensor<f32>, tensor<i32>, tensor<i32>, tensor<i1>
  return %n, %s : tensor<4xf32>, tensor<f32>
}
