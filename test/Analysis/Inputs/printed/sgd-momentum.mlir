func.func public @main(%arg0: tensor<4xf32> {mp.role = "param"}, %arg1: tensor<8x4xf32> {mp.role = "param"}, %arg2: tensor<4xf32>, %arg3: tensor<8x4xf32>, %arg4: tensor<4xf32> {mp.role = "opt_state"}, %arg5: tensor<8x4xf32> {mp.role = "opt_state"}) -> (tensor<4xf32>, tensor<8x4xf32>, tensor<4xf32>, tensor<8x4xf32>) {
  %cst = stablehlo.constant dense<0.899999976> : tensor<f32>
  %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %1 = stablehlo.multiply %0, %arg4 : tensor<4xf32>
  %2 = stablehlo.add %arg2, %1 : tensor<4xf32>
  %cst_0 = stablehlo.constant dense<0.899999976> : tensor<f32>
  %3 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %4 = stablehlo.multiply %3, %arg5 : tensor<8x4xf32>
  %5 = stablehlo.add %arg3, %4 : tensor<8x4xf32>
  %cst_1 = stablehlo.constant dense<-1.000000e-01> : tensor<f32>
  %6 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %7 = stablehlo.multiply %6, %2 : tensor<4xf32>
  %cst_2 = stablehlo.constant dense<-1.000000e-01> : tensor<f32>
  %8 = stablehlo.broadcast_in_dim %cst_2, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %9 = stablehlo.multiply %8, %5 : tensor<8x4xf32>
  %10 = stablehlo.add %arg0, %7 : tensor<4xf32>
  %11 = stablehlo.add %arg1, %9 : tensor<8x4xf32>
  return %10, %11, %2, %5 : tensor<4xf32>, tensor<8x4xf32>, tensor<4xf32>, tensor<8x4xf32>
}
