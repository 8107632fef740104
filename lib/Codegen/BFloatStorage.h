//===- BFloatStorage.h - bf16 where the CPU has no such type ----*- C++ -*-===//
#ifndef MP_LIB_CODEGEN_BFLOATSTORAGE_H
#define MP_LIB_CODEGEN_BFLOATSTORAGE_H

#include "llvm/IR/Module.h"

namespace mlir::mp {

/// Loads bf16 values that are only stored, widened or taken as bits as 16-bit
/// integers, and stores those that were made of bits as such. LLVM's x86 back
/// end keeps a bf16 value that outlives its block as f32 and calls a routine to
/// get it back.
void moveBFloatsAsIntegers(llvm::Module &module);

/// Adds that routine, which C libraries have not got: a model must not depend
/// on it where the back end calls it all the same.
void addBFloatRoutine(llvm::Module &module);

} // namespace mlir::mp

#endif // MP_LIB_CODEGEN_BFLOATSTORAGE_H
