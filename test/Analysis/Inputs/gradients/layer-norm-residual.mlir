func.func public @main(%arg0: tensor<4x6x8xf32>, %arg1: tensor<8xf32>, %arg2: tensor<8xf32>, %arg3: tensor<4x6x8xf32>) -> (tensor<4x6x8xf32>, tensor<4x6x8xf32>, tensor<8xf32>, tensor<8xf32>) {
  %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %0 = stablehlo.reduce(%arg0 init: %cst) applies stablehlo.add across dimensions = [2] : (tensor<4x6x8xf32>, tensor<f32>) -> tensor<4x6xf32>
  %1 = stablehlo.broadcast_in_dim %0, dims = [0, 1] : (tensor<4x6xf32>) -> tensor<4x6x1xf32>
  %cst_0 = stablehlo.constant dense<8.000000e+00> : tensor<f32>
  %2 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<4x6x1xf32>
  %3 = stablehlo.divide %1, %2 : tensor<4x6x1xf32>
  %4 = stablehlo.broadcast_in_dim %3, dims = [0, 1, 2] : (tensor<4x6x1xf32>) -> tensor<4x6x8xf32>
  %5 = stablehlo.subtract %arg0, %4 : tensor<4x6x8xf32>
  %6 = stablehlo.multiply %5, %5 : tensor<4x6x8xf32>
  %cst_1 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
  %7 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<4x6x8xf32>
  %8 = stablehlo.multiply %7, %5 : tensor<4x6x8xf32>
  %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %9 = stablehlo.reduce(%6 init: %cst_2) applies stablehlo.add across dimensions = [2] : (tensor<4x6x8xf32>, tensor<f32>) -> tensor<4x6xf32>
  %10 = stablehlo.broadcast_in_dim %9, dims = [0, 1] : (tensor<4x6xf32>) -> tensor<4x6x1xf32>
  %cst_3 = stablehlo.constant dense<8.000000e+00> : tensor<f32>
  %11 = stablehlo.broadcast_in_dim %cst_3, dims = [] : (tensor<f32>) -> tensor<4x6x1xf32>
  %12 = stablehlo.divide %10, %11 : tensor<4x6x1xf32>
  %13 = stablehlo.broadcast_in_dim %3, dims = [0, 1, 2] : (tensor<4x6x1xf32>) -> tensor<4x6x8xf32>
  %14 = stablehlo.subtract %arg0, %13 : tensor<4x6x8xf32>
  %cst_4 = stablehlo.constant dense<9.99999974E-6> : tensor<f32>
  %15 = stablehlo.broadcast_in_dim %cst_4, dims = [] : (tensor<f32>) -> tensor<4x6x1xf32>
  %16 = stablehlo.add %12, %15 : tensor<4x6x1xf32>
  %17 = stablehlo.rsqrt %16 : tensor<4x6x1xf32>
  %18 = stablehlo.divide %17, %16 : tensor<4x6x1xf32>
  %cst_5 = stablehlo.constant dense<-5.000000e-01> : tensor<f32>
  %19 = stablehlo.broadcast_in_dim %cst_5, dims = [] : (tensor<f32>) -> tensor<4x6x1xf32>
  %20 = stablehlo.multiply %19, %18 : tensor<4x6x1xf32>
  %21 = stablehlo.broadcast_in_dim %17, dims = [0, 1, 2] : (tensor<4x6x1xf32>) -> tensor<4x6x8xf32>
  %22 = stablehlo.multiply %14, %21 : tensor<4x6x8xf32>
  %23 = stablehlo.broadcast_in_dim %arg1, dims = [2] : (tensor<8xf32>) -> tensor<1x1x8xf32>
  %24 = stablehlo.broadcast_in_dim %23, dims = [0, 1, 2] : (tensor<1x1x8xf32>) -> tensor<4x6x8xf32>
  %25 = stablehlo.multiply %22, %24 : tensor<4x6x8xf32>
  %26 = stablehlo.broadcast_in_dim %arg2, dims = [2] : (tensor<8xf32>) -> tensor<1x1x8xf32>
  %27 = stablehlo.broadcast_in_dim %26, dims = [0, 1, 2] : (tensor<1x1x8xf32>) -> tensor<4x6x8xf32>
  %28 = stablehlo.add %25, %27 : tensor<4x6x8xf32>
  %29 = stablehlo.tanh %28 : tensor<4x6x8xf32>
  %cst_6 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
  %30 = stablehlo.broadcast_in_dim %cst_6, dims = [] : (tensor<f32>) -> tensor<4x6x8xf32>
  %31 = stablehlo.add %30, %29 : tensor<4x6x8xf32>
  %cst_7 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
  %32 = stablehlo.broadcast_in_dim %cst_7, dims = [] : (tensor<f32>) -> tensor<4x6x8xf32>
  %33 = stablehlo.subtract %32, %29 : tensor<4x6x8xf32>
  %34 = stablehlo.multiply %31, %33 : tensor<4x6x8xf32>
  %35 = stablehlo.add %arg0, %29 : tensor<4x6x8xf32>
  %36 = stablehlo.multiply %arg3, %34 : tensor<4x6x8xf32>
  %cst_8 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %37 = stablehlo.reduce(%36 init: %cst_8) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x6x8xf32>, tensor<f32>) -> tensor<8xf32>
  %38 = stablehlo.reshape %37 : (tensor<8xf32>) -> tensor<1x1x8xf32>
  %cst_9 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %39 = stablehlo.reduce(%38 init: %cst_9) applies stablehlo.add across dimensions = [0, 1] : (tensor<1x1x8xf32>, tensor<f32>) -> tensor<8xf32>
  %40 = stablehlo.multiply %22, %36 : tensor<4x6x8xf32>
  %cst_10 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %41 = stablehlo.reduce(%40 init: %cst_10) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x6x8xf32>, tensor<f32>) -> tensor<8xf32>
  %42 = stablehlo.reshape %41 : (tensor<8xf32>) -> tensor<1x1x8xf32>
  %43 = stablehlo.broadcast_in_dim %23, dims = [0, 1, 2] : (tensor<1x1x8xf32>) -> tensor<4x6x8xf32>
  %44 = stablehlo.multiply %36, %43 : tensor<4x6x8xf32>
  %cst_11 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %45 = stablehlo.reduce(%42 init: %cst_11) applies stablehlo.add across dimensions = [0, 1] : (tensor<1x1x8xf32>, tensor<f32>) -> tensor<8xf32>
  %46 = stablehlo.multiply %14, %44 : tensor<4x6x8xf32>
  %cst_12 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %47 = stablehlo.reduce(%46 init: %cst_12) applies stablehlo.add across dimensions = [2] : (tensor<4x6x8xf32>, tensor<f32>) -> tensor<4x6xf32>
  %48 = stablehlo.reshape %47 : (tensor<4x6xf32>) -> tensor<4x6x1xf32>
  %49 = stablehlo.broadcast_in_dim %17, dims = [0, 1, 2] : (tensor<4x6x1xf32>) -> tensor<4x6x8xf32>
  %50 = stablehlo.multiply %44, %49 : tensor<4x6x8xf32>
  %51 = stablehlo.multiply %48, %20 : tensor<4x6x1xf32>
  %52 = stablehlo.negate %50 : tensor<4x6x8xf32>
  %cst_13 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %53 = stablehlo.reduce(%52 init: %cst_13) applies stablehlo.add across dimensions = [2] : (tensor<4x6x8xf32>, tensor<f32>) -> tensor<4x6xf32>
  %54 = stablehlo.reshape %53 : (tensor<4x6xf32>) -> tensor<4x6x1xf32>
  %55 = stablehlo.add %arg3, %50 : tensor<4x6x8xf32>
  %cst_14 = stablehlo.constant dense<8.000000e+00> : tensor<f32>
  %56 = stablehlo.broadcast_in_dim %cst_14, dims = [] : (tensor<f32>) -> tensor<4x6x1xf32>
  %57 = stablehlo.divide %51, %56 : tensor<4x6x1xf32>
  %cst_15 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %58 = stablehlo.reduce(%57 init: %cst_15) applies stablehlo.add across dimensions = [2] : (tensor<4x6x1xf32>, tensor<f32>) -> tensor<4x6xf32>
  %59 = stablehlo.broadcast_in_dim %58, dims = [0, 1] : (tensor<4x6xf32>) -> tensor<4x6x8xf32>
  %60 = stablehlo.multiply %59, %8 : tensor<4x6x8xf32>
  %61 = stablehlo.negate %60 : tensor<4x6x8xf32>
  %cst_16 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %62 = stablehlo.reduce(%61 init: %cst_16) applies stablehlo.add across dimensions = [2] : (tensor<4x6x8xf32>, tensor<f32>) -> tensor<4x6xf32>
  %63 = stablehlo.reshape %62 : (tensor<4x6xf32>) -> tensor<4x6x1xf32>
  %64 = stablehlo.add %55, %60 : tensor<4x6x8xf32>
  %65 = stablehlo.add %54, %63 : tensor<4x6x1xf32>
  %cst_17 = stablehlo.constant dense<8.000000e+00> : tensor<f32>
  %66 = stablehlo.broadcast_in_dim %cst_17, dims = [] : (tensor<f32>) -> tensor<4x6x1xf32>
  %67 = stablehlo.divide %65, %66 : tensor<4x6x1xf32>
  %cst_18 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %68 = stablehlo.reduce(%67 init: %cst_18) applies stablehlo.add across dimensions = [2] : (tensor<4x6x1xf32>, tensor<f32>) -> tensor<4x6xf32>
  %69 = stablehlo.broadcast_in_dim %68, dims = [0, 1] : (tensor<4x6xf32>) -> tensor<4x6x8xf32>
  %70 = stablehlo.add %64, %69 : tensor<4x6x8xf32>
  return %35, %70, %45, %39 : tensor<4x6x8xf32>, tensor<4x6x8xf32>, tensor<8xf32>, tensor<8xf32>
}
