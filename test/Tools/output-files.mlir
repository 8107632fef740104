// Each file that a compilation writes beside its model appears whole or not at
// all: what was there before stays if the new one cannot be written.

// RUN: rm -rf %t && mkdir %t && echo old > %t/old
// RUN: cp %t/old %t/report.html && cp %t/old %t/explain.json
// DEFINE: %{limited} = not python3 %S/Inputs/limited.py --file-bytes=100
// RUN: %{limited} mp-compile %s --policy=bf16 --explain=%t/explain.json --emit=stablehlo 2>&1 | FileCheck %s --check-prefix=EXPLAIN
// EXPLAIN: error: cannot write the explanation: '{{.*}}explain.json': File too large
// RUN: cmp %t/old %t/explain.json
// RUN: not mp-opt %s --mp-autocast="policy=bf16 write-lock=/dev/full" -o /dev/null 2>&1 | FileCheck %s --check-prefix=LOCK
// LOCK: error: cannot write the lock: '/dev/full': No space left on device

// Devices and folders are no files to replace; links are followed.
// RUN: not mp-compile %s -o %t/m.so --report=/dev/full 2>&1 | FileCheck %s --check-prefix=FULL
// FULL: mp-compile: error: cannot write '/dev/full': No space left on device
// RUN: test -c /dev/full
// RUN: not mp-compile %s -o %t/m.so --report=%t 2>&1 | FileCheck %s --check-prefix=FOLDER
// FOLDER: mp-compile: error: cannot write '{{.*}}': Is a directory
// RUN: chmod 444 %t/report.html
// RUN: not python3 %S/Inputs/limited.py --respect-modes mp-compile %s -o %t/m.so --report=%t/report.html 2>&1 | FileCheck %s --check-prefix=MODE
// MODE: mp-compile: error: cannot write '{{.*}}report.html': Permission denied
// RUN: cmp %t/old %t/report.html && not ls %t/m.so
// RUN: ln -s real.html %t/link.html && cp %t/old %t/real.html
// RUN: mp-compile %s -o %t/m.so --report=%t/link.html && test -L %t/link.html && FileCheck %s --check-prefix=PAGE < %t/real.html
// PAGE: <h2>Memory</h2>
// RUN: ls %t | FileCheck %s --check-prefix=LEFT
// LEFT-NOT: temp-stream

func.func @main(%x: tensor<4x8xf32>, %w: tensor<8x2xf32>) -> tensor<4x2xf32> {
  %y = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<4x8xf32>, tensor<8x2xf32>) -> tensor<4x2xf32>
  return %y : tensor<4x2xf32>
}
