//===- Recomputation.h - what is computed a second time ---------*- C++ -*-===//
#ifndef MP_LIB_TRANSFORMS_RECOMPUTATION_H
#define MP_LIB_TRANSFORMS_RECOMPUTATION_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"

namespace mlir::mp {

/// Ops that compute once more what another op has computed, from values that
/// went through a barrier: to save memory, a backward pass does not keep what
/// the forward pass knew. The results must be the same, and so must the types.
class Recomputation {
public:
  explicit Recomputation(Operation *root);

  /// The first op that computes what `op` computes again, or null.
  Operation *getOriginal(Operation *op) const { return originals.lookup(op); }
  bool empty() const { return originals.empty(); }

private:
  llvm::DenseMap<Operation *, Operation *> originals;
};

} // namespace mlir::mp

#endif // MP_LIB_TRANSFORMS_RECOMPUTATION_H
