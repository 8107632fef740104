// Each fault is one message and exit code 1, and leaves no file behind.
// RUN: rm -rf %t && mkdir -p %t/full

// RUN: not mp-compile 2>&1 | FileCheck %s --check-prefix=NOINPUT
// NOINPUT: error: expected the path of a model; try --help
// RUN: not mp-compile %s 2>&1 | FileCheck %s --check-prefix=NOOUTPUT
// NOOUTPUT: error: expected -o and the path of the model file to write
// RUN: not mp-compile %t/none.mlir -o %t/a.so 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: none.mlir: error: cannot read the input: No such file or directory
// RUN: not mp-compile %s -o %t/none/a.so 2>&1 | FileCheck %s --check-prefix=NOFOLDER
// NOFOLDER: error: cannot write '{{.*}}a.so': No such file or directory
// RUN: not mp-compile %s -o %t/full 2>&1 | FileCheck %s --check-prefix=FOLDER
// FOLDER: error: cannot write '{{.*}}full': it is a directory
// RUN: not mp-compile %s -o /dev/full 2>&1 | FileCheck %s --check-prefix=FULL
// FULL: error: cannot write '/dev/full': No space left on device
// RUN: not mp-compile %s -o %t/a.so --target=pdp11 2>&1 | FileCheck %s --check-prefix=TARGET
// TARGET: error: unknown target 'pdp11': expected 'host' or the name of a 64-bit x86 CPU, such as 'x86-64-v3' or 'sapphirerapids'
// RUN: not mp-compile %s -o %t/a.so --emit=ptx 2>&1 | FileCheck %s --check-prefix=PTX
// PTX: error: --emit=ptx is not available in this version
// RUN: not mp-compile %s -o %t/a.so --emit=cobol 2>&1 | FileCheck %s --check-prefix=EMIT
// EMIT: error: expected --emit to be stablehlo, linalg, llvm or so, but got 'cobol'
// RUN: not mp-compile %s -o %t/a.so --loss-scale=2 2>&1 | FileCheck %s --check-prefix=SCALE
// SCALE: error: --loss-scale needs --train
// RUN: not mp-compile %s --emit=linalg --report=%t/x 2>&1 | FileCheck %s --check-prefix=REPORT
// REPORT: error: --report is about a compiled model: it needs --emit=so
// RUN: not mp-compile %s -o %t/a.so --explain=x 2>&1 | FileCheck %s --check-prefix=EXPLAIN
// EXPLAIN: error: --explain needs --policy
// RUN: not env PATH=%t mp-compile %s -o %t/a.so 2>&1 | FileCheck %s --check-prefix=LINKER
// LINKER: error: cannot link the model: expected one of ld.lld-22, ld.lld or ld in PATH, but found none

// A linker that cannot write, and a child that dies, are told apart.
// RUN: not bash -c "ulimit -f 1; exec mp-compile %s -o %t/a.so" 2>&1 | FileCheck %s --check-prefix=LIMIT
// LIMIT: error: {{.+}}

// RUN: ls -A %t %t/full | FileCheck %s --check-prefix=LEFT
// LEFT-NOT: {{a.so|\.a}}
func.func @main(%x: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.add %x, %w : tensor<4xf32>
  return %0 : tensor<4xf32>
}
