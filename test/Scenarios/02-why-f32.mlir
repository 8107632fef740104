// "Why is this op f32?" The explanation names the rule, and the way on which
// the width of another op came here; the remark says the same in words.
// RUN: mp-opt %s --mp-autocast="policy=tf-grappler-fp16 explain=%t.json" --remarks-filter=mp --remark-format=emitRemark -o /dev/null 2> %t.remarks
// RUN: FileCheck %s --input-file=%t.json
// RUN: FileCheck %s --check-prefix=REMARK --input-file=%t.remarks

// CHECK: "ops": [
// CHECK: "compute": "f32"
// CHECK: "id": "main/exp/[[EXP:exponential.[0-9a-f]+]]"
// CHECK: "rule": "[[RULE:.*]]"
// CHECK: "chain": [
// CHECK-NEXT: "main/exp/[[EXP]]"
// CHECK-NEXT: ]
// CHECK: "compute": "f32"
// CHECK: "id": "main/sum/[[ADD:add.[0-9a-f]+]]"
// CHECK: "inherited_from": "main/exp/[[EXP]]"
// CHECK: "chain": [
// CHECK-NEXT: "main/sum/[[ADD]]",
// CHECK-NEXT: "main/exp/[[EXP]]"
// CHECK-NEXT: ]
// CHECK: "compute": "f32"
// CHECK: "inherited_from": "main/sum/[[ADD]]"
// CHECK: "op": "stablehlo.multiply"

// Each op has exactly one entry.
// CHECK-NOT: "op":
// CHECK: "ops": 3

// REMARK: f32, rule '{{.*}}(wide because of main/sum/add.{{[0-9a-f]+}} <- main/exp/exponential.{{[0-9a-f]+}}, rule '{{.+}}')

func.func @main(%x: tensor<64xf32>, %b: tensor<64xf32>, %c: tensor<64xf32>) -> tensor<64xf32> {
  %e = stablehlo.exponential %x : tensor<64xf32> loc("exp")
  %a = stablehlo.add %e, %b : tensor<64xf32> loc("sum")
  %m = stablehlo.multiply %a, %c : tensor<64xf32> loc("scale")
  return %m : tensor<64xf32>
}
