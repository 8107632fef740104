#include "Verifiers.h"

using namespace mlir;
using namespace mlir::mp::shlo;

// The type of one part of complex numbers, or the type itself.
static RankedTensorType getPartType(RankedTensorType type) {
  auto complex = dyn_cast<ComplexType>(type.getElementType());
  return complex ? type.clone(complex.getElementType()) : type;
}

LogicalResult AbsOp::verify() {
  return verifyCompatible(*this, "a result",
                          getPartType(getOperand().getType()), getType());
}

LogicalResult RealOp::verify() {
  return verifyCompatible(*this, "a result",
                          getPartType(getOperand().getType()), getType());
}

LogicalResult ImagOp::verify() {
  return verifyCompatible(*this, "a result",
                          getPartType(getOperand().getType()), getType());
}

LogicalResult ComplexOp::verify() {
  return verifyCompatible(*this, "operands", getPartType(getType()),
                          getLhs().getType());
}

LogicalResult ReducePrecisionOp::verify() {
  if (int32_t(getExponentBits()) < 1)
    return emitOpError() << "expected 'exponent_bits' of 1 or more, but got "
                         << int32_t(getExponentBits());
  if (int32_t(getMantissaBits()) < 0)
    return emitOpError() << "expected 'mantissa_bits' of 0 or more, but got "
                         << int32_t(getMantissaBits());
  return success();
}

LogicalResult CompareOp::verify() {
  if (failed(verifyCompatible(*this, "a right-hand side", getLhs().getType(),
                              getRhs().getType())))
    return failure();
  Type element = getLhs().getType().getElementType();
  int kind = getElementKind(element);
  ComparisonDirection direction = getComparisonDirection();
  if (kind == kComplexElement && direction != ComparisonDirection::EQ &&
      direction != ComparisonDirection::NE)
    return emitOpError() << "expected complex numbers to be compared by EQ or "
                            "NE, but got "
                         << stringifyComparisonDirection(direction);
  ComparisonType type = getCompareType().value_or(ComparisonType::NOTYPE);
  if (type == ComparisonType::NOTYPE || kind == kQuantElement)
    return success();
  bool isFloatType =
      type == ComparisonType::FLOAT || type == ComparisonType::TOTALORDER;
  if (isFloatType != bool(kind & (kFloatElement | kComplexElement)) ||
      (type == ComparisonType::TOTALORDER && kind != kFloatElement))
    return emitOpError() << "expected a comparison type for elements of type "
                         << element << ", but got "
                         << stringifyComparisonType(type);
  return success();
}

LogicalResult SelectOp::verify() {
  if (failed(verifyCompatible(*this, "a value for 'on_false'",
                              getOnTrue().getType(), getOnFalse().getType())) ||
      failed(verifyCompatible(*this, "a result", getOnTrue().getType(),
                              getType())))
    return failure();
  RankedTensorType pred = getPred().getType();
  if (pred.getRank() != 0 &&
      failed(verifyCompatibleShape(pred, getOnTrue().getType())))
    return emitOpError() << "expected a predicate of rank 0 or of the shape of "
                         << getOnTrue().getType() << ", but got " << pred;
  return success();
}

LogicalResult ClampOp::verify() {
  RankedTensorType type = getOperand().getType();
  if (failed(verifyCompatible(*this, "a result", type, getType())))
    return failure();
  for (Value limit : {Value(getMin()), Value(getMax())}) {
    auto limitType = cast<RankedTensorType>(limit.getType());
    if (!haveCompatibleElements(limitType, type) ||
        (limitType.getRank() != 0 &&
         failed(verifyCompatibleShape(limitType, type))))
      return emitOpError() << "expected limits of rank 0 or of type " << type
                           << ", but got " << limitType;
  }
  return success();
}
