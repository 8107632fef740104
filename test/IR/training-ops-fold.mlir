// RUN: mp-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @scale_by_one
//  CHECK-SAME:   %[[L:.*]]: tensor<f32>, %[[S:.*]]: tensor<f32>
func.func @scale_by_one(%l: tensor<f32>, %s: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  %one = arith.constant dense<1.0> : tensor<f32>
  // CHECK-NOT: mp.scale_loss %[[L]], %cst
  // CHECK: %[[R:.*]] = mp.scale_loss %[[L]], %[[S]]
  // CHECK: return %[[L]], %[[R]]
  %a = mp.scale_loss %l, %one : tensor<f32>
  %b = mp.scale_loss %l, %s : tensor<f32>
  return %a, %b : tensor<f32>, tensor<f32>
}

// The op widens by itself; a cast that rounds stays.
// CHECK-LABEL: func.func @low_gradients
//  CHECK-SAME:   %[[A:.*]]: tensor<4xf16>, %[[B:.*]]: tensor<4xf32>
func.func @low_gradients(%a: tensor<4xf16>, %b: tensor<4xf32>, %s: tensor<f32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: %[[H:.*]] = mp.cast %[[B]]
  // CHECK: mp.unscale_and_check %[[A]], %[[H]] by %{{.*}} : (tensor<4xf16>, tensor<4xbf16>)
  %w = mp.cast %a : tensor<4xf16> to tensor<4xf32>
  %h = mp.cast %b : tensor<4xf32> to tensor<4xbf16>
  %u:2, %f, %c = mp.unscale_and_check %w, %h by %s : (tensor<4xf32>, tensor<4xbf16>) -> (tensor<4xf32>, tensor<4xf32>)
  return %u#0, %u#1 : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @known_condition
//  CHECK-SAME:   %[[W:.*]]: tensor<4xf32>, %[[F:.*]]: tensor<i1>
func.func @known_condition(%w: tensor<4xf32>, %f: tensor<i1>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %yes = arith.constant dense<true> : tensor<i1>
  %no = arith.constant dense<false> : tensor<i1>
  // CHECK: %[[N:.*]] = arith.negf %[[W]]
  // CHECK-NEXT: %[[U:.*]] = mp.guarded_update %[[F]]
  %a = mp.guarded_update %yes else (%w) {
    %n = arith.negf %w : tensor<4xf32>
    mp.yield %n : tensor<4xf32>
  } : tensor<i1>, tensor<4xf32> -> tensor<4xf32>
  %b = mp.guarded_update %no else (%w) {
    %n = arith.addf %w, %w : tensor<4xf32>
    mp.yield %n : tensor<4xf32>
  } : tensor<i1>, tensor<4xf32> -> tensor<4xf32>
  %c = mp.guarded_update %f else (%w) {
    %n = arith.mulf %w, %w : tensor<4xf32>
    mp.yield %n : tensor<4xf32>
  } : tensor<i1>, tensor<4xf32> -> tensor<4xf32>
  // CHECK: return %[[N]], %[[W]], %[[U]]
  return %a, %b, %c : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
