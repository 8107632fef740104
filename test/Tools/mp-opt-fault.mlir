// MLIR's parser falls over iterator types that are no strings. The tool still
// ends with one error, and leaves no output behind.

// RUN: rm -f %t.out
// RUN: not mp-opt %s -o %t.out 2>&1 | FileCheck %s --implicit-check-not='Stack dump'
// RUN: not ls %t.out

// CHECK: mp-opt-fault.mlir: error: the compiler was stopped by signal {{[0-9]+}} ({{.*}}); this is a fault of the compiler
func.func @main(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %0 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = [1]} ins(%a : tensor<4xf32>) outs(%b : tensor<4xf32>) {
  ^bb0(%x: f32, %y: f32):
    linalg.yield %x : f32
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
