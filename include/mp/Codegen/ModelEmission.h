//===- ModelEmission.h - from LLVM dialect to a model file ------*- C++ -*-===//
#ifndef MP_CODEGEN_MODELEMISSION_H
#define MP_CODEGEN_MODELEMISSION_H

#include "mlir/IR/BuiltinOps.h"
#include "mp/Codegen/CpuTarget.h"

namespace mlir {
class DialectRegistry;
namespace mp {

/// What a model file says of itself, and where the pieces go meanwhile.
struct ModelEmissionOptions {
  CpuTarget target;
  /// JSON, kept in the model.
  std::string manifest;
  /// An existing directory for object files; the caller removes it.
  std::string scratchDirectory;
  /// Compilations at a time; 0: as many as there are CPUs.
  unsigned threads = 0;
};

/// What is needed to translate the LLVM dialect.
void registerCodegenDialects(DialectRegistry &registry);

/// Compiles a lowered module (mp-convert-program-to-llvm) and links a shared
/// object at `path`. Consumes the module's functions. The bytes depend on the
/// module and the options only, not on the number of threads.
LogicalResult emitModel(ModuleOp module, const ModelEmissionOptions &options,
                        StringRef path);

/// Prints the LLVM IR of a lowered module, before optimisation.
LogicalResult printLLVMIR(ModuleOp module, const CpuTarget &target,
                          raw_ostream &os);

} // namespace mp
} // namespace mlir

#endif // MP_CODEGEN_MODELEMISSION_H
