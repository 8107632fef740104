// RUN: mp-opt %s --mp-import --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s

// An inlined op knows where it was written and where it was called from.

// CHECK-LABEL: func.func @main
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: stablehlo.abs %{{.*}} : tensor<4xf32> loc(callsite("callee" at "caller"))
  %0 = call @callee(%x) : (tensor<4xf32>) -> tensor<4xf32> loc("caller")
  return %0 : tensor<4xf32>
}
func.func private @callee(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.abs %x : tensor<4xf32> loc("callee")
  return %0 : tensor<4xf32>
}
