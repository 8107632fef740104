func.func public @main(%arg0: tensor<4xf32>, %arg1: tensor<8x4xf32>, %arg2: tensor<4xf32>, %arg3: tensor<8x4xf32>, %arg4: tensor<i32>, %arg5: tensor<4xf32>, %arg6: tensor<8x4xf32>, %arg7: tensor<4xf32>, %arg8: tensor<8x4xf32>) -> (tensor<4xf32>, tensor<8x4xf32>, tensor<i32>, tensor<4xf32>, tensor<8x4xf32>, tensor<4xf32>, tensor<8x4xf32>) {
  %cst = stablehlo.constant dense<1.000000e-01> : tensor<f32>
  %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %1 = stablehlo.multiply %0, %arg2 : tensor<4xf32>
  %cst_0 = stablehlo.constant dense<0.899999976> : tensor<f32>
  %2 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %3 = stablehlo.multiply %2, %arg5 : tensor<4xf32>
  %4 = stablehlo.add %1, %3 : tensor<4xf32>
  %cst_1 = stablehlo.constant dense<1.000000e-01> : tensor<f32>
  %5 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %6 = stablehlo.multiply %5, %arg3 : tensor<8x4xf32>
  %cst_2 = stablehlo.constant dense<0.899999976> : tensor<f32>
  %7 = stablehlo.broadcast_in_dim %cst_2, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %8 = stablehlo.multiply %7, %arg6 : tensor<8x4xf32>
  %9 = stablehlo.add %6, %8 : tensor<8x4xf32>
  %10 = stablehlo.multiply %arg2, %arg2 : tensor<4xf32>
  %cst_3 = stablehlo.constant dense<1.000000e-03> : tensor<f32>
  %11 = stablehlo.broadcast_in_dim %cst_3, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %12 = stablehlo.multiply %11, %10 : tensor<4xf32>
  %cst_4 = stablehlo.constant dense<9.990000e-01> : tensor<f32>
  %13 = stablehlo.broadcast_in_dim %cst_4, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %14 = stablehlo.multiply %13, %arg7 : tensor<4xf32>
  %15 = stablehlo.add %12, %14 : tensor<4xf32>
  %16 = stablehlo.multiply %arg3, %arg3 : tensor<8x4xf32>
  %cst_5 = stablehlo.constant dense<1.000000e-03> : tensor<f32>
  %17 = stablehlo.broadcast_in_dim %cst_5, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %18 = stablehlo.multiply %17, %16 : tensor<8x4xf32>
  %cst_6 = stablehlo.constant dense<9.990000e-01> : tensor<f32>
  %19 = stablehlo.broadcast_in_dim %cst_6, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %20 = stablehlo.multiply %19, %arg8 : tensor<8x4xf32>
  %21 = stablehlo.add %18, %20 : tensor<8x4xf32>
  %c = stablehlo.constant dense<2147483647> : tensor<i32>
  %22 = stablehlo.compare LT, %arg4, %c, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
  %c_7 = stablehlo.constant dense<1> : tensor<i32>
  %23 = stablehlo.add %arg4, %c_7 : tensor<i32>
  %c_8 = stablehlo.constant dense<2147483647> : tensor<i32>
  %24 = call @_where(%22, %23, %c_8) : (tensor<i1>, tensor<i32>, tensor<i32>) -> tensor<i32>
  %cst_9 = stablehlo.constant dense<0.899999976> : tensor<f32>
  %25 = stablehlo.convert %24 : (tensor<i32>) -> tensor<f32>
  %26 = stablehlo.power %cst_9, %25 : tensor<f32>
  %cst_10 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
  %27 = stablehlo.subtract %cst_10, %26 : tensor<f32>
  %28 = stablehlo.broadcast_in_dim %27, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %29 = stablehlo.divide %4, %28 : tensor<4xf32>
  %30 = stablehlo.broadcast_in_dim %27, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %31 = stablehlo.divide %9, %30 : tensor<8x4xf32>
  %cst_11 = stablehlo.constant dense<9.990000e-01> : tensor<f32>
  %32 = stablehlo.convert %24 : (tensor<i32>) -> tensor<f32>
  %33 = stablehlo.power %cst_11, %32 : tensor<f32>
  %cst_12 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
  %34 = stablehlo.subtract %cst_12, %33 : tensor<f32>
  %35 = stablehlo.broadcast_in_dim %34, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %36 = stablehlo.divide %15, %35 : tensor<4xf32>
  %37 = stablehlo.broadcast_in_dim %34, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %38 = stablehlo.divide %21, %37 : tensor<8x4xf32>
  %cst_13 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %39 = stablehlo.broadcast_in_dim %cst_13, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %40 = stablehlo.add %36, %39 : tensor<4xf32>
  %41 = stablehlo.sqrt %40 : tensor<4xf32>
  %cst_14 = stablehlo.constant dense<9.99999993E-9> : tensor<f32>
  %42 = stablehlo.broadcast_in_dim %cst_14, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %43 = stablehlo.add %41, %42 : tensor<4xf32>
  %44 = stablehlo.divide %29, %43 : tensor<4xf32>
  %cst_15 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %45 = stablehlo.broadcast_in_dim %cst_15, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %46 = stablehlo.add %38, %45 : tensor<8x4xf32>
  %47 = stablehlo.sqrt %46 : tensor<8x4xf32>
  %cst_16 = stablehlo.constant dense<9.99999993E-9> : tensor<f32>
  %48 = stablehlo.broadcast_in_dim %cst_16, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %49 = stablehlo.add %47, %48 : tensor<8x4xf32>
  %50 = stablehlo.divide %31, %49 : tensor<8x4xf32>
  %cst_17 = stablehlo.constant dense<-1.000000e-03> : tensor<f32>
  %51 = stablehlo.broadcast_in_dim %cst_17, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %52 = stablehlo.multiply %51, %44 : tensor<4xf32>
  %cst_18 = stablehlo.constant dense<-1.000000e-03> : tensor<f32>
  %53 = stablehlo.broadcast_in_dim %cst_18, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %54 = stablehlo.multiply %53, %50 : tensor<8x4xf32>
  %55 = stablehlo.add %arg0, %52 : tensor<4xf32>
  %56 = stablehlo.add %arg1, %54 : tensor<8x4xf32>
  return %55, %56, %24, %4, %9, %15, %21 : tensor<4xf32>, tensor<8x4xf32>, tensor<i32>, tensor<4xf32>, tensor<8x4xf32>, tensor<4xf32>, tensor<8x4xf32>
}
func.func private @_where(%arg0: tensor<i1>, %arg1: tensor<i32>, %arg2: tensor<i32>) -> tensor<i32> {
  %0 = stablehlo.select %arg0, %arg1, %arg2 : tensor<i1>, tensor<i32>
  return %0 : tensor<i32>
}
