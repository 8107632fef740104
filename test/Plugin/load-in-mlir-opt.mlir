// The passes work inside stock mlir-opt, through the plugin.
// RUN: mlir-opt --load-dialect-plugin=%mp_plugin --load-pass-plugin=%mp_plugin %s \
// RUN:   --pass-pipeline="builtin.module(canonicalize)" | FileCheck %s
//
// A second copy of MLIR in the plugin would define mlir::Operation's members.
// RUN: llvm-nm -D --defined-only -C %mp_plugin | FileCheck %s --check-prefix=SYMBOLS --allow-empty

// CHECK-LABEL: func.func @narrow_exactly_widened
//  CHECK-SAME:   %[[X:.*]]: tensor<4xbf16>
func.func @narrow_exactly_widened(%x: tensor<4xbf16>) -> tensor<4xbf16> {
  // CHECK-NEXT: return %[[X]]
  %w = mp.cast %x : tensor<4xbf16> to tensor<4xf32>
  %n = mp.cast %w : tensor<4xf32> to tensor<4xbf16>
  return %n : tensor<4xbf16>
}
// SYMBOLS-NOT: mlir::Operation::
