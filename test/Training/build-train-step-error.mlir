// RUN: mp-opt %s --split-input-file --verify-diagnostics --mp-build-train-step

// expected-error@+1 {{expected the functions 'loss_and_grads' and 'apply_updates', or one train step with results of roles 'loss' and 'param'}}
module {
  func.func @main(%x: tensor<4xf32>) { return }
}

// -----

module {
  func.func @loss_and_grads(%w: tensor<4xf32>) -> tensor<f32> {
    %0 = stablehlo.constant dense<0.0> : tensor<f32>
    return %0 : tensor<f32>
  }
  // expected-error@+1 {{expected arguments with role 'param' in 'apply_updates'}}
  func.func @apply_updates(%w: tensor<4xf32>) -> tensor<4xf32> { return %w : tensor<4xf32> }
}

// -----

// A gradient is missing: the parameter that has none is named.
module {
  // expected-error@+1 {{expected a result of 'loss_and_grads' with role 'grad' as the gradient of 'params/w', but there is none}}
  func.func @loss_and_grads(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"},
                            %s: tensor<f32> {mp.role = "loss_scale"}) -> (tensor<f32> {mp.role = "loss"}) {
    return %s : tensor<f32>
  }
  func.func @apply_updates(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"},
                           %g: tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"})
      -> (tensor<4xf32> {mp.role = "param", mp.name = "params/w"}) {
    return %g : tensor<4xf32>
  }
}

// -----

// Shapes of partners agree.
module {
  // expected-error@+1 {{the gradient of 'params/w' in 'loss_and_grads' is 'tensor<5xf32>', expected 'tensor<4xf32>'}}
  func.func @loss_and_grads(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"},
                            %g: tensor<5xf32>, %s: tensor<f32> {mp.role = "loss_scale"})
      -> (tensor<f32> {mp.role = "loss"}, tensor<5xf32> {mp.role = "grad", mp.name = "grads/w"}) {
    return %s, %g : tensor<f32>, tensor<5xf32>
  }
  func.func @apply_updates(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"},
                           %g: tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"})
      -> (tensor<4xf32> {mp.role = "param", mp.name = "params/w"}) {
    return %g : tensor<4xf32>
  }
}

// -----

// Without a place for the scale there is nothing to scale.
module {
  // expected-error@+1 {{'loss_and_grads' has no argument with role 'loss_scale'}}
  func.func @loss_and_grads(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"}, %l: tensor<f32>)
      -> (tensor<f32> {mp.role = "loss"}, tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"}) {
    return %l, %w : tensor<f32>, tensor<4xf32>
  }
  func.func @apply_updates(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"},
                           %g: tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"})
      -> (tensor<4xf32> {mp.role = "param", mp.name = "params/w"}) {
    return %g : tensor<4xf32>
  }
}
