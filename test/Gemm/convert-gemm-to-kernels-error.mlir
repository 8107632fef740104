// RUN: mp-opt %s --verify-diagnostics --mp-convert-gemm-to-kernels

func.func @unknown_format(%a: tensor<4x8xf8E4M3B11FNUZ>, %b: tensor<8x4xf32>) -> tensor<4x4xf32> {
  // expected-error@+1 {{has an operand of format 'f8E4M3B11FNUZ'; expected f64, f32, bf16, f16, f8E4M3FN or f8E5M2}}
  %y = mp.gemm %a, %b accumulator f32
       : (tensor<4x8xf8E4M3B11FNUZ>, tensor<8x4xf32>) -> tensor<4x4xf32>
  return %y : tensor<4x4xf32>
}
