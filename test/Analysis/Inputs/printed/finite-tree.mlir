func.func public @main(%arg0: tensor<4x8xf32>, %arg1: tensor<4x8xf32>) -> (tensor<i1>) {
  %0 = stablehlo.is_finite %arg0 : (tensor<4x8xf32>) -> tensor<4x8xi1>
  %c = stablehlo.constant dense<true> : tensor<i1>
  %1 = stablehlo.reduce(%0 init: %c) applies stablehlo.and across dimensions = [0, 1] : (tensor<4x8xi1>, tensor<i1>) -> tensor<i1>
  %2 = stablehlo.is_finite %arg1 : (tensor<4x8xf32>) -> tensor<4x8xi1>
  %c_0 = stablehlo.constant dense<true> : tensor<i1>
  %3 = stablehlo.reduce(%2 init: %c_0) applies stablehlo.and across dimensions = [0, 1] : (tensor<4x8xi1>, tensor<i1>) -> tensor<i1>
  %4 = stablehlo.broadcast_in_dim %1, dims = [] : (tensor<i1>) -> tensor<1xi1>
  %5 = stablehlo.broadcast_in_dim %3, dims = [] : (tensor<i1>) -> tensor<1xi1>
  %6 = stablehlo.concatenate %4, %5, dim = 0 : (tensor<1xi1>, tensor<1xi1>) -> tensor<2xi1>
  %c_1 = stablehlo.constant dense<true> : tensor<i1>
  %7 = stablehlo.reduce(%6 init: %c_1) applies stablehlo.and across dimensions = [0] : (tensor<2xi1>, tensor<i1>) -> tensor<i1>
  return %7 : tensor<i1>
}
