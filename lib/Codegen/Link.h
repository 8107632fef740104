//===- Link.h - object files to a shared object -----------------*- C++ -*-===//
#ifndef MP_LIB_CODEGEN_LINK_H
#define MP_LIB_CODEGEN_LINK_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace mlir::mp {

/// Links `objects` into the shared object `output`, which needs the runtime
/// library and libm. `stub` is an object file without content. All other files
/// that arise lie in `directory`.
llvm::Error linkSharedObject(llvm::ArrayRef<std::string> objects,
                             llvm::StringRef stub, llvm::StringRef directory,
                             llvm::StringRef output);

} // namespace mlir::mp

#endif // MP_LIB_CODEGEN_LINK_H
