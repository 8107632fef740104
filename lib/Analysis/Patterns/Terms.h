//===- Terms.h - values as what they compute --------------------*- C++ -*-===//
#ifndef MP_LIB_ANALYSIS_PATTERNS_TERMS_H
#define MP_LIB_ANALYSIS_PATTERNS_TERMS_H

#include "mp/Analysis/PrecisionOpInterface.h"

namespace mlir::mp::patterns {

/// The values under a root as terms over each other. Ops that only give a
/// value another shape or float type are looked through everywhere.
class Terms {
public:
  explicit Terms(Operation *root);

  /// All ops that are decided by themselves, and the functions in the bodies of
  /// those that compute element by element, in the order of the program.
  ArrayRef<Operation *> getOps() const { return ops; }
  /// The op that is decided: where `op` is in a body, that around it.
  Operation *getDecided(Operation *op) const {
    auto it = owners.find(op);
    return it == owners.end() ? op : it->second;
  }
  /// The result of the op around the body that ends in `value`, or `value`.
  Value getOuter(Value value) const {
    auto it = outer.find(value);
    return it == outer.end() ? value : it->second;
  }
  unsigned getPosition(Operation *op) const { return positions.lookup(op); }

  static Meaning getMeaning(Operation *op);
  /// What the op behind `value` computes, and of what.
  Meaning getMeaning(Value value) const;
  SmallVector<Value, 3> getOperands(Value value) const;

  /// True for ops that change nothing but shape and float type. Summing over
  /// dimensions of size one is among them.
  static bool isMover(Operation *op);
  /// The value that movers give another shape.
  Value strip(Value value) const;
  /// Equal up to movers: computed alike of equal values.
  bool areSame(Value a, Value b) const { return getNumber(a) == getNumber(b); }

  /// Equal for values that are the same; those of movers are their sources'.
  unsigned getNumber(Value value) const { return numbers.lookup(strip(value)); }

  /// The number that every element of `value` is, where it is known.
  std::optional<double> getSplat(Value value) const;
  bool isSplat(Value value, double number) const;
  /// Terms of each sum of the reduction that gives `value`.
  std::optional<double> getReductionLength(Value value) const;

private:
  void add(Operation *op);
  void addBody(Operation *op, Block &body);
  std::optional<double> evaluate(Operation *op) const;

  std::vector<Operation *> ops;
  llvm::DenseMap<Operation *, Operation *> owners;
  llvm::DenseMap<Value, Value> outer;
  llvm::DenseMap<Operation *, unsigned> positions;
  llvm::DenseMap<Value, Value> stripped;
  llvm::DenseMap<Value, unsigned> numbers;
  llvm::DenseMap<Value, double> splats;
  llvm::DenseMap<llvm::hash_code, SmallVector<Operation *, 1>> known;
  unsigned nextNumber = 1;
};

/// Elements of a tensor with static shape, or that the body computes which a
/// scalar is in.
std::optional<int64_t> getNumElements(Value value);

/// True where `a` is `b` up to the rounding of an f32 constant.
bool isNear(double a, double b);

} // namespace mlir::mp::patterns

#endif // MP_LIB_ANALYSIS_PATTERNS_TERMS_H
