//===- StableHLOEmitter.h - short spelling of StableHLO ops -----*- C++ -*-===//
#ifndef MP_LIB_TRAINING_STABLEHLOEMITTER_H
#define MP_LIB_TRAINING_STABLEHLOEMITTER_H

#include "mp/StableHLO/CHLO.h"
#include "mp/StableHLO/StableHLO.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::mp {

/// Builds StableHLO at one place. Two-operand methods take values of one type.
class StableHLOEmitter {
public:
  StableHLOEmitter(OpBuilder &builder, Location loc) : b(loc, builder) {}

  ImplicitLocOpBuilder &builder() { return b; }

  Value constant(RankedTensorType type, double value);
  Value zero(Type type);
  Value convert(Value x, Type elementType);
  Value bitcast(Value x, Type elementType);
  Value broadcast(Value x, RankedTensorType type, ArrayRef<int64_t> dims);
  Value reshape(Value x, RankedTensorType type);
  Value compare(shlo::ComparisonDirection direction, Value x, Value y);
  Value select(Value condition, Value yes, Value no);
  /// Whether every element of the boolean tensor `x` is true.
  Value all(Value x);
  /// How many elements of the boolean tensor `x` are true, as an i64.
  Value count(Value x);

  Value add(Value x, Value y) {
    return shlo::AddOp::create(b, x.getType(), x, y);
  }
  Value subtract(Value x, Value y) {
    return shlo::SubtractOp::create(b, x.getType(), x, y);
  }
  Value multiply(Value x, Value y) {
    return shlo::MultiplyOp::create(b, x.getType(), x, y);
  }
  Value divide(Value x, Value y) {
    return shlo::DivideOp::create(b, x.getType(), x, y);
  }
  Value maximum(Value x, Value y) {
    return shlo::MaximumOp::create(b, x.getType(), x, y);
  }
  Value minimum(Value x, Value y) {
    return shlo::MinimumOp::create(b, x.getType(), x, y);
  }
  Value logicalAnd(Value x, Value y) {
    return shlo::AndOp::create(b, x.getType(), x, y);
  }
  Value abs(Value x) { return shlo::AbsOp::create(b, x.getType(), x); }
  Value isFinite(Value x);

  static RankedTensorType typeOf(Value x) {
    return cast<RankedTensorType>(x.getType());
  }
  /// The type of `x` with another element type.
  static RankedTensorType like(Value x, Type elementType) {
    return typeOf(x).clone(elementType);
  }

private:
  Value reduce(Value x, double initial,
               Value (StableHLOEmitter::*combine)(Value, Value));

  ImplicitLocOpBuilder b;
};

} // namespace mlir::mp

#endif // MP_LIB_TRAINING_STABLEHLOEMITTER_H
