// What an epsilon that f16 loses keeps in f32, and what it does not.

// RUN: mp-opt %s --mp-autocast="policy=f16" --split-input-file | FileCheck %s

// The root is huge only where x is zero: their product is neither, and f16
// holds it.
// CHECK-LABEL: @normalised
// CHECK: stablehlo.rsqrt {{.*}} : tensor<4x1xf32>
// CHECK: stablehlo.dot_general {{.*}} : (tensor<4x8xf16>, tensor<8x8xf16>) -> tensor<4x8xf32>
// CHECK: stablehlo.dot_general {{.*}} : (tensor<4x8xf16>, tensor<8x8xf16>) -> tensor<4x8xf32>
func.func @normalised(%x: tensor<4x8xf32>, %v: tensor<4x1xf32>, %n: tensor<4x1xf32>, %w: tensor<8x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %e = stablehlo.constant dense<1.0e-12> : tensor<4x1xf32>
  %0 = stablehlo.add %v, %e : tensor<4x1xf32>
  %1 = stablehlo.rsqrt %0 : tensor<4x1xf32>
  %2 = stablehlo.broadcast_in_dim %1, dims = [0, 1] : (tensor<4x1xf32>) -> tensor<4x8xf32>
  %3 = stablehlo.multiply %x, %2 : tensor<4x8xf32>
  %4 = stablehlo.dot_general %3, %w, contracting_dims = [1] x [0] : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  %5 = stablehlo.add %n, %e : tensor<4x1xf32>
  %6 = stablehlo.broadcast_in_dim %5, dims = [0, 1] : (tensor<4x1xf32>) -> tensor<4x8xf32>
  %7 = stablehlo.divide %x, %6 : tensor<4x8xf32>
  %8 = stablehlo.dot_general %7, %w, contracting_dims = [1] x [0] : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  return %4, %8 : tensor<4x8xf32>, tensor<4x8xf32>
}

// -----

// 1 / (v + 1e-12) is 1e12 where v is zero; and a mask of zeros and ones holds
// -1e9 once it is multiplied by it.
// CHECK-LABEL: @reciprocal
// CHECK: stablehlo.dot_general {{.*}} : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
// CHECK: stablehlo.dot_general {{.*}} : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
func.func @reciprocal(%v: tensor<4x8xf32>, %m: tensor<4x8xf32>, %w: tensor<8x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %e = stablehlo.constant dense<1.0e-12> : tensor<4x8xf32>
  %one = stablehlo.constant dense<1.0> : tensor<4x8xf32>
  %huge = stablehlo.constant dense<-1.0e9> : tensor<4x8xf32>
  %0 = stablehlo.add %v, %e : tensor<4x8xf32>
  %1 = stablehlo.divide %one, %0 : tensor<4x8xf32>
  %2 = stablehlo.dot_general %1, %w, contracting_dims = [1] x [0] : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  %3 = stablehlo.multiply %m, %huge : tensor<4x8xf32>
  %4 = stablehlo.dot_general %3, %w, contracting_dims = [1] x [0] : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  return %2, %4 : tensor<4x8xf32>, tensor<4x8xf32>
}
