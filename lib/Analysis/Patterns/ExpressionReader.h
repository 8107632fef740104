//===- ExpressionReader.h - values as expressions ---------------*- C++ -*-===//
#ifndef MP_LIB_ANALYSIS_PATTERNS_EXPRESSIONREADER_H
#define MP_LIB_ANALYSIS_PATTERNS_EXPRESSIONREADER_H

#include "Algebra.h"
#include "Terms.h"

#include "llvm/ADT/DenseSet.h"

namespace mlir::mp::patterns {

/// Reads values as expressions over the dimensions of one value, the space. A
/// value that is not arithmetic of others, or is computed outside of what is
/// looked at, is a leaf.
class ExpressionReader {
public:
  /// The dimension of the space that runs along with each dimension of a
  /// value; -1 where that has one element.
  using Placement = SmallVector<int8_t, 4>;

  ExpressionReader(const Terms &terms, RankedTensorType space,
                   llvm::function_ref<bool(Operation *)> isInside);

  /// Makes a value that can be placed a leaf.
  unsigned addLeaf(Value value);
  /// How a value lies in the space whose dimensions are the space's first ones
  /// that fit, in order.
  std::optional<Placement> place(Value value) const;
  /// The same for one that has all dimensions of the space.
  std::optional<Placement> placeWhole(Value value) const;
  Algebra::Dims getDims(const Placement &placement) const;

  Expression read(Value value, const Placement &placement);
  /// What a reduction gives of a value that has all dimensions of the space.
  Algebra::Result readSum(Operation *op);

  /// The ops that were read on the way to `value`.
  SmallVector<Operation *> collect(Value value) const;
  /// The leaves that were found, in order; not those that were given.
  ArrayRef<unsigned> getLeaves() const { return leaves; }

  Algebra algebra;

private:
  Expression getLeaf(Value value, const Placement &placement);
  Algebra::Result readOp(Operation *op, const Placement &placement);
  Algebra::Result readSelect(ArrayRef<Value> operands,
                             const Placement &placement);
  Algebra::Result readSplitExponential(Operation *op, const Expression &sum,
                                       const Placement &placement);
  std::optional<Placement> placeOperand(PrecisionOpInterface op,
                                        unsigned operand, Value value,
                                        const Placement &placement) const;

  const Terms &terms;
  RankedTensorType space;
  llvm::function_ref<bool(Operation *)> isInside;
  SmallVector<unsigned> leaves;
  SmallVector<std::pair<Value, unsigned>, 2> given;
  SmallVector<std::tuple<unsigned, Placement, unsigned>> numbered;
  llvm::DenseMap<Value, SmallVector<std::pair<Placement, Expression>, 1>> known;
  llvm::DenseSet<Operation *> entered;
  unsigned depth = 0;
};

} // namespace mlir::mp::patterns

#endif // MP_LIB_ANALYSIS_PATTERNS_EXPRESSIONREADER_H
