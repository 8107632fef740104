// The backward pass computes softmax again behind an optimization barrier. Both
// copies get one assignment, no cast moves through the barrier, and gradients
// have the bits of those from the saved value.

// RUN: mp-opt %s --mp-autocast="policy=torch-cuda-fp16" | FileCheck %s
// RUN: rm -rf %t && mkdir %t
// RUN: python3 %S/Inputs/train_data.py %t/in.safetensors arg0~=F32:8x16:2 arg1~=F32:16x8:1 arg2~=F32:8x8:1
// RUN: mp-compile %s --policy=torch-cuda-fp16 -o %t/model.so
// RUN: mp-run %t/model.so --function=saved --inputs=%t/in.safetensors --outputs=%t/saved.safetensors --quiet
// RUN: mp-run %t/model.so --function=recomputed --inputs=%t/in.safetensors --outputs=%t/recomputed.safetensors --quiet
// RUN: cmp %t/saved.safetensors %t/recomputed.safetensors

// The report names each op of the second copy as tied to the first.
// RUN: mp-opt %s --mp-autocast="policy=torch-cuda-fp16 explain=%t/why.json" --remarks-filter=mp --remark-format=emitRemark -o /dev/null 2> %t/remarks
// RUN: FileCheck %s --check-prefix=TIED --input-file=%t/why.json
// RUN: FileCheck %s --check-prefix=REMARK --input-file=%t/remarks
// TIED: "id": "recomputed/arg1/[[DOT:dot_general.[0-9a-f]+]]"
// TIED-NOT: "tied_to"
// TIED: "op": "stablehlo.optimization_barrier"
// TIED: "op": "stablehlo.dot_general"
// TIED: "tied_to": "recomputed/arg1/[[DOT]]"
// TIED: "op": "stablehlo.exponential"
// TIED: "tied_to": "recomputed/{{.*}}/exponential.
// REMARK: Id=recomputed/{{.*}}exponential.{{.*}}Reason="f32, rule {{.*}} (computes recomputed/{{.*}}exponential.{{[0-9a-f]+}} again)"

// So they are where a policy would have told them apart: by the barrier, behind
// which nothing is known to be low, or by what else reads one of them.
// RUN: mp-opt %s --mp-autocast="policy=torch-cpu-bf16 explain=%t/cpu.json" -o %t/cpu.mlir
// RUN: %python %S/Inputs/tied.py %t/cpu.json

// CHECK-LABEL: func.func @saved
// CHECK: stablehlo.dot_general {{.*}} : (tensor<8x16xf16>, tensor<16x8xf16>) -> [[TYPE:.*]]
// CHECK: stablehlo.exponential {{.*}} : tensor<8x8xf32>

// CHECK-LABEL: func.func @recomputed
//  CHECK-SAME:   %[[X:.*]]: tensor<8x16xf32>, %[[W:.*]]: tensor<16x8xf32>
// CHECK: stablehlo.dot_general {{.*}} : (tensor<8x16xf16>, tensor<16x8xf16>) -> [[TYPE]]
// CHECK: stablehlo.exponential {{.*}} : tensor<8x8xf32>
// The barrier hands on what its author wrote.
// CHECK: %[[B:.*]]:2 = stablehlo.optimization_barrier %[[X]], %[[W]] : tensor<8x16xf32>, tensor<16x8xf32>
// CHECK: stablehlo.convert %[[B]]#{{[01]}}
// CHECK: stablehlo.dot_general {{.*}} : (tensor<8x16xf16>, tensor<16x8xf16>) -> [[TYPE]]
// CHECK: stablehlo.exponential {{.*}} : tensor<8x8xf32>

func.func @saved(%x: tensor<8x16xf32>, %w: tensor<16x8xf32>, %d: tensor<8x8xf32>) -> (tensor<8x8xf32>, tensor<16x8xf32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %low = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %z = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<8x16xf32>, tensor<16x8xf32>) -> tensor<8x8xf32>
  %m = stablehlo.reduce(%z init: %low) applies stablehlo.maximum across dimensions = [1] : (tensor<8x8xf32>, tensor<f32>) -> tensor<8xf32>
  %mb = stablehlo.broadcast_in_dim %m, dims = [0] : (tensor<8xf32>) -> tensor<8x8xf32>
  %c = stablehlo.subtract %z, %mb : tensor<8x8xf32>
  %e = stablehlo.exponential %c : tensor<8x8xf32>
  %n = stablehlo.reduce(%e init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<8x8xf32>, tensor<f32>) -> tensor<8xf32>
  %nb = stablehlo.broadcast_in_dim %n, dims = [0] : (tensor<8xf32>) -> tensor<8x8xf32>
  %s = stablehlo.divide %e, %nb : tensor<8x8xf32>
  %sd = stablehlo.multiply %s, %d : tensor<8x8xf32>
  %t = stablehlo.reduce(%sd init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<8x8xf32>, tensor<f32>) -> tensor<8xf32>
  %tb = stablehlo.broadcast_in_dim %t, dims = [0] : (tensor<8xf32>) -> tensor<8x8xf32>
  %q = stablehlo.subtract %d, %tb : tensor<8x8xf32>
  %dz = stablehlo.multiply %s, %q : tensor<8x8xf32>
  %dw = stablehlo.dot_general %x, %dz, contracting_dims = [0] x [0] : (tensor<8x16xf32>, tensor<8x8xf32>) -> tensor<16x8xf32>
  return %s, %dw : tensor<8x8xf32>, tensor<16x8xf32>
}

func.func @recomputed(%x: tensor<8x16xf32>, %w: tensor<16x8xf32>, %d: tensor<8x8xf32>) -> (tensor<8x8xf32>, tensor<16x8xf32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %low = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %z0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<8x16xf32>, tensor<16x8xf32>) -> tensor<8x8xf32>
  %m0 = stablehlo.reduce(%z0 init: %low) applies stablehlo.maximum across dimensions = [1] : (tensor<8x8xf32>, tensor<f32>) -> tensor<8xf32>
  %mb0 = stablehlo.broadcast_in_dim %m0, dims = [0] : (tensor<8xf32>) -> tensor<8x8xf32>
  %c0 = stablehlo.subtract %z0, %mb0 : tensor<8x8xf32>
  %e0 = stablehlo.exponential %c0 : tensor<8x8xf32>
  %n0 = stablehlo.reduce(%e0 init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<8x8xf32>, tensor<f32>) -> tensor<8xf32>
  %nb0 = stablehlo.broadcast_in_dim %n0, dims = [0] : (tensor<8xf32>) -> tensor<8x8xf32>
  %s0 = stablehlo.divide %e0, %nb0 : tensor<8x8xf32>
  %b:2 = stablehlo.optimization_barrier %x, %w : tensor<8x16xf32>, tensor<16x8xf32>
  %z = stablehlo.dot_general %b#0, %b#1, contracting_dims = [1] x [0] : (tensor<8x16xf32>, tensor<16x8xf32>) -> tensor<8x8xf32>
  %m = stablehlo.reduce(%z init: %low) applies stablehlo.maximum across dimensions = [1] : (tensor<8x8xf32>, tensor<f32>) -> tensor<8xf32>
  %mb = stablehlo.broadcast_in_dim %m, dims = [0] : (tensor<8xf32>) -> tensor<8x8xf32>
  %c = stablehlo.subtract %z, %mb : tensor<8x8xf32>
  %e = stablehlo.exponential %c : tensor<8x8xf32>
  %n = stablehlo.reduce(%e init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<8x8xf32>, tensor<f32>) -> tensor<8xf32>
  %nb = stablehlo.broadcast_in_dim %n, dims = [0] : (tensor<8xf32>) -> tensor<8x8xf32>
  %s = stablehlo.divide %e, %nb : tensor<8x8xf32>
  %sd = stablehlo.multiply %s, %d : tensor<8x8xf32>
  %t = stablehlo.reduce(%sd init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<8x8xf32>, tensor<f32>) -> tensor<8xf32>
  %tb = stablehlo.broadcast_in_dim %t, dims = [0] : (tensor<8xf32>) -> tensor<8x8xf32>
  %q = stablehlo.subtract %d, %tb : tensor<8x8xf32>
  %dz = stablehlo.multiply %s, %q : tensor<8x8xf32>
  %dw = stablehlo.dot_general %x, %dz, contracting_dims = [0] x [0] : (tensor<8x16xf32>, tensor<8x8xf32>) -> tensor<16x8xf32>
  return %s0, %dw : tensor<8x8xf32>, tensor<16x8xf32>
}
