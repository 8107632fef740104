//===- BufferClasses.h - which values share a buffer ------------*- C++ -*-===//
#ifndef MP_LIB_PROGRAM_BUFFERCLASSES_H
#define MP_LIB_PROGRAM_BUFFERCLASSES_H

#include "LiveRanges.h"
#include "mp/IR/MPOps.h"

namespace mlir::mp {

/// Values that have one buffer, at different times.
struct BufferClass {
  /// Sorted by begin; they meet at most where one may end and the next begin.
  SmallVector<LiveInterval, 1> intervals;
  int64_t bytes = 0;
  /// Where the buffer is, if that is not the arena.
  BufferAttr fixed;
  /// Of an argument or a constant: nothing may be written there.
  bool readOnly = false;
  /// The constant that is this buffer.
  bool isConstant = false;
};

/// Disjoint sets of root values, each with its buffer. Two sets are only
/// united if no value is lost by it.
class BufferClasses {
public:
  /// Finds the buffers of all tensors of `func` and the sets that must be.
  static FailureOr<BufferClasses> create(func::FuncOp func,
                                         const IsolatingCopies &copies,
                                         const LiveRanges &ranges);

  /// Unites copies with their sources and results with the operands that they
  /// may replace, wherever that is safe; the most expensive copies first.
  void coalesce(func::FuncOp func, const IsolatingCopies &copies);

  /// Puts the members of each group into an order in which they can be done
  /// one by one, and removes those that do nothing.
  void sequentialize(IsolatingCopies &copies);

  unsigned getClassOf(Value root) const;
  const BufferClass &getClass(unsigned id) const { return classes[id]; }
  size_t size() const { return classes.size(); }
  /// False for a number whose class has become part of another.
  bool isLeader(unsigned id) const { return parents[id] == id; }
  /// The arguments whose buffers results may take: result -> argument or -1.
  ArrayRef<int64_t> getDonations() const { return donations; }

private:
  LogicalResult addValue(Value value, const LiveRanges &ranges);
  void fixArguments(func::FuncOp func);
  void fixResults(func::FuncOp func, ArrayRef<Value> results);
  void donateArguments(func::FuncOp func, ArrayRef<Value> results);
  unsigned find(unsigned id) const;
  bool tryUnite(Value a, Value b);
  void unite(Value a, Value b);
  bool isNoOp(Operation *member) const;
  void sequentialize(CopyGroup &group);
  void addSavedValue(Value saved, Value copy);

  SmallVector<BufferClass> classes;
  mutable SmallVector<unsigned> parents;
  DenseMap<Value, unsigned> ids;
  SmallVector<int64_t> donations;
};

} // namespace mlir::mp

#endif // MP_LIB_PROGRAM_BUFFERCLASSES_H
