// RUN: mp-opt %s --mp-convert-stablehlo-to-linalg --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @loop
// CHECK: scf.while (%[[I:.*]] = %arg0, %[[X:.*]] = %arg1) : (tensor<i32>, tensor<4xf32>) -> (tensor<i32>, tensor<4xf32>)
// CHECK: %[[C:.*]] = tensor.extract {{.*}}[] : tensor<i1>
// CHECK: scf.condition(%[[C]]) %[[I]], %[[X]]
// CHECK: do
// CHECK: scf.yield {{.*}} : tensor<i32>, tensor<4xf32>
func.func @loop(%i: tensor<ui32>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %n = stablehlo.constant dense<10> : tensor<ui32>
  %0:2 = stablehlo.while(%a = %i, %b = %x) : tensor<ui32>, tensor<4xf32>
    cond {
      %1 = stablehlo.compare LT, %a, %n, UNSIGNED : (tensor<ui32>, tensor<ui32>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    } do {
      %one = stablehlo.constant dense<1> : tensor<ui32>
      %1 = stablehlo.add %a, %one : tensor<ui32>
      %2 = stablehlo.add %b, %b : tensor<4xf32>
      stablehlo.return %1, %2 : tensor<ui32>, tensor<4xf32>
    }
  return %0#1 : tensor<4xf32>
}

// -----

// An index out of range takes the last branch.
// CHECK-LABEL: func.func @branches
// CHECK: scf.if
// CHECK: scf.index_switch
// CHECK: case 0
// CHECK: scf.yield %arg2
// CHECK: case 1
// CHECK: default
// CHECK: scf.yield %arg2
func.func @branches(%p: tensor<i1>, %i: tensor<i32>, %x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = "stablehlo.if"(%p) ({
    stablehlo.return %x : tensor<4xf32>
  }, {
    %1 = stablehlo.negate %x : tensor<4xf32>
    stablehlo.return %1 : tensor<4xf32>
  }) : (tensor<i1>) -> tensor<4xf32>
  %2 = "stablehlo.case"(%i) ({
    stablehlo.return %x : tensor<4xf32>
  }, {
    %1 = stablehlo.negate %x : tensor<4xf32>
    stablehlo.return %1 : tensor<4xf32>
  }, {
    stablehlo.return %x : tensor<4xf32>
  }) : (tensor<i32>) -> tensor<4xf32>
  return %0, %2 : tensor<4xf32>, tensor<4xf32>
}
