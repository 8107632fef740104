// RUN: split-file %s %t
// RUN: mp-opt %t/model.mlir --mp-classify --mp-decide-precision=policy=%t/low.yaml --remarks-filter=mp --remark-format=emitRemark 2>%t/remarks | FileCheck %t/model.mlir
// RUN: FileCheck %s --check-prefix=REMARK < %t/remarks
// RUN: mp-opt %t/model.mlir --mp-classify --mp-decide-precision=policy=%t/force.yaml | FileCheck %t/model.mlir --check-prefix=FORCE
// RUN: mp-opt %t/plain.mlir --mp-classify --mp-decide-precision=policy=%t/ranges.yaml | FileCheck %t/plain.mlir
// RUN: mp-opt %t/plain.mlir --mp-classify "--mp-decide-precision=policy=%t/low.yaml ranges=%t/seen.json" 2>%t/warnings | FileCheck %t/plain.mlir --check-prefix=SEEN
// RUN: FileCheck %s --check-prefix=WARN < %t/warnings
// RUN: not mp-opt %t/plain.mlir "--mp-decide-precision=policy=%t/low.yaml ranges=%t/other.json" 2>&1 | FileCheck %s --check-prefix=OTHER
// RUN: not mp-opt %t/plain.mlir "--mp-decide-precision=policy=%t/low.yaml ranges=%t/bad.json" 2>&1 | FileCheck %s --check-prefix=BAD
// RUN: not mp-opt %t/plain.mlir "--mp-decide-precision=policy=%t/low.yaml ranges=%t/small.json" 2>&1 | FileCheck %s --check-prefix=SMALL

// REMARK: model.mlir:{{.*}}"it stays f32: proved to reach {{.*}}, beyond 65504, from arg0 in [-8, 8] by sum at {{.*}}model.mlir:5:8
// REMARK: model.mlir:{{.*}}"its result stays f32: proved to reach {{.*}} by contraction
// REMARK: model.mlir:{{.*}}"it stays f32: proved to stay below 1e-08, under the smallest 5.96046e-08
// WARN: seen.json:1:1: warning: 1 recorded values are not in the model, the first is 'main/divide#7'
// OTHER: other.json:1:1: error: the ranges are of another model: it has no value 'main/none#0'
// BAD: bad.json:1:1: error: value 0 of the ranges has no 'id' or 'name', no 'max' for its 'min', or an 'absmin_nonzero' that is not between them
// No element of [-1, 1] has a magnitude of 2 or more.
// SMALL: small.json:1:1: error: value 1 of the ranges {{.*}}an 'absmin_nonzero' that is not between them

//--- low.yaml
version: 1
name: all-low
compute: f16
unlisted: allow
rules:
- id: rest
  match: { any: true }
  action: allow
  why: Everything is low.

//--- force.yaml
version: 1
name: forced
compute: f16
rules:
- id: rest
  match: { any: true }
  action: allow
  force: true
  why: Everything is low, come what may.

//--- ranges.yaml
version: 1
name: with-ranges
extends: low.yaml
ranges:
  arg0: [0, 300]

//--- seen.json
{"format": "mp-ranges", "version": 1, "values": [
  {"id": "main/arg0/multiply.659c6e", "min": -1.0, "max": 7.0e4, "nan": 0, "inf": 0},
  {"name": "arg0", "min": 0, "max": 264},
  {"id": "main/divide#7", "min": 0, "max": 1}]}

//--- other.json
{"format": "mp-ranges", "version": 1, "values": [{"id": "main/none#0", "min": 0, "max": 1}]}

//--- bad.json
{"format": "mp-ranges", "version": 1, "values": [{"id": "main/multiply#0", "min": 3}]}

//--- small.json
{"format": "mp-ranges", "version": 1, "values": [
  {"id": "main/multiply#0", "min": -1, "max": 1, "absmin_nonzero": 1},
  {"id": "main/multiply#0", "min": -1, "max": 1, "absmin_nonzero": 2}]}

//--- model.mlir
// CHECK-LABEL: func.func @main
func.func @main(%x: tensor<1024x1024xf32> {mp.range = [-8.0, 8.0]}, %y: tensor<1024x1024xf32>) -> (tensor<f32>, tensor<1024x1024xf32>, tensor<1024x1024xf32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %eps = stablehlo.constant dense<1.0e-8> : tensor<1024x1024xf32>
  %s = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [0, 1] : (tensor<1024x1024xf32>, tensor<f32>) -> tensor<f32>
  // CHECK: stablehlo.reduce
  // CHECK-SAME: action = "deny"
  // CHECK-SAME: rule = "proved-range", why = "proved to reach
  // FORCE: stablehlo.reduce
  // FORCE-SAME: action = "allow"

  // The operands fit, so they are narrowed; the result is handed out wide.
  // CHECK: stablehlo.dot_general
  // CHECK-SAME: action = "allow"
  // CHECK-SAME: result = "wide"
  // CHECK-SAME: #mp.precision<compute = f16, accumulate = f32, result = f32>
  %d = stablehlo.dot_general %x, %x, contracting_dims = [1] x [0] : (tensor<1024x1024xf32>, tensor<1024x1024xf32>) -> tensor<1024x1024xf32>

  // The epsilon would be zero.
  // CHECK: stablehlo.add
  // CHECK-SAME: action = "deny"
  %e = stablehlo.add %y, %eps : tensor<1024x1024xf32>
  return %s, %d, %e : tensor<f32>, tensor<1024x1024xf32>, tensor<1024x1024xf32>
}

//--- plain.mlir
// CHECK-LABEL: func.func @main
// SEEN-LABEL: func.func @main
func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: stablehlo.multiply
  // CHECK-SAME: why = "proved to reach 90000, beyond 65504, from arg0 in [0, 300] by multiply
  // SEEN: stablehlo.multiply
  // SEEN-SAME: why = "recorded to reach 70000, beyond 65504"
  %q = stablehlo.multiply %x, %x : tensor<4xf32>
  // CHECK: stablehlo.sqrt
  // CHECK-SAME: action = "deny"
  // SEEN: stablehlo.sqrt
  // SEEN-SAME: action = "deny"
  %r = stablehlo.sqrt %q : tensor<4xf32>
  // CHECK: stablehlo.negate
  // CHECK-SAME: action = "allow"
  // SEEN: stablehlo.negate
  // SEEN-SAME: action = "allow"
  %n = stablehlo.negate %r : tensor<4xf32>
  return %q, %n : tensor<4xf32>, tensor<4xf32>
}
