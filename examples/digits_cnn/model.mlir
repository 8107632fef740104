module @jit_cnn attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<16xf32>, %arg1: tensor<3x3x1x16xf32>, %arg2: tensor<32xf32>, %arg3: tensor<3x3x16x32xf32>, %arg4: tensor<64xf32>, %arg5: tensor<128x64xf32>, %arg6: tensor<10xf32>, %arg7: tensor<64x10xf32>, %arg8: tensor<360x64xf32>) -> (tensor<360x10xf32> {jax.result_info = "result"}) {
    %0 = stablehlo.reshape %arg8 : (tensor<360x64xf32>) -> tensor<360x8x8x1xf32>
    %1 = stablehlo.convolution(%0, %arg1) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {stride = [1, 1], pad = [[1, 1], [1, 1]], lhs_dilate = [1, 1], rhs_dilate = [1, 1], reverse = [false, false]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64, precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>]} : (tensor<360x8x8x1xf32>, tensor<3x3x1x16xf32>) -> tensor<360x8x8x16xf32>
    %2 = stablehlo.broadcast_in_dim %arg0, dims = [3] : (tensor<16xf32>) -> tensor<1x1x1x16xf32>
    %3 = stablehlo.broadcast_in_dim %2, dims = [0, 1, 2, 3] : (tensor<1x1x1x16xf32>) -> tensor<360x8x8x16xf32>
    %4 = stablehlo.add %1, %3 : tensor<360x8x8x16xf32>
    %5 = call @relu(%4) : (tensor<360x8x8x16xf32>) -> tensor<360x8x8x16xf32>
    %cst = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %6 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<f32>
    %7 = "stablehlo.reduce_window"(%5, %6) <{base_dilations = array<i64: 1, 1, 1, 1>, padding = dense<0> : tensor<4x2xi64>, window_dilations = array<i64: 1, 1, 1, 1>, window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
    ^bb0(%arg9: tensor<f32>, %arg10: tensor<f32>):
      %25 = stablehlo.maximum %arg9, %arg10 : tensor<f32>
      stablehlo.return %25 : tensor<f32>
    }) : (tensor<360x8x8x16xf32>, tensor<f32>) -> tensor<360x4x4x16xf32>
    %8 = stablehlo.convolution(%7, %arg3) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {stride = [1, 1], pad = [[1, 1], [1, 1]], lhs_dilate = [1, 1], rhs_dilate = [1, 1], reverse = [false, false]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64, precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>]} : (tensor<360x4x4x16xf32>, tensor<3x3x16x32xf32>) -> tensor<360x4x4x32xf32>
    %9 = stablehlo.broadcast_in_dim %arg2, dims = [3] : (tensor<32xf32>) -> tensor<1x1x1x32xf32>
    %10 = stablehlo.broadcast_in_dim %9, dims = [0, 1, 2, 3] : (tensor<1x1x1x32xf32>) -> tensor<360x4x4x32xf32>
    %11 = stablehlo.add %8, %10 : tensor<360x4x4x32xf32>
    %12 = call @relu_0(%11) : (tensor<360x4x4x32xf32>) -> tensor<360x4x4x32xf32>
    %cst_0 = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %13 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<f32>
    %14 = "stablehlo.reduce_window"(%12, %13) <{base_dilations = array<i64: 1, 1, 1, 1>, padding = dense<0> : tensor<4x2xi64>, window_dilations = array<i64: 1, 1, 1, 1>, window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
    ^bb0(%arg9: tensor<f32>, %arg10: tensor<f32>):
      %25 = stablehlo.maximum %arg9, %arg10 : tensor<f32>
      stablehlo.return %25 : tensor<f32>
    }) : (tensor<360x4x4x32xf32>, tensor<f32>) -> tensor<360x2x2x32xf32>
    %15 = stablehlo.reshape %14 : (tensor<360x2x2x32xf32>) -> tensor<360x128xf32>
    %16 = stablehlo.dot_general %15, %arg5, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<360x128xf32>, tensor<128x64xf32>) -> tensor<360x64xf32>
    %17 = stablehlo.broadcast_in_dim %arg4, dims = [1] : (tensor<64xf32>) -> tensor<1x64xf32>
    %18 = stablehlo.broadcast_in_dim %17, dims = [0, 1] : (tensor<1x64xf32>) -> tensor<360x64xf32>
    %19 = stablehlo.add %16, %18 : tensor<360x64xf32>
    %20 = call @relu_1(%19) : (tensor<360x64xf32>) -> tensor<360x64xf32>
    %21 = stablehlo.dot_general %20, %arg7, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<360x64xf32>, tensor<64x10xf32>) -> tensor<360x10xf32>
    %22 = stablehlo.broadcast_in_dim %arg6, dims = [1] : (tensor<10xf32>) -> tensor<1x10xf32>
    %23 = stablehlo.broadcast_in_dim %22, dims = [0, 1] : (tensor<1x10xf32>) -> tensor<360x10xf32>
    %24 = stablehlo.add %21, %23 : tensor<360x10xf32>
    return %24 : tensor<360x10xf32>
  }
  func.func private @relu(%arg0: tensor<360x8x8x16xf32>) -> tensor<360x8x8x16xf32> {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<360x8x8x16xf32>
    %1 = stablehlo.maximum %arg0, %0 : tensor<360x8x8x16xf32>
    return %1 : tensor<360x8x8x16xf32>
  }
  func.func private @relu_0(%arg0: tensor<360x4x4x32xf32>) -> tensor<360x4x4x32xf32> {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<360x4x4x32xf32>
    %1 = stablehlo.maximum %arg0, %0 : tensor<360x4x4x32xf32>
    return %1 : tensor<360x4x4x32xf32>
  }
  func.func private @relu_1(%arg0: tensor<360x64xf32>) -> tensor<360x64xf32> {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<360x64xf32>
    %1 = stablehlo.maximum %arg0, %0 : tensor<360x64xf32>
    return %1 : tensor<360x64xf32>
  }
}
