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

// "What would make it low?" Each change of one rule that does, the cheapest
// first, with the casts that it costs: the op is asked for by the name in its
// location, and a rule for it alone costs a cast of each operand and of the
// result.
// RUN: mp-opt %s --mp-autocast="policy=tf-grappler-fp16 what-if=scale:f16" -o /dev/null 2>&1 | FileCheck %s --check-prefix=WHATIF
// WHATIF: remark: {{.*}}'main/scale/multiply.{{[0-9a-f]+}}' is f32 under 'tf-grappler-fp16': rule 'arithmetic' at <tf-grappler-fp16.yaml>:{{.*}} It is wide because of main/sum/add.
// WHATIF-NEXT: note: {{.*}}f16 with a rule in front, { id: what-if, match: { id: "main/scale/multiply.{{[0-9a-f]+}}" }, action: allow, why: ... }: 3 more casts and 1152 more bytes in each call, 1 low ops rather than 0
// WHATIF-NEXT: note: {{.*}}f16 with 'action: allow' in rule 'arithmetic' at <tf-grappler-fp16.yaml>:{{[0-9:]+}}: 4 more casts and 1536 more bytes in each call, 2 low ops rather than 0

// RUN: not mp-opt %s --mp-autocast="what-if=main/scale/multiply.000000:f16" -o /dev/null 2>&1 | FileCheck %s --check-prefix=NOOP
// NOOP: error: there is no op 'main/scale/multiply.000000'
// NOOP: note: {{.*}}there is 'main/scale/multiply.
// RUN: not mp-opt %s --mp-autocast="what-if=scale:f17" -o /dev/null 2>&1 | FileCheck %s --check-prefix=NOFORMAT
// NOFORMAT: error: expected an op and a low format, 'ID:f16', but got 'scale:f17'

func.func @main(%x: tensor<64xf32>, %b: tensor<64xf32>, %c: tensor<64xf32>) -> tensor<64xf32> {
  %e = stablehlo.exponential %x : tensor<64xf32> loc("exp")
  %a = stablehlo.add %e, %b : tensor<64xf32> loc("sum")
  %m = stablehlo.multiply %a, %c : tensor<64xf32> loc("scale")
  return %m : tensor<64xf32>
}
