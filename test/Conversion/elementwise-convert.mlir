// RUN: mp-opt %s --mp-convert-stablehlo-to-linalg | FileCheck %s

// Out of range gives the bound, NaN gives 0; arith leaves both undefined.
// CHECK-LABEL: func.func @float_to_signed
//   CHECK-DAG:     %[[END:.*]] = arith.constant 1.280000e+02 : f32
//       CHECK:     %[[SAFE:.*]] = arith.select %{{.*}}, %[[X:.*]], %{{.*}} : f32
//       CHECK:     %[[INT:.*]] = arith.fptosi %[[SAFE]] : f32 to i8
//       CHECK:     arith.constant 127 : i8
//       CHECK:     arith.constant -128 : i8
func.func @float_to_signed(%a: tensor<4xf32>) -> tensor<4xi8> {
  %0 = stablehlo.convert %a : (tensor<4xf32>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}

// CHECK-LABEL: func.func @float_to_unsigned
//       CHECK:     arith.fptoui %{{.*}} : f32 to i32
func.func @float_to_unsigned(%a: tensor<4xf32>) -> tensor<4xui32> {
  %0 = stablehlo.convert %a : (tensor<4xf32>) -> tensor<4xui32>
  return %0 : tensor<4xui32>
}

// Also 0.5 and NaN are true.
// CHECK-LABEL: func.func @float_to_bool
//       CHECK:     arith.cmpf une
func.func @float_to_bool(%a: tensor<4xf32>) -> tensor<4xi1> {
  %0 = stablehlo.convert %a : (tensor<4xf32>) -> tensor<4xi1>
  return %0 : tensor<4xi1>
}

// CHECK-LABEL: func.func @unsigned_widens_with_zeros
//       CHECK:     arith.extui %{{.*}} : i8 to i32
func.func @unsigned_widens_with_zeros(%a: tensor<4xui8>) -> tensor<4xi32> {
  %0 = stablehlo.convert %a : (tensor<4xui8>) -> tensor<4xi32>
  return %0 : tensor<4xi32>
}

// CHECK-LABEL: func.func @signed_widens_with_sign
//       CHECK:     arith.extsi %{{.*}} : i8 to i32
func.func @signed_widens_with_sign(%a: tensor<4xi8>) -> tensor<4xui32> {
  %0 = stablehlo.convert %a : (tensor<4xi8>) -> tensor<4xui32>
  return %0 : tensor<4xui32>
}

// CHECK-LABEL: func.func @float_widens
//       CHECK:     arith.extf %{{.*}} : f16 to f32
func.func @float_widens(%a: tensor<4xf16>) -> tensor<4xf32> {
  %0 = stablehlo.convert %a : (tensor<4xf16>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// Neither format holds the other: through f32, rounded once.
// CHECK-LABEL: func.func @half_to_bfloat
//       CHECK:     arith.extf %{{.*}} : f16 to f32
//       CHECK:     arith.truncf %{{.*}} : f32 to bf16
func.func @half_to_bfloat(%a: tensor<4xf16>) -> tensor<4xbf16> {
  %0 = stablehlo.convert %a : (tensor<4xf16>) -> tensor<4xbf16>
  return %0 : tensor<4xbf16>
}

// On the way through f32 the last bit records that something was lost, or the
// second rounding could fall on the wrong side.
// CHECK-LABEL: func.func @double_to_bfloat
//       CHECK:     arith.truncf %{{.*}} : f64 to f32
//       CHECK:     arith.bitcast %{{.*}} : f32 to i32
//       CHECK:     arith.bitcast %{{.*}} : i32 to f32
//       CHECK:     arith.truncf %{{.*}} : f32 to bf16
func.func @double_to_bfloat(%a: tensor<4xf64>) -> tensor<4xbf16> {
  %0 = stablehlo.convert %a : (tensor<4xf64>) -> tensor<4xbf16>
  return %0 : tensor<4xbf16>
}

// CHECK-LABEL: func.func @real_to_complex
//       CHECK:     %[[RE:.*]] = arith.sitofp
//       CHECK:     complex.create %[[RE]], %{{.*}} : complex<f32>
func.func @real_to_complex(%a: tensor<4xi32>) -> tensor<4xcomplex<f32>> {
  %0 = stablehlo.convert %a : (tensor<4xi32>) -> tensor<4xcomplex<f32>>
  return %0 : tensor<4xcomplex<f32>>
}
