// RUN: mp-compile %s -o %t.so --target=x86-64-v3
// RUN: llvm-nm --dynamic --undefined-only %t.so | FileCheck %s

// C libraries have no routine for bf16, so a model must not need one, even
// where values are only moved, through loops that keep them in registers.
// CHECK-NOT: bf2
func.func @main(%x: tensor<16x16xbf16>, %v: tensor<bf16>) -> tensor<64x16xbf16> {
  %e = tensor.empty() : tensor<64x16xbf16>
  %t = tensor.empty() : tensor<16x16xbf16>
  %0 = linalg.transpose ins(%x : tensor<16x16xbf16>) outs(%t : tensor<16x16xbf16>) permutation = [1, 0]
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> ()>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      ins(%v : tensor<bf16>) outs(%e : tensor<64x16xbf16>) {
  ^bb0(%a: bf16, %out: bf16):
    linalg.yield %a : bf16
  } -> tensor<64x16xbf16>
  %2 = tensor.insert_slice %0 into %1[8, 0] [16, 16] [1, 1] : tensor<16x16xbf16> into tensor<64x16xbf16>
  return %2 : tensor<64x16xbf16>
}
