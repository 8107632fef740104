func.func public @main(%arg0: tensor<4xf32>, %arg1: tensor<8x4xf32>, %arg2: tensor<4xf32>, %arg3: tensor<8x4xf32>, %arg4: tensor<i32>, %arg5: tensor<4xf32>, %arg6: tensor<8x4xf32>, %arg7: tensor<4xf32>, %arg8: tensor<8x4xf32>) -> (tensor<4xf32>, tensor<8x4xf32>, tensor<i32>, tensor<4xf32>, tensor<8x4xf32>, tensor<4xf32>, tensor<8x4xf32>) {
  %0 = chlo.square %arg2 : tensor<4xf32> -> tensor<4xf32>
  %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %1 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %2 = chlo.square %1 : tensor<4xf32> -> tensor<4xf32>
  %3 = stablehlo.add %0, %2 : tensor<4xf32>
  %4 = chlo.square %arg3 : tensor<8x4xf32> -> tensor<8x4xf32>
  %cst_0 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %5 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %6 = chlo.square %5 : tensor<8x4xf32> -> tensor<8x4xf32>
  %7 = stablehlo.add %4, %6 : tensor<8x4xf32>
  %cst_1 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %8 = stablehlo.reduce(%3 init: %cst_1) applies stablehlo.add across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
  %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %9 = stablehlo.reduce(%7 init: %cst_2) applies stablehlo.add across dimensions = [0, 1] : (tensor<8x4xf32>, tensor<f32>) -> tensor<f32>
  %cst_3 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %10 = stablehlo.add %cst_3, %8 : tensor<f32>
  %11 = stablehlo.add %10, %9 : tensor<f32>
  %12 = stablehlo.sqrt %11 : tensor<f32>
  %cst_4 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
  %13 = stablehlo.compare LT, %12, %cst_4, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %14 = stablehlo.broadcast_in_dim %12, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %15 = stablehlo.divide %arg2, %14 : tensor<4xf32>
  %cst_5 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
  %16 = stablehlo.broadcast_in_dim %cst_5, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %17 = stablehlo.multiply %15, %16 : tensor<4xf32>
  %18 = stablehlo.select %13, %arg2, %17 : tensor<i1>, tensor<4xf32>
  %19 = stablehlo.broadcast_in_dim %12, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %20 = stablehlo.divide %arg3, %19 : tensor<8x4xf32>
  %cst_6 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
  %21 = stablehlo.broadcast_in_dim %cst_6, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %22 = stablehlo.multiply %20, %21 : tensor<8x4xf32>
  %23 = stablehlo.select %13, %arg3, %22 : tensor<i1>, tensor<8x4xf32>
  %cst_7 = stablehlo.constant dense<1.000000e-01> : tensor<f32>
  %24 = stablehlo.broadcast_in_dim %cst_7, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %25 = stablehlo.multiply %24, %18 : tensor<4xf32>
  %cst_8 = stablehlo.constant dense<0.899999976> : tensor<f32>
  %26 = stablehlo.broadcast_in_dim %cst_8, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %27 = stablehlo.multiply %26, %arg5 : tensor<4xf32>
  %28 = stablehlo.add %25, %27 : tensor<4xf32>
  %cst_9 = stablehlo.constant dense<1.000000e-01> : tensor<f32>
  %29 = stablehlo.broadcast_in_dim %cst_9, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %30 = stablehlo.multiply %29, %23 : tensor<8x4xf32>
  %cst_10 = stablehlo.constant dense<0.899999976> : tensor<f32>
  %31 = stablehlo.broadcast_in_dim %cst_10, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %32 = stablehlo.multiply %31, %arg6 : tensor<8x4xf32>
  %33 = stablehlo.add %30, %32 : tensor<8x4xf32>
  %34 = stablehlo.multiply %18, %18 : tensor<4xf32>
  %cst_11 = stablehlo.constant dense<1.000000e-03> : tensor<f32>
  %35 = stablehlo.broadcast_in_dim %cst_11, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %36 = stablehlo.multiply %35, %34 : tensor<4xf32>
  %cst_12 = stablehlo.constant dense<9.990000e-01> : tensor<f32>
  %37 = stablehlo.broadcast_in_dim %cst_12, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %38 = stablehlo.multiply %37, %arg7 : tensor<4xf32>
  %39 = stablehlo.add %36, %38 : tensor<4xf32>
  %40 = stablehlo.multiply %23, %23 : tensor<8x4xf32>
  %cst_13 = stablehlo.constant dense<1.000000e-03> : tensor<f32>
  %41 = stablehlo.broadcast_in_dim %cst_13, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %42 = stablehlo.multiply %41, %40 : tensor<8x4xf32>
  %cst_14 = stablehlo.constant dense<9.990000e-01> : tensor<f32>
  %43 = stablehlo.broadcast_in_dim %cst_14, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %44 = stablehlo.multiply %43, %arg8 : tensor<8x4xf32>
  %45 = stablehlo.add %42, %44 : tensor<8x4xf32>
  %c = stablehlo.constant dense<2147483647> : tensor<i32>
  %46 = stablehlo.compare LT, %arg4, %c, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
  %c_15 = stablehlo.constant dense<1> : tensor<i32>
  %47 = stablehlo.add %arg4, %c_15 : tensor<i32>
  %c_16 = stablehlo.constant dense<2147483647> : tensor<i32>
  %48 = call @_where(%46, %47, %c_16) : (tensor<i1>, tensor<i32>, tensor<i32>) -> tensor<i32>
  %cst_17 = stablehlo.constant dense<0.899999976> : tensor<f32>
  %49 = stablehlo.convert %48 : (tensor<i32>) -> tensor<f32>
  %50 = stablehlo.power %cst_17, %49 : tensor<f32>
  %cst_18 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
  %51 = stablehlo.subtract %cst_18, %50 : tensor<f32>
  %52 = stablehlo.broadcast_in_dim %51, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %53 = stablehlo.divide %28, %52 : tensor<4xf32>
  %54 = stablehlo.broadcast_in_dim %51, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %55 = stablehlo.divide %33, %54 : tensor<8x4xf32>
  %cst_19 = stablehlo.constant dense<9.990000e-01> : tensor<f32>
  %56 = stablehlo.convert %48 : (tensor<i32>) -> tensor<f32>
  %57 = stablehlo.power %cst_19, %56 : tensor<f32>
  %cst_20 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
  %58 = stablehlo.subtract %cst_20, %57 : tensor<f32>
  %59 = stablehlo.broadcast_in_dim %58, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %60 = stablehlo.divide %39, %59 : tensor<4xf32>
  %61 = stablehlo.broadcast_in_dim %58, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %62 = stablehlo.divide %45, %61 : tensor<8x4xf32>
  %cst_21 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %63 = stablehlo.broadcast_in_dim %cst_21, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %64 = stablehlo.add %60, %63 : tensor<4xf32>
  %65 = stablehlo.sqrt %64 : tensor<4xf32>
  %cst_22 = stablehlo.constant dense<9.99999993E-9> : tensor<f32>
  %66 = stablehlo.broadcast_in_dim %cst_22, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %67 = stablehlo.add %65, %66 : tensor<4xf32>
  %68 = stablehlo.divide %53, %67 : tensor<4xf32>
  %cst_23 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %69 = stablehlo.broadcast_in_dim %cst_23, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %70 = stablehlo.add %62, %69 : tensor<8x4xf32>
  %71 = stablehlo.sqrt %70 : tensor<8x4xf32>
  %cst_24 = stablehlo.constant dense<9.99999993E-9> : tensor<f32>
  %72 = stablehlo.broadcast_in_dim %cst_24, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %73 = stablehlo.add %71, %72 : tensor<8x4xf32>
  %74 = stablehlo.divide %55, %73 : tensor<8x4xf32>
  %cst_25 = stablehlo.constant dense<-1.000000e-03> : tensor<f32>
  %75 = stablehlo.broadcast_in_dim %cst_25, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %76 = stablehlo.multiply %75, %68 : tensor<4xf32>
  %cst_26 = stablehlo.constant dense<-1.000000e-03> : tensor<f32>
  %77 = stablehlo.broadcast_in_dim %cst_26, dims = [] : (tensor<f32>) -> tensor<8x4xf32>
  %78 = stablehlo.multiply %77, %74 : tensor<8x4xf32>
  %79 = stablehlo.add %arg0, %76 : tensor<4xf32>
  %80 = stablehlo.add %arg1, %78 : tensor<8x4xf32>
  return %79, %80, %48, %28, %33, %39, %45 : tensor<4xf32>, tensor<8x4xf32>, tensor<i32>, tensor<4xf32>, tensor<8x4xf32>, tensor<4xf32>, tensor<8x4xf32>
}
func.func private @_where(%arg0: tensor<i1>, %arg1: tensor<i32>, %arg2: tensor<i32>) -> tensor<i32> {
  %0 = stablehlo.select %arg0, %arg1, %arg2 : tensor<i1>, tensor<i32>
  return %0 : tensor<i32>
}
