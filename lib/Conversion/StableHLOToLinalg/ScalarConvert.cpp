//===- ScalarConvert.cpp - changes of element type ------------------------===//
//
// Narrowing floats rounds once, to nearest even. Floats become integers by
// truncation; what lies outside the range gives the nearest end of it, NaN
// gives 0. Complex numbers become real by losing their imaginary part.
//
//===----------------------------------------------------------------------===//
#include "ScalarOpKinds.h"
#include "ScalarOps.h"
#include "mlir/Dialect/Complex/IR/Complex.h"

using namespace mlir;
using namespace mlir::mp;

static Value floatToInteger(ImplicitLocOpBuilder &b, Num x, Type to) {
  x = convertFloat(x, getComputeType(x.getType()));
  bool isUnsigned = isUnsignedElement(to);
  if (to.isInteger(1))
    return x != 0.0;

  // Both bounds are powers of two (or -1, which is excluded), so they are
  // exact in every type that gets here.
  Type type = getSignlessElementType(to);
  unsigned width = to.getIntOrFloatBitWidth();
  Num end = x.constant(std::ldexp(1.0, isUnsigned ? width : width - 1));
  Cond aboveLeast = isUnsigned ? x > -1.0 : x >= -end;
  Cond belowEnd = x < end;
  Num safe = select(aboveLeast & belowEnd, x, 0.0);
  Value result = isUnsigned ? Value(arith::FPToUIOp::create(b, type, safe))
                            : Value(arith::FPToSIOp::create(b, type, safe));

  auto constant = [&](const APInt &bits) -> Value {
    return arith::ConstantOp::create(b, b.getIntegerAttr(type, bits));
  };
  Value greatest = constant(isUnsigned ? APInt::getMaxValue(width)
                                       : APInt::getSignedMaxValue(width));
  result = arith::SelectOp::create(b, x >= end, greatest, result);
  if (isUnsigned) // below the range `safe` was 0, which is the bound
    return result;
  Value least = constant(APInt::getSignedMinValue(width));
  return arith::SelectOp::create(b, x < -end, least, result);
}

/// With one rounding, although narrow floats are reached through f64: integers
/// too wide for f64 give their upper bits with all lower ones gathered in the
/// last, which no narrow float is precise enough to see.
static Value integerToFloat(ImplicitLocOpBuilder &b, Value x, bool isUnsigned,
                            FloatType to) {
  auto toFloat = [&](Value integer, FloatType type) -> Num {
    if (isUnsigned)
      return {b, arith::UIToFPOp::create(b, type, integer)};
    return {b, arith::SIToFPOp::create(b, type, integer)};
  };
  unsigned width = x.getType().getIntOrFloatBitWidth();
  if (to.getWidth() >= 32)
    return toFloat(x, to);
  // Up to 24 bits f32 is exact.
  if (width <= 24)
    return convertFloat(toFloat(x, b.getF32Type()), to);
  FloatType f64 = b.getF64Type();
  if (width <= 53)
    return convertFloat(toFloat(x, f64), to);

  constexpr int dropped = 12;
  Value mask = intConstant(b, x, (1 << dropped) - 1);
  Value isInexact = arith::CmpIOp::create(b, arith::CmpIPredicate::ne,
                                          arith::AndIOp::create(b, x, mask),
                                          intConstant(b, x, 0));
  Value sticky = arith::ExtUIOp::create(b, x.getType(), isInexact);
  Value amount = intConstant(b, x, dropped);
  Value upper = isUnsigned ? Value(arith::ShRUIOp::create(b, x, amount))
                           : Value(arith::ShRSIOp::create(b, x, amount));
  upper = arith::OrIOp::create(b, upper, sticky);
  Num large = toFloat(upper, f64) * std::ldexp(1.0, dropped);
  // Small integers are exact as they are.
  Num small = toFloat(x, f64);
  Num result = select(abs(small) < std::ldexp(1.0, 52), small, large);
  return convertFloat(result, to);
}

static Value integerToInteger(ImplicitLocOpBuilder &b, Value x, bool isUnsigned,
                              Type to) {
  if (to.isInteger(1))
    return arith::CmpIOp::create(b, arith::CmpIPredicate::ne, x,
                                 intConstant(b, x, 0));
  Type type = getSignlessElementType(to);
  unsigned from = x.getType().getIntOrFloatBitWidth();
  unsigned width = type.getIntOrFloatBitWidth();
  if (from == width)
    return x;
  if (from > width)
    return arith::TruncIOp::create(b, type, x);
  if (isUnsigned)
    return arith::ExtUIOp::create(b, type, x);
  return arith::ExtSIOp::create(b, type, x);
}

Value mp::convertScalar(ImplicitLocOpBuilder &b, Value value, Type from,
                        Type to) {
  if (from == to)
    return value;
  if (auto complexTo = dyn_cast<ComplexType>(to)) {
    Type part = complexTo.getElementType();
    Value re, im;
    if (auto complexFrom = dyn_cast<ComplexType>(from)) {
      Type fromPart = complexFrom.getElementType();
      re = convertScalar(b, complex::ReOp::create(b, value), fromPart, part);
      im = convertScalar(b, complex::ImOp::create(b, value), fromPart, part);
    } else {
      re = convertScalar(b, value, from, part);
      im = arith::ConstantOp::create(b, b.getFloatAttr(part, 0.0));
    }
    return re ? complex::CreateOp::create(b, complexTo, re, im).getResult()
              : Value();
  }
  if (auto complexFrom = dyn_cast<ComplexType>(from))
    return convertScalar(b, complex::ReOp::create(b, value),
                         complexFrom.getElementType(), to);

  auto floatFrom = dyn_cast<FloatType>(from), floatTo = dyn_cast<FloatType>(to);
  if (floatFrom && floatTo)
    return convertFloat({b, value}, floatTo);
  if (floatFrom && isa<IntegerType>(to))
    return floatToInteger(b, {b, value}, to);
  if (!isa<IntegerType>(from))
    return {};
  if (floatTo)
    return integerToFloat(b, value, isUnsignedElement(from), floatTo);
  if (isa<IntegerType>(to))
    return integerToInteger(b, value, isUnsignedElement(from), to);
  return {};
}

Value mp::bitcastScalar(ImplicitLocOpBuilder &b, Value value, Type to) {
  Type type = getSignlessElementType(to);
  if (value.getType() == type)
    return value;
  if (!value.getType().isIntOrFloat() || !type.isIntOrFloat() ||
      value.getType().getIntOrFloatBitWidth() != type.getIntOrFloatBitWidth())
    return {};
  return arith::BitcastOp::create(b, type, value);
}
