// Linear regression by gradient descent, as form A: the returned loss and the
// gradients are multiplied by the loss scale.
func.func @loss_and_grads(%w: tensor<4x1xf32> {mp.role = "param", mp.name = "params/w"},
                          %x: tensor<8x4xf32> {mp.role = "batch", mp.name = "x"},
                          %y: tensor<8x1xf32> {mp.role = "label", mp.name = "y"},
                          %s: tensor<f32> {mp.role = "loss_scale", mp.name = "loss_scale"})
    -> (tensor<f32> {mp.role = "loss", mp.name = "loss"},
        tensor<4x1xf32> {mp.role = "grad", mp.name = "grads/w"}) {
  %p = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<8x4xf32>, tensor<4x1xf32>) -> tensor<8x1xf32>
  %d = stablehlo.subtract %p, %y : tensor<8x1xf32>
  %q = stablehlo.multiply %d, %d : tensor<8x1xf32>
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %sum = stablehlo.reduce(%q init: %zero) applies stablehlo.add across dimensions = [0, 1] : (tensor<8x1xf32>, tensor<f32>) -> tensor<f32>
  %loss = stablehlo.multiply %sum, %s : tensor<f32>
  %two = stablehlo.constant dense<2.0> : tensor<f32>
  %f = stablehlo.multiply %s, %two : tensor<f32>
  %fb = stablehlo.broadcast_in_dim %f, dims = [] : (tensor<f32>) -> tensor<8x1xf32>
  %e = stablehlo.multiply %d, %fb : tensor<8x1xf32>
  %g = stablehlo.dot_general %x, %e, contracting_dims = [0] x [0] : (tensor<8x4xf32>, tensor<8x1xf32>) -> tensor<4x1xf32>
  return %loss, %g : tensor<f32>, tensor<4x1xf32>
}

func.func @apply_updates(%w: tensor<4x1xf32> {mp.role = "param", mp.name = "params/w"},
                         %n: tensor<i32> {mp.role = "opt_state", mp.name = "opt_state/count"},
                         %g: tensor<4x1xf32> {mp.role = "grad", mp.name = "grads/w"})
    -> (tensor<4x1xf32> {mp.role = "param", mp.name = "params/w"},
        tensor<i32> {mp.role = "opt_state", mp.name = "opt_state/count"}) {
  %r = stablehlo.constant dense<0.01> : tensor<4x1xf32>
  %s = stablehlo.multiply %g, %r : tensor<4x1xf32>
  %v = stablehlo.subtract %w, %s : tensor<4x1xf32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %m = stablehlo.add %n, %one : tensor<i32>
  return %v, %m : tensor<4x1xf32>, tensor<i32>
}
