// RUN: mp-compile %s -o %t.so
// RUN: llvm-nm --dynamic --defined-only %t.so | FileCheck %s --check-prefix=SYMBOLS
// RUN: llvm-readelf --notes --dynamic-table %t.so | FileCheck %s --check-prefix=ELF
// RUN: mp-compile %s -o %t2.so --target=x86-64-v3
// RUN: llvm-readelf --notes %t2.so | FileCheck %s --check-prefix=V3

// A model exports one symbol and says what it needs before any of it runs.
// SYMBOLS: T mp_rt_model
// SYMBOLS-NOT: {{.}}
// ELF-DAG: Shared library: [libmp_rt.so.0]
// ELF-DAG: Shared library: [libm.so.6]
// ELF-DAG: .note.mp
// "1.1;cpu;sse3,...,avx2,...,movbe"
// V3: 31 2e 32 3b 63 70 75 3b 73 73 65 33 2c
#id = affine_map<(d0) -> (d0)>
func.func @main(%x: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]}
      ins(%x, %w : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
