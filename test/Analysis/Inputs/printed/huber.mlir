func.func public @main(%arg0: tensor<4x8xf32>, %arg1: tensor<4x8xf32>) -> (tensor<f32>) {
  %0 = stablehlo.subtract %arg0, %arg1 : tensor<4x8xf32>
  %1 = stablehlo.abs %0 : tensor<4x8xf32>
  %cst = stablehlo.constant dense<1.000000e+00> : tensor<f32>
  %2 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<4x8xf32>
  %3 = stablehlo.minimum %1, %2 : tensor<4x8xf32>
  %4 = stablehlo.subtract %1, %3 : tensor<4x8xf32>
  %5 = stablehlo.multiply %3, %3 : tensor<4x8xf32>
  %cst_0 = stablehlo.constant dense<5.000000e-01> : tensor<f32>
  %6 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<4x8xf32>
  %7 = stablehlo.multiply %6, %5 : tensor<4x8xf32>
  %cst_1 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
  %8 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<4x8xf32>
  %9 = stablehlo.multiply %8, %4 : tensor<4x8xf32>
  %10 = stablehlo.add %7, %9 : tensor<4x8xf32>
  %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %11 = stablehlo.reduce(%10 init: %cst_2) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<f32>
  %cst_3 = stablehlo.constant dense<3.200000e+01> : tensor<f32>
  %12 = stablehlo.divide %11, %cst_3 : tensor<f32>
  return %12 : tensor<f32>
}
