// RUN: mp-opt %s --canonicalize | FileCheck %s

// Every bf16 is an f32, so narrowing back gives the same bits.
// CHECK-LABEL: func.func @narrow_what_was_widened
//  CHECK-SAME:   %[[X:.*]]: tensor<4xbf16>
func.func @narrow_what_was_widened(%x: tensor<4xbf16>) -> tensor<4xbf16> {
  // CHECK-NEXT: return %[[X]]
  %w = mp.cast %x : tensor<4xbf16> to tensor<4xf32>
  %n = mp.cast %w : tensor<4xf32> to tensor<4xbf16>
  return %n : tensor<4xbf16>
}

// The narrowing rounded: the pair must stay.
// CHECK-LABEL: func.func @widen_what_was_narrowed
func.func @widen_what_was_narrowed(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-COUNT-2: mp.cast
  %n = mp.cast %x : tensor<4xf32> to tensor<4xbf16>
  %w = mp.cast %n : tensor<4xbf16> to tensor<4xf32>
  return %w : tensor<4xf32>
}

// f16 has more mantissa, bf16 more exponent: neither holds the other.
// CHECK-LABEL: func.func @neither_holds_the_other
func.func @neither_holds_the_other(%x: tensor<4xf16>) -> tensor<4xf16> {
  // CHECK-COUNT-2: mp.cast
  %n = mp.cast %x : tensor<4xf16> to tensor<4xbf16>
  %w = mp.cast %n : tensor<4xbf16> to tensor<4xf16>
  return %w : tensor<4xf16>
}
