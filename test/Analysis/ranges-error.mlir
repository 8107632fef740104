// RUN: mp-opt %s --mp-annotate-ranges --split-input-file --verify-diagnostics

// expected-error@+1 {{argument 0 has 'mp.range' [1.000000e+00, -1.000000e+00]; expected '[low, high]' on numbers}}
func.func @reversed(%x: tensor<4xf32> {mp.range = [1.0, -1.0]}) {
  return
}

// -----

// expected-error@+1 {{argument 1 has 'mp.range' "wide"; expected '[low, high]' on numbers}}
func.func @word(%x: tensor<4xf32>, %y: tensor<4xf32> {mp.range = "wide"}) {
  return
}

// -----

// expected-error@+1 {{expected '[low, high]' on numbers}}
func.func @complex(%x: tensor<4xcomplex<f32>> {mp.range = [0.0, 1.0]}) {
  return
}
