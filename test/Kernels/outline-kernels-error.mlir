// RUN: mp-opt %s --mp-outline-kernels --split-input-file --verify-diagnostics

func.func @dynamic_shape(%x: tensor<?xf32>, %e: tensor<?xf32>) -> tensor<?xf32> {
  // expected-error @+1 {{expected static shapes, but got 'tensor<?xf32>'}}
  %0 = linalg.exp ins(%x : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----

#div = affine_map<(d0) -> (d0 floordiv 2)>
#id = affine_map<(d0) -> (d0)>
func.func @non_linear(%x: tensor<4xf32>, %e: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error @+1 {{expected linear indexing maps, but got affine_map<(d0) -> (d0 floordiv 2)>}}
  %0 = linalg.generic {indexing_maps = [#div, #id], iterator_types = ["parallel"]}
      ins(%x : tensor<4xf32>) outs(%e : tensor<8xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<8xf32>
  return %0 : tensor<8xf32>
}

// -----

func.func @captured_argument(%n: f32, %e: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error @+1 {{expected its scalars to be computed from tensors by pure ops}}
  %0 = linalg.fill ins(%n : f32) outs(%e : tensor<8xf32>) -> tensor<8xf32>
  return %0 : tensor<8xf32>
}
