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

// -----

// Every gradient has its parameter.
module {
  // expected-error@+1 {{result 2 of 'loss_and_grads' has the role 'grad' and the name 'grads/v', but no optimizer has such a parameter}}
  func.func @loss_and_grads(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"}, %s: tensor<f32> {mp.role = "loss_scale"})
      -> (tensor<f32> {mp.role = "loss"}, tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"},
          tensor<4xf32> {mp.role = "grad", mp.name = "grads/v"}) {
    return %s, %w, %w : tensor<f32>, tensor<4xf32>, tensor<4xf32>
  }
  func.func @apply_updates(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"}, %g: tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"})
      -> (tensor<4xf32> {mp.role = "param", mp.name = "params/w"}) {
    return %g : tensor<4xf32>
  }
}

// -----

// Every parameter has its optimizer.
module {
  // expected-error@+1 {{argument 1 of 'loss_and_grads' has the role 'param' and the name 'params/v', but no optimizer updates it}}
  func.func @loss_and_grads(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"},
          %v: tensor<4xf32> {mp.role = "param", mp.name = "params/v"}, %s: tensor<f32> {mp.role = "loss_scale"})
      -> (tensor<f32> {mp.role = "loss"}, tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"}) {
    return %s, %w : tensor<f32>, tensor<4xf32>
  }
  func.func @apply_updates(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"}, %g: tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"})
      -> (tensor<4xf32> {mp.role = "param", mp.name = "params/w"}) {
    return %g : tensor<4xf32>
  }
}

// -----

// Two values of one name cannot be told apart.
module {
  // expected-error@+1 {{arguments 0 and 1 of 'loss_and_grads' have both the role 'param' and the name 'w'}}
  func.func @loss_and_grads(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"},
          %v: tensor<4xf32> {mp.role = "param", mp.name = "other/w"}, %s: tensor<f32> {mp.role = "loss_scale"})
      -> (tensor<f32> {mp.role = "loss"}, tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"}) {
    return %s, %w : tensor<f32>, tensor<4xf32>
  }
  func.func @apply_updates(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"}, %g: tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"})
      -> (tensor<4xf32> {mp.role = "param", mp.name = "params/w"}) {
    return %g : tensor<4xf32>
  }
}

// -----

// A role that is misspelt is no batch.
module {
  // expected-error@+1 {{argument 1 of 'loss_and_grads' has the role 'bach'; expected 'param', 'state', 'batch', 'label', 'rng', 'const', 'schedule' or 'loss_scale'}}
  func.func @loss_and_grads(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"},
          %x: tensor<4xf32> {mp.role = "bach", mp.name = "x"}, %s: tensor<f32> {mp.role = "loss_scale"})
      -> (tensor<f32> {mp.role = "loss"}, tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"}) {
    return %s, %w : tensor<f32>, tensor<4xf32>
  }
  func.func @apply_updates(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"}, %g: tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"})
      -> (tensor<4xf32> {mp.role = "param", mp.name = "params/w"}) {
    return %g : tensor<4xf32>
  }
}

// -----

// A role is a string.
module {
  // expected-error@+1 {{expected 'mp.role' of argument 0 of 'loss_and_grads' to be a string, but got 3}}
  func.func @loss_and_grads(%w: tensor<4xf32> {mp.role = 3, mp.name = "params/w"}, %s: tensor<f32> {mp.role = "loss_scale"})
      -> (tensor<f32> {mp.role = "loss"}, tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"}) {
    return %s, %w : tensor<f32>, tensor<4xf32>
  }
  func.func @apply_updates(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"}, %g: tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"})
      -> (tensor<4xf32> {mp.role = "param", mp.name = "params/w"}) {
    return %g : tensor<4xf32>
  }
}

// -----

// The scale is one number.
module {
  // expected-error@+1 {{argument 2 of 'loss_and_grads' has the role 'loss_scale'; expected one float, but got 'tensor<4xf32>'}}
  func.func @loss_and_grads(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"}, %s: tensor<f32>,
          %t: tensor<4xf32> {mp.role = "loss_scale"})
      -> (tensor<f32> {mp.role = "loss"}, tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"}) {
    return %s, %w : tensor<f32>, tensor<4xf32>
  }
  func.func @apply_updates(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"}, %g: tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"})
      -> (tensor<4xf32> {mp.role = "param", mp.name = "params/w"}) {
    return %g : tensor<4xf32>
  }
}

// -----

// New states replace old ones.
module {
  func.func @loss_and_grads(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"}, %s: tensor<f32> {mp.role = "loss_scale"})
      -> (tensor<f32> {mp.role = "loss"}, tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"}) {
    return %s, %w : tensor<f32>, tensor<4xf32>
  }
  // expected-error@+1 {{result 1 of 'apply_updates' has the role 'opt_state' and the name 'opt_state/mu/w', but there is no such argument}}
  func.func @apply_updates(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"}, %g: tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"})
      -> (tensor<4xf32> {mp.role = "param", mp.name = "params/w"},
          tensor<4xf32> {mp.role = "opt_state", mp.name = "opt_state/mu/w"}) {
    return %g, %w : tensor<4xf32>, tensor<4xf32>
  }
}

// -----

// An optimizer does not see the batch.
module {
  func.func @loss_and_grads(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"}, %s: tensor<f32> {mp.role = "loss_scale"})
      -> (tensor<f32> {mp.role = "loss"}, tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"}) {
    return %s, %w : tensor<f32>, tensor<4xf32>
  }
  // expected-error@+1 {{argument 2 of 'apply_updates' has the role 'batch'; expected 'param', 'opt_state', 'grad' or 'schedule'}}
  func.func @apply_updates(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"}, %g: tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"},
          %x: tensor<4xf32> {mp.role = "batch", mp.name = "x"})
      -> (tensor<4xf32> {mp.role = "param", mp.name = "params/w"}) {
    return %g : tensor<4xf32>
  }
}

// -----

// A schedule is a scalar with a name.
module {
  func.func @loss_and_grads(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"}, %s: tensor<f32> {mp.role = "loss_scale"})
      -> (tensor<f32> {mp.role = "loss"}, tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"}) {
    return %s, %w : tensor<f32>, tensor<4xf32>
  }
  // expected-error@+1 {{argument 2 of 'apply_updates' has the role 'schedule'; expected a scalar with a name, but got 'rate', 'tensor<2xf32>'}}
  func.func @apply_updates(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"}, %g: tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"},
          %r: tensor<2xf32> {mp.role = "schedule", mp.name = "rate"})
      -> (tensor<4xf32> {mp.role = "param", mp.name = "params/w"}) {
    return %g : tensor<4xf32>
  }
}

// -----

// One name is one schedule.
module {
  // expected-error@+1 {{the schedule 'rate' is 'tensor<f32>' in 'loss_and_grads', but 'tensor<f64>' elsewhere}}
  func.func @loss_and_grads(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"}, %s: tensor<f32> {mp.role = "loss_scale"},
          %r: tensor<f32> {mp.role = "schedule", mp.name = "rate"})
      -> (tensor<f32> {mp.role = "loss"}, tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"}) {
    return %s, %w : tensor<f32>, tensor<4xf32>
  }
  func.func @apply_updates(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"}, %g: tensor<4xf32> {mp.role = "grad", mp.name = "grads/w"},
          %r: tensor<f64> {mp.role = "schedule", mp.name = "rate"})
      -> (tensor<4xf32> {mp.role = "param", mp.name = "params/w"}) {
    return %g : tensor<4xf32>
  }
}
