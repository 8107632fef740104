func.func public @main(%arg0: tensor<2x6x2x16xf32>, %arg1: tensor<2x6x2x16xf32>, %arg2: tensor<2x6x2x16xf32>, %arg3: tensor<2x6x2x16xf32>) -> (tensor<2x6x2x16xf32>, tensor<2x6x2x16xf32>, tensor<2x6x2x16xf32>, tensor<2x6x2x16xf32>) {
  %0 = stablehlo.dot_general %arg0, %arg1, batching_dims = [0, 2] x [0, 2], contracting_dims = [3] x [3], precision = [DEFAULT, DEFAULT] : (tensor<2x6x2x16xf32>, tensor<2x6x2x16xf32>) -> tensor<2x2x6x6xf32>
  %cst = stablehlo.constant dense<1.600000e+01> : tensor<f32>
  %1 = stablehlo.sqrt %cst : tensor<f32>
  %2 = stablehlo.convert %1 : tensor<f32>
  %3 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<f32>) -> tensor<2x2x6x6xf32>
  %4 = stablehlo.divide %0, %3 : tensor<2x2x6x6xf32>
  %c = stablehlo.constant dense<true> : tensor<i1>
  %5 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i1>) -> tensor<6x6xi1>
  %6 = call @tril(%5) : (tensor<6x6xi1>) -> tensor<6x6xi1>
  %cst_0 = stablehlo.constant dense<-1.000000e+09> : tensor<f32>
  %7:2 = call @_where(%6, %4, %cst_0) : (tensor<6x6xi1>, tensor<2x2x6x6xf32>, tensor<f32>) -> (tensor<2x2x6x6xf32>, tensor<2x2x6x6xi1>)
  %cst_1 = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %8 = stablehlo.reduce(%7#0 init: %cst_1) applies stablehlo.maximum across dimensions = [3] : (tensor<2x2x6x6xf32>, tensor<f32>) -> tensor<2x2x6xf32>
  %cst_2 = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %9 = stablehlo.broadcast_in_dim %cst_2, dims = [] : (tensor<f32>) -> tensor<2x2x6xf32>
  %10 = stablehlo.maximum %9, %8 : tensor<2x2x6xf32>
  %11 = stablehlo.broadcast_in_dim %10, dims = [0, 1, 2] : (tensor<2x2x6xf32>) -> tensor<2x2x6x1xf32>
  %12 = stablehlo.broadcast_in_dim %11, dims = [0, 1, 2, 3] : (tensor<2x2x6x1xf32>) -> tensor<2x2x6x6xf32>
  %13 = stablehlo.subtract %7#0, %12 : tensor<2x2x6x6xf32>
  %14 = stablehlo.exponential %13 : tensor<2x2x6x6xf32>
  %cst_3 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %15 = stablehlo.reduce(%14 init: %cst_3) applies stablehlo.add across dimensions = [3] : (tensor<2x2x6x6xf32>, tensor<f32>) -> tensor<2x2x6xf32>
  %16 = stablehlo.broadcast_in_dim %15, dims = [0, 1, 2] : (tensor<2x2x6xf32>) -> tensor<2x2x6x1xf32>
  %17 = stablehlo.broadcast_in_dim %16, dims = [0, 1, 2, 3] : (tensor<2x2x6x1xf32>) -> tensor<2x2x6x6xf32>
  %18 = stablehlo.divide %14, %17 : tensor<2x2x6x6xf32>
  %19 = stablehlo.multiply %16, %16 : tensor<2x2x6x1xf32>
  %cst_4 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
  %20 = stablehlo.broadcast_in_dim %cst_4, dims = [] : (tensor<f32>) -> tensor<2x2x6x1xf32>
  %21 = stablehlo.divide %20, %19 : tensor<2x2x6x1xf32>
  %22 = stablehlo.dot_general %arg2, %18, batching_dims = [0, 2] x [0, 1], contracting_dims = [1] x [3], precision = [DEFAULT, DEFAULT] : (tensor<2x6x2x16xf32>, tensor<2x2x6x6xf32>) -> tensor<2x2x16x6xf32>
  %23 = stablehlo.transpose %22, dims = [0, 3, 1, 2] : (tensor<2x2x16x6xf32>) -> tensor<2x6x2x16xf32>
  %24 = stablehlo.transpose %arg3, dims = [0, 2, 3, 1] : (tensor<2x6x2x16xf32>) -> tensor<2x2x16x6xf32>
  %25 = stablehlo.dot_general %24, %arg2, batching_dims = [0, 1] x [0, 2], contracting_dims = [2] x [3], precision = [DEFAULT, DEFAULT] : (tensor<2x2x16x6xf32>, tensor<2x6x2x16xf32>) -> tensor<2x2x6x6xf32>
  %26 = stablehlo.dot_general %24, %18, batching_dims = [0, 1] x [0, 1], contracting_dims = [3] x [2], precision = [DEFAULT, DEFAULT] : (tensor<2x2x16x6xf32>, tensor<2x2x6x6xf32>) -> tensor<2x2x16x6xf32>
  %27 = stablehlo.transpose %26, dims = [0, 3, 1, 2] : (tensor<2x2x16x6xf32>) -> tensor<2x6x2x16xf32>
  %28 = stablehlo.broadcast_in_dim %21, dims = [0, 1, 2, 3] : (tensor<2x2x6x1xf32>) -> tensor<2x2x6x6xf32>
  %29 = stablehlo.multiply %25, %28 : tensor<2x2x6x6xf32>
  %30 = stablehlo.multiply %29, %14 : tensor<2x2x6x6xf32>
  %cst_5 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %31 = stablehlo.reduce(%30 init: %cst_5) applies stablehlo.add across dimensions = [3] : (tensor<2x2x6x6xf32>, tensor<f32>) -> tensor<2x2x6xf32>
  %32 = stablehlo.reshape %31 : (tensor<2x2x6xf32>) -> tensor<2x2x6x1xf32>
  %33 = stablehlo.negate %32 : tensor<2x2x6x1xf32>
  %34 = stablehlo.broadcast_in_dim %16, dims = [0, 1, 2, 3] : (tensor<2x2x6x1xf32>) -> tensor<2x2x6x6xf32>
  %35 = stablehlo.divide %25, %34 : tensor<2x2x6x6xf32>
  %cst_6 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %36 = stablehlo.reduce(%33 init: %cst_6) applies stablehlo.add across dimensions = [3] : (tensor<2x2x6x1xf32>, tensor<f32>) -> tensor<2x2x6xf32>
  %37 = stablehlo.broadcast_in_dim %36, dims = [0, 1, 2] : (tensor<2x2x6xf32>) -> tensor<2x2x6x6xf32>
  %38 = stablehlo.add %35, %37 : tensor<2x2x6x6xf32>
  %39 = stablehlo.multiply %38, %14 : tensor<2x2x6x6xf32>
  %40 = call @_where_0(%7#1, %39) : (tensor<2x2x6x6xi1>, tensor<2x2x6x6xf32>) -> tensor<2x2x6x6xf32>
  %41 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<f32>) -> tensor<2x2x6x6xf32>
  %42 = stablehlo.divide %40, %41 : tensor<2x2x6x6xf32>
  %43 = stablehlo.dot_general %42, %arg0, batching_dims = [0, 1] x [0, 2], contracting_dims = [2] x [1], precision = [DEFAULT, DEFAULT] : (tensor<2x2x6x6xf32>, tensor<2x6x2x16xf32>) -> tensor<2x2x6x16xf32>
  %44 = stablehlo.transpose %43, dims = [0, 2, 1, 3] : (tensor<2x2x6x16xf32>) -> tensor<2x6x2x16xf32>
  %45 = stablehlo.dot_general %42, %arg1, batching_dims = [0, 1] x [0, 2], contracting_dims = [3] x [1], precision = [DEFAULT, DEFAULT] : (tensor<2x2x6x6xf32>, tensor<2x6x2x16xf32>) -> tensor<2x2x6x16xf32>
  %46 = stablehlo.transpose %45, dims = [0, 2, 1, 3] : (tensor<2x2x6x16xf32>) -> tensor<2x6x2x16xf32>
  return %23, %46, %44, %27 : tensor<2x6x2x16xf32>, tensor<2x6x2x16xf32>, tensor<2x6x2x16xf32>, tensor<2x6x2x16xf32>
}
func.func private @tril(%arg0: tensor<6x6xi1>) -> tensor<6x6xi1> {
  %0 = stablehlo.iota dim = 0 : tensor<6x6xi32>
  %c = stablehlo.constant dense<0> : tensor<i32>
  %1 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<6x6xi32>
  %2 = stablehlo.add %0, %1 : tensor<6x6xi32>
  %3 = stablehlo.iota dim = 1 : tensor<6x6xi32>
  %4 = stablehlo.compare GE, %2, %3, SIGNED : (tensor<6x6xi32>, tensor<6x6xi32>) -> tensor<6x6xi1>
  %c_0 = stablehlo.constant dense<false> : tensor<i1>
  %5 = stablehlo.broadcast_in_dim %c_0, dims = [] : (tensor<i1>) -> tensor<6x6xi1>
  %6 = stablehlo.select %4, %arg0, %5 : tensor<6x6xi1>, tensor<6x6xi1>
  return %6 : tensor<6x6xi1>
}
func.func private @_where(%arg0: tensor<6x6xi1>, %arg1: tensor<2x2x6x6xf32>, %arg2: tensor<f32>) -> (tensor<2x2x6x6xf32>, tensor<2x2x6x6xi1>) {
  %0 = stablehlo.convert %arg2 : tensor<f32>
  %1 = stablehlo.broadcast_in_dim %arg0, dims = [2, 3] : (tensor<6x6xi1>) -> tensor<2x2x6x6xi1>
  %2 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<f32>) -> tensor<2x2x6x6xf32>
  %3 = stablehlo.select %1, %arg1, %2 : tensor<2x2x6x6xi1>, tensor<2x2x6x6xf32>
  return %3, %1 : tensor<2x2x6x6xf32>, tensor<2x2x6x6xi1>
}
func.func private @_where_0(%arg0: tensor<2x2x6x6xi1>, %arg1: tensor<2x2x6x6xf32>) -> tensor<2x2x6x6xf32> {
  %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2x2x6x6xf32>
  %1 = stablehlo.select %arg0, %arg1, %0 : tensor<2x2x6x6xi1>, tensor<2x2x6x6xf32>
  return %1 : tensor<2x2x6x6xf32>
}
