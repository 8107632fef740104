// Linear regression whose learning rate comes from outside, with an evaluation.
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
                         %rate: tensor<f32> {mp.role = "schedule", mp.name = "rate"},
                         %g: tensor<4x1xf32> {mp.role = "grad", mp.name = "grads/w"})
    -> (tensor<4x1xf32> {mp.role = "param", mp.name = "params/w"},
        tensor<i32> {mp.role = "opt_state", mp.name = "opt_state/count"}) {
  %r = stablehlo.broadcast_in_dim %rate, dims = [] : (tensor<f32>) -> tensor<4x1xf32>
  %s = stablehlo.multiply %g, %r : tensor<4x1xf32>
  %v = stablehlo.subtract %w, %s : tensor<4x1xf32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %m = stablehlo.add %n, %one : tensor<i32>
  return %v, %m : tensor<4x1xf32>, tensor<i32>
}

// The mean of the squares, and how many predictions have the right sign.
func.func @evaluate(%w: tensor<4x1xf32> {mp.role = "param", mp.name = "params/w"},
                    %x: tensor<4x4xf32> {mp.role = "batch", mp.name = "x"},
                    %y: tensor<4x1xf32> {mp.role = "label", mp.name = "y"})
    -> (tensor<f32> {mp.role = "loss", mp.name = "error"}, tensor<i32> {mp.role = "aux", mp.name = "right"}) {
  %p = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x1xf32>) -> tensor<4x1xf32>
  %d = stablehlo.subtract %p, %y : tensor<4x1xf32>
  %q = stablehlo.multiply %d, %d : tensor<4x1xf32>
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %none = stablehlo.constant dense<0> : tensor<i32>
  %quarter = stablehlo.constant dense<0.25> : tensor<f32>
  %sum = stablehlo.reduce(%q init: %zero) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x1xf32>, tensor<f32>) -> tensor<f32>
  %mean = stablehlo.multiply %sum, %quarter : tensor<f32>
  %sign = stablehlo.multiply %p, %y : tensor<4x1xf32>
  %zeros = stablehlo.constant dense<0.0> : tensor<4x1xf32>
  %same = stablehlo.compare GT, %sign, %zeros : (tensor<4x1xf32>, tensor<4x1xf32>) -> tensor<4x1xi1>
  %ones = stablehlo.convert %same : (tensor<4x1xi1>) -> tensor<4x1xi32>
  %right = stablehlo.reduce(%ones init: %none) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x1xi32>, tensor<i32>) -> tensor<i32>
  return %mean, %right : tensor<f32>, tensor<i32>
}
