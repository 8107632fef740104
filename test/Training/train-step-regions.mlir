// The optimizer stays f32, its products too, unless a rule says otherwise.
// RUN: mp-opt %s --mp-train-step="compute=bf16 explain=%t.json" | FileCheck %s
// RUN: FileCheck %s --check-prefix=EXPLAIN < %t.json
// RUN: mp-opt %s --mp-train-step="policy=%S/Inputs/low-products.yaml" | FileCheck %s --check-prefix=LOW

// CHECK-LABEL: func.func @train_step
// CHECK: stablehlo.dot_general {{.*}} : (tensor<4x4xbf16>, tensor<4x4xbf16>) -> tensor<4x4xf32>
// CHECK: stablehlo.dot_general {{.*}} {mp.role = "optimizer"} : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
// EXPLAIN: "rule": "optimizer"

// A gradient leaves the backward pass in the format that the policy gives its
// product, and the update follows the rule in front.
// LOW-LABEL: func.func @train_step
// LOW: %[[G:.*]] = stablehlo.dot_general {{.*}} : (tensor<4x4xbf16>, tensor<4x4xbf16>) -> tensor<4x4xbf16>
// LOW: stablehlo.dot_general {{.*}} {mp.role = "optimizer"} : (tensor<4x4xbf16>, tensor<4x4xbf16>) -> tensor<4x4xbf16>

func.func @loss_and_grads(%w: tensor<4x4xf32> {mp.role = "param", mp.name = "params/w"},
                          %x: tensor<4x4xf32> {mp.role = "batch", mp.name = "x"})
    -> (tensor<f32> {mp.role = "loss"}, tensor<4x4xf32> {mp.role = "grad", mp.name = "grads/w"}) {
  %g = stablehlo.dot_general %x, %w, contracting_dims = [0] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %loss = stablehlo.constant dense<0.0> : tensor<f32>
  return %loss, %g : tensor<f32>, tensor<4x4xf32>
}

func.func @apply_updates(%w: tensor<4x4xf32> {mp.role = "param", mp.name = "params/w"},
                         %g: tensor<4x4xf32> {mp.role = "grad", mp.name = "grads/w"})
    -> (tensor<4x4xf32> {mp.role = "param", mp.name = "params/w"}) {
  %p = stablehlo.dot_general %g, %g, contracting_dims = [1] x [1] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %n = stablehlo.subtract %w, %p : tensor<4x4xf32>
  return %n : tensor<4x4xf32>
}
