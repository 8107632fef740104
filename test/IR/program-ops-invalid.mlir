// RUN: mp-opt %s --split-input-file --verify-diagnostics

// launch-c1
func.func @not_a_kernel(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected 'f' to be a kernel function}}
  %0 = mp.launch @f(%x) extent 1 grain 1 tied [-1] reusable [-1] : (tensor<4xf32>) -> tensor<4xf32>
  return
}
func.func private @f(%x: memref<4xf32>, %y: memref<4xf32>, %b: index, %e: index, %s: memref<?xi8>)

// -----

// launch-c2
func.func @argument_count(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected a kernel with 5 arguments, but 'k' has 4}}
  %0 = mp.launch @k(%x) extent 1 grain 1 tied [-1] reusable [-1] : (tensor<4xf32>) -> tensor<4xf32>
  return
}
func.func private @k(%x: memref<4xf32>, %b: index, %e: index, %s: memref<?xi8>) attributes {mp.kernel}

// -----

// launch-c2
func.func @argument_type(%x: tensor<4xi1>) {
  // expected-error@+1 {{argument 0 of kernel 'k' is 'memref<4xi1>', which does not hold 'tensor<4xi1>'}}
  %0 = mp.launch @k(%x) extent 1 grain 1 tied [-1] reusable [-1] : (tensor<4xi1>) -> tensor<4xi1>
  return
}
func.func private @k(%x: memref<4xi1>, %y: memref<4xi8>, %b: index, %e: index, %s: memref<?xi8>) attributes {mp.kernel}

// -----

// launch-c3
func.func @lists(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected 1 entries in tied and reusable, but got 0 and 1}}
  %0 = mp.launch @k(%x) extent 1 grain 1 tied [] reusable [-1] : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// launch-c3
func.func @index(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected -1 or the index of an input, but got 1}}
  %0 = mp.launch @k(%x) extent 1 grain 1 tied [1] reusable [-1] : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// launch-c4
func.func @extent(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected extent and grain of at least 1, but got 0 and 1}}
  %0 = mp.launch @k(%x) extent 0 grain 1 tied [-1] reusable [-1] : (tensor<4xf32>) -> tensor<4xf32>
  return
}
