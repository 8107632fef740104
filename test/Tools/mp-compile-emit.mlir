// RUN: mp-compile %s --emit=stablehlo --roles=%S/Inputs/roles.json | FileCheck %s --check-prefix=SHLO
// RUN: mp-compile %s --emit=linalg | FileCheck %s --check-prefix=LINALG
// RUN: mp-compile %s --emit=llvm -o %t.ll && FileCheck %s --check-prefix=LLVM < %t.ll
// RUN: mp-compile %s --emit=linalg --verbose 2>&1 >/dev/null | FileCheck %s --check-prefix=TIMES

// SHLO: func.func @main(%{{.*}}: tensor<4xf32> {mp.name = "x", mp.role = "batch"}, %{{.*}}: tensor<4xf32> {mp.name = "w", mp.role = "param"}) -> (tensor<4xf32> {mp.name = "y", mp.role = "aux"})
// SHLO: stablehlo.add
// LINALG: linalg.generic
// LLVM: define {{.*}}i32 @mp.run.main(ptr
// LLVM: "target-cpu"="x86-64"
// TIMES: mp-compile: parse {{.*}} s
// TIMES: mp-compile: import {{.*}} s
func.func @main(%x: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.add %x, %w : tensor<4xf32>
  return %0 : tensor<4xf32>
}
