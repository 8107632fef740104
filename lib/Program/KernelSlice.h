//===- KernelSlice.h - what each result of a kernel is made of --*- C++ -*-===//
#ifndef MP_LIB_PROGRAM_KERNELSLICE_H
#define MP_LIB_PROGRAM_KERNELSLICE_H

#include "mp/IR/MPOps.h"

#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/BitVector.h"

namespace mlir::mp {

/// Tells which operands of a launch its results are computed from. Fusion puts
/// results that have nothing to do with each other into one kernel.
class KernelSlices {
public:
  /// The operands that result `index` of `launch` may depend on.
  llvm::BitVector getOperands(LaunchOp launch, unsigned index);

private:
  SymbolTableCollection symbols;
  DenseMap<std::pair<Operation *, unsigned>, llvm::BitVector> known;
};

} // namespace mlir::mp

#endif // MP_LIB_PROGRAM_KERNELSLICE_H
