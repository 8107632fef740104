func.func public @main(%arg0: tensor<4x6x8xf32>, %arg1: tensor<4x6xi32>) -> (tensor<f32>, tensor<4x6x8xf32>) {
  %0 = stablehlo.broadcast_in_dim %arg1, dims = [0, 1] : (tensor<4x6xi32>) -> tensor<4x6x1xi32>
  %1:2 = call @take_along_axis(%arg0, %0) : (tensor<4x6x8xf32>, tensor<4x6x1xi32>) -> (tensor<4x6x1xf32>, tensor<4x6x1x1xi32>)
  %2 = stablehlo.reshape %1#0 : (tensor<4x6x1xf32>) -> tensor<4x6xf32>
  %cst = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %3 = stablehlo.reduce(%arg0 init: %cst) applies stablehlo.maximum across dimensions = [2] : (tensor<4x6x8xf32>, tensor<f32>) -> tensor<4x6xf32>
  %cst_0 = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %4 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<4x6xf32>
  %5 = stablehlo.maximum %4, %3 : tensor<4x6xf32>
  %6 = stablehlo.is_finite %5 : (tensor<4x6xf32>) -> tensor<4x6xi1>
  %cst_1 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %7 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<4x6xf32>
  %8 = stablehlo.select %6, %5, %7 : tensor<4x6xi1>, tensor<4x6xf32>
  %9 = stablehlo.broadcast_in_dim %8, dims = [0, 1] : (tensor<4x6xf32>) -> tensor<4x6x1xf32>
  %10 = stablehlo.broadcast_in_dim %9, dims = [0, 1, 2] : (tensor<4x6x1xf32>) -> tensor<4x6x8xf32>
  %11 = stablehlo.subtract %arg0, %10 : tensor<4x6x8xf32>
  %12 = stablehlo.exponential %11 : tensor<4x6x8xf32>
  %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %13 = stablehlo.reduce(%12 init: %cst_2) applies stablehlo.add across dimensions = [2] : (tensor<4x6x8xf32>, tensor<f32>) -> tensor<4x6xf32>
  %14 = stablehlo.abs %13 : tensor<4x6xf32>
  %cst_3 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %15 = stablehlo.broadcast_in_dim %cst_3, dims = [] : (tensor<f32>) -> tensor<4x6xf32>
  %16 = stablehlo.compare GE, %13, %15, FLOAT : (tensor<4x6xf32>, tensor<4x6xf32>) -> tensor<4x6xi1>
  %17 = stablehlo.log %14 : tensor<4x6xf32>
  %18 = stablehlo.add %17, %8 : tensor<4x6xf32>
  %19 = stablehlo.subtract %18, %2 : tensor<4x6xf32>
  %cst_4 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %20 = stablehlo.reduce(%19 init: %cst_4) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x6xf32>, tensor<f32>) -> tensor<f32>
  %cst_5 = stablehlo.constant dense<2.400000e+01> : tensor<f32>
  %21 = stablehlo.divide %20, %cst_5 : tensor<f32>
  %cst_6 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
  %cst_7 = stablehlo.constant dense<2.400000e+01> : tensor<f32>
  %22 = stablehlo.divide %cst_6, %cst_7 : tensor<f32>
  %23 = stablehlo.broadcast_in_dim %22, dims = [] : (tensor<f32>) -> tensor<4x6xf32>
  %24 = stablehlo.negate %23 : tensor<4x6xf32>
  %25 = stablehlo.divide %23, %14 : tensor<4x6xf32>
  %cst_8 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %26 = stablehlo.broadcast_in_dim %cst_8, dims = [] : (tensor<f32>) -> tensor<4x6xf32>
  %27 = stablehlo.select %16, %26, %25 : tensor<4x6xi1>, tensor<4x6xf32>
  %28 = stablehlo.select %16, %25, %26 : tensor<4x6xi1>, tensor<4x6xf32>
  %29 = stablehlo.negate %27 : tensor<4x6xf32>
  %30 = stablehlo.add %28, %29 : tensor<4x6xf32>
  %31 = stablehlo.broadcast_in_dim %30, dims = [0, 1] : (tensor<4x6xf32>) -> tensor<4x6x8xf32>
  %32 = stablehlo.multiply %31, %12 : tensor<4x6x8xf32>
  %33 = stablehlo.broadcast_in_dim %24, dims = [0, 1] : (tensor<4x6xf32>) -> tensor<4x6x1xf32>
  %34 = call @take_along_axis_0(%1#1, %33) : (tensor<4x6x1x1xi32>, tensor<4x6x1xf32>) -> tensor<4x6x8xf32>
  %35 = stablehlo.add %32, %34 : tensor<4x6x8xf32>
  return %21, %35 : tensor<f32>, tensor<4x6x8xf32>
}
func.func private @take_along_axis(%arg0: tensor<4x6x8xf32>, %arg1: tensor<4x6x1xi32>) -> (tensor<4x6x1xf32>, tensor<4x6x1x1xi32>) {
  %c = stablehlo.constant dense<0> : tensor<i32>
  %0 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<4x6x1xi32>
  %1 = stablehlo.compare LT, %arg1, %0, SIGNED : (tensor<4x6x1xi32>, tensor<4x6x1xi32>) -> tensor<4x6x1xi1>
  %c_0 = stablehlo.constant dense<8> : tensor<i32>
  %2 = stablehlo.broadcast_in_dim %c_0, dims = [] : (tensor<i32>) -> tensor<4x6x1xi32>
  %3 = stablehlo.add %arg1, %2 : tensor<4x6x1xi32>
  %4 = stablehlo.select %1, %3, %arg1 : tensor<4x6x1xi1>, tensor<4x6x1xi32>
  %5 = stablehlo.reshape %4 : (tensor<4x6x1xi32>) -> tensor<4x6x1x1xi32>
  %c_1 = stablehlo.constant dense<7> : tensor<1xi32>
  %c_2 = stablehlo.constant dense<0> : tensor<i32>
  %6 = stablehlo.broadcast_in_dim %c_2, dims = [] : (tensor<i32>) -> tensor<4x6x1x1xi32>
  %7 = stablehlo.compare GE, %5, %6, SIGNED : (tensor<4x6x1x1xi32>, tensor<4x6x1x1xi32>) -> tensor<4x6x1x1xi1>
  %8 = stablehlo.broadcast_in_dim %c_1, dims = [3] : (tensor<1xi32>) -> tensor<1x1x1x1xi32>
  %9 = stablehlo.broadcast_in_dim %8, dims = [0, 1, 2, 3] : (tensor<1x1x1x1xi32>) -> tensor<4x6x1x1xi32>
  %10 = stablehlo.compare LE, %5, %9, SIGNED : (tensor<4x6x1x1xi32>, tensor<4x6x1x1xi32>) -> tensor<4x6x1x1xi1>
  %11 = stablehlo.and %7, %10 : tensor<4x6x1x1xi1>
  %c_3 = stablehlo.constant dense<true> : tensor<i1>
  %12 = stablehlo.reduce(%11 init: %c_3) applies stablehlo.and across dimensions = [3] : (tensor<4x6x1x1xi1>, tensor<i1>) -> tensor<4x6x1xi1>
  %13 = "stablehlo.gather"(%arg0, %5) <{dimension_numbers = #stablehlo.gather<collapsed_slice_dims = [2], operand_batching_dims = [0, 1], start_indices_batching_dims = [0, 1], start_index_map = [2], index_vector_dim = 3>, indices_are_sorted = false, slice_sizes = array<i64: 1, 1, 1>}> : (tensor<4x6x8xf32>, tensor<4x6x1x1xi32>) -> tensor<4x6x1xf32>
  %cst = stablehlo.constant dense<0x7FC00000> : tensor<f32>
  %14 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<4x6x1xf32>
  %15 = stablehlo.select %12, %13, %14 : tensor<4x6x1xi1>, tensor<4x6x1xf32>
  return %15, %5 : tensor<4x6x1xf32>, tensor<4x6x1x1xi32>
}
func.func private @take_along_axis_0(%arg0: tensor<4x6x1x1xi32>, %arg1: tensor<4x6x1xf32>) -> tensor<4x6x8xf32> {
  %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<4x6x8xf32>
  %1 = "stablehlo.scatter"(%0, %arg0, %arg1) <{indices_are_sorted = false, scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [2], input_batching_dims = [0, 1], scatter_indices_batching_dims = [0, 1], scatter_dims_to_operand_dims = [2], index_vector_dim = 3>, unique_indices = false}> ({
  ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
    %2 = stablehlo.add %arg2, %arg3 : tensor<f32>
    stablehlo.return %2 : tensor<f32>
  }) : (tensor<4x6x8xf32>, tensor<4x6x1x1xi32>, tensor<4x6x1xf32>) -> tensor<4x6x8xf32>
  return %1 : tensor<4x6x8xf32>
}
