// RUN: mp-opt %s --split-input-file --verify-diagnostics

// cast-c1
func.func @cast_shape(%x: tensor<4xf32>) {
  // expected-error@+1 {{requires the same shape for all operands and results}}
  %0 = mp.cast %x : tensor<4xf32> to tensor<5xf16>
  return
}

// -----

// cast-c2
func.func @cast_same_type(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected the element type to change, but got 'f32' on both sides}}
  %0 = mp.cast %x : tensor<4xf32> to tensor<4xf32>
  return
}

// -----

// gemm-c1
func.func @gemm_rank(%a: tensor<2x8x4xf32>, %b: tensor<4x5xf32>) {
  // expected-error@+1 {{expected A, B and the result of one rank, 2 or 3, but got 3, 2 and 2}}
  %0 = mp.gemm %a, %b accumulator f32 : (tensor<2x8x4xf32>, tensor<4x5xf32>) -> tensor<8x5xf32>
  return
}

// -----

// gemm-c2
func.func @gemm_k(%a: tensor<8x4xf32>, %b: tensor<3x5xf32>) {
  // expected-error@+1 {{expected A and B to agree on K, but got 4 and 3}}
  %0 = mp.gemm %a, %b accumulator f32 : (tensor<8x4xf32>, tensor<3x5xf32>) -> tensor<8x5xf32>
  return
}

// -----

// gemm-c2
func.func @gemm_result(%a: tensor<8x4xf32>, %b: tensor<4x5xf32>) {
  // expected-error@+1 {{expected a result of 8 by 5, but got 'tensor<5x8xf32>'}}
  %0 = mp.gemm %a, %b accumulator f32 : (tensor<8x4xf32>, tensor<4x5xf32>) -> tensor<5x8xf32>
  return
}

// -----

// gemm-c2
func.func @gemm_batch(%a: tensor<2x8x4xf32>, %b: tensor<3x4x5xf32>) {
  // expected-error@+1 {{expected one batch size, but got 2, 3 and 2}}
  %0 = mp.gemm %a, %b accumulator f32 : (tensor<2x8x4xf32>, tensor<3x4x5xf32>) -> tensor<2x8x5xf32>
  return
}

// -----

// gemm-c3
func.func @gemm_integers(%a: tensor<8x4xi32>, %b: tensor<4x5xi32>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of floating-point values}}
  %0 = mp.gemm %a, %b accumulator f32 : (tensor<8x4xi32>, tensor<4x5xi32>) -> tensor<8x5xf32>
  return
}

// -----

// gemm-c4
func.func @gemm_bias(%a: tensor<8x4xf32>, %b: tensor<4x5xf32>, %c: tensor<8xf32>) {
  // expected-error@+1 {{expected a bias of shape [5], but got 'tensor<8xf32>'}}
  %0 = mp.gemm %a, %b bias %c accumulator f32 : (tensor<8x4xf32>, tensor<4x5xf32>, tensor<8xf32>) -> tensor<8x5xf32>
  return
}

// -----

// gemm-c5
func.func @gemm_residual(%a: tensor<8x4xf32>, %b: tensor<4x5xf32>, %r: tensor<5x8xf32>) {
  // expected-error@+1 {{expected a residual of the result's shape 'tensor<8x5xf32>', but got 'tensor<5x8xf32>'}}
  %0 = mp.gemm %a, %b residual %r accumulator f32 : (tensor<8x4xf32>, tensor<4x5xf32>, tensor<5x8xf32>) -> tensor<8x5xf32>
  return
}

// -----

// gemm-c6
func.func @gemm_accumulator(%a: tensor<8x4xbf16>, %b: tensor<4x5xbf16>) {
  // expected-error@+1 {{expected an accumulator of type f32 or f64, but got 'bf16'}}
  %0 = mp.gemm %a, %b accumulator bf16 : (tensor<8x4xbf16>, tensor<4x5xbf16>) -> tensor<8x5xf32>
  return
}

// -----

// gemm-c6
func.func @gemm_narrow_accumulator(%a: tensor<8x4xf64>, %b: tensor<4x5xf64>) {
  // expected-error@+1 {{expected an accumulator at least as wide as 'f64', but got 'f32'}}
  %0 = mp.gemm %a, %b accumulator f32 : (tensor<8x4xf64>, tensor<4x5xf64>) -> tensor<8x5xf64>
  return
}

// -----

// conv-c1
func.func @conv_rank(%x: tensor<1x4xf32>, %w: tensor<4x6xf32>) {
  // expected-error@+1 {{expected input, filter and result of one rank, 3 to 5, but got 2, 2 and 2}}
  %0 = mp.conv %x, %w strides [] padding [] lhs_dilation [] rhs_dilation [] accumulator f32
         : (tensor<1x4xf32>, tensor<4x6xf32>) -> tensor<1x6xf32>
  return
}

// -----

// conv-c2
func.func @conv_strides(%x: tensor<1x8x4xf32>, %w: tensor<3x4x6xf32>) {
  // expected-error@+1 {{expected strides of at least 1, but got 0}}
  %0 = mp.conv %x, %w strides [0] padding [0, 0] lhs_dilation [1] rhs_dilation [1] accumulator f32
         : (tensor<1x8x4xf32>, tensor<3x4x6xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

// conv-c2
func.func @conv_padding(%x: tensor<1x8x4xf32>, %w: tensor<3x4x6xf32>) {
  // expected-error@+1 {{expected 2 entries in padding, but got 1}}
  %0 = mp.conv %x, %w strides [1] padding [0] lhs_dilation [1] rhs_dilation [1] accumulator f32
         : (tensor<1x8x4xf32>, tensor<3x4x6xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

// conv-c3
func.func @conv_groups(%x: tensor<1x8x4xf32>, %w: tensor<3x4x6xf32>) {
  // expected-error@+1 {{expected a filter of 4 / 2 input channels, and 2 groups to divide the channels, but got 'tensor<3x4x6xf32>'}}
  %0 = mp.conv %x, %w strides [1] padding [0, 0] lhs_dilation [1] rhs_dilation [1] groups 2 accumulator f32
         : (tensor<1x8x4xf32>, tensor<3x4x6xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

// conv-c3
func.func @conv_channels(%x: tensor<1x8x4xf32>, %w: tensor<3x4x6xf32>) {
  // expected-error@+1 {{expected a result with batch 1 and 6 channels, but got 'tensor<1x6x5xf32>'}}
  %0 = mp.conv %x, %w strides [1] padding [0, 0] lhs_dilation [1] rhs_dilation [1] accumulator f32
         : (tensor<1x8x4xf32>, tensor<3x4x6xf32>) -> tensor<1x6x5xf32>
  return
}

// -----

// conv-c3
func.func @conv_size(%x: tensor<1x8x4xf32>, %w: tensor<3x4x6xf32>) {
  // expected-error@+1 {{expected size 6 in spatial dimension 0 of the result, but got 7}}
  %0 = mp.conv %x, %w strides [1] padding [0, 0] lhs_dilation [1] rhs_dilation [1] accumulator f32
         : (tensor<1x8x4xf32>, tensor<3x4x6xf32>) -> tensor<1x7x6xf32>
  return
}

// -----

// conv-c4
func.func @conv_bias(%x: tensor<1x8x4xf32>, %w: tensor<3x4x6xf32>, %b: tensor<4xf32>) {
  // expected-error@+1 {{expected a bias of shape [6], but got 'tensor<4xf32>'}}
  %0 = mp.conv %x, %w bias %b strides [1] padding [0, 0] lhs_dilation [1] rhs_dilation [1] accumulator f32
         : (tensor<1x8x4xf32>, tensor<3x4x6xf32>, tensor<4xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

// conv-c5
func.func @conv_accumulator(%x: tensor<1x8x4xf16>, %w: tensor<3x4x6xf16>) {
  // expected-error@+1 {{expected an accumulator of type f32 or f64, but got 'f16'}}
  %0 = mp.conv %x, %w strides [1] padding [0, 0] lhs_dilation [1] rhs_dilation [1] accumulator f16
         : (tensor<1x8x4xf16>, tensor<3x4x6xf16>) -> tensor<1x6x6xf16>
  return
}
