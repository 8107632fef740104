// RUN: mp-opt %s --mp-donate-state | FileCheck %s

// Results with the role and name of an argument replace it; others, and values
// that are no state, stay apart.
// CHECK-LABEL: func.func @step
//  CHECK-SAME:   %arg0: tensor<4xf32> {mp.name = "params/w", mp.role = "param", tf.aliasing_output = 1 : i32}
//  CHECK-SAME:   %arg1: tensor<i32> {mp.name = "opt_state/n", mp.role = "opt_state", tf.aliasing_output = 2 : i32}
//  CHECK-SAME:   %arg2: tensor<4xf32> {mp.name = "x", mp.role = "batch"}
//  CHECK-SAME:   %arg3: tensor<4xf32> {mp.name = "params/other", mp.role = "param"}
func.func @step(%w: tensor<4xf32> {mp.role = "param", mp.name = "params/w"},
                %n: tensor<i32> {mp.role = "opt_state", mp.name = "opt_state/n"},
                %x: tensor<4xf32> {mp.role = "batch", mp.name = "x"},
                %o: tensor<4xf32> {mp.role = "param", mp.name = "params/other"})
    -> (tensor<4xf32> {mp.role = "aux", mp.name = "x"}, tensor<4xf32> {mp.role = "param", mp.name = "params/w"},
        tensor<i32> {mp.role = "opt_state", mp.name = "opt_state/n"}, tensor<2xf32> {mp.role = "param", mp.name = "params/other"}) {
  %c = stablehlo.constant dense<0.0> : tensor<2xf32>
  return %x, %w, %n, %c : tensor<4xf32>, tensor<4xf32>, tensor<i32>, tensor<2xf32>
}

// The exporter's own choice stands.
// CHECK-LABEL: func.func @given
//  CHECK-SAME:   tf.aliasing_output = 1 : i32
//  CHECK-SAME:   %arg1: tensor<4xf32> {mp.name = "params/b", mp.role = "param"}
func.func @given(%a: tensor<4xf32> {mp.role = "param", mp.name = "params/a", tf.aliasing_output = 1 : i32},
                 %b: tensor<4xf32> {mp.role = "param", mp.name = "params/b"})
    -> (tensor<4xf32> {mp.role = "param", mp.name = "params/a"}, tensor<4xf32> {mp.role = "param", mp.name = "params/b"}) {
  return %a, %b : tensor<4xf32>, tensor<4xf32>
}
