//===- Invariants.h - values that outlive a call ----------------*- C++ -*-===//
#ifndef MP_LIB_TRANSFORMS_INVARIANTS_H
#define MP_LIB_TRANSFORMS_INVARIANTS_H

#include "mp/Analysis/PrecisionOpInterface.h"

#include "llvm/ADT/DenseSet.h"

namespace mlir::mp {

/// Values that are the same in every call: constants, arguments with role
/// `param` that are neither given away nor those of a training step, and what
/// is computed from nothing else.
class Invariants {
public:
  explicit Invariants(Operation *root);

  bool contains(Value value) const { return values.contains(value); }

private:
  llvm::DenseSet<Value> values;
};

} // namespace mlir::mp

#endif // MP_LIB_TRANSFORMS_INVARIANTS_H
