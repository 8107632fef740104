func.func public @main(%arg0: tensor<4x8xf32>, %arg1: tensor<4x8xf32>, %arg2: tensor<4x8xf32>) -> (tensor<f32>) {
  %0 = stablehlo.subtract %arg0, %arg1 : tensor<4x8xf32>
  %1 = stablehlo.multiply %0, %0 : tensor<4x8xf32>
  %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %2 = stablehlo.reduce(%1 init: %cst) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  %cst_0 = stablehlo.constant dense<9.99999997E-7> : tensor<f32>
  %3 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %4 = stablehlo.add %2, %3 : tensor<4xf32>
  %cst_1 = stablehlo.constant dense<5.000000e-01> : tensor<f32>
  %5 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %6 = stablehlo.power %4, %5 : tensor<4xf32>
  %7 = stablehlo.subtract %arg0, %arg2 : tensor<4x8xf32>
  %8 = stablehlo.multiply %7, %7 : tensor<4x8xf32>
  %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %9 = stablehlo.reduce(%8 init: %cst_2) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  %cst_3 = stablehlo.constant dense<9.99999997E-7> : tensor<f32>
  %10 = stablehlo.broadcast_in_dim %cst_3, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %11 = stablehlo.add %9, %10 : tensor<4xf32>
  %cst_4 = stablehlo.constant dense<5.000000e-01> : tensor<f32>
  %12 = stablehlo.broadcast_in_dim %cst_4, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %13 = stablehlo.power %11, %12 : tensor<4xf32>
  %14 = stablehlo.subtract %6, %13 : tensor<4xf32>
  %cst_5 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
  %15 = stablehlo.broadcast_in_dim %cst_5, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %16 = stablehlo.add %14, %15 : tensor<4xf32>
  %cst_6 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %17 = stablehlo.broadcast_in_dim %cst_6, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %18 = stablehlo.maximum %16, %17 : tensor<4xf32>
  %cst_7 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %19 = stablehlo.reduce(%18 init: %cst_7) applies stablehlo.add across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
  %cst_8 = stablehlo.constant dense<4.000000e+00> : tensor<f32>
  %20 = stablehlo.divide %19, %cst_8 : tensor<f32>
  return %20 : tensor<f32>
}
