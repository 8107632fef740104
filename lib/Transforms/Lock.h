//===- Lock.h - between lock files and the IR -------------------*- C++ -*-===//
#ifndef MP_LIB_TRANSFORMS_LOCK_H
#define MP_LIB_TRANSFORMS_LOCK_H

#include "Decision.h"

#include "mp/Policy/LockFile.h"

namespace mlir::mp {

/// What a lock of `root` under a policy and for a target is made from. Reports
/// where there is no such policy or target.
LogicalResult getLockOrigin(Operation *root, StringRef policy, StringRef target,
                            LockOrigin &origin);

} // namespace mlir::mp

#endif // MP_LIB_TRANSFORMS_LOCK_H
