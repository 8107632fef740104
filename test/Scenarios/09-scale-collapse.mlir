// Every backward pass through block3/attn overflows, whatever the loss scale.
// The scale falls to its minimum and no further; after ten steps there the run
// stops and names the gradient where the overflow began, though by the order of
// arguments that of block0, which it spoils too, would be first.

// RUN: rm -rf %t && mkdir %t
// RUN: python3 %S/Inputs/train_data.py %t/data.safetensors x_train=F32:256x4:1 \
// RUN:   init/block0/w=F32:4:1 init/block3/attn/w=F32:4:1 init/head/w=F32:4:1
// RUN: not mp-train %s --data=%t/data.safetensors --batch=4 --epochs=1 --train-step="loss-scale=dynamic min=1" \
// RUN:   --checkpoint=%t/run --metrics=%t/steps.jsonl --quiet 2>&1 | FileCheck %s --check-prefix=STOP
// RUN: FileCheck %s --check-prefix=STEPS --implicit-check-not='"scale":0' < %t/steps.jsonl

// STOP: mp-train: error: the last 10 steps overflowed while the loss scale is at its minimum, 1;
// STOP-SAME: the first bad gradient of a step is 'params/block3/attn/w' at block3/attn{{.*}}09-scale-collapse.mlir:{{[0-9]+}}:{{[0-9]+}}) (step 26, backward)

// STEPS: {"step":1,"epoch":0,"loss":4.0,"scale":65536.0,"finite":false,"skipped":true,"culprit":"params/block3/attn/w","location":"block3/attn{{.*}}","origin":"backward"}
// STEPS: {"step":16,{{.*}}"scale":2.0,
// STEPS: {"step":17,{{.*}}"scale":1.0,
// STEPS: {"step":26,{{.*}}"scale":1.0,
// STEPS-NOT: "step"

func.func @loss_and_grads(%w0: tensor<4xf32> {mp.role = "param", mp.name = "params/block0/w"},
                          %w3: tensor<4xf32> {mp.role = "param", mp.name = "params/block3/attn/w"},
                          %w9: tensor<4xf32> {mp.role = "param", mp.name = "params/head/w"},
                          %x: tensor<4x4xf32> {mp.role = "batch", mp.name = "x"},
                          %s: tensor<f32> {mp.role = "loss_scale"})
    -> (tensor<f32> {mp.role = "loss", mp.name = "loss"},
        tensor<4xf32> {mp.role = "grad", mp.name = "grads/block0/w"},
        tensor<4xf32> {mp.role = "grad", mp.name = "grads/block3/attn/w"},
        tensor<4xf32> {mp.role = "grad", mp.name = "grads/head/w"}) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %quarter = stablehlo.constant dense<0.25> : tensor<4xf32>
  %total = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<4x4xf32>, tensor<f32>) -> tensor<4xf32>
  %mean = stablehlo.multiply %total, %quarter : tensor<4xf32>
  %h0 = stablehlo.multiply %mean, %w0 : tensor<4xf32> loc("block0")
  %h3 = stablehlo.multiply %h0, %w3 : tensor<4xf32> loc("block3/attn")
  %h9 = stablehlo.multiply %h3, %w9 : tensor<4xf32> loc("head")
  %sum = stablehlo.reduce(%h9 init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
  %loss = stablehlo.multiply %sum, %s : tensor<f32>
  %d9 = stablehlo.broadcast_in_dim %s, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %g9 = stablehlo.multiply %d9, %h3 : tensor<4xf32> loc("head")
  %huge = stablehlo.constant dense<1.0e38> : tensor<4xf32>
  %d3 = stablehlo.multiply %d9, %w9 : tensor<4xf32>
  %more = stablehlo.multiply %d3, %huge : tensor<4xf32>
  %most = stablehlo.multiply %more, %huge : tensor<4xf32>
  %g3 = stablehlo.multiply %most, %h0 : tensor<4xf32> loc(fused["block3/attn", "09-scale-collapse.mlir":50:3])
  %d0 = stablehlo.multiply %most, %w3 : tensor<4xf32>
  %g0 = stablehlo.multiply %d0, %mean : tensor<4xf32> loc("block0")
  return %loss, %g0, %g3, %g9 : tensor<f32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

func.func @apply_updates(%w0: tensor<4xf32> {mp.role = "param", mp.name = "params/block0/w"},
                         %w3: tensor<4xf32> {mp.role = "param", mp.name = "params/block3/attn/w"},
                         %w9: tensor<4xf32> {mp.role = "param", mp.name = "params/head/w"},
                         %g0: tensor<4xf32> {mp.role = "grad", mp.name = "grads/block0/w"},
                         %g3: tensor<4xf32> {mp.role = "grad", mp.name = "grads/block3/attn/w"},
                         %g9: tensor<4xf32> {mp.role = "grad", mp.name = "grads/head/w"})
    -> (tensor<4xf32> {mp.role = "param", mp.name = "params/block0/w"},
        tensor<4xf32> {mp.role = "param", mp.name = "params/block3/attn/w"},
        tensor<4xf32> {mp.role = "param", mp.name = "params/head/w"}) {
  %n0 = stablehlo.subtract %w0, %g0 : tensor<4xf32>
  %n3 = stablehlo.subtract %w3, %g3 : tensor<4xf32>
  %n9 = stablehlo.subtract %w9, %g9 : tensor<4xf32>
  return %n0, %n3, %n9 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
