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
/// A value defined before a loop and read inside lives until the loop ends. Of
/// several branches one is executed, so a value that is read last in branches
/// has an interval in each of them that reads it, and none in the others.
class LiveRanges {
public:
  LiveRanges(func::FuncOp func, ArrayRef<CopyGroup> groups);

  /// Of a value that is no view, sorted; readers of its views are readers of
  /// it. The first begins where the value does.
  SmallVector<LiveInterval, 1> getIntervals(Value root) const;
  /// Where `op` ends.
  int64_t getPosition(Operation *op) const { return ends.lookup(op); }
  int64_t getNumPositions() const { return numPositions; }

private:
  void number(Region &region);
  int64_t getStart(Value value) const;
  void addIntervals(Value root, Region *region, int64_t begin,
                    ArrayRef<Operation *> readers,
                    SmallVectorImpl<LiveInterval> &intervals) const;

  int64_t numPositions = 0;
  DenseMap<Operation *, int64_t> begins, ends;
  DenseMap<Region *, int64_t> entries;
  DenseMap<Operation *, unsigned> groupOf;
};

} // namespace mlir::mp

#endif // MP_LIB_PROGRAM_LIVERANGES_H
