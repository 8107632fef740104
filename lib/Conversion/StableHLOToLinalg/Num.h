//===- Num.h - float formulas spelled as C++ expressions --------*- C++ -*-===//
//
// A `Num` is a float scalar under construction, a `Cond` an i1. Their
// operators emit arith and math ops, so that formulas read as in the books
// they come from. Operands of one operator have one type; a plain double
// becomes a constant of it.
//
//===----------------------------------------------------------------------===//
#ifndef MP_CONVERSION_NUM_H
#define MP_CONVERSION_NUM_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::mp {

class Cond {
public:
  Cond(ImplicitLocOpBuilder &builder, Value value)
      : builder(&builder), value(value) {}
  operator Value() const { return value; }

  Cond operator&(Cond other) const {
    return {*builder, arith::AndIOp::create(*builder, value, other.value)};
  }
  Cond operator|(Cond other) const {
    return {*builder, arith::OrIOp::create(*builder, value, other.value)};
  }
  Cond operator!() const;

private:
  ImplicitLocOpBuilder *builder;
  Value value;
};

class Num {
public:
  Num(ImplicitLocOpBuilder &builder, Value value)
      : builder(&builder), value(value) {}
  operator Value() const { return value; }
  ImplicitLocOpBuilder &getBuilder() const { return *builder; }
  FloatType getType() const { return cast<FloatType>(value.getType()); }

  /// A constant of this type.
  Num constant(double number) const;
  Num constant(const APFloat &number) const;
  Num inf() const;
  Num nan() const;
  /// The type's machine epsilon: the gap between 1 and the next number.
  Num epsilon() const;

  template <typename OpTy>
  Num unary() const {
    return {*builder, OpTy::create(*builder, value)};
  }
  template <typename OpTy>
  Num binary(Num other) const {
    return {*builder, OpTy::create(*builder, value, other.value)};
  }
  Cond compare(arith::CmpFPredicate predicate, Num other) const {
    return {*builder,
            arith::CmpFOp::create(*builder, predicate, value, other.value)};
  }

  Num operator+(Num other) const { return binary<arith::AddFOp>(other); }
  Num operator-(Num other) const { return binary<arith::SubFOp>(other); }
  Num operator*(Num other) const { return binary<arith::MulFOp>(other); }
  Num operator/(Num other) const { return binary<arith::DivFOp>(other); }
  Num operator-() const { return unary<arith::NegFOp>(); }
  Num operator+(double other) const { return *this + constant(other); }
  Num operator-(double other) const { return *this - constant(other); }
  Num operator*(double other) const { return *this * constant(other); }
  Num operator/(double other) const { return *this / constant(other); }

  // Comparisons are false on NaN, except `!=`, which is true.
  Cond operator<(Num other) const {
    return compare(arith::CmpFPredicate::OLT, other);
  }
  Cond operator<=(Num other) const {
    return compare(arith::CmpFPredicate::OLE, other);
  }
  Cond operator>(Num other) const {
    return compare(arith::CmpFPredicate::OGT, other);
  }
  Cond operator>=(Num other) const {
    return compare(arith::CmpFPredicate::OGE, other);
  }
  Cond operator==(Num other) const {
    return compare(arith::CmpFPredicate::OEQ, other);
  }
  Cond operator!=(Num other) const {
    return compare(arith::CmpFPredicate::UNE, other);
  }
  Cond operator<(double other) const { return *this < constant(other); }
  Cond operator<=(double other) const { return *this <= constant(other); }
  Cond operator>(double other) const { return *this > constant(other); }
  Cond operator>=(double other) const { return *this >= constant(other); }
  Cond operator==(double other) const { return *this == constant(other); }
  Cond operator!=(double other) const { return *this != constant(other); }
  Cond isNan() const { return *this != *this; }

private:
  ImplicitLocOpBuilder *builder;
  Value value;
};

inline Num operator+(double a, Num b) { return b.constant(a) + b; }
inline Num operator-(double a, Num b) { return b.constant(a) - b; }
inline Num operator*(double a, Num b) { return b.constant(a) * b; }
inline Num operator/(double a, Num b) { return b.constant(a) / b; }

Num select(Cond condition, Num onTrue, Num onFalse);
Num select(Cond condition, double onTrue, Num onFalse);
Num select(Cond condition, Num onTrue, double onFalse);

inline Num abs(Num x) { return x.unary<math::AbsFOp>(); }
inline Num sqrt(Num x) { return x.unary<math::SqrtOp>(); }
inline Num exp(Num x) { return x.unary<math::ExpOp>(); }
inline Num expm1(Num x) { return x.unary<math::ExpM1Op>(); }
inline Num log(Num x) { return x.unary<math::LogOp>(); }
inline Num log1p(Num x) { return x.unary<math::Log1pOp>(); }
inline Num sin(Num x) { return x.unary<math::SinOp>(); }
inline Num cos(Num x) { return x.unary<math::CosOp>(); }
inline Num tan(Num x) { return x.unary<math::TanOp>(); }
inline Num sinh(Num x) { return x.unary<math::SinhOp>(); }
inline Num cosh(Num x) { return x.unary<math::CoshOp>(); }
inline Num asin(Num x) { return x.unary<math::AsinOp>(); }
inline Num acos(Num x) { return x.unary<math::AcosOp>(); }
inline Num atan(Num x) { return x.unary<math::AtanOp>(); }
inline Num floor(Num x) { return x.unary<math::FloorOp>(); }
inline Num roundeven(Num x) { return x.unary<math::RoundEvenOp>(); }
inline Num atan2(Num y, Num x) { return y.binary<math::Atan2Op>(x); }
inline Num pow(Num x, Num y) { return x.binary<math::PowFOp>(y); }
inline Num copysign(Num x, Num sign) {
  return x.binary<math::CopySignOp>(sign);
}
Num fma(Num a, Num b, Num c);
/// NaN if either is NaN.
inline Num max(Num a, Num b) { return a.binary<arith::MaximumFOp>(b); }
inline Num min(Num a, Num b) { return a.binary<arith::MinimumFOp>(b); }

/// `coefficients[0] * x^(n-1) + ... + coefficients[n-1]`, by Horner's rule.
Num polynomial(Num x, ArrayRef<double> coefficients);

/// The sum of Chebyshev polynomials `coefficients[k] * T_k(x)` on [-1, 1], by
/// Clenshaw's recurrence.
Num chebyshev(Num x, ArrayRef<double> coefficients);

/// Converts between float types; narrowing rounds once, to nearest even.
Num convertFloat(Num x, FloatType type);

/// The type that functions of `type` are computed in: f32 or wider.
FloatType getComputeType(FloatType type);

} // namespace mlir::mp

#endif // MP_CONVERSION_NUM_H
