//===- ScalarInteger.cpp - integers and booleans --------------------------===//
//
// Where arith leaves a result undefined (division by zero, the quotient that
// does not fit, shifts by the width or more) the results are those that
// StableHLO programs expect, and nothing traps.
//
//===----------------------------------------------------------------------===//
#include "ScalarOpKinds.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::mp;

bool mp::isUnsignedElement(Type type) {
  return type.isUnsignedInteger() || type.isInteger(1);
}

Value mp::intConstant(ImplicitLocOpBuilder &b, Value like, int64_t value) {
  Type type = like.getType();
  unsigned width = isa<IndexType>(type) ? IndexType::kInternalStorageBitWidth
                                        : type.getIntOrFloatBitWidth();
  APInt bits(width, static_cast<uint64_t>(value), /*isSigned=*/true,
             /*implicitTrunc=*/true);
  return arith::ConstantOp::create(b, b.getIntegerAttr(type, bits));
}

arith::CmpIPredicate
mp::getIntegerPredicate(shlo::ComparisonDirection direction, bool isUnsigned) {
  using arith::CmpIPredicate;
  switch (direction) {
  case shlo::ComparisonDirection::EQ:
    return CmpIPredicate::eq;
  case shlo::ComparisonDirection::NE:
    return CmpIPredicate::ne;
  case shlo::ComparisonDirection::GE:
    return isUnsigned ? CmpIPredicate::uge : CmpIPredicate::sge;
  case shlo::ComparisonDirection::GT:
    return isUnsigned ? CmpIPredicate::ugt : CmpIPredicate::sgt;
  case shlo::ComparisonDirection::LE:
    return isUnsigned ? CmpIPredicate::ule : CmpIPredicate::sle;
  case shlo::ComparisonDirection::LT:
    return isUnsigned ? CmpIPredicate::ult : CmpIPredicate::slt;
  }
  llvm_unreachable("unknown comparison direction");
}

namespace {

/// One integer op; short names for the arith ops on its arguments.
class IntegerMapper {
public:
  explicit IntegerMapper(const ScalarOp &scalar)
      : b(scalar.builder), args(scalar.args),
        isUnsigned(isUnsignedElement(scalar.operandType)),
        isBool(scalar.operandType.isInteger(1)) {}

  Value divide() const;
  Value remainder() const;
  Value power() const;
  Value sign() const;
  /// Shifts by the width or more give what shifting one by one would.
  template <typename ShiftOp>
  Value shift() const;

  template <typename SignedOp, typename UnsignedOp>
  Value bySign() const {
    return isUnsigned ? binary<UnsignedOp>(args[0], args[1])
                      : binary<SignedOp>(args[0], args[1]);
  }
  template <typename IntOp, typename BoolOp>
  Value byBool() const {
    return isBool ? binary<BoolOp>(args[0], args[1])
                  : binary<IntOp>(args[0], args[1]);
  }
  template <typename OpTy>
  Value binary(Value lhs, Value rhs) const {
    return OpTy::create(b, lhs, rhs);
  }
  Value compare(arith::CmpIPredicate predicate, Value lhs, Value rhs) const {
    return arith::CmpIOp::create(b, predicate, lhs, rhs);
  }
  Value select(Value condition, Value onTrue, Value onFalse) const {
    return arith::SelectOp::create(b, condition, onTrue, onFalse);
  }
  Value constant(int64_t value) const { return intConstant(b, args[0], value); }
  Value minimum() const {
    APInt least = APInt::getSignedMinValue(width());
    return arith::ConstantOp::create(
        b, b.getIntegerAttr(args[0].getType(), least));
  }
  unsigned width() const { return args[0].getType().getIntOrFloatBitWidth(); }

private:
  /// A divisor that cannot trap: 1 where dividing by the real one would.
  Value safeDivisor(Value isZero) const;

  ImplicitLocOpBuilder &b;
  ValueRange args;
  bool isUnsigned, isBool;
};

} // namespace

Value IntegerMapper::safeDivisor(Value isZero) const {
  Value traps = isZero;
  if (!isUnsigned) {
    Value overflows = binary<arith::AndIOp>(
        compare(arith::CmpIPredicate::eq, args[0], minimum()),
        compare(arith::CmpIPredicate::eq, args[1], constant(-1)));
    traps = binary<arith::OrIOp>(isZero, overflows);
  }
  return select(traps, constant(1), args[1]);
}

/// x / 0 is all ones (-1 or the largest), MIN / -1 is MIN.
Value IntegerMapper::divide() const {
  Value isZero = compare(arith::CmpIPredicate::eq, args[1], constant(0));
  Value divisor = safeDivisor(isZero);
  Value quotient = isUnsigned ? binary<arith::DivUIOp>(args[0], divisor)
                              : binary<arith::DivSIOp>(args[0], divisor);
  return select(isZero, constant(-1), quotient);
}

/// x % 0 is x, MIN % -1 is 0.
Value IntegerMapper::remainder() const {
  Value isZero = compare(arith::CmpIPredicate::eq, args[1], constant(0));
  Value divisor = safeDivisor(isZero);
  Value remainder = isUnsigned ? binary<arith::RemUIOp>(args[0], divisor)
                               : binary<arith::RemSIOp>(args[0], divisor);
  return select(isZero, args[0], remainder);
}

/// Repeated squaring, modulo 2^width. Negative exponents give the reciprocal
/// where it is an integer, else 0.
Value IntegerMapper::power() const {
  APInt exponent;
  bool isConstant = matchPattern(args[1], m_ConstantInt(&exponent));
  unsigned steps = isConstant && (isUnsigned || exponent.isNonNegative())
                       ? exponent.getActiveBits()
                       : width();
  Value result = constant(1), square = args[0];
  for (unsigned bit = 0; bit < steps; ++bit) {
    if (bit)
      square = binary<arith::MulIOp>(square, square);
    if (isConstant) {
      if (exponent[bit])
        result = binary<arith::MulIOp>(result, square);
      continue;
    }
    Value mask = arith::ConstantOp::create(
        b,
        b.getIntegerAttr(args[0].getType(), APInt::getOneBitSet(width(), bit)));
    Value isSet = compare(arith::CmpIPredicate::ne,
                          binary<arith::AndIOp>(args[1], mask), constant(0));
    result = select(isSet, binary<arith::MulIOp>(result, square), result);
  }
  if (isUnsigned || (isConstant && exponent.isNonNegative()))
    return result;
  // For 1 and -1 the loop above already gave the reciprocal's power: their
  // powers have period 2, which divides 2^width.
  Value isNegative = compare(arith::CmpIPredicate::slt, args[1], constant(0));
  Value isUnit = binary<arith::OrIOp>(
      compare(arith::CmpIPredicate::eq, args[0], constant(1)),
      compare(arith::CmpIPredicate::eq, args[0], constant(-1)));
  return select(isNegative, select(isUnit, result, constant(0)), result);
}

Value IntegerMapper::sign() const {
  Value zero = constant(0);
  Value nonZero = arith::ExtUIOp::create(
      b, args[0].getType(), compare(arith::CmpIPredicate::ne, args[0], zero));
  if (isUnsigned)
    return nonZero;
  Value isNegative = compare(arith::CmpIPredicate::slt, args[0], zero);
  return select(isNegative, constant(-1), nonZero);
}

template <typename ShiftOp>
Value IntegerMapper::shift() const {
  constexpr bool keepsSign = std::is_same_v<ShiftOp, arith::ShRSIOp>;
  Value fits = compare(arith::CmpIPredicate::ult, args[1], constant(width()));
  if (keepsSign) {
    Value amount = select(fits, args[1], constant(width() - 1));
    return binary<ShiftOp>(args[0], amount);
  }
  Value amount = select(fits, args[1], constant(0));
  return select(fits, binary<ShiftOp>(args[0], amount), constant(0));
}

Value mp::mapIntegerOp(const ScalarOp &scalar) {
  if (!isa<IntegerType>(scalar.operandType))
    return {};
  IntegerMapper m(scalar);
  ValueRange args = scalar.args;
  ImplicitLocOpBuilder &b = scalar.builder;
  return llvm::TypeSwitch<Operation *, Value>(scalar.op)
      .Case([&](shlo::AbsOp) { return math::AbsIOp::create(b, args[0]); })
      .Case(
          [&](shlo::AddOp) { return m.byBool<arith::AddIOp, arith::OrIOp>(); })
      .Case([&](shlo::SubtractOp) {
        return m.binary<arith::SubIOp>(args[0], args[1]);
      })
      .Case([&](shlo::MultiplyOp) {
        return m.byBool<arith::MulIOp, arith::AndIOp>();
      })
      .Case([&](shlo::DivideOp) { return m.divide(); })
      .Case([&](shlo::RemainderOp) { return m.remainder(); })
      .Case([&](shlo::PowerOp) { return m.power(); })
      .Case([&](shlo::NegateOp) {
        return m.binary<arith::SubIOp>(m.constant(0), args[0]);
      })
      .Case([&](shlo::SignOp) { return m.sign(); })
      .Case([&](shlo::MaximumOp) {
        return m.bySign<arith::MaxSIOp, arith::MaxUIOp>();
      })
      .Case([&](shlo::MinimumOp) {
        return m.bySign<arith::MinSIOp, arith::MinUIOp>();
      })
      .Case([&](shlo::AndOp) {
        return m.binary<arith::AndIOp>(args[0], args[1]);
      })
      .Case(
          [&](shlo::OrOp) { return m.binary<arith::OrIOp>(args[0], args[1]); })
      .Case([&](shlo::XorOp) {
        return m.binary<arith::XOrIOp>(args[0], args[1]);
      })
      .Case([&](shlo::NotOp) {
        return m.binary<arith::XOrIOp>(args[0], m.constant(-1));
      })
      .Case([&](shlo::PopcntOp) { return math::CtPopOp::create(b, args[0]); })
      .Case([&](shlo::CountLeadingZerosOp) {
        return math::CountLeadingZerosOp::create(b, args[0]);
      })
      .Case([&](shlo::ShiftLeftOp) { return m.shift<arith::ShLIOp>(); })
      .Case(
          [&](shlo::ShiftRightLogicalOp) { return m.shift<arith::ShRUIOp>(); })
      .Case([&](shlo::ShiftRightArithmeticOp) {
        return m.shift<arith::ShRSIOp>();
      })
      .Case([&](shlo::CompareOp compare) {
        bool isUnsigned = isUnsignedElement(scalar.operandType);
        return m.compare(
            getIntegerPredicate(compare.getComparisonDirection(), isUnsigned),
            args[0], args[1]);
      })
      .Case([&](chlo::SquareOp) {
        return m.binary<arith::MulIOp>(args[0], args[0]);
      })
      .Default([](Operation *) { return Value(); });
}
