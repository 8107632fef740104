// RUN: mp-opt %s --mp-convert-stablehlo-to-linalg | FileCheck %s

// Dividing by zero gives -1 and MIN / -1 gives MIN; the divisor is 1 where the
// machine would trap.
// CHECK-LABEL: func.func @divide_signed
//   CHECK-DAG:     %[[ZERO:.*]] = arith.constant 0 : i32
//       CHECK:     %[[IS_ZERO:.*]] = arith.cmpi eq, %[[B:.*]], %[[ZERO]]
//       CHECK:     %[[TRAPS:.*]] = arith.ori %[[IS_ZERO]]
//       CHECK:     %[[SAFE:.*]] = arith.select %[[TRAPS]], %{{.*}}, %[[B]]
//       CHECK:     %[[QUOTIENT:.*]] = arith.divsi %{{.*}}, %[[SAFE]]
//       CHECK:     arith.select %[[IS_ZERO]], %{{.*}}, %[[QUOTIENT]]
func.func @divide_signed(%a: tensor<4xi32>, %b: tensor<4xi32>) -> tensor<4xi32> {
  %0 = stablehlo.divide %a, %b : tensor<4xi32>
  return %0 : tensor<4xi32>
}

// The sign is in the type of the op: the values are signless.
// CHECK-LABEL: func.func @divide_unsigned
//       CHECK:     arith.divui %{{.*}} : i32
func.func @divide_unsigned(%a: tensor<4xui32>, %b: tensor<4xui32>) -> tensor<4xui32> {
  %0 = stablehlo.divide %a, %b : tensor<4xui32>
  return %0 : tensor<4xui32>
}

// CHECK-LABEL: func.func @compare_unsigned
//       CHECK:     arith.cmpi ult
func.func @compare_unsigned(%a: tensor<4xui8>, %b: tensor<4xui8>) -> tensor<4xi1> {
  %0 = stablehlo.compare LT, %a, %b, UNSIGNED : (tensor<4xui8>, tensor<4xui8>) -> tensor<4xi1>
  return %0 : tensor<4xi1>
}

// CHECK-LABEL: func.func @maximum_signed
//       CHECK:     arith.maxsi
func.func @maximum_signed(%a: tensor<4xi8>, %b: tensor<4xi8>) -> tensor<4xi8> {
  %0 = stablehlo.maximum %a, %b : tensor<4xi8>
  return %0 : tensor<4xi8>
}

// Sums and products of booleans are disjunctions and conjunctions.
// CHECK-LABEL: func.func @booleans
//       CHECK:     arith.ori %{{.*}} : i1
//       CHECK:     arith.andi %{{.*}} : i1
func.func @booleans(%a: tensor<4xi1>, %b: tensor<4xi1>) -> tensor<4xi1> {
  %0 = stablehlo.add %a, %b : tensor<4xi1>
  %1 = stablehlo.multiply %0, %b : tensor<4xi1>
  return %1 : tensor<4xi1>
}

// Shifting out every bit leaves zero, and arithmetically the sign.
// CHECK-LABEL: func.func @shifts
//       CHECK:     %[[FITS:.*]] = arith.cmpi ult, %[[N:.*]], %{{.*}} : i16
//       CHECK:     %[[AMOUNT:.*]] = arith.select %[[FITS]], %[[N]]
//       CHECK:     %[[SHIFTED:.*]] = arith.shli %{{.*}}, %[[AMOUNT]]
//       CHECK:     arith.select %[[FITS]], %[[SHIFTED]]
//       CHECK:     arith.constant 15 : i16
//       CHECK:     %[[AMOUNT:.*]] = arith.select
//       CHECK:     arith.shrsi %{{.*}}, %[[AMOUNT]]
func.func @shifts(%a: tensor<4xi16>, %n: tensor<4xi16>) -> tensor<4xi16> {
  %0 = stablehlo.shift_left %a, %n : tensor<4xi16>
  %1 = stablehlo.shift_right_arithmetic %0, %n : tensor<4xi16>
  return %1 : tensor<4xi16>
}

// A known exponent needs as many products as it has bits.
// CHECK-LABEL: func.func @power_five
// CHECK-COUNT-4: arith.muli
//   CHECK-NOT:   arith.muli
//       CHECK:   return
func.func @power_five(%a: tensor<4xi32>) -> tensor<4xi32> {
  %five = stablehlo.constant dense<5> : tensor<4xi32>
  %0 = stablehlo.power %a, %five : tensor<4xi32>
  return %0 : tensor<4xi32>
}
