//===- CostModel.h - the bytes that a placement moves -----------*- C++ -*-===//
#ifndef MP_LIB_TRANSFORMS_COSTMODEL_H
#define MP_LIB_TRANSFORMS_COSTMODEL_H

#include "Invariants.h"
#include "PrecisionGraph.h"

namespace mlir::mp {

/// What a choice of formats costs on each call.
struct PlacementCost {
  int64_t casts = 0;
  int64_t oneTimeCasts = 0;
  int64_t castBytes = 0;
  /// What free groups that are wide read and write beyond their low form.
  int64_t wideBytes = 0;

  int64_t getBytes() const { return castBytes + wideBytes; }
};

/// The price list. Everything is counted as often as it happens: in loops by
/// their trip count, and not at all where it happens once for many calls.
class CostModel {
public:
  explicit CostModel(Operation *root) : invariants(root) {}

  /// How many elements of a value are made on each call.
  int64_t getElements(Value value);
  bool isInvariant(Value value) const { return invariants.contains(value); }

  /// A cast reads one format and writes the other.
  int64_t getCastBytes(Value value, FloatType low);
  /// What a group that the policy leaves free reads and writes more when it is
  /// wide.
  int64_t getWideBytes(const PrecisionNode &node);
  /// Multiplications and additions of a product, for each call.
  int64_t getProductWork(PrecisionOpInterface product);
  /// Constants are folded, and a shape has no elements to cast.
  static bool isRemade(Value value) {
    return getConstant(value) || isUndefined(value);
  }

  /// Prices a whole program, group by group. Written apart from the minimum
  /// cut, so that each checks the other.
  PlacementCost evaluate(PrecisionGraph &graph,
                         ArrayRef<PrecisionNode::State> states);

private:
  int64_t getWeight(Block *block);
  int64_t getWideBytes(Value value, FloatType low);

  Invariants invariants;
  llvm::DenseMap<Block *, int64_t> weights;
};

} // namespace mlir::mp

#endif // MP_LIB_TRANSFORMS_COSTMODEL_H
