// RUN: mp-opt %s --split-input-file --verify-diagnostics

// working_copy-c2
func.func @copy_not_narrower(%w: tensor<4xf32>) {
  // expected-error@+1 {{expected a copy narrower than 'f32', but got 'f32'}}
  %h = mp.working_copy %w : tensor<4xf32> to tensor<4xf32>
  return
}

// -----

// unscale_and_check-c1
func.func @unscale_count(%g: tensor<4xf16>, %s: tensor<f32>) {
  // expected-error@+1 {{expected 1 unscaled gradients, but got 2}}
  %u:2, %f, %c = mp.unscale_and_check %g by %s : (tensor<4xf16>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

// unscale_and_check-c1
func.func @unscale_shape(%g: tensor<4xf16>, %s: tensor<f32>) {
  // expected-error@+1 {{expected a result of the shape of 'tensor<4xf16>', but got 'tensor<5xf32>'}}
  %u, %f, %c = mp.unscale_and_check %g by %s : (tensor<4xf16>) -> tensor<5xf32>
  return
}

// -----

// unscale_and_check-c2
func.func @unscale_wide(%g: tensor<4xf64>, %s: tensor<f32>) {
  // expected-error@+1 {{expected gradients no wider than 'f32', but got 'tensor<4xf64>'}}
  %u, %f, %c = mp.unscale_and_check %g by %s : (tensor<4xf64>) -> tensor<4xf32>
  return
}

// -----

// update_scale-c1
func.func @backoff(%s: tensor<f32>, %t: tensor<i32>, %f: tensor<i1>) {
  // expected-error@+1 {{expected backoff between 0 and 1, but got 1}}
  %0:3 = mp.update_scale %s, %t, %t if %f growth 2.0 backoff 1.0 interval 1 minimum 0.0 maximum 1.0 hysteresis 1
      : tensor<f32>, tensor<i32>, tensor<i32>, tensor<i1>
  return
}

// -----

// update_scale-c1
func.func @interval(%s: tensor<f32>, %t: tensor<i32>, %f: tensor<i1>) {
  // expected-error@+1 {{expected interval and hysteresis of at least 1, but got 0 and 1}}
  %0:3 = mp.update_scale %s, %t, %t if %f growth 2.0 backoff 0.5 interval 0 minimum 0.0 maximum 1.0 hysteresis 1
      : tensor<f32>, tensor<i32>, tensor<i32>, tensor<i1>
  return
}

// -----

// update_scale-c1
func.func @bounds(%s: tensor<f32>, %t: tensor<i32>, %f: tensor<i1>) {
  // expected-error@+1 {{expected 0 <= minimum <= maximum, but got 2}}
  %0:3 = mp.update_scale %s, %t, %t if %f growth 2.0 backoff 0.5 interval 1 minimum 2.0 maximum 1.0 hysteresis 1
      : tensor<f32>, tensor<i32>, tensor<i32>, tensor<i1>
  return
}

// -----

// guarded_update-c1
func.func @guarded_types(%f: tensor<i1>, %w: tensor<4xf32>, %v: tensor<5xf32>) {
  // expected-error@+1 {{expected state, yielded values and results of the same types}}
  %n = mp.guarded_update %f else (%w) {
    mp.yield %v : tensor<5xf32>
  } : tensor<i1>, tensor<4xf32> -> tensor<4xf32>
  return
}
