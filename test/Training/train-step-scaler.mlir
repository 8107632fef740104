// The constants of every preset, and single ones in their place.
// RUN: mp-opt %s --mp-train-step="compute=f16" | FileCheck %s --check-prefixes=CHECK,TORCH
// RUN: mp-opt %s --mp-train-step="compute=f16 loss-scale=dynamic preset=torch" | FileCheck %s --check-prefixes=CHECK,TORCH
// RUN: mp-opt %s --mp-train-step="compute=f16 preset=apex" | FileCheck %s --check-prefixes=CHECK,APEX
// RUN: mp-opt %s --mp-train-step="compute=f16 preset=deepspeed" | FileCheck %s --check-prefixes=CHECK,DEEPSPEED
// RUN: mp-opt %s --mp-train-step="compute=f16 preset=megatron" | FileCheck %s --check-prefixes=CHECK,MEGATRON
// RUN: mp-opt %s --mp-train-step="compute=bf16 loss-scale=dynamic init-scale=8 growth=1.5 backoff=0.3 interval=7 min=2 max=64 hysteresis=3 consecutive-hysteresis" \
// RUN:   | FileCheck %s --check-prefixes=CHECK,OWN

// CHECK-LABEL: func.func @train_step
// TORCH-SAME:     mp.initial = 6.553600e+04 : f32
// TORCH-SAME:     mp.initial = 1 : i32
// TORCH-SAME:     minimum_scale = 1.17549435E-38 : f32
// TORCH:     growth 2.000000e+00 backoff 5.000000e-01 interval 2000 minimum 1.17549435E-38 maximum 3.40282347E+38 hysteresis 1
// APEX-SAME:      mp.initial = 6.553600e+04 : f32
// APEX:      growth 2.000000e+00 backoff 5.000000e-01 interval 2000 minimum 1.17549435E-38 maximum 0x4B800000 hysteresis 1
// DEEPSPEED-SAME: mp.initial = 6.553600e+04 : f32
// DEEPSPEED-SAME: mp.initial = 2 : i32
// DEEPSPEED: growth 2.000000e+00 backoff 5.000000e-01 interval 1000 minimum 1.000000e+00 maximum 3.40282347E+38 hysteresis 2 :
// MEGATRON-SAME:  mp.initial = 4.2949673E+9 : f32
// MEGATRON:  growth 2.000000e+00 backoff 5.000000e-01 interval 1000 minimum 1.000000e+00 maximum 3.40282347E+38 hysteresis 2
// OWN-SAME:       mp.initial = 8.000000e+00 : f32
// OWN-SAME:       mp.initial = 3 : i32
// OWN:       growth 1.500000e+00 backoff 3.000000e-01 interval 7 minimum 2.000000e+00 maximum 6.400000e+01 hysteresis 3 consecutive

func.func @loss_and_grads(%w: tensor<2xf32> {mp.role = "param", mp.name = "params/w"},
                          %x: tensor<2xf32> {mp.role = "batch", mp.name = "x"},
                          %s: tensor<f32> {mp.role = "loss_scale"})
    -> (tensor<f32> {mp.role = "loss"}, tensor<2xf32> {mp.role = "grad", mp.name = "grads/w"}) {
  %b = stablehlo.broadcast_in_dim %s, dims = [] : (tensor<f32>) -> tensor<2xf32>
  %g = stablehlo.multiply %x, %b : tensor<2xf32>
  %loss = stablehlo.dot_general %w, %g, contracting_dims = [0] x [0] : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
  return %loss, %g : tensor<f32>, tensor<2xf32>
}

func.func @apply_updates(%w: tensor<2xf32> {mp.role = "param", mp.name = "params/w"},
                         %g: tensor<2xf32> {mp.role = "grad", mp.name = "grads/w"})
    -> (tensor<2xf32> {mp.role = "param", mp.name = "params/w"}) {
  %n = stablehlo.subtract %w, %g : tensor<2xf32>
  return %n : tensor<2xf32>
}
