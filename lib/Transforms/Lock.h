//===- Lock.h - between lock files and the IR -------------------*- C++ -*-===//
#ifndef MP_LIB_TRANSFORMS_LOCK_H
#define MP_LIB_TRANSFORMS_LOCK_H

#include "Decision.h"

#include "mp/Policy/LockFile.h"

namespace mlir::mp {

/// What a run is given to decide by.
struct LockInputs {
  StringRef policy, target, ranges;
  bool keepIO;
};

/// What a lock of `root` is made from. Reports where there is no such policy,
/// target or file.
LogicalResult getLockOrigin(Operation *root, const LockInputs &inputs,
                            LockOrigin &origin);

/// The rule of an op that the target cannot compute as the policy says.
constexpr StringLiteral legalityRule = "legality";

} // namespace mlir::mp

#endif // MP_LIB_TRANSFORMS_LOCK_H
