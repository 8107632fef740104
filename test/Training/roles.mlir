// RUN: mp-opt %s --mp-assign-roles=file=%S/Inputs/roles.json --mp-print-roles | FileCheck %s

// CHECK-LABEL: @main
// CHECK-NEXT: argument 0: param params/w : tensor<4x2xf32>
// CHECK-NEXT: argument 1: batch x : tensor<3x4xf32>
// CHECK-NEXT: argument 2: - - : tensor<i32>
// `new_param` in a sidecar is the role `param` of a result.
// CHECK-NEXT: result 0: param params/w : tensor<4x2xf32>
func.func public @main(%w: tensor<4x2xf32>, %x: tensor<3x4xf32>, %n: tensor<i32>) -> tensor<4x2xf32> {
  return %w : tensor<4x2xf32>
}
