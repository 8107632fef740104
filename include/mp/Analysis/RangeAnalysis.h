//===- RangeAnalysis.h - proofs about the size of floats --------*- C++ -*-===//
//
// A forward interval analysis. What it promises: in every run of the program
// as it is written, with arguments inside their declared ranges, every element
// of every value is inside its range, whatever the order in which sums are
// added and whether or not subnormal numbers are flushed to zero.
//
//===----------------------------------------------------------------------===//
#ifndef MP_ANALYSIS_RANGEANALYSIS_H
#define MP_ANALYSIS_RANGEANALYSIS_H

#include "mp/Analysis/FloatRange.h"

#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseMap.h"

namespace mlir::mp {

/// What is taken for granted about values, before anything is proved.
using RangeAssumptions = llvm::DenseMap<Value, FloatRange>;

/// Adds the ranges that `mp.range` attributes of function arguments declare,
/// `[low, high]`. Reports those that are no ranges.
LogicalResult addDeclaredRanges(Operation *root, RangeAssumptions &assumptions);

/// A range, and the fact that gave it where no rule of arithmetic did.
struct RangeFact {
  FloatRange range;
  StringRef fact;
};

class RangeAnalysis {
public:
  /// Analyses all code under `root`, or gives up with an error.
  static FailureOr<RangeAnalysis> run(Operation *root,
                                      const RangeAssumptions &assumptions);

  /// Everything for values that are no numbers, nothing for dead code.
  FloatRange get(Value value) const;
  /// The fact that a range rests on beside arithmetic, or nothing.
  StringRef getFact(Value value) const;

private:
  RangeAnalysis() = default;
  llvm::DenseMap<Value, RangeFact> facts;
};

} // namespace mlir::mp

#endif // MP_ANALYSIS_RANGEANALYSIS_H
