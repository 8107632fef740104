// RUN: mp-opt %s --mp-autocast | FileCheck %s --check-prefix=KEEP
// RUN: mp-opt %s --mp-autocast=keep-io=false | FileCheck %s --check-prefix=FOLLOW

// A parameter that only products read can be handed in as bf16; one that is
// read in f32 too cannot, and neither can a result computed in f32.
// KEEP-LABEL: func.func @main(%arg0: tensor<4x4xf32>, %arg1: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>)
// FOLLOW-LABEL: func.func @main(%arg0: tensor<4x4xbf16>, %arg1: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>)
// FOLLOW-NOT: mp.format
func.func @main(%w: tensor<4x4xf32>, %x: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
  // KEEP-COUNT-2: stablehlo.convert
  // FOLLOW-COUNT-1: stablehlo.convert
  // FOLLOW-NOT: stablehlo.convert
  %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %1 = stablehlo.exponential %x : tensor<4x4xf32>
  return %0, %1 : tensor<4x4xf32>, tensor<4x4xf32>
}
