#include "RangeArithmetic.h"

#include <cmath>

using namespace mlir;
using namespace mlir::mp;

static constexpr double infinity = std::numeric_limits<double>::infinity();

/// libm is good to a few units in the last place of a double.
static double down(double value) {
  return std::isinf(value) ? value : value - std::abs(value) * 0x1p-50;
}
static double up(double value) {
  return std::isinf(value) ? value : value + std::abs(value) * 0x1p-50;
}

using Function = double (*)(double);

/// An increasing function on all reals. What overflows in double is left
/// infinite, for rounding to see.
static FloatRange increase(Function function, const FloatRange &a) {
  FloatRange range;
  if (a.hasFinite())
    range = FloatRange::between(down(function(a.low)), up(function(a.high)));
  auto addLimit = [&](double limit) {
    if (std::isfinite(limit))
      range =
          FloatRange::join(range, FloatRange::between(down(limit), up(limit)));
    else
      (limit > 0 ? range.posInf : range.negInf) = true;
  };
  if (a.posInf)
    addLimit(function(infinity));
  if (a.negInf)
    addLimit(function(-infinity));
  range.nan = a.nan;
  return range;
}

/// Keeps a range inside bounds that every implementation keeps.
static FloatRange within(FloatRange range, double low, double high) {
  range.low = std::max(range.low, low);
  range.high = std::min(range.high, high);
  return range;
}

/// A logarithm whose pole is at `pole`; the number closest to the pole that
/// its argument can be is `closest`.
static FloatRange logarithm(const FloatRange &a, double pole, double closest,
                            Function function) {
  FloatRange range;
  if (a.hasFinite() && a.high > pole) {
    double low = std::max(a.low, closest);
    range = FloatRange::between(down(function(low)),
                                up(function(std::max(low, a.high))));
  }
  range.posInf = a.posInf;
  range.negInf = a.low <= pole && a.high >= pole;
  range.nan = a.nan || a.negInf || a.low < pole;
  return range;
}

/// The smallest positive number that an element may be.
static double getSmallestPositive(const FloatRange &a,
                                  const NumberFormat &format) {
  return a.smallest > 0 ? a.smallest : 2 * format.minNormal * format.halfUlp;
}

static FloatRange squareRoot(const FloatRange &a) {
  FloatRange range;
  if (a.hasFinite() && a.high >= 0)
    range =
        FloatRange::between(down(std::sqrt(std::max(a.low, 0.0))),
                            up(std::sqrt(a.high)), down(std::sqrt(a.smallest)));
  range.posInf = a.posInf;
  range.nan = a.nan || a.negInf || a.hasNegative();
  return range;
}

/// A function that stays inside of fixed bounds, or has none.
static FloatRange oscillate(const FloatRange &a, double bound) {
  FloatRange range;
  if (a.hasFinite())
    range = FloatRange::between(-bound, bound);
  range.nan = a.nan || a.mayBeInf();
  return range;
}

static FloatRange sign(const FloatRange &a) {
  FloatRange range;
  auto add = [&](bool isPossible, double value) {
    if (isPossible)
      range = FloatRange::join(range, FloatRange::point(value));
  };
  add(a.hasNegative() || a.negInf, -1);
  add(a.hasZero(), 0);
  add(a.hasPositive() || a.posInf, 1);
  range.nan = a.nan;
  return range;
}

std::optional<FloatRange> ranges::applyUnary(Meaning meaning,
                                             const FloatRange &a,
                                             const NumberFormat &format) {
  auto rounded = [&](const FloatRange &range) {
    return format.roundFunction(range);
  };
  switch (meaning) {
  case Meaning::Negate:
    return format.round(negate(a));
  case Meaning::Absolute:
    return format.round(absolute(a));
  case Meaning::Square:
    return format.round(square(a));
  case Meaning::Sign:
    return sign(a);
  case Meaning::Floor:
    return increase(::floor, a);
  case Meaning::Ceil:
    return increase(::ceil, a);
  case Meaning::Round: // Ties may go either way.
    return FloatRange::join(
        increase([](double x) { return std::ceil(x - 0.5); }, a),
        increase([](double x) { return std::floor(x + 0.5); }, a));
  case Meaning::SquareRoot:
    return rounded(squareRoot(a));
  case Meaning::ReciprocalSquareRoot: {
    FloatRange root = squareRoot(a);
    root.smallest = down(std::sqrt(getSmallestPositive(a, format)));
    return rounded(divide(FloatRange::point(1), root));
  }
  case Meaning::CubeRoot:
    return rounded(increase(::cbrt, a));
  case Meaning::Exponential:
    return rounded(increase(::exp, a));
  case Meaning::ExponentialMinusOne:
    return rounded(increase(::expm1, a));
  case Meaning::Logarithm:
    return rounded(logarithm(a, 0, getSmallestPositive(a, format), ::log));
  case Meaning::LogarithmPlusOne:
    return rounded(logarithm(a, -1, -1 + format.halfUlp, ::log1p));
  case Meaning::Tanh:
    return within(rounded(increase(::tanh, a)), -1, 1);
  case Meaning::Logistic:
    return within(
        rounded(increase([](double x) { return 1 / (1 + std::exp(-x)); }, a)),
        0, 1);
  case Meaning::Erf:
    return within(rounded(increase(::erf, a)), -1, 1);
  case Meaning::Erfc:
    return within(
        rounded(negate(increase([](double x) { return -std::erfc(x); }, a))), 0,
        2);
  case Meaning::Sine:
  case Meaning::Cosine:
    return oscillate(a, 1);
  case Meaning::Tangent:
    return oscillate(a, format.max);
  default:
    return std::nullopt;
  }
}

FloatRange ranges::power(const FloatRange &a, const FloatRange &b,
                         const NumberFormat &format) {
  bool isFinite =
      a.hasFinite() && b.hasFinite() && !a.mayBeInf() && !b.mayBeInf();
  bool isInteger = b.low == b.high && b.low == std::floor(b.low);
  if (!isFinite || (a.low < 0 && !isInteger))
    return format.top();
  // The magnitude is monotone in either argument, so its extremes are at the
  // corners.
  FloatRange magnitude = absolute(a);
  double base = magnitude.low > 0 ? magnitude.low
                : b.low < 0       ? getSmallestPositive(magnitude, format)
                                  : 0;
  double low = infinity, high = -infinity;
  for (double x : {base, std::max(magnitude.high, base)})
    for (double y : {b.low, b.high}) {
      double value = std::pow(x, y);
      low = std::min(low, value);
      high = std::max(high, value);
    }
  // As exp(y * log(x)) a power is off by what its exponent is off.
  double error = 2048 * format.halfUlp;
  FloatRange range =
      FloatRange::between(std::isinf(low) ? low : low * (1 - error),
                          std::isinf(high) ? high : high * (1 + error));
  bool hasPole = magnitude.hasZero() && b.low < 0;
  range.posInf = hasPole;
  if (magnitude.hasZero() && b.high > 0)
    range = FloatRange::join(range, FloatRange::point(0));
  // Odd powers keep the sign, of a zero too.
  if (isInteger && std::fmod(b.low, 2) != 0 && (a.low < 0 || hasPole))
    range = a.high <= 0 && !hasPole ? negate(range)
                                    : FloatRange::join(range, negate(range));
  range.nan = a.nan || b.nan;
  return format.roundFunction(range);
}
