// RUN: mp-opt %s --mp-convert-stablehlo-to-linalg | FileCheck %s

// Every operand of the result's shape is read at the result's own index.
// CHECK-DAG: #[[ID:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[SCALAR:.*]] = affine_map<(d0, d1) -> ()>

// CHECK-LABEL: func.func @add
//  CHECK-SAME:   %[[A:.*]]: tensor<2x3xf32>, %[[B:.*]]: tensor<2x3xf32>
//       CHECK:   %[[INIT:.*]] = tensor.empty() : tensor<2x3xf32>
//       CHECK:   linalg.generic {indexing_maps = [#[[ID]], #[[ID]], #[[ID]]]
//  CHECK-SAME:     ins(%[[A]], %[[B]] : {{.*}}) outs(%[[INIT]] :
//       CHECK:   ^bb0(%[[X:.*]]: f32, %[[Y:.*]]: f32, %{{.*}}: f32):
//       CHECK:     %[[SUM:.*]] = arith.addf %[[X]], %[[Y]] : f32
//       CHECK:     linalg.yield %[[SUM]]
func.func @add(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = stablehlo.add %a, %b : tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// A value used twice is read once.
// CHECK-LABEL: func.func @square
//       CHECK:   ^bb0(%[[X:.*]]: f32, %{{.*}}: f32):
//       CHECK:     arith.mulf %[[X]], %[[X]]
func.func @square(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = stablehlo.multiply %a, %a : tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// A constant that is the same everywhere is no tensor, also when broadcast.
// CHECK-LABEL: func.func @relu
//  CHECK-SAME:   %[[A:.*]]: tensor<2x3xf32>
//       CHECK:   linalg.generic {{.*}} ins(%[[A]] : tensor<2x3xf32>)
//       CHECK:     %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
//       CHECK:     arith.maximumf %{{.*}}, %[[ZERO]] : f32
func.func @relu(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %zeros = stablehlo.broadcast_in_dim %zero, dims = [] : (tensor<f32>) -> tensor<2x3xf32>
  %0 = stablehlo.maximum %a, %zeros : tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// The bounds of clamp and the predicate of select may be single numbers.
// CHECK-LABEL: func.func @clamp_by_scalars
//       CHECK:   linalg.generic {indexing_maps = [#[[SCALAR]], #[[ID]], #[[SCALAR]], #[[ID]]]
//       CHECK:     %[[MAX:.*]] = arith.maximumf
//       CHECK:     arith.minimumf %[[MAX]]
func.func @clamp_by_scalars(%low: tensor<f32>, %a: tensor<2x3xf32>, %high: tensor<f32>) -> tensor<2x3xf32> {
  %0 = stablehlo.clamp %low, %a, %high : (tensor<f32>, tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @select_by_scalar
//       CHECK:   linalg.generic {indexing_maps = [#[[SCALAR]], #[[ID]], #[[ID]], #[[ID]]]
//       CHECK:     arith.select
func.func @select_by_scalar(%p: tensor<i1>, %a: tensor<2x3xf32>, %b: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = stablehlo.select %p, %a, %b : tensor<i1>, tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// Exact but for one rounding: stays narrow.
// CHECK-LABEL: func.func @narrow_arithmetic
//       CHECK:     arith.mulf {{.*}} : bf16
//   CHECK-NOT:     arith.extf
func.func @narrow_arithmetic(%a: tensor<4xbf16>, %b: tensor<4xbf16>) -> tensor<4xbf16> {
  %0 = stablehlo.multiply %a, %b : tensor<4xbf16>
  return %0 : tensor<4xbf16>
}

// A function of several steps is rounded once, at its end.
// CHECK-LABEL: func.func @narrow_function
//       CHECK:     %[[WIDE:.*]] = arith.extf %{{.*}} : bf16 to f32
//       CHECK:     math.exp {{.*}} : f32
//       CHECK:     arith.divf {{.*}} : f32
//       CHECK:     arith.truncf %{{.*}} : f32 to bf16
func.func @narrow_function(%a: tensor<4xbf16>) -> tensor<4xbf16> {
  %0 = stablehlo.logistic %a : tensor<4xbf16>
  return %0 : tensor<4xbf16>
}

// CHECK-LABEL: func.func @cube
//   CHECK-NOT:     math.powf
//       CHECK:     %[[SQUARE:.*]] = arith.mulf %[[X:.*]], %[[X]]
//       CHECK:     arith.mulf %[[SQUARE]], %[[X]]
func.func @cube(%a: tensor<4xf32>) -> tensor<4xf32> {
  %three = stablehlo.constant dense<3.0> : tensor<4xf32>
  %0 = stablehlo.power %a, %three : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// CHECK-LABEL: func.func @power
//       CHECK:     math.powf
func.func @power(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.power %a, %b : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// Complex products are computed in f64 and rounded once; only create, re and
// im of the complex dialect are left.
// CHECK-LABEL: func.func @complex_multiply
//       CHECK:     complex.re
//       CHECK:     arith.extf %{{.*}} : f32 to f64
//       CHECK:     math.fma {{.*}} : f64
//       CHECK:     complex.create %{{.*}}, %{{.*}} : complex<f32>
//   CHECK-NOT:     complex.mul
func.func @complex_multiply(%a: tensor<4xcomplex<f32>>, %b: tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>> {
  %0 = stablehlo.multiply %a, %b : tensor<4xcomplex<f32>>
  return %0 : tensor<4xcomplex<f32>>
}

// CHECK-LABEL: func.func @rank_zero
//       CHECK:   linalg.generic {{.*}}iterator_types = []
func.func @rank_zero(%a: tensor<f32>) -> tensor<f32> {
  %0 = stablehlo.negate %a : tensor<f32>
  return %0 : tensor<f32>
}
