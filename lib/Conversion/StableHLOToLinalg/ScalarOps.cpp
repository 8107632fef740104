#include "ScalarOps.h"
#include "ScalarOpKinds.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace mlir::mp;

Type mp::getSignlessElementType(Type type) {
  auto integer = dyn_cast<IntegerType>(type);
  if (!integer || integer.isSignless())
    return type;
  return IntegerType::get(type.getContext(), integer.getWidth());
}

namespace {
template <typename... OpTys>
struct OpList {
  static bool contains(Operation *op) { return isa<OpTys...>(op); }
  static SmallVector<StringRef> getNames() {
    return {OpTys::getOperationName()...};
  }
};
} // namespace

using ElementwiseOps = OpList<
    shlo::AbsOp, shlo::AddOp, shlo::AndOp, shlo::Atan2Op,
    shlo::BitcastConvertOp, shlo::CbrtOp, shlo::CeilOp, shlo::ClampOp,
    shlo::CompareOp, shlo::ComplexOp, shlo::ConvertOp, shlo::CosineOp,
    shlo::CountLeadingZerosOp, shlo::DivideOp, shlo::ExponentialOp,
    shlo::ExponentialMinusOneOp, shlo::FloorOp, shlo::ImagOp, shlo::IsFiniteOp,
    shlo::LogPlusOneOp, shlo::LogOp, shlo::LogisticOp, shlo::MaximumOp,
    shlo::MinimumOp, shlo::MultiplyOp, shlo::NegateOp, shlo::NotOp, shlo::OrOp,
    shlo::PopcntOp, shlo::PowerOp, shlo::RealOp, shlo::ReducePrecisionOp,
    shlo::RemainderOp, shlo::RoundNearestEvenOp, shlo::RoundNearestAfzOp,
    shlo::RsqrtOp, shlo::SelectOp, shlo::ShiftLeftOp,
    shlo::ShiftRightArithmeticOp, shlo::ShiftRightLogicalOp, shlo::SignOp,
    shlo::SineOp, shlo::SqrtOp, shlo::SubtractOp, shlo::TanOp, shlo::TanhOp,
    shlo::XorOp, chlo::AcosOp, chlo::AcoshOp, chlo::AsinOp, chlo::AsinhOp,
    chlo::AtanOp, chlo::AtanhOp, chlo::BesselI1eOp, chlo::ConjOp, chlo::CoshOp,
    chlo::DigammaOp, chlo::ErfInvOp, chlo::ErfOp, chlo::ErfcOp, chlo::IsInfOp,
    chlo::IsNegInfOp, chlo::IsPosInfOp, chlo::LgammaOp, chlo::NextAfterOp,
    chlo::PolygammaOp, chlo::SinhOp, chlo::SquareOp, chlo::TanOp, chlo::ZetaOp>;

bool mp::isElementwise(Operation *op) { return ElementwiseOps::contains(op); }

SmallVector<StringRef> mp::getElementwiseOpNames() {
  return ElementwiseOps::getNames();
}

/// `min(max(low, x), high)`, NaN if any operand is NaN.
static Value clamp(const ScalarOp &scalar) {
  ImplicitLocOpBuilder &b = scalar.builder;
  Value low = scalar.args[0], x = scalar.args[1], high = scalar.args[2];
  if (isa<FloatType>(scalar.operandType))
    return min(max(Num(b, low), Num(b, x)), Num(b, high));
  if (!isa<IntegerType>(scalar.operandType))
    return {};
  if (isUnsignedElement(scalar.operandType))
    return arith::MinUIOp::create(b, arith::MaxUIOp::create(b, low, x), high);
  return arith::MinSIOp::create(b, arith::MaxSIOp::create(b, low, x), high);
}

FailureOr<Value> mp::mapToScalar(Operation *op, ValueRange args,
                                 OpBuilder &builder) {
  if (!isElementwise(op) || op->getNumOperands() != args.size())
    return failure();
  ImplicitLocOpBuilder b(op->getLoc(), builder);
  Type operandType = getElementTypeOrSelf(op->getOperands().back().getType());
  Type resultType = getElementTypeOrSelf(op->getResult(0).getType());
  ScalarOp scalar{op, args, b, operandType, resultType};

  Value result;
  if (isa<shlo::ConvertOp>(op))
    result = convertScalar(b, args[0], operandType, resultType);
  else if (isa<shlo::BitcastConvertOp>(op))
    result = bitcastScalar(b, args[0], resultType);
  else if (isa<shlo::SelectOp>(op))
    result = arith::SelectOp::create(b, args[0], args[1], args[2]);
  else if (isa<shlo::ClampOp>(op))
    result = clamp(scalar);
  else if (isa<IntegerType>(operandType))
    result = mapIntegerOp(scalar);
  else if (isa<ComplexType>(operandType) || isa<shlo::ComplexOp>(op))
    result = mapComplexOp(scalar);
  else
    result = mapFloatOp(scalar);

  if (!result)
    return failure();
  // Ops with an implied change of type, like real parts, end on their type.
  if (result.getType() != getSignlessElementType(resultType))
    return failure();
  return result;
}

Value mp::createScalarConstant(OpBuilder &builder, Location loc, Type type,
                               Attribute element) {
  if (isa<ComplexType>(type))
    return complex::ConstantOp::create(builder, loc, type,
                                       cast<ArrayAttr>(element));
  if (auto integer = dyn_cast<IntegerAttr>(element))
    element = builder.getIntegerAttr(type, integer.getValue());
  return arith::ConstantOp::create(builder, loc, cast<TypedAttr>(element));
}

ElementsAttr mp::getSignlessElements(ElementsAttr elements) {
  Type element = getSignlessElementType(elements.getElementType());
  if (element == elements.getElementType())
    return elements;
  if (auto dense = dyn_cast<DenseElementsAttr>(elements))
    return dense.bitcast(element);
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements))
    return DenseResourceElementsAttr::get(resource.getType().clone(element),
                                          resource.getRawHandle());
  return {};
}
