//===- ObjectEmission.h - LLVM IR to object code ----------------*- C++ -*-===//
#ifndef MP_LIB_CODEGEN_OBJECTEMISSION_H
#define MP_LIB_CODEGEN_OBJECTEMISSION_H

#include "mp/Codegen/CpuTarget.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Module.h"

namespace mlir::mp {

enum class Effort {
  Host,   // straight-line calls: fast to compile
  Kernels // loops: vectorised, unrolled
};

/// Makes LLVM's x86 back end known; safe to call often and from any thread.
void initializeTarget();

/// Gives `module` the layout and its functions the attributes of `target`.
llvm::Error setTarget(llvm::Module &module, const CpuTarget &target);

/// Optimises `module` and appends its object file to `object`.
llvm::Error emitObject(llvm::Module &module, const CpuTarget &target,
                       Effort effort, llvm::SmallVectorImpl<char> &object);

} // namespace mlir::mp

#endif // MP_LIB_CODEGEN_OBJECTEMISSION_H
