func.func public @main(%arg0: tensor<4xf32>, %arg1: tensor<4xf32>, %arg2: tensor<4xf32>) -> (tensor<f32>) {
  %0 = stablehlo.negate %arg2 : tensor<4xf32>
  %1 = stablehlo.subtract %arg0, %arg1 : tensor<4xf32>
  %2 = stablehlo.multiply %0, %1 : tensor<4xf32>
  %cst = stablehlo.constant dense<5.000000e-01> : tensor<f32>
  %3 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %4 = stablehlo.add %2, %3 : tensor<4xf32>
  %cst_0 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %5 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %6 = stablehlo.maximum %5, %4 : tensor<4xf32>
  %cst_1 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %7 = stablehlo.reduce(%6 init: %cst_1) applies stablehlo.add across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
  %cst_2 = stablehlo.constant dense<4.000000e+00> : tensor<f32>
  %8 = stablehlo.divide %7, %cst_2 : tensor<f32>
  return %8 : tensor<f32>
}
