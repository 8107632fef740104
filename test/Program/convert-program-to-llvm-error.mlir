// RUN: mp-opt %s --mp-convert-program-to-llvm --split-input-file --verify-diagnostics

// expected-error @below {{expected 'unplanned' to have a memory plan; run mp-plan-memory first}}
func.func @unplanned(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

func.func private @k(%x: memref<4xf32>, %y: memref<4xf32>, %b: index, %e: index, %s: memref<?xi8>) attributes {mp.kernel} {
  return
}
func.func @not_lowered(%x: tensor<4xf32>) -> tensor<4xf32> attributes {mp.arena_bytes = 0 : i64} {
  // expected-error @below {{expected kernel 'k' to have been lowered to LLVM code}}
  %0 = mp.launch @k(%x) extent 1 grain 1 tied [-1] reusable [-1] {mp.buffers = [#mp.buffer<result, 0>]} : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// Printing with --mlir-elide-resource-strings leaves such constants behind.
func.func @elided() -> tensor<4xf32> attributes {mp.arena_bytes = 0 : i64} {
  %0 = arith.constant dense_resource<__elided__> : tensor<4xf32>
  // expected-error @below {{expected the data of resource '__elided__', but they were left out when the file was printed}}
  %1 = mp.copy %0 {mp.buffers = [#mp.buffer<result, 0>]} : tensor<4xf32>
  return %1 : tensor<4xf32>
}
