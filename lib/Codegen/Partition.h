//===- Partition.h - one module as several ----------------------*- C++ -*-===//
#ifndef MP_LIB_CODEGEN_PARTITION_H
#define MP_LIB_CODEGEN_PARTITION_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace mlir::mp {

/// The host code of a model and its kernels, in modules that can be compiled
/// at the same time and linked.
struct Partition {
  OwningOpRef<ModuleOp> host;
  SmallVector<OwningOpRef<ModuleOp>> kernels;
};

/// Takes `module` apart. `entries` are the functions of the host code. Entries
/// and kernels become hidden symbols; what they use beside is copied to where
/// it is used. The split depends on the module only.
Partition partitionModule(ModuleOp module, ArrayRef<StringAttr> entries);

} // namespace mlir::mp

#endif // MP_LIB_CODEGEN_PARTITION_H
