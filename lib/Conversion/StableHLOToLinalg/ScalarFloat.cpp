//===- ScalarFloat.cpp - real numbers -------------------------------------===//
//
// Arithmetic that is exact but for one rounding stays in the operand's type:
// for narrow floats that is the same as computing in f32 and rounding once.
// Functions are computed in f32 or wider.
//
//===----------------------------------------------------------------------===//
#include "ScalarOpKinds.h"
#include "SpecialFunctions.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::mp;

namespace {

/// One op on floats.
class FloatMapper {
public:
  explicit FloatMapper(const ScalarOp &scalar)
      : b(scalar.builder), args(scalar.args),
        type(cast<FloatType>(args.back().getType())) {}

  Num arg(unsigned i) const { return {b, args[i]}; }
  /// Operand `i` in the type that functions are computed in.
  Num wide(unsigned i) const {
    return convertFloat(arg(i), getComputeType(type));
  }
  Value narrow(Num result) const { return convertFloat(result, type); }

  template <typename OpTy>
  Value function() const {
    return narrow(wide(0).unary<OpTy>());
  }
  Value function(llvm::function_ref<Num(Num)> compute) const {
    return narrow(compute(wide(0)));
  }
  Value function(llvm::function_ref<Num(Num, Num)> compute) const {
    return narrow(compute(wide(0), wide(1)));
  }
  /// Functions that have one formula, in f64, whatever the type.
  Value functionInDouble(llvm::function_ref<Num(Num)> compute) const {
    return narrow(compute(convertFloat(arg(0), b.getF64Type())));
  }
  Value functionInDouble(llvm::function_ref<Num(Num, Num)> compute) const {
    return narrow(compute(convertFloat(arg(0), b.getF64Type()),
                          convertFloat(arg(1), b.getF64Type())));
  }

  Value compare(shlo::CompareOp op) const;
  Value power() const;
  Value sign() const;
  Value reducePrecision(shlo::ReducePrecisionOp op) const;
  Value nextAfter() const;

  Value bits(Value value) const {
    return arith::BitcastOp::create(b, b.getIntegerType(getWidth()), value);
  }

  unsigned getWidth() const {
    return args.back().getType().getIntOrFloatBitWidth();
  }

private:
  /// An integer that orders as the totalOrder predicate of IEEE 754.
  Value totalOrderKey(Value value) const;
  Value powerOfConstant(Num base, double exponent) const;

  ImplicitLocOpBuilder &b;
  ValueRange args;
  FloatType type;
};

} // namespace

Value FloatMapper::totalOrderKey(Value value) const {
  Value key = bits(value);
  Value isNegative = arith::CmpIOp::create(b, arith::CmpIPredicate::slt, key,
                                           intConstant(b, key, 0));
  APInt magnitude = APInt::getSignedMaxValue(getWidth());
  Value flipped = arith::XOrIOp::create(
      b, key,
      arith::ConstantOp::create(b, b.getIntegerAttr(key.getType(), magnitude)));
  return arith::SelectOp::create(b, isNegative, flipped, key);
}

Value FloatMapper::compare(shlo::CompareOp op) const {
  shlo::ComparisonDirection direction = op.getComparisonDirection();
  if (op.getCompareType() == shlo::ComparisonType::TOTALORDER)
    return arith::CmpIOp::create(
        b, getIntegerPredicate(direction, /*isUnsigned=*/false),
        totalOrderKey(args[0]), totalOrderKey(args[1]));
  Num lhs = arg(0), rhs = arg(1);
  switch (direction) {
  case shlo::ComparisonDirection::EQ:
    return lhs == rhs;
  case shlo::ComparisonDirection::NE:
    return lhs != rhs;
  case shlo::ComparisonDirection::GE:
    return lhs >= rhs;
  case shlo::ComparisonDirection::GT:
    return lhs > rhs;
  case shlo::ComparisonDirection::LE:
    return lhs <= rhs;
  case shlo::ComparisonDirection::LT:
    return lhs < rhs;
  }
  llvm_unreachable("unknown comparison direction");
}

/// Null unless a few multiplications or a square root do as well as `pow`.
Value FloatMapper::powerOfConstant(Num x, double exponent) const {
  auto reciprocalIf = [&](bool invert, Num value) {
    return narrow(invert ? 1.0 / value : value);
  };
  bool invert = exponent < 0;
  Num square = x * x;
  switch (static_cast<int>(exponent * 2)) {
  case 2:
  case -2:
    return exponent == 1 || exponent == -1 ? reciprocalIf(invert, x) : Value();
  case 4:
  case -4:
    return exponent == 2 || exponent == -2 ? reciprocalIf(invert, square)
                                           : Value();
  case 6:
    return exponent == 3 ? narrow(square * x) : Value();
  case 8:
    return exponent == 4 ? narrow(square * square) : Value();
  case 1:
  case -1: {
    if (exponent != 0.5 && exponent != -0.5)
      return {};
    // pow takes -0 and -inf to +0 and +inf, the square root does not.
    Num root = select(x == -x.inf(), x.inf(), sqrt(x + 0.0));
    return reciprocalIf(invert, root);
  }
  default:
    return {};
  }
}

Value FloatMapper::power() const {
  FloatAttr exponent;
  if (matchPattern(args[1], m_Constant(&exponent)))
    if (double value = exponent.getValueAsDouble(); std::abs(value) <= 4)
      if (Value result = powerOfConstant(wide(0), value))
        return result;
  return function([](Num x, Num y) { return pow(x, y); });
}

Value FloatMapper::sign() const {
  Num x = arg(0), zero = x.constant(0.0);
  Num unit = copysign(x.constant(1.0), x);
  // Zeros keep their sign, NaN stays NaN.
  return select((x == zero) | x.isNan(), x, unit);
}

/// On the bits: rounds the mantissa to nearest even, then sends what exceeds
/// the exponent range to infinity or zero.
Value FloatMapper::reducePrecision(shlo::ReducePrecisionOp op) const {
  unsigned width = getWidth();
  unsigned mantissa = APFloat::semanticsPrecision(type.getFloatSemantics()) - 1;
  unsigned exponent = width - 1 - mantissa;
  unsigned toMantissa = op.getMantissaBits(), toExponent = op.getExponentBits();

  Value x = bits(args[0]);
  auto constant = [&](const APInt &value) -> Value {
    return arith::ConstantOp::create(b, b.getIntegerAttr(x.getType(), value));
  };
  Value signBit =
      arith::AndIOp::create(b, x, constant(APInt::getSignMask(width)));
  Value magnitude =
      arith::AndIOp::create(b, x, constant(APInt::getSignedMaxValue(width)));
  if (toMantissa < mantissa) {
    unsigned dropped = mantissa - toMantissa;
    Value last = arith::AndIOp::create(
        b,
        arith::ShRUIOp::create(b, magnitude, constant(APInt(width, dropped))),
        constant(APInt(width, 1)));
    Value half = constant(APInt::getLowBitsSet(width, dropped - 1));
    magnitude = arith::AddIOp::create(b, magnitude,
                                      arith::AddIOp::create(b, half, last));
    magnitude = arith::AndIOp::create(
        b, magnitude, constant(APInt::getHighBitsSet(width, width - dropped)));
  }
  if (toExponent < exponent) {
    // A biased exponent of the source in (least, greatest] is in range.
    uint64_t bias = (uint64_t(1) << (exponent - 1)) - 1;
    uint64_t toBias = (uint64_t(1) << (toExponent - 1)) - 1;
    Value greatest = constant(APInt(width, bias + toBias + 1) << mantissa);
    Value least = constant(APInt(width, bias - toBias + 1) << mantissa);
    Value infinity =
        constant(APFloat::getInf(type.getFloatSemantics()).bitcastToAPInt());
    Value tooLarge = arith::CmpIOp::create(b, arith::CmpIPredicate::uge,
                                           magnitude, greatest);
    Value tooSmall =
        arith::CmpIOp::create(b, arith::CmpIPredicate::ult, magnitude, least);
    magnitude = arith::SelectOp::create(b, tooLarge, infinity, magnitude);
    magnitude = arith::SelectOp::create(b, tooSmall, constant(APInt(width, 0)),
                                        magnitude);
  }
  Num rounded = {b, arith::BitcastOp::create(
                        b, type, arith::OrIOp::create(b, magnitude, signBit))};
  return select(arg(0).isNan(), arg(0), rounded);
}

/// Neighbouring floats of one sign are neighbouring integers.
Value FloatMapper::nextAfter() const {
  Num from = arg(0), to = arg(1);
  Value x = bits(from);
  Value zero = intConstant(b, x, 0), one = intConstant(b, x, 1);
  Value signMask = arith::ConstantOp::create(
      b, b.getIntegerAttr(x.getType(), APInt::getSignMask(getWidth())));
  Value isNegative =
      arith::CmpIOp::create(b, arith::CmpIPredicate::slt, x, zero);
  Cond outward = {b, arith::CmpIOp::create(b, arith::CmpIPredicate::eq,
                                           isNegative, to < from)};
  Value step = arith::SelectOp::create(b, outward, one, intConstant(b, x, -1));
  Value moved = arith::AddIOp::create(b, x, step);
  // From either zero the first step is the least subnormal of `to`'s sign.
  Value least = arith::OrIOp::create(
      b, arith::AndIOp::create(b, bits(to), signMask), one);
  moved = arith::SelectOp::create(b, from == 0.0, least, moved);
  Num result = {b, arith::BitcastOp::create(b, type, moved)};
  result = select(from == to, to, result);
  return select(from.isNan() | to.isNan(), from + to, result);
}

Value mp::mapFloatOp(const ScalarOp &scalar) {
  if (!isa<FloatType>(scalar.operandType))
    return {};
  FloatMapper m(scalar);
  auto isInfinite = [&](bool positive, bool negative) -> Value {
    Num x = m.wide(0);
    if (positive && negative)
      return abs(x) == x.inf();
    return x == (positive ? x.inf() : -x.inf());
  };
  return llvm::TypeSwitch<Operation *, Value>(scalar.op)
      .Case([&](shlo::AbsOp) { return abs(m.arg(0)); })
      .Case([&](shlo::AddOp) { return m.arg(0) + m.arg(1); })
      .Case([&](shlo::SubtractOp) { return m.arg(0) - m.arg(1); })
      .Case([&](shlo::MultiplyOp) { return m.arg(0) * m.arg(1); })
      .Case([&](shlo::DivideOp) { return m.arg(0) / m.arg(1); })
      .Case([&](shlo::NegateOp) { return -m.arg(0); })
      .Case([&](shlo::MaximumOp) { return max(m.arg(0), m.arg(1)); })
      .Case([&](shlo::MinimumOp) { return min(m.arg(0), m.arg(1)); })
      .Case([&](shlo::SqrtOp) { return sqrt(m.arg(0)); })
      .Case([&](shlo::CompareOp op) { return m.compare(op); })
      .Case([&](shlo::SignOp) { return m.sign(); })
      .Case([&](shlo::PowerOp) { return m.power(); })
      .Case([&](shlo::RemainderOp) {
        return m.function(
            [](Num x, Num y) { return x.binary<arith::RemFOp>(y); });
      })
      .Case([&](shlo::Atan2Op) { return m.function(atan2); })
      .Case([&](shlo::IsFiniteOp) {
        Num x = m.wide(0);
        return abs(x) < x.inf();
      })
      .Case([&](shlo::ReducePrecisionOp op) { return m.reducePrecision(op); })
      .Case([&](shlo::RealOp) { return m.arg(0); })
      .Case([&](shlo::ImagOp) { return m.arg(0).constant(0.0); })
      .Case([&](shlo::CbrtOp) { return m.function<math::CbrtOp>(); })
      .Case([&](shlo::CeilOp) { return m.function<math::CeilOp>(); })
      .Case([&](shlo::CosineOp) { return m.function<math::CosOp>(); })
      .Case([&](shlo::ExponentialOp) { return m.function<math::ExpOp>(); })
      .Case([&](shlo::ExponentialMinusOneOp) {
        return m.function<math::ExpM1Op>();
      })
      .Case([&](shlo::FloorOp) { return m.function<math::FloorOp>(); })
      .Case([&](shlo::LogOp) { return m.function<math::LogOp>(); })
      .Case([&](shlo::LogPlusOneOp) { return m.function<math::Log1pOp>(); })
      .Case([&](shlo::LogisticOp) {
        return m.function([](Num x) { return 1.0 / (1.0 + exp(-x)); });
      })
      .Case(
          [&](shlo::RoundNearestAfzOp) { return m.function<math::RoundOp>(); })
      .Case([&](shlo::RoundNearestEvenOp) {
        return m.function<math::RoundEvenOp>();
      })
      .Case([&](shlo::RsqrtOp) {
        return m.function([](Num x) { return 1.0 / sqrt(x); });
      })
      .Case([&](shlo::SineOp) { return m.function<math::SinOp>(); })
      .Case([&](shlo::TanOp) { return m.function<math::TanOp>(); })
      .Case([&](shlo::TanhOp) { return m.function<math::TanhOp>(); })
      .Case([&](chlo::AcosOp) { return m.function<math::AcosOp>(); })
      .Case([&](chlo::AcoshOp) { return m.function<math::AcoshOp>(); })
      .Case([&](chlo::AsinOp) { return m.function<math::AsinOp>(); })
      .Case([&](chlo::AsinhOp) { return m.function<math::AsinhOp>(); })
      .Case([&](chlo::AtanOp) { return m.function<math::AtanOp>(); })
      .Case([&](chlo::AtanhOp) { return m.function<math::AtanhOp>(); })
      .Case([&](chlo::CoshOp) { return m.function<math::CoshOp>(); })
      .Case([&](chlo::SinhOp) { return m.function<math::SinhOp>(); })
      .Case([&](chlo::TanOp) { return m.function<math::TanOp>(); })
      .Case([&](chlo::ErfOp) { return m.function<math::ErfOp>(); })
      .Case([&](chlo::ErfcOp) { return m.function<math::ErfcOp>(); })
      .Case([&](chlo::ErfInvOp) { return m.function(erfInv); })
      .Case([&](chlo::LgammaOp) { return m.functionInDouble(logGamma); })
      .Case([&](chlo::DigammaOp) { return m.functionInDouble(digamma); })
      .Case([&](chlo::PolygammaOp) { return m.functionInDouble(polygamma); })
      .Case([&](chlo::ZetaOp) { return m.functionInDouble(zeta); })
      .Case([&](chlo::BesselI1eOp) { return m.functionInDouble(besselI1e); })
      .Case([&](chlo::NextAfterOp) { return m.nextAfter(); })
      .Case([&](chlo::SquareOp) { return m.arg(0) * m.arg(0); })
      .Case([&](chlo::ConjOp) { return m.arg(0); })
      .Case([&](chlo::IsInfOp) { return isInfinite(true, true); })
      .Case([&](chlo::IsPosInfOp) { return isInfinite(true, false); })
      .Case([&](chlo::IsNegInfOp) { return isInfinite(false, true); })
      .Default([](Operation *) { return Value(); });
}
