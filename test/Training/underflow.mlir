// Gradients around 1e-9: in f16 they are all zero, so training without a loss
// scale moves nothing; with a dynamic one it ends within 1 % of f32.

// RUN: rm -rf %t && mkdir %t
// RUN: python3 %S/../Scenarios/Inputs/train_data.py %t/data.safetensors x_train~=F32:64x4:1 y_train=F32:64x1:0.5 init/w=F32:4x1:1
// RUN: mp-train %s --data=%t/data.safetensors --batch=8 --epochs=5 --metrics=%t/f32 --quiet
// RUN: mp-train %s --data=%t/data.safetensors --batch=8 --epochs=5 --metrics=%t/f16 --policy=f16 --quiet
// RUN: mp-train %s --data=%t/data.safetensors --batch=8 --epochs=5 --metrics=%t/none --policy=f16 --loss-scale=none \
// RUN:   --checkpoint=%t/run --quiet
// RUN: python3 %S/Inputs/compare_losses.py %t/f32 %t/f16 0.01
// RUN: not python3 %S/Inputs/compare_losses.py %t/f32 %t/none 0.01
// RUN: python3 -c "import plain_safetensors as st; print(st.unpack(st.read('%t/run/step-40.safetensors')['params/w']))" \
// RUN:   | FileCheck %s
// CHECK: (1.0, 1.0, 1.0, 1.0)

func.func @loss_and_grads(%w: tensor<4x1xf32> {mp.role = "param", mp.name = "params/w"},
                          %x: tensor<8x4xf32> {mp.role = "batch", mp.name = "x"},
                          %y: tensor<8x1xf32> {mp.role = "label", mp.name = "y"},
                          %s: tensor<f32> {mp.role = "loss_scale", mp.name = "loss_scale"})
    -> (tensor<f32> {mp.role = "loss", mp.name = "loss"},
        tensor<4x1xf32> {mp.role = "grad", mp.name = "grads/w"}) {
  %tiny = stablehlo.constant dense<1.0e-9> : tensor<f32>
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %p = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<8x4xf32>, tensor<4x1xf32>) -> tensor<8x1xf32>
  %d = stablehlo.subtract %p, %y : tensor<8x1xf32>
  %q = stablehlo.multiply %d, %d : tensor<8x1xf32>
  %sum = stablehlo.reduce(%q init: %zero) applies stablehlo.add across dimensions = [0, 1] : (tensor<8x1xf32>, tensor<f32>) -> tensor<f32>
  %f = stablehlo.multiply %s, %tiny : tensor<f32>
  %loss = stablehlo.multiply %sum, %f : tensor<f32>
  %fb = stablehlo.broadcast_in_dim %f, dims = [] : (tensor<f32>) -> tensor<8x1xf32>
  %e = stablehlo.multiply %d, %fb : tensor<8x1xf32>
  %g = stablehlo.dot_general %x, %e, contracting_dims = [0] x [0] : (tensor<8x4xf32>, tensor<8x1xf32>) -> tensor<4x1xf32>
  return %loss, %g : tensor<f32>, tensor<4x1xf32>
}

func.func @apply_updates(%w: tensor<4x1xf32> {mp.role = "param", mp.name = "params/w"},
                         %g: tensor<4x1xf32> {mp.role = "grad", mp.name = "grads/w"})
    -> (tensor<4x1xf32> {mp.role = "param", mp.name = "params/w"}) {
  %rate = stablehlo.constant dense<5.0e7> : tensor<4x1xf32>
  %s = stablehlo.multiply %g, %rate : tensor<4x1xf32>
  %v = stablehlo.subtract %w, %s : tensor<4x1xf32>
  return %v : tensor<4x1xf32>
}
