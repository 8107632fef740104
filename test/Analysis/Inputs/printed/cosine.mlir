func.func public @main(%arg0: tensor<4x8xf32>, %arg1: tensor<4x8xf32>) -> (tensor<4xf32>) {
  %0 = chlo.square %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
  %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %1 = stablehlo.reduce(%0 init: %cst) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  %2 = stablehlo.broadcast_in_dim %1, dims = [0] : (tensor<4xf32>) -> tensor<4x1xf32>
  %3 = chlo.square %arg1 : tensor<4x8xf32> -> tensor<4x8xf32>
  %cst_0 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %4 = stablehlo.reduce(%3 init: %cst_0) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  %5 = stablehlo.broadcast_in_dim %4, dims = [0] : (tensor<4xf32>) -> tensor<4x1xf32>
  %cst_1 = stablehlo.constant dense<9.99999997E-7> : tensor<f32>
  %6 = call @clip(%2, %cst_1) : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
  %7 = stablehlo.sqrt %6 : tensor<4x1xf32>
  %cst_2 = stablehlo.constant dense<9.99999997E-7> : tensor<f32>
  %8 = call @clip(%5, %cst_2) : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
  %9 = stablehlo.sqrt %8 : tensor<4x1xf32>
  %10 = stablehlo.broadcast_in_dim %7, dims = [0, 1] : (tensor<4x1xf32>) -> tensor<4x8xf32>
  %11 = stablehlo.divide %arg0, %10 : tensor<4x8xf32>
  %12 = stablehlo.broadcast_in_dim %9, dims = [0, 1] : (tensor<4x1xf32>) -> tensor<4x8xf32>
  %13 = stablehlo.divide %arg1, %12 : tensor<4x8xf32>
  %14 = stablehlo.multiply %11, %13 : tensor<4x8xf32>
  %cst_3 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %15 = stablehlo.reduce(%14 init: %cst_3) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  return %15 : tensor<4xf32>
}
func.func private @clip(%arg0: tensor<4x1xf32>, %arg1: tensor<f32>) -> tensor<4x1xf32> {
  %0 = stablehlo.convert %arg1 : tensor<f32>
  %1 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<f32>) -> tensor<4x1xf32>
  %2 = stablehlo.maximum %1, %arg0 : tensor<4x1xf32>
  return %2 : tensor<4x1xf32>
}
