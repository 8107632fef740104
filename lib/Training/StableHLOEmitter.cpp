#include "StableHLOEmitter.h"

using namespace mlir;
using namespace mlir::mp;

Value StableHLOEmitter::constant(RankedTensorType type, double value) {
  Type element = type.getElementType();
  Attribute attr;
  if (auto floatType = dyn_cast<FloatType>(element)) {
    APFloat number(value);
    bool losesInfo;
    number.convert(floatType.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                   &losesInfo);
    attr = FloatAttr::get(floatType, number);
  } else {
    attr = IntegerAttr::get(element, APInt(element.getIntOrFloatBitWidth(),
                                           int64_t(value), true, true));
  }
  return shlo::ConstantOp::create(
      b, cast<ElementsAttr>(Attribute(DenseElementsAttr::get(type, attr))));
}

Value StableHLOEmitter::zero(Type type) {
  return shlo::ConstantOp::create(b, cast<ElementsAttr>(b.getZeroAttr(type)));
}

Value StableHLOEmitter::convert(Value x, Type elementType) {
  if (typeOf(x).getElementType() == elementType)
    return x;
  return shlo::ConvertOp::create(b, like(x, elementType), x);
}

Value StableHLOEmitter::bitcast(Value x, Type elementType) {
  return shlo::BitcastConvertOp::create(b, like(x, elementType), x);
}

Value StableHLOEmitter::broadcast(Value x, RankedTensorType type,
                                  ArrayRef<int64_t> dims) {
  if (x.getType() == type)
    return x;
  return shlo::BroadcastInDimOp::create(b, type, x, dims);
}

Value StableHLOEmitter::reshape(Value x, RankedTensorType type) {
  if (x.getType() == type)
    return x;
  return shlo::ReshapeOp::create(b, type, x);
}

Value StableHLOEmitter::compare(shlo::ComparisonDirection direction, Value x,
                                Value y) {
  return shlo::CompareOp::create(b, like(x, b.getI1Type()), x, y, direction,
                                 nullptr);
}

Value StableHLOEmitter::select(Value condition, Value yes, Value no) {
  return shlo::SelectOp::create(b, yes.getType(), condition, yes, no);
}

Value StableHLOEmitter::isFinite(Value x) {
  return shlo::IsFiniteOp::create(b, like(x, b.getI1Type()), x);
}

Value StableHLOEmitter::reduce(Value x, double initial,
                               Value (StableHLOEmitter::*combine)(Value,
                                                                  Value)) {
  auto scalar = RankedTensorType::get({}, typeOf(x).getElementType());
  Value start = constant(scalar, initial);
  auto dims = llvm::to_vector(llvm::seq<int64_t>(0, typeOf(x).getRank()));
  auto reduce = shlo::ReduceOp::create(b, TypeRange(scalar), ValueRange(x),
                                       ValueRange(start), dims);
  OpBuilder::InsertionGuard guard(b);
  Block *body = b.createBlock(&reduce.getBody(), {}, {scalar, scalar},
                              {b.getLoc(), b.getLoc()});
  Value both = (this->*combine)(body->getArgument(0), body->getArgument(1));
  shlo::ReturnOp::create(b, ValueRange(both));
  return reduce.getResult(0);
}

Value StableHLOEmitter::all(Value x) {
  return reduce(x, 1, &StableHLOEmitter::logicalAnd);
}

Value StableHLOEmitter::count(Value x) {
  return reduce(convert(x, b.getI64Type()), 0, &StableHLOEmitter::add);
}
