// RUN: mp-opt %s --mp-convert-stablehlo-to-linalg --split-input-file | FileCheck %s

// The root is taken once for each feature, not for each element.
// CHECK-LABEL: func.func @inference
// CHECK: linalg.generic
// CHECK: math.sqrt
// CHECK: -> tensor<3xf32>
// CHECK: arith.divf
// CHECK: -> tensor<2x4x3xf32>
func.func @inference(%x: tensor<2x4x3xf32>, %p: tensor<3xf32>) -> tensor<2x4x3xf32> {
  %0 = "stablehlo.batch_norm_inference"(%x, %p, %p, %p, %p) <{epsilon = 1.0e-3 : f32, feature_index = 2 : i64}> : (tensor<2x4x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x4x3xf32>
  return %0 : tensor<2x4x3xf32>
}

// -----

// The sums of bf16 operands are f32.
// CHECK-LABEL: func.func @training
// CHECK: iterator_types = ["reduction", "reduction", "parallel"]
// CHECK: arith.addf {{.*}} : f32
// CHECK: arith.truncf {{.*}} : f32 to bf16
func.func @training(%x: tensor<2x4x3xbf16>, %p: tensor<3xbf16>) -> (tensor<2x4x3xbf16>, tensor<3xbf16>) {
  %0:3 = "stablehlo.batch_norm_training"(%x, %p, %p) <{epsilon = 1.0e-3 : f32, feature_index = 2 : i64}> : (tensor<2x4x3xbf16>, tensor<3xbf16>, tensor<3xbf16>) -> (tensor<2x4x3xbf16>, tensor<3xbf16>, tensor<3xbf16>)
  return %0#0, %0#2 : tensor<2x4x3xbf16>, tensor<3xbf16>
}

// -----

// CHECK-LABEL: func.func @gradient
// CHECK-COUNT-2: iterator_types = ["reduction", "reduction", "parallel"]
func.func @gradient(%x: tensor<2x4x3xf32>, %p: tensor<3xf32>) -> (tensor<2x4x3xf32>, tensor<3xf32>, tensor<3xf32>) {
  %0:3 = "stablehlo.batch_norm_grad"(%x, %p, %p, %p, %x) <{epsilon = 1.0e-3 : f32, feature_index = 2 : i64}> : (tensor<2x4x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<2x4x3xf32>) -> (tensor<2x4x3xf32>, tensor<3xf32>, tensor<3xf32>)
  return %0#0, %0#1, %0#2 : tensor<2x4x3xf32>, tensor<3xf32>, tensor<3xf32>
}
