// A whole step replaces each of its parameters and states.
// RUN: mp-opt %s --split-input-file --verify-diagnostics --mp-build-train-step=loss-scale=none

module {
  // expected-error@+1 {{the new value of 'params/w' in 'main' is 'tensor<5xf32>', expected 'tensor<4xf32>'}}
  func.func @main(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"}, %v: tensor<5xf32>, %l: tensor<f32>)
      -> (tensor<f32> {mp.role = "loss"}, tensor<5xf32> {mp.role = "param", mp.name = "params/w"}) {
    return %l, %v : tensor<f32>, tensor<5xf32>
  }
}

// -----

module {
  // expected-error@+1 {{expected a result of 'main' with role 'opt_state' as the new value of 'opt_state/mu', but there is none}}
  func.func @main(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"}, %l: tensor<f32>,
                  %m: tensor<4xf32> {mp.role = "opt_state", mp.name = "opt_state/mu"})
      -> (tensor<f32> {mp.role = "loss"}, tensor<4xf32> {mp.role = "param", mp.name = "params/w"}) {
    return %l, %w : tensor<f32>, tensor<4xf32>
  }
}
