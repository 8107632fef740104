func.func public @main(%arg0: tensor<4xf32> {mp.role = "param"}, %arg1: tensor<8x4xf32> {mp.role = "param"}, %arg2: tensor<4xf32>, %arg3: tensor<8x4xf32>) -> (tensor<4xf32>, tensor<8x4xf32>) {
  %cst = stablehlo.constant dense<-1.000000e-01> : tensor<f32>
  %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %1 = stablehlo.multiply %0, %arg2 : tensor<4xf32>
  %cst_0 = stablehlo.constant dense<-1.000000e-01> : tensor<f32>
  %2 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %3 = stablehlo.multiply %2, %arg3 : tensor<8x4xf32>
  %4 = stablehlo.add %arg0, %1 : tensor<4xf32>
  %5 = stablehlo.add %arg1, %3 : tensor<8x4xf32>
  return %4, %5 : tensor<4xf32>, tensor<8x4xf32>
}
