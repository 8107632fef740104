// "What is saved and what is recomputed have two types." The forward pass
// computes a softmax, the backward pass computes it again behind a barrier:
// both are decided alike, and no cast moves through the barrier.
// RUN: mp-opt %s --mp-autocast="policy=torch-cuda-fp16 explain=%t.json" | FileCheck %s
// RUN: grep '"compute"' %t.json | FileCheck %s --check-prefix=WHY

// WHY: "compute": "f16"
// WHY-NEXT: "compute": "[[EXP:f32]]"
// WHY: "compute": "[[EXP]]"

// CHECK-LABEL: func.func @main
// CHECK: %[[S:.*]] = stablehlo.dot_general {{.*}} -> tensor<8x8xf16>
// CHECK: stablehlo.exponential {{.*}} : tensor<8x8xf32>
// CHECK: %[[B:.*]] = stablehlo.optimization_barrier %{{.*}} : tensor<8x8xf32>
// CHECK: stablehlo.exponential %[[B]] : tensor<8x8xf32>
func.func @main(%x: tensor<8x8xf32>, %w: tensor<8x8xf32>) -> (tensor<8x8xf32>, tensor<8x8xf32>) {
  %s = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32> loc("scores")
  %e = stablehlo.exponential %s : tensor<8x8xf32> loc("forward/softmax")
  %b = stablehlo.optimization_barrier %s : tensor<8x8xf32>
  %r = stablehlo.exponential %b : tensor<8x8xf32> loc("backward/softmax")
  return %e, %r : tensor<8x8xf32>, tensor<8x8xf32>
}
