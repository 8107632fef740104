//===- ScalarComplex.cpp - complex numbers --------------------------------===//
//
// A complex scalar is taken apart on entry and put together at the end, so
// that of the complex dialect only `create`, `re` and `im` are left for code
// generation.
//
//===----------------------------------------------------------------------===//
#include "ComplexFunctions.h"
#include "ScalarOpKinds.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::mp;

namespace {

class ComplexMapper {
public:
  explicit ComplexMapper(const ScalarOp &scalar)
      : b(scalar.builder), args(scalar.args),
        type(cast<ComplexType>(scalar.operandType)) {}

  Complex arg(unsigned i) const {
    return {{b, complex::ReOp::create(b, args[i])},
            {b, complex::ImOp::create(b, args[i])}};
  }
  /// Operand `i` with parts of f64.
  Complex wide(unsigned i) const {
    Complex z = arg(i);
    FloatType f64 = b.getF64Type();
    return {convertFloat(z.re, f64), convertFloat(z.im, f64)};
  }
  Value build(Complex z) const {
    auto part = cast<FloatType>(type.getElementType());
    return complex::CreateOp::create(b, type, convertFloat(z.re, part),
                                     convertFloat(z.im, part));
  }
  Value function(llvm::function_ref<Complex(Complex)> compute) const {
    return build(compute(wide(0)));
  }
  Value function(llvm::function_ref<Complex(Complex, Complex)> compute) const {
    return build(compute(wide(0), wide(1)));
  }
  Value real(Num number) const {
    return convertFloat(number, cast<FloatType>(type.getElementType()));
  }
  Value compare(shlo::ComparisonDirection direction) const;
  /// The larger or smaller in lexicographic order.
  Value extremum(bool larger) const;

private:
  ImplicitLocOpBuilder &b;
  ValueRange args;
  ComplexType type;
};

} // namespace

Value ComplexMapper::compare(shlo::ComparisonDirection direction) const {
  Complex lhs = arg(0), rhs = arg(1);
  if (direction == shlo::ComparisonDirection::EQ)
    return (lhs.re == rhs.re) & (lhs.im == rhs.im);
  if (direction == shlo::ComparisonDirection::NE)
    return (lhs.re != rhs.re) | (lhs.im != rhs.im);
  return {};
}

Value ComplexMapper::extremum(bool larger) const {
  Complex lhs = arg(0), rhs = arg(1);
  Cond isLess = (lhs.re < rhs.re) | ((lhs.re == rhs.re) & (lhs.im < rhs.im));
  return arith::SelectOp::create(b, isLess, args[larger ? 1 : 0],
                                 args[larger ? 0 : 1]);
}

Value mp::mapComplexOp(const ScalarOp &scalar) {
  if (isa<shlo::ComplexOp>(scalar.op))
    return complex::CreateOp::create(scalar.builder, scalar.resultType,
                                     scalar.args[0], scalar.args[1]);
  if (!isa<ComplexType>(scalar.operandType))
    return {};
  ComplexMapper m(scalar);
  using C = Complex;
  return llvm::TypeSwitch<Operation *, Value>(scalar.op)
      .Case([&](shlo::AbsOp) { return m.real(abs(m.wide(0))); })
      .Case([&](shlo::RealOp) { return m.arg(0).re; })
      .Case([&](shlo::ImagOp) { return m.arg(0).im; })
      .Case([&](shlo::AddOp) { return m.build(m.arg(0) + m.arg(1)); })
      .Case([&](shlo::SubtractOp) { return m.build(m.arg(0) - m.arg(1)); })
      .Case([&](shlo::NegateOp) { return m.build(-m.arg(0)); })
      .Case([&](shlo::MultiplyOp) {
        return m.function([](C z, C w) { return z * w; });
      })
      .Case([&](shlo::DivideOp) {
        return m.function([](C z, C w) { return z / w; });
      })
      .Case([&](shlo::PowerOp) {
        return m.function([](C z, C w) { return pow(z, w); });
      })
      .Case([&](shlo::Atan2Op) {
        // -i log((x + iy) / sqrt(x^2 + y^2))
        return m.function([](C y, C x) {
          return log((x + y.timesI()) / sqrt(x * x + y * y)).timesMinusI();
        });
      })
      .Case([&](shlo::MaximumOp) { return m.extremum(/*larger=*/true); })
      .Case([&](shlo::MinimumOp) { return m.extremum(/*larger=*/false); })
      .Case([&](shlo::CompareOp op) {
        return m.compare(op.getComparisonDirection());
      })
      .Case([&](shlo::SignOp) { return m.function(sign); })
      .Case([&](shlo::ExponentialOp) {
        return m.function([](C z) { return exp(z); });
      })
      .Case([&](shlo::ExponentialMinusOneOp) {
        return m.function([](C z) { return expm1(z); });
      })
      .Case([&](shlo::LogOp) { return m.function([](C z) { return log(z); }); })
      .Case([&](shlo::LogPlusOneOp) {
        return m.function([](C z) { return log1p(z); });
      })
      .Case([&](shlo::LogisticOp) { return m.function(logistic); })
      .Case(
          [&](shlo::SqrtOp) { return m.function([](C z) { return sqrt(z); }); })
      .Case([&](shlo::RsqrtOp) { return m.function(rsqrt); })
      .Case([&](shlo::CbrtOp) {
        return m.function([](C z) {
          return pow(z, {z.re.constant(1.0 / 3), z.re.constant(0.0)});
        });
      })
      // Circular functions of z are hyperbolic ones of iz.
      .Case([&](shlo::SineOp) {
        return m.function([](C z) { return sinh(z.timesI()).timesMinusI(); });
      })
      .Case([&](shlo::CosineOp) {
        return m.function([](C z) { return cosh(z.timesI()); });
      })
      .Case<shlo::TanOp, chlo::TanOp>([&](auto) {
        return m.function([](C z) { return tanh(z.timesI()).timesMinusI(); });
      })
      .Case(
          [&](shlo::TanhOp) { return m.function([](C z) { return tanh(z); }); })
      .Case(
          [&](chlo::SinhOp) { return m.function([](C z) { return sinh(z); }); })
      .Case(
          [&](chlo::CoshOp) { return m.function([](C z) { return cosh(z); }); })
      .Case(
          [&](chlo::AcosOp) { return m.function([](C z) { return acos(z); }); })
      .Case(
          [&](chlo::AsinOp) { return m.function([](C z) { return asin(z); }); })
      .Case([&](chlo::AcoshOp) {
        return m.function([](C z) { return acosh(z); });
      })
      .Case([&](chlo::AtanhOp) {
        return m.function([](C z) { return atanh(z); });
      })
      .Case([&](chlo::AtanOp) {
        return m.function([](C z) { return atanh(z.timesI()).timesMinusI(); });
      })
      .Case([&](chlo::AsinhOp) {
        return m.function([](C z) { return asin(z.timesI()).timesMinusI(); });
      })
      .Case([&](chlo::ConjOp) { return m.build(conj(m.arg(0))); })
      .Case(
          [&](chlo::SquareOp) { return m.function([](C z) { return z * z; }); })
      .Default([](Operation *) { return Value(); });
}
