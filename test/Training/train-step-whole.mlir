// A whole train step (form B) in bf16 works as it is; f16 needs a loss scale,
// for which it has no place, unless it is to do without.
// RUN: mp-opt %s --mp-train-step="compute=bf16" | FileCheck %s --check-prefixes=CHECK,BF16
// RUN: mp-opt %s --mp-train-step="compute=f16 loss-scale=none" | FileCheck %s --check-prefixes=CHECK,F16
// RUN: not mp-opt %s --mp-train-step="compute=f16" 2>&1 | FileCheck %s --check-prefix=REFUSED
// RUN: not mp-opt %s --mp-train-step="compute=bf16 accumulate=2" 2>&1 | FileCheck %s --check-prefix=PARTS

// REFUSED: train-step-whole.mlir:[[#@LINE+10]]:{{[0-9]+}}: error: the whole train step 'main' has no place for a loss scale, which f16 needs;
// REFUSED-SAME: export the functions 'loss_and_grads' (with an argument of role 'loss_scale' that multiplies the loss) and 'apply_updates', or ask for loss-scale=none
// PARTS: error: accumulate needs the functions 'loss_and_grads' and 'apply_updates', but there is one whole train step 'main'

// CHECK-LABEL: func.func public @train_step
//  CHECK-SAME:   %{{.*}}: tensor<4xf32> {mp.name = "params/w", mp.role = "param"}
// BF16: stablehlo.dot_general {{.*}} : (tensor<4xbf16>, tensor<4xbf16>) -> tensor<f32>
// F16:  stablehlo.dot_general {{.*}} : (tensor<4xf16>, tensor<4xf16>) -> tensor<f32>
// The update stays f32.
// CHECK: stablehlo.subtract {{.*}} : tensor<4xf32>
func.func public @main(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"},
                       %x: tensor<4xf32> {mp.role = "batch", mp.name = "x"})
    -> (tensor<f32> {mp.role = "loss"}, tensor<4xf32> {mp.role = "param", mp.name = "params/w"}) {
  %loss = stablehlo.dot_general %w, %x, contracting_dims = [0] x [0] : (tensor<4xf32>, tensor<4xf32>) -> tensor<f32>
  %n = stablehlo.subtract %w, %x : tensor<4xf32>
  return %loss, %n : tensor<f32>, tensor<4xf32>
}
