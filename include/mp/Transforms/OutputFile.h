//===- OutputFile.h - files that appear whole or not at all -----*- C++ -*-===//
#ifndef MP_TRANSFORMS_OUTPUTFILE_H
#define MP_TRANSFORMS_OUTPUTFILE_H

#include "mlir/Support/LLVM.h"
#include "llvm/Support/Error.h"

namespace mlir::mp {

/// Writes what `print` prints to `path`, or to standard output for "-". A file
/// that exists is replaced at once, at the end; devices are written directly.
/// Errors say "'PATH': reason".
llvm::Error writeOutputFile(StringRef path,
                            function_ref<void(raw_ostream &)> print);

} // namespace mlir::mp

#endif // MP_TRANSFORMS_OUTPUTFILE_H
