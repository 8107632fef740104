// RUN: split-file %s %t
// RUN: not mp-compile %t/model.mlir --emit=linalg --roles=%t/none.json 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: error: cannot read roles file '{{.*}}none.json': No such file or directory
// RUN: not mp-compile %t/model.mlir --emit=linalg --roles=%t/syntax.json 2>&1 | FileCheck %s --check-prefix=SYNTAX
// SYNTAX: error: cannot read roles file '{{.*}}syntax.json': [1:9, byte=9]
// RUN: not mp-compile %t/model.mlir --emit=linalg --roles=%t/empty.json 2>&1 | FileCheck %s --check-prefix=EMPTY
// EMPTY: error: roles file '{{.*}}': expected 'args', 'results' or 'entries'
// RUN: not mp-compile %t/model.mlir --emit=linalg --roles=%t/function.json 2>&1 | FileCheck %s --check-prefix=FUNCTION
// FUNCTION: error: roles file '{{.*}}' names function 'step', which the module does not have
// RUN: not mp-compile %t/model.mlir --emit=linalg --roles=%t/index.json 2>&1 | FileCheck %s --check-prefix=INDEX
// INDEX: model.mlir:1:1: error: roles file '{{.*}}' does not fit function 'main': it names argument #2, but there are 2
// RUN: not mp-compile %t/model.mlir --emit=linalg --roles=%t/shape.json 2>&1 | FileCheck %s --check-prefix=SHAPE
// SHAPE: error: {{.*}}: argument #1 has shape [5] in the file, but type 'tensor<4xui8>'
// RUN: not mp-compile %t/model.mlir --emit=linalg --roles=%t/dtype.json 2>&1 | FileCheck %s --check-prefix=DTYPE
// DTYPE: error: {{.*}}: result #0 has dtype bfloat16 in the file, but type 'tensor<4xf32>'
// RUN: mp-compile %t/model.mlir --emit=linalg --roles=%t/good.json

//--- model.mlir
func.func @main(%x: tensor<4xf32>, %n: tensor<4xui8>) -> tensor<4xf32> {
  %0 = stablehlo.add %x, %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}
//--- syntax.json
{"args":}
//--- empty.json
{"name": "model"}
//--- function.json
{"entries": {"step": {"args": []}}}
//--- index.json
{"args": [{}, {}, {"name": "x"}]}
//--- shape.json
{"args": [{}, {"shape": [5]}]}
//--- dtype.json
{"entry": "main", "results": [{"shape": [4], "dtype": "bfloat16"}]}
//--- good.json
{"args": [{"dtype": "float32"}, {"dtype": "uint8", "role": "label"}]}
