//===- IsolatingCopies.h - copies that make sharing safe --------*- C++ -*-===//
//
// A value that has to be in a certain buffer (of a loop, of an operand that is
// updated in place, of the caller) first gets a copy of its own that is. Most
// of these copies disappear again when value and copy can share the buffer.
//
//===----------------------------------------------------------------------===//
#ifndef MP_LIB_PROGRAM_ISOLATINGCOPIES_H
#define MP_LIB_PROGRAM_ISOLATINGCOPIES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlir::mp {

/// Adjacent ops that happen at the same time: all read their sources before
/// any writes its result. Members are mp.copy, or tensor.empty and constants
/// standing for copies of such.
using CopyGroup = SmallVector<Operation *, 2>;

struct IsolatingCopies {
  SmallVector<CopyGroup> groups;
  /// Values that must have the same buffer.
  SmallVector<std::pair<Value, Value>> ties;
  /// For each result of the function, the copy that is returned.
  SmallVector<Value> results;
};

/// Inserts the copies, and makes fills of large splats local to their users.
FailureOr<IsolatingCopies> insertIsolatingCopies(func::FuncOp func);

/// What a member of a group reads; null for one that only has to exist.
Value getCopySource(Operation *member);

} // namespace mlir::mp

#endif // MP_LIB_PROGRAM_ISOLATINGCOPIES_H
