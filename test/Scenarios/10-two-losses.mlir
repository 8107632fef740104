// Two losses, each with an optimizer of its own that has momentum and a counter.
// Every gradient of `disc` is infinite. Its optimizer skips alone: parameter,
// momentum and counter stand still, those of `gen` move. With one scaler both
// share the backoff; with `per-loss` only the scale of `disc` falls.

// RUN: rm -rf %t && mkdir %t
// RUN: python3 %S/Inputs/train_data.py %t/data.safetensors x_train=F32:3x2:1 z_train=F32:3x2:inf init/gen/w=F32:2:1 init/disc/w=F32:2:1
// RUN: mp-train %s --data=%t/data.safetensors --batch=1 --epochs=1 --loss-scale=dynamic --checkpoint=%t/shared \
// RUN:   --metrics=%t/shared.jsonl --quiet
// RUN: mp-train %s --data=%t/data.safetensors --batch=1 --epochs=1 --loss-scale=dynamic --train-step=per-loss --checkpoint=%t/own \
// RUN:   --metrics=%t/own.jsonl --quiet
// RUN: FileCheck %s --check-prefix=SHARED < %t/shared.jsonl
// RUN: FileCheck %s --check-prefix=OWN < %t/own.jsonl
// RUN: python3 %S/Inputs/print_state.py %t/shared/step-3.safetensors | FileCheck %s --check-prefixes=STATE,ONE
// RUN: python3 %S/Inputs/print_state.py %t/own/step-3.safetensors | FileCheck %s --check-prefixes=STATE,TWO

// SHARED: {"step":1,{{.*}}"scale":65536.0,"finite":false,"skipped":true,"culprit":"params/disc/w"
// SHARED: {"step":2,{{.*}}"scale":32768.0,
// SHARED: {"step":3,{{.*}}"scale":16384.0,
// OWN: {"step":1,{{.*}}"scale":65536.0,{{.*}}"culprit":"params/disc/w",{{.*}}"scales":{"disc":65536.0,"gen":65536.0}
// OWN: {"step":2,{{.*}}"scales":{"disc":32768.0,"gen":65536.0}
// OWN: {"step":3,{{.*}}"scales":{"disc":16384.0,"gen":65536.0}

// STATE: opt_state/disc/count (0,)
// STATE: opt_state/disc/trace (0.0, 0.0)
// STATE: opt_state/gen/count (3,)
// STATE: opt_state/gen/trace (1.75, 1.75)
// STATE: params/disc/w (1.0, 1.0)
// STATE: params/gen/w (-3.25, -3.25)
// ONE: scaler/scale (8192.0,)
// TWO: scaler/disc/scale (8192.0,)
// TWO: scaler/gen/scale (65536.0,)

// The scale that is at its minimum is that of the loss which overflows, and the
// run ends by it.
// RUN: python3 %S/Inputs/train_data.py %t/more.safetensors x_train=F32:40x2:1 z_train=F32:40x2:inf init/gen/w=F32:2:1 init/disc/w=F32:2:1
// RUN: not mp-train %s --data=%t/more.safetensors --batch=1 --epochs=1 --loss-scale=dynamic --train-step="per-loss min=1024" \
// RUN:   --quiet 2>&1 | FileCheck %s --check-prefix=STOP
// STOP: the last 10 steps overflowed while the loss scale is at its minimum, 1024; the first bad gradient of a step is 'params/disc/w'

func.func @loss_and_grads(%a: tensor<2xf32> {mp.role = "param", mp.name = "params/gen/w"},
                          %b: tensor<2xf32> {mp.role = "param", mp.name = "params/disc/w"},
                          %x: tensor<1x2xf32> {mp.role = "batch", mp.name = "x"},
                          %z: tensor<1x2xf32> {mp.role = "batch", mp.name = "z"},
                          %sa: tensor<f32> {mp.role = "loss_scale", mp.name = "loss_scale/gen"},
                          %sb: tensor<f32> {mp.role = "loss_scale", mp.name = "loss_scale/disc"})
    -> (tensor<f32> {mp.role = "loss", mp.name = "gen"}, tensor<f32> {mp.role = "loss", mp.name = "disc"},
        tensor<2xf32> {mp.role = "grad", mp.name = "grads/gen/w"},
        tensor<2xf32> {mp.role = "grad", mp.name = "grads/disc/w"}) {
  %xr = stablehlo.reshape %x : (tensor<1x2xf32>) -> tensor<2xf32>
  %zr = stablehlo.reshape %z : (tensor<1x2xf32>) -> tensor<2xf32>
  %ba = stablehlo.broadcast_in_dim %sa, dims = [] : (tensor<f32>) -> tensor<2xf32>
  %bb = stablehlo.broadcast_in_dim %sb, dims = [] : (tensor<f32>) -> tensor<2xf32>
  %ga = stablehlo.multiply %xr, %ba : tensor<2xf32>
  %gb = stablehlo.multiply %zr, %bb : tensor<2xf32>
  %la = stablehlo.dot_general %a, %ga, contracting_dims = [0] x [0] : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
  %lb = stablehlo.dot_general %b, %b, contracting_dims = [0] x [0] : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
  %ls = stablehlo.multiply %lb, %sb : tensor<f32>
  return %la, %ls, %ga, %gb : tensor<f32>, tensor<f32>, tensor<2xf32>, tensor<2xf32>
}

func.func @apply_updates_gen(%w: tensor<2xf32> {mp.role = "param", mp.name = "params/gen/w"},
                             %t: tensor<2xf32> {mp.role = "opt_state", mp.name = "opt_state/gen/trace"},
                             %n: tensor<i32> {mp.role = "opt_state", mp.name = "opt_state/gen/count"},
                             %g: tensor<2xf32> {mp.role = "grad", mp.name = "grads/gen/w"})
    -> (tensor<2xf32> {mp.role = "param", mp.name = "params/gen/w"},
        tensor<2xf32> {mp.role = "opt_state", mp.name = "opt_state/gen/trace"},
        tensor<i32> {mp.role = "opt_state", mp.name = "opt_state/gen/count"}) {
  %half = stablehlo.constant dense<0.5> : tensor<2xf32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %k = stablehlo.multiply %t, %half : tensor<2xf32>
  %t1 = stablehlo.add %k, %g : tensor<2xf32>
  %v = stablehlo.subtract %w, %t1 : tensor<2xf32>
  %m = stablehlo.add %n, %one : tensor<i32>
  return %v, %t1, %m : tensor<2xf32>, tensor<2xf32>, tensor<i32>
}

func.func @apply_updates_disc(%w: tensor<2xf32> {mp.role = "param", mp.name = "params/disc/w"},
                              %t: tensor<2xf32> {mp.role = "opt_state", mp.name = "opt_state/disc/trace"},
                              %n: tensor<i32> {mp.role = "opt_state", mp.name = "opt_state/disc/count"},
                              %g: tensor<2xf32> {mp.role = "grad", mp.name = "grads/disc/w"})
    -> (tensor<2xf32> {mp.role = "param", mp.name = "params/disc/w"},
        tensor<2xf32> {mp.role = "opt_state", mp.name = "opt_state/disc/trace"},
        tensor<i32> {mp.role = "opt_state", mp.name = "opt_state/disc/count"}) {
  %half = stablehlo.constant dense<0.5> : tensor<2xf32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %k = stablehlo.multiply %t, %half : tensor<2xf32>
  %t1 = stablehlo.add %k, %g : tensor<2xf32>
  %v = stablehlo.subtract %w, %t1 : tensor<2xf32>
  %m = stablehlo.add %n, %one : tensor<i32>
  return %v, %t1, %m : tensor<2xf32>, tensor<2xf32>, tensor<i32>
}
