#include "Num.h"

using namespace mlir;
using namespace mlir::mp;

Cond Cond::operator!() const {
  Value one = arith::ConstantOp::create(*builder, builder->getBoolAttr(true));
  return {*builder, arith::XOrIOp::create(*builder, value, one)};
}

Num Num::constant(double number) const {
  return {*builder, arith::ConstantOp::create(
                        *builder, builder->getFloatAttr(getType(), number))};
}

Num Num::constant(const APFloat &number) const {
  return {*builder, arith::ConstantOp::create(
                        *builder, builder->getFloatAttr(getType(), number))};
}

Num Num::inf() const {
  return constant(APFloat::getInf(getType().getFloatSemantics()));
}

Num Num::nan() const {
  return constant(APFloat::getQNaN(getType().getFloatSemantics()));
}

Num Num::epsilon() const {
  const llvm::fltSemantics &semantics = getType().getFloatSemantics();
  APFloat one(semantics, 1);
  return constant(
      scalbn(one, 1 - static_cast<int>(APFloat::semanticsPrecision(semantics)),
             APFloat::rmNearestTiesToEven));
}

Num mp::select(Cond condition, Num onTrue, Num onFalse) {
  ImplicitLocOpBuilder &builder = onTrue.getBuilder();
  return {builder,
          arith::SelectOp::create(builder, condition, onTrue, onFalse)};
}

Num mp::select(Cond condition, double onTrue, Num onFalse) {
  return select(condition, onFalse.constant(onTrue), onFalse);
}

Num mp::select(Cond condition, Num onTrue, double onFalse) {
  return select(condition, onTrue, onTrue.constant(onFalse));
}

Num mp::fma(Num a, Num b, Num c) {
  ImplicitLocOpBuilder &builder = a.getBuilder();
  return {builder, math::FmaOp::create(builder, a, b, c)};
}

Num mp::polynomial(Num x, ArrayRef<double> coefficients) {
  Num sum = x.constant(coefficients.front());
  for (double coefficient : coefficients.drop_front())
    sum = sum * x + coefficient;
  return sum;
}

Num mp::chebyshev(Num x, ArrayRef<double> coefficients) {
  Num twice = x + x;
  Num last = x.constant(coefficients.back());
  Num beforeLast = x.constant(0.0);
  for (double coefficient :
       llvm::reverse(coefficients.drop_front().drop_back())) {
    Num next = twice * last - beforeLast + coefficient;
    beforeLast = last;
    last = next;
  }
  return x * last - beforeLast + coefficients.front();
}

/// f64 to f32 so that a later rounding to at most 22 bits gives what rounding
/// the f64 would have given: an inexact result gets an odd last bit.
static Num roundToOdd(Num x, FloatType f32) {
  ImplicitLocOpBuilder &b = x.getBuilder();
  Num near = {b, arith::TruncFOp::create(b, f32, Value(x))};
  Num back = {b, arith::ExtFOp::create(b, x.getType(), Value(near))};
  Value bits = arith::BitcastOp::create(b, b.getI32Type(), near);
  Value one = arith::ConstantOp::create(b, b.getI32IntegerAttr(1));
  Value even = arith::CmpIOp::create(
      b, arith::CmpIPredicate::eq, arith::AndIOp::create(b, bits, one),
      arith::ConstantOp::create(b, b.getI32IntegerAttr(0)));
  // The neighbour on the other side of x is odd, because `near` is even.
  Cond adjust = Cond(b, even) & (back.compare(arith::CmpFPredicate::ONE, x));
  Value outward = arith::AddIOp::create(b, bits, one);
  Value inward = arith::SubIOp::create(b, bits, one);
  Value other = arith::SelectOp::create(b, abs(back) < abs(x), outward, inward);
  return {b, arith::BitcastOp::create(
                 b, f32, arith::SelectOp::create(b, adjust, other, bits))};
}

Num mp::convertFloat(Num x, FloatType type) {
  ImplicitLocOpBuilder &b = x.getBuilder();
  FloatType from = x.getType();
  if (from == type)
    return x;
  unsigned fromWidth = from.getWidth(), width = type.getWidth();
  if (fromWidth < 32 && width < 32) {
    x = convertFloat(x, b.getF32Type());
    fromWidth = 32;
  }
  if (fromWidth < width)
    return {b, arith::ExtFOp::create(b, type, Value(x))};
  if (fromWidth == 64 && width < 32)
    x = roundToOdd(x, b.getF32Type());
  return {b, arith::TruncFOp::create(b, type, Value(x))};
}

FloatType mp::getComputeType(FloatType type) {
  return type.getWidth() < 32 ? Float32Type::get(type.getContext()) : type;
}
