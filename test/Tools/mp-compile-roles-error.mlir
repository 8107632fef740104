// RUN: split-file %s %t
// RUN: not mp-compile %t/model.mlir --emit=linalg --roles=%t/none.json 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: none.json:{{.*}}error: cannot read the roles: No such file or directory
// RUN: not mp-compile %t/model.mlir --emit=linalg --roles=%t/syntax.json 2>&1 | FileCheck %s --check-prefix=SYNTAX
// SYNTAX: syntax.json:{{.*}}error: the roles are not JSON: [1:9, byte=9]
// RUN: not mp-compile %t/model.mlir --emit=linalg --roles=%t/empty.json 2>&1 | FileCheck %s --check-prefix=EMPTY
// EMPTY: empty.json:{{.*}}error: expected 'args', 'results' or 'entries' in the roles
// RUN: not mp-compile %t/model.mlir --emit=linalg --roles=%t/function.json 2>&1 | FileCheck %s --check-prefix=FUNCTION
// FUNCTION: error: roles are given for function 'step', which the module does not have
// RUN: not mp-compile %t/model.mlir --emit=linalg --roles=%t/index.json 2>&1 | FileCheck %s --check-prefix=INDEX
// INDEX: error: 'args' of function 'main' speaks of index 2, but the function has 2
// RUN: not mp-compile %t/model.mlir --emit=linalg --roles=%t/shape.json 2>&1 | FileCheck %s --check-prefix=SHAPE
// SHAPE: model.mlir:1:1: error: arg 1 of function 'main' is 'tensor<4xui8>', but the roles give it the shape [5]
// RUN: not mp-compile %t/model.mlir --emit=linalg --roles=%t/dtype.json 2>&1 | FileCheck %s --check-prefix=DTYPE
// DTYPE: model.mlir:1:1: error: result 0 of function 'main' is 'tensor<4xf32>', but the roles give it the type bfloat16
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
