func.func public @main(%arg0: tensor<4x6x8xf32>, %arg1: tensor<8xf32>, %arg2: tensor<8xf32>, %arg3: tensor<4x6x8xf32>) -> (tensor<4x6x8xf32>, tensor<4x6x8xf32>, tensor<8xf32>, tensor<8xf32>) {
  %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %0 = stablehlo.reduce(%arg0 init: %cst) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x6x8xf32>, tensor<f32>) -> tensor<8xf32>
  %cst_0 = stablehlo.constant dense<2.400000e+01> : tensor<f32>
  %1 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<8xf32>
  %2 = stablehlo.divide %0, %1 : tensor<8xf32>
  %3 = chlo.square %arg0 : tensor<4x6x8xf32> -> tensor<4x6x8xf32>
  %cst_1 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
  %4 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<4x6x8xf32>
  %5 = stablehlo.multiply %4, %arg0 : tensor<4x6x8xf32>
  %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %6 = stablehlo.reduce(%3 init: %cst_2) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x6x8xf32>, tensor<f32>) -> tensor<8xf32>
  %cst_3 = stablehlo.constant dense<2.400000e+01> : tensor<f32>
  %7 = stablehlo.broadcast_in_dim %cst_3, dims = [] : (tensor<f32>) -> tensor<8xf32>
  %8 = stablehlo.divide %6, %7 : tensor<8xf32>
  %9 = chlo.square %2 : tensor<8xf32> -> tensor<8xf32>
  %cst_4 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
  %10 = stablehlo.broadcast_in_dim %cst_4, dims = [] : (tensor<f32>) -> tensor<8xf32>
  %11 = stablehlo.multiply %10, %2 : tensor<8xf32>
  %12 = stablehlo.subtract %8, %9 : tensor<8xf32>
  %cst_5 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %13 = stablehlo.broadcast_in_dim %cst_5, dims = [] : (tensor<f32>) -> tensor<8xf32>
  %14 = stablehlo.maximum %13, %12 : tensor<8xf32>
  %cst_6 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %15 = stablehlo.broadcast_in_dim %cst_6, dims = [] : (tensor<f32>) -> tensor<8xf32>
  %16 = stablehlo.compare GT, %12, %15, FLOAT : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xi1>
  %cst_7 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %17 = stablehlo.broadcast_in_dim %cst_7, dims = [] : (tensor<f32>) -> tensor<8xf32>
  %18 = stablehlo.compare EQ, %12, %17, FLOAT : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xi1>
  %cst_8 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
  %19 = stablehlo.broadcast_in_dim %cst_8, dims = [] : (tensor<f32>) -> tensor<8xf32>
  %cst_9 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %20 = stablehlo.broadcast_in_dim %cst_9, dims = [] : (tensor<f32>) -> tensor<8xf32>
  %cst_10 = stablehlo.constant dense<5.000000e-01> : tensor<f32>
  %21 = stablehlo.broadcast_in_dim %cst_10, dims = [] : (tensor<f32>) -> tensor<8xf32>
  %22 = stablehlo.select %18, %21, %20 : tensor<8xi1>, tensor<8xf32>
  %23 = stablehlo.select %16, %19, %22 : tensor<8xi1>, tensor<8xf32>
  %24 = stablehlo.reshape %2 : (tensor<8xf32>) -> tensor<1x1x8xf32>
  %25 = stablehlo.broadcast_in_dim %24, dims = [0, 1, 2] : (tensor<1x1x8xf32>) -> tensor<4x6x8xf32>
  %26 = stablehlo.subtract %arg0, %25 : tensor<4x6x8xf32>
  %cst_11 = stablehlo.constant dense<9.99999974E-6> : tensor<f32>
  %27 = stablehlo.broadcast_in_dim %cst_11, dims = [] : (tensor<f32>) -> tensor<8xf32>
  %28 = stablehlo.add %14, %27 : tensor<8xf32>
  %29 = stablehlo.rsqrt %28 : tensor<8xf32>
  %30 = stablehlo.divide %29, %28 : tensor<8xf32>
  %cst_12 = stablehlo.constant dense<-5.000000e-01> : tensor<f32>
  %31 = stablehlo.broadcast_in_dim %cst_12, dims = [] : (tensor<f32>) -> tensor<8xf32>
  %32 = stablehlo.multiply %31, %30 : tensor<8xf32>
  %33 = stablehlo.reshape %29 : (tensor<8xf32>) -> tensor<1x1x8xf32>
  %34 = stablehlo.broadcast_in_dim %arg1, dims = [2] : (tensor<8xf32>) -> tensor<1x1x8xf32>
  %35 = stablehlo.multiply %33, %34 : tensor<1x1x8xf32>
  %36 = stablehlo.broadcast_in_dim %35, dims = [0, 1, 2] : (tensor<1x1x8xf32>) -> tensor<4x6x8xf32>
  %37 = stablehlo.multiply %26, %36 : tensor<4x6x8xf32>
  %38 = stablehlo.broadcast_in_dim %arg2, dims = [2] : (tensor<8xf32>) -> tensor<1x1x8xf32>
  %39 = stablehlo.broadcast_in_dim %38, dims = [0, 1, 2] : (tensor<1x1x8xf32>) -> tensor<4x6x8xf32>
  %40 = stablehlo.add %37, %39 : tensor<4x6x8xf32>
  %cst_13 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %41 = stablehlo.reduce(%arg3 init: %cst_13) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x6x8xf32>, tensor<f32>) -> tensor<8xf32>
  %42 = stablehlo.reshape %41 : (tensor<8xf32>) -> tensor<1x1x8xf32>
  %cst_14 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %43 = stablehlo.reduce(%42 init: %cst_14) applies stablehlo.add across dimensions = [0, 1] : (tensor<1x1x8xf32>, tensor<f32>) -> tensor<8xf32>
  %44 = stablehlo.multiply %26, %arg3 : tensor<4x6x8xf32>
  %cst_15 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %45 = stablehlo.reduce(%44 init: %cst_15) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x6x8xf32>, tensor<f32>) -> tensor<8xf32>
  %46 = stablehlo.reshape %45 : (tensor<8xf32>) -> tensor<1x1x8xf32>
  %47 = stablehlo.broadcast_in_dim %35, dims = [0, 1, 2] : (tensor<1x1x8xf32>) -> tensor<4x6x8xf32>
  %48 = stablehlo.multiply %arg3, %47 : tensor<4x6x8xf32>
  %49 = stablehlo.multiply %33, %46 : tensor<1x1x8xf32>
  %50 = stablehlo.multiply %46, %34 : tensor<1x1x8xf32>
  %cst_16 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %51 = stablehlo.reduce(%49 init: %cst_16) applies stablehlo.add across dimensions = [0, 1] : (tensor<1x1x8xf32>, tensor<f32>) -> tensor<8xf32>
  %52 = stablehlo.reshape %50 : (tensor<1x1x8xf32>) -> tensor<8xf32>
  %53 = stablehlo.multiply %52, %32 : tensor<8xf32>
  %54 = stablehlo.negate %48 : tensor<4x6x8xf32>
  %cst_17 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %55 = stablehlo.reduce(%54 init: %cst_17) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x6x8xf32>, tensor<f32>) -> tensor<8xf32>
  %56 = stablehlo.reshape %55 : (tensor<8xf32>) -> tensor<1x1x8xf32>
  %57 = stablehlo.reshape %56 : (tensor<1x1x8xf32>) -> tensor<8xf32>
  %58 = stablehlo.multiply %53, %23 : tensor<8xf32>
  %59 = stablehlo.negate %58 : tensor<8xf32>
  %60 = stablehlo.multiply %59, %11 : tensor<8xf32>
  %61 = stablehlo.add %57, %60 : tensor<8xf32>
  %cst_18 = stablehlo.constant dense<2.400000e+01> : tensor<f32>
  %62 = stablehlo.broadcast_in_dim %cst_18, dims = [] : (tensor<f32>) -> tensor<8xf32>
  %63 = stablehlo.divide %58, %62 : tensor<8xf32>
  %64 = stablehlo.broadcast_in_dim %63, dims = [2] : (tensor<8xf32>) -> tensor<4x6x8xf32>
  %65 = stablehlo.multiply %64, %5 : tensor<4x6x8xf32>
  %66 = stablehlo.add %48, %65 : tensor<4x6x8xf32>
  %cst_19 = stablehlo.constant dense<2.400000e+01> : tensor<f32>
  %67 = stablehlo.broadcast_in_dim %cst_19, dims = [] : (tensor<f32>) -> tensor<8xf32>
  %68 = stablehlo.divide %61, %67 : tensor<8xf32>
  %69 = stablehlo.broadcast_in_dim %68, dims = [2] : (tensor<8xf32>) -> tensor<4x6x8xf32>
  %70 = stablehlo.add %66, %69 : tensor<4x6x8xf32>
  return %40, %70, %51, %43 : tensor<4x6x8xf32>, tensor<4x6x8xf32>, tensor<8xf32>, tensor<8xf32>
}
