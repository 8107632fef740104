//===- Descriptor.h - what a model file says of itself ----------*- C++ -*-===//
#ifndef MP_LIB_CODEGEN_DESCRIPTOR_H
#define MP_LIB_CODEGEN_DESCRIPTOR_H

#include "mlir/IR/BuiltinOps.h"
#include "mp/Codegen/CpuTarget.h"
#include "llvm/IR/Module.h"

namespace mlir::mp {

/// Adds mp_rt_model, the descriptor that it returns and the ELF note to
/// `module`; `functions` is what mp-convert-program-to-llvm left on the module.
LogicalResult addDescriptor(llvm::Module &module, Location loc,
                            ArrayAttr functions, const CpuTarget &target,
                            StringRef manifest);

} // namespace mlir::mp

#endif // MP_LIB_CODEGEN_DESCRIPTOR_H
