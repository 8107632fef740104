// RUN: mp-opt %s --mp-autocast="policy=bf16 explain=%t.json" -o %t.mlir
// RUN: FileCheck %s --input-file=%t.json
// RUN: mp-opt %s --mp-autocast -o %t.bare.mlir && diff %t.mlir %t.bare.mlir
// RUN: mp-opt %s --mp-autocast --remarks-filter=mp --remark-format=emitRemark 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: not mp-opt %s --mp-autocast="explain=%t.absent/why.json" 2>&1 | FileCheck %s --check-prefix=ERROR

// Every op has an entry; a parameter is cast once, a constant is folded, and
// neither counts as a cast of each call.
// CHECK: "casts": [
// CHECK-DAG: "value": "main/argument#0"
// CHECK-DAG: "when": "each-call"
// CHECK-DAG: "value": "main/argument#1"
// CHECK-DAG: "when": "one-time"
// CHECK-DAG: "when": "folded"
// CHECK: "ops": [
// CHECK: "action": "keep"
// CHECK: "id": "main/layer0/ffn/constant.{{[0-9a-f]+}}"
// CHECK: "op": "stablehlo.constant"
// CHECK: "accumulate": "f32"
// CHECK-NEXT: "action": "allow"
// CHECK-NEXT: "class": "contraction"
// CHECK-NEXT: "column": 3
// CHECK-NEXT: "compute": "bf16"
// CHECK-NEXT: "file": "<bf16.yaml>"
// CHECK-NEXT: "function": "main"
// CHECK-NEXT: "id": "main/layer0/ffn/dot_general.{{[0-9a-f]+}}"
// CHECK-NEXT: "line":
// CHECK-NEXT: "location":
// CHECK-NEXT: "name": "layer0/ffn"
// CHECK-NEXT: "op": "stablehlo.dot_general"
// CHECK-NEXT: "policy": "bf16"
// CHECK-NEXT: "result": "f32"
// CHECK-NEXT: "rule": "contraction"
// CHECK-NEXT: "why":
// CHECK: "totals": {
// CHECK-NEXT: "cast_bytes": 192
// CHECK-NEXT: "casts": 2
// CHECK-NEXT: "folded_constants": 1
// CHECK-NEXT: "low_ops": 2
// CHECK-NEXT: "one_time_casts": 1
// CHECK-NEXT: "ops": 3
// CHECK-NEXT: "product_flops": {
// CHECK-NEXT: "bf16": 256
// CHECK-NEXT: }

// REMARK-DAG: remark: [Passed] cast{{.*}}one-time of main/argument#1 from f32 to bf16
// REMARK-DAG: remark: [Analysis] decision{{.*}}Id=main/layer0/ffn/dot_general.{{[0-9a-f]+}}, Reason="bf16, rule 'contraction'
// REMARK-DAG: remark: [Passed] placement
// REMARK-DAG: remark: [Passed] products{{.*}}contraction FLOPs: 100.0 % bf16

// ERROR: error: cannot write the explanation: '{{.*}}why.json'

func.func @main(%x: tensor<4x4xf32>, %w: tensor<4x4xf32> {mp.role = "param"}) -> tensor<4x4xf32> {
  %c = stablehlo.constant dense<2.0> : tensor<4x4xf32>
  %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32> loc("layer0/ffn")
  %1 = stablehlo.dot_general %0, %c, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return %1 : tensor<4x4xf32>
}
