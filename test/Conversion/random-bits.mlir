// RUN: mp-opt %s --mp-convert-stablehlo-to-linalg | FileCheck %s

// Each element is a function of the key and its own counter: no loop carries
// a state.
// CHECK-DAG: #[[KEY:.*]] = affine_map<(d0) -> (0)>
// CHECK-DAG: #[[COUNTER:.*]] = affine_map<(d0) -> (1)>

// CHECK-LABEL: func.func @three_fry
//  CHECK-SAME:   %[[STATE:.*]]: tensor<2xi64>
//       CHECK:   linalg.generic {indexing_maps = [#[[KEY]], #[[COUNTER]],
//  CHECK-SAME:     iterator_types = ["parallel"]} ins(%[[STATE]], %[[STATE]]
//       CHECK:     linalg.index 0
//       CHECK:     arith.constant 466688986 : i32
func.func @three_fry(%state: tensor<2xui64>) -> (tensor<2xui64>, tensor<8xui64>) {
  %0, %1 = stablehlo.rng_bit_generator %state, algorithm = THREE_FRY : (tensor<2xui64>) -> (tensor<2xui64>, tensor<8xui64>)
  return %0, %1 : tensor<2xui64>, tensor<8xui64>
}

// CHECK-LABEL: func.func @philox
//       CHECK:     arith.constant 3528531795 : i64
func.func @philox(%state: tensor<3xui64>) -> (tensor<3xui64>, tensor<8xui32>) {
  %0, %1 = stablehlo.rng_bit_generator %state, algorithm = PHILOX : (tensor<3xui64>) -> (tensor<3xui64>, tensor<8xui32>)
  return %0, %1 : tensor<3xui64>, tensor<8xui32>
}
