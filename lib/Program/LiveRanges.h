//===- LiveRanges.h - when each buffer of a program is in use ---*- C++ -*-===//
#ifndef MP_LIB_PROGRAM_LIVERANGES_H
#define MP_LIB_PROGRAM_LIVERANGES_H

#include "IsolatingCopies.h"

namespace mlir::mp {

/// `value` must be kept from `begin` to `end`, both included.
struct LiveInterval {
  int64_t begin, end;
  Value value;
};

/// Numbers the ops of a function in the order of the text; an op with regions
/// begins before and ends after what it contains. The copies of one group
/// share a number.
///
/// A value defined before a loop and read inside lives until the loop ends.
/// With loops so covered, one interval for each value is exact but for
/// branches that do not read it.
class LiveRanges {
public:
  LiveRanges(func::FuncOp func, ArrayRef<CopyGroup> groups);

  /// Of a value that is no view; readers of its views are readers of it.
  LiveInterval getInterval(Value root) const;
  int64_t getNumPositions() const { return numPositions; }

private:
  void number(Region &region);
  int64_t getStart(Value value) const;
  int64_t getReadPosition(Operation *reader, Region *scope) const;

  int64_t numPositions = 0;
  DenseMap<Operation *, int64_t> begins, ends;
  DenseMap<Operation *, unsigned> groupOf;
};

} // namespace mlir::mp

#endif // MP_LIB_PROGRAM_LIVERANGES_H
