func.func public @main(%arg0: tensor<4x6x8xf32>, %arg1: tensor<8xf32>, %arg2: tensor<8xf32>, %arg3: tensor<4x6x8xf32>) -> (tensor<4x6x8xf32>, tensor<4x6x8xf32>, tensor<8xf32>, tensor<8xf32>) {
  %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %0 = stablehlo.reduce(%arg0 init: %cst) applies stablehlo.add across dimensions = [2] : (tensor<4x6x8xf32>, tensor<f32>) -> tensor<4x6xf32>
  %1 = stablehlo.broadcast_in_dim %0, dims = [0, 1] : (tensor<4x6xf32>) -> tensor<4x6x1xf32>
  %cst_0 = stablehlo.constant dense<8.000000e+00> : tensor<f32>
  %2 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<4x6x1xf32>
  %3 = stablehlo.divide %1, %2 : tensor<4x6x1xf32>
  %4 = chlo.square %arg0 : tensor<4x6x8xf32> -> tensor<4x6x8xf32>
  %cst_1 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
  %5 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<4x6x8xf32>
  %6 = stablehlo.multiply %5, %arg0 : tensor<4x6x8xf32>
  %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %7 = stablehlo.reduce(%4 init: %cst_2) applies stablehlo.add across dimensions = [2] : (tensor<4x6x8xf32>, tensor<f32>) -> tensor<4x6xf32>
  %8 = stablehlo.broadcast_in_dim %7, dims = [0, 1] : (tensor<4x6xf32>) -> tensor<4x6x1xf32>
  %cst_3 = stablehlo.constant dense<8.000000e+00> : tensor<f32>
  %9 = stablehlo.broadcast_in_dim %cst_3, dims = [] : (tensor<f32>) -> tensor<4x6x1xf32>
  %10 = stablehlo.divide %8, %9 : tensor<4x6x1xf32>
  %11 = chlo.square %3 : tensor<4x6x1xf32> -> tensor<4x6x1xf32>
  %cst_4 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
  %12 = stablehlo.broadcast_in_dim %cst_4, dims = [] : (tensor<f32>) -> tensor<4x6x1xf32>
  %13 = stablehlo.multiply %12, %3 : tensor<4x6x1xf32>
  %14 = stablehlo.subtract %10, %11 : tensor<4x6x1xf32>
  %cst_5 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %15 = stablehlo.broadcast_in_dim %cst_5, dims = [] : (tensor<f32>) -> tensor<4x6x1xf32>
  %16 = stablehlo.maximum %15, %14 : tensor<4x6x1xf32>
  %cst_6 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %17 = stablehlo.broadcast_in_dim %cst_6, dims = [] : (tensor<f32>) -> tensor<4x6x1xf32>
  %18 = stablehlo.compare GT, %14, %17, FLOAT : (tensor<4x6x1xf32>, tensor<4x6x1xf32>) -> tensor<4x6x1xi1>
  %cst_7 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %19 = stablehlo.broadcast_in_dim %cst_7, dims = [] : (tensor<f32>) -> tensor<4x6x1xf32>
  %20 = stablehlo.compare EQ, %14, %19, FLOAT : (tensor<4x6x1xf32>, tensor<4x6x1xf32>) -> tensor<4x6x1xi1>
  %cst_8 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
  %21 = stablehlo.broadcast_in_dim %cst_8, dims = [] : (tensor<f32>) -> tensor<4x6x1xf32>
  %cst_9 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %22 = stablehlo.broadcast_in_dim %cst_9, dims = [] : (tensor<f32>) -> tensor<4x6x1xf32>
  %cst_10 = stablehlo.constant dense<5.000000e-01> : tensor<f32>
  %23 = stablehlo.broadcast_in_dim %cst_10, dims = [] : (tensor<f32>) -> tensor<4x6x1xf32>
  %24 = stablehlo.select %20, %23, %22 : tensor<4x6x1xi1>, tensor<4x6x1xf32>
  %25 = stablehlo.select %18, %21, %24 : tensor<4x6x1xi1>, tensor<4x6x1xf32>
  %26 = stablehlo.broadcast_in_dim %3, dims = [0, 1, 2] : (tensor<4x6x1xf32>) -> tensor<4x6x8xf32>
  %27 = stablehlo.subtract %arg0, %26 : tensor<4x6x8xf32>
  %cst_11 = stablehlo.constant dense<9.99999997E-7> : tensor<f32>
  %28 = stablehlo.broadcast_in_dim %cst_11, dims = [] : (tensor<f32>) -> tensor<4x6x1xf32>
  %29 = stablehlo.add %16, %28 : tensor<4x6x1xf32>
  %30 = stablehlo.rsqrt %29 : tensor<4x6x1xf32>
  %31 = stablehlo.divide %30, %29 : tensor<4x6x1xf32>
  %cst_12 = stablehlo.constant dense<-5.000000e-01> : tensor<f32>
  %32 = stablehlo.broadcast_in_dim %cst_12, dims = [] : (tensor<f32>) -> tensor<4x6x1xf32>
  %33 = stablehlo.multiply %32, %31 : tensor<4x6x1xf32>
  %34 = stablehlo.broadcast_in_dim %arg1, dims = [2] : (tensor<8xf32>) -> tensor<1x1x8xf32>
  %35 = stablehlo.broadcast_in_dim %30, dims = [0, 1, 2] : (tensor<4x6x1xf32>) -> tensor<4x6x8xf32>
  %36 = stablehlo.broadcast_in_dim %34, dims = [0, 1, 2] : (tensor<1x1x8xf32>) -> tensor<4x6x8xf32>
  %37 = stablehlo.multiply %35, %36 : tensor<4x6x8xf32>
  %38 = stablehlo.multiply %27, %37 : tensor<4x6x8xf32>
  %39 = stablehlo.broadcast_in_dim %arg2, dims = [2] : (tensor<8xf32>) -> tensor<1x1x8xf32>
  %40 = stablehlo.broadcast_in_dim %39, dims = [0, 1, 2] : (tensor<1x1x8xf32>) -> tensor<4x6x8xf32>
  %41 = stablehlo.add %38, %40 : tensor<4x6x8xf32>
  %cst_13 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %42 = stablehlo.reduce(%arg3 init: %cst_13) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x6x8xf32>, tensor<f32>) -> tensor<8xf32>
  %43 = stablehlo.reshape %42 : (tensor<8xf32>) -> tensor<1x1x8xf32>
  %cst_14 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %44 = stablehlo.reduce(%43 init: %cst_14) applies stablehlo.add across dimensions = [0, 1] : (tensor<1x1x8xf32>, tensor<f32>) -> tensor<8xf32>
  %45 = stablehlo.multiply %27, %arg3 : tensor<4x6x8xf32>
  %46 = stablehlo.multiply %arg3, %37 : tensor<4x6x8xf32>
  %47 = stablehlo.broadcast_in_dim %30, dims = [0, 1, 2] : (tensor<4x6x1xf32>) -> tensor<4x6x8xf32>
  %48 = stablehlo.multiply %47, %45 : tensor<4x6x8xf32>
  %cst_15 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %49 = stablehlo.reduce(%48 init: %cst_15) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x6x8xf32>, tensor<f32>) -> tensor<8xf32>
  %50 = stablehlo.reshape %49 : (tensor<8xf32>) -> tensor<1x1x8xf32>
  %51 = stablehlo.broadcast_in_dim %34, dims = [0, 1, 2] : (tensor<1x1x8xf32>) -> tensor<4x6x8xf32>
  %52 = stablehlo.multiply %45, %51 : tensor<4x6x8xf32>
  %cst_16 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %53 = stablehlo.reduce(%52 init: %cst_16) applies stablehlo.add across dimensions = [2] : (tensor<4x6x8xf32>, tensor<f32>) -> tensor<4x6xf32>
  %54 = stablehlo.reshape %53 : (tensor<4x6xf32>) -> tensor<4x6x1xf32>
  %cst_17 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %55 = stablehlo.reduce(%50 init: %cst_17) applies stablehlo.add across dimensions = [0, 1] : (tensor<1x1x8xf32>, tensor<f32>) -> tensor<8xf32>
  %56 = stablehlo.multiply %54, %33 : tensor<4x6x1xf32>
  %57 = stablehlo.negate %46 : tensor<4x6x8xf32>
  %cst_18 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %58 = stablehlo.reduce(%57 init: %cst_18) applies stablehlo.add across dimensions = [2] : (tensor<4x6x8xf32>, tensor<f32>) -> tensor<4x6xf32>
  %59 = stablehlo.reshape %58 : (tensor<4x6xf32>) -> tensor<4x6x1xf32>
  %60 = stablehlo.multiply %56, %25 : tensor<4x6x1xf32>
  %61 = stablehlo.negate %60 : tensor<4x6x1xf32>
  %62 = stablehlo.multiply %61, %13 : tensor<4x6x1xf32>
  %63 = stablehlo.add %59, %62 : tensor<4x6x1xf32>
  %cst_19 = stablehlo.constant dense<8.000000e+00> : tensor<f32>
  %64 = stablehlo.broadcast_in_dim %cst_19, dims = [] : (tensor<f32>) -> tensor<4x6x1xf32>
  %65 = stablehlo.divide %60, %64 : tensor<4x6x1xf32>
  %cst_20 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %66 = stablehlo.reduce(%65 init: %cst_20) applies stablehlo.add across dimensions = [2] : (tensor<4x6x1xf32>, tensor<f32>) -> tensor<4x6xf32>
  %67 = stablehlo.broadcast_in_dim %66, dims = [0, 1] : (tensor<4x6xf32>) -> tensor<4x6x8xf32>
  %68 = stablehlo.multiply %67, %6 : tensor<4x6x8xf32>
  %69 = stablehlo.add %46, %68 : tensor<4x6x8xf32>
  %cst_21 = stablehlo.constant dense<8.000000e+00> : tensor<f32>
  %70 = stablehlo.broadcast_in_dim %cst_21, dims = [] : (tensor<f32>) -> tensor<4x6x1xf32>
  %71 = stablehlo.divide %63, %70 : tensor<4x6x1xf32>
  %cst_22 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %72 = stablehlo.reduce(%71 init: %cst_22) applies stablehlo.add across dimensions = [2] : (tensor<4x6x1xf32>, tensor<f32>) -> tensor<4x6xf32>
  %73 = stablehlo.broadcast_in_dim %72, dims = [0, 1] : (tensor<4x6xf32>) -> tensor<4x6x8xf32>
  %74 = stablehlo.add %69, %73 : tensor<4x6x8xf32>
  return %41, %74, %55, %44 : tensor<4x6x8xf32>, tensor<4x6x8xf32>, tensor<8xf32>, tensor<8xf32>
}
