#include "RangeArithmetic.h"

#include <cmath>

using namespace mlir;
using namespace mlir::mp;

static constexpr double infinity = std::numeric_limits<double>::infinity();
static constexpr double tiny = std::numeric_limits<double>::denorm_min();

//===----------------------------------------------------------------------===//
// Directed rounding
//===----------------------------------------------------------------------===//

// A result that is exact in double stays as it is, so that 0 + 0 is 0 and
// x - max(x) is not above 0. `error` is what the exact result has on top.
static double roundDown(double value, double error) {
  return error < 0 || std::isnan(error) ? std::nextafter(value, -infinity)
                                        : value;
}
static double roundUp(double value, double error) {
  return error > 0 || std::isnan(error) ? std::nextafter(value, infinity)
                                        : value;
}

static double sumError(double a, double b, double sum) {
  double part = sum - a;
  return (a - (sum - part)) + (b - part);
}
static double addDown(double a, double b) {
  return roundDown(a + b, sumError(a, b, a + b));
}
static double addUp(double a, double b) {
  return roundUp(a + b, sumError(a, b, a + b));
}

/// The rest of a product may itself be too small for a double.
static double productError(double a, double b, double product) {
  if (a == 0 || b == 0)
    return 0;
  if (std::abs(product) < 1e-290)
    return std::numeric_limits<double>::quiet_NaN();
  return std::fma(a, b, -product);
}
static double mulDown(double a, double b) {
  return roundDown(a * b, productError(a, b, a * b));
}
static double mulUp(double a, double b) {
  return roundUp(a * b, productError(a, b, a * b));
}

static double quotientError(double a, double b, double quotient) {
  if (a == 0)
    return 0;
  if (std::isinf(quotient))
    return 0; // Already as far out as it goes.
  if (std::abs(quotient) < 1e-290 || std::abs(a) < 1e-290)
    return std::numeric_limits<double>::quiet_NaN();
  double rest = std::fma(-quotient, b, a);
  return b > 0 ? rest : -rest;
}
static double divDown(double a, double b) {
  return roundDown(a / b, quotientError(a, b, a / b));
}
static double divUp(double a, double b) {
  return roundUp(a / b, quotientError(a, b, a / b));
}

/// libm is good to a few units in the last place of a double.
static double functionDown(double value) {
  return value - std::abs(value) * 0x1p-50;
}
static double functionUp(double value) {
  return value + std::abs(value) * 0x1p-50;
}

//===----------------------------------------------------------------------===//
// Sums and products
//===----------------------------------------------------------------------===//

FloatRange ranges::add(const FloatRange &a, const FloatRange &b) {
  FloatRange range;
  if (a.hasFinite() && b.hasFinite())
    range = FloatRange::between(addDown(a.low, b.low), addUp(a.high, b.high));
  range.posInf = a.posInf || b.posInf;
  range.negInf = a.negInf || b.negInf;
  range.nan =
      a.nan || b.nan || (a.posInf && b.negInf) || (a.negInf && b.posInf);
  return range;
}

FloatRange ranges::negate(const FloatRange &a) {
  FloatRange range = a;
  range.low = -a.high;
  range.high = -a.low;
  std::swap(range.posInf, range.negInf);
  return range;
}

FloatRange ranges::subtract(const FloatRange &a, const FloatRange &b) {
  return add(a, negate(b));
}

/// Which signs an element may have, infinities included.
static bool mayBePositive(const FloatRange &a) {
  return a.hasPositive() || a.posInf;
}
static bool mayBeNegative(const FloatRange &a) {
  return a.hasNegative() || a.negInf;
}

FloatRange ranges::multiply(const FloatRange &a, const FloatRange &b) {
  FloatRange range;
  if (a.hasFinite() && b.hasFinite()) {
    double low = infinity, high = -infinity;
    for (double x : {a.low, a.high})
      for (double y : {b.low, b.high}) {
        low = std::min(low, mulDown(x, y));
        high = std::max(high, mulUp(x, y));
      }
    range = FloatRange::between(low, high, mulDown(a.smallest, b.smallest));
  }
  auto meets = [&](bool infA, bool infB, const FloatRange &x,
                   const FloatRange &y) {
    // An infinity of `x` meets an element of `y` of either sign.
    range.posInf |= infA && mayBePositive(y);
    range.negInf |= infA && mayBeNegative(y);
    range.posInf |= infB && mayBeNegative(y);
    range.negInf |= infB && mayBePositive(y);
    range.nan |= x.mayBeInf() && y.hasZero();
  };
  meets(a.posInf, a.negInf, a, b);
  meets(b.posInf, b.negInf, b, a);
  range.nan |= a.nan || b.nan;
  return range;
}

FloatRange ranges::divide(const FloatRange &a, const FloatRange &b) {
  FloatRange range;
  double low = infinity, high = -infinity;
  auto addQuotients = [&](double from, double to) {
    for (double x : {a.low, a.high})
      for (double y : {from, to}) {
        low = std::min(low, divDown(x, y));
        high = std::max(high, divUp(x, y));
      }
  };
  if (a.hasFinite() && b.hasFinite()) {
    double distance = std::max(b.smallest, tiny);
    if (b.high >= distance)
      addQuotients(std::max(b.low, distance), b.high);
    if (b.low <= -distance)
      addQuotients(b.low, std::min(b.high, -distance));
  }
  if (b.mayBeInf() && a.hasFinite()) {
    low = std::min(low, 0.0);
    high = std::max(high, 0.0);
  }
  double largest = b.absMax();
  range = FloatRange::between(
      low, high,
      b.mayBeInf() || largest == 0 ? 0 : divDown(a.smallest, largest));
  // A zero has a sign too, so dividing by one gives either infinity.
  bool mayBeZero = b.hasZero();
  bool overZero = mayBeZero && (mayBePositive(a) || mayBeNegative(a));
  range.posInf = overZero || (a.posInf && mayBePositive(b)) ||
                 (a.negInf && mayBeNegative(b));
  range.negInf = overZero || (a.posInf && mayBeNegative(b)) ||
                 (a.negInf && mayBePositive(b));
  range.nan = a.nan || b.nan || (a.hasZero() && mayBeZero) ||
              (a.mayBeInf() && b.mayBeInf());
  return range;
}

FloatRange ranges::remainder(const FloatRange &a, const FloatRange &b) {
  FloatRange range;
  if (a.hasFinite() && (b.hasFinite() || b.mayBeInf())) {
    double limit = b.mayBeInf() ? a.absMax() : std::min(a.absMax(), b.absMax());
    range = FloatRange::between(a.hasNegative() ? -limit : 0,
                                a.hasPositive() ? limit : 0);
  }
  range.nan = a.nan || b.nan || a.mayBeInf() || b.hasZero();
  return range;
}

FloatRange ranges::maximum(const FloatRange &a, const FloatRange &b) {
  // Some dialects' maximum hands on NaN, others' the other operand; both are
  // inside.
  FloatRange range;
  double low =
      std::max(a.negInf ? -infinity : a.low, b.negInf ? -infinity : b.low);
  if (std::isinf(low) && low < 0)
    low = std::min(a.low, b.low);
  if (a.nan)
    low = std::min(low, b.low);
  if (b.nan)
    low = std::min(low, a.low);
  double high = std::max(a.high, b.high);
  range = FloatRange::between(low, high, std::min(a.smallest, b.smallest));
  range.posInf = a.posInf || b.posInf;
  range.negInf = (a.negInf && (b.negInf || b.nan)) || (b.negInf && a.nan);
  range.nan = a.nan || b.nan;
  return range;
}

FloatRange ranges::minimum(const FloatRange &a, const FloatRange &b) {
  return negate(maximum(negate(a), negate(b)));
}

FloatRange ranges::absolute(const FloatRange &a) {
  FloatRange range;
  if (a.hasFinite())
    range = FloatRange::between(
        a.hasZero() ? 0 : std::min(std::abs(a.low), std::abs(a.high)),
        a.absMax(), a.smallest);
  range.posInf = a.mayBeInf();
  range.nan = a.nan;
  return range;
}

FloatRange ranges::square(const FloatRange &a) {
  FloatRange magnitude = absolute(a);
  return multiply(magnitude, magnitude);
}

FloatRange ranges::sum(const FloatRange &a, double count,
                       const NumberFormat &format) {
  if (count == 0)
    return FloatRange::point(0);
  FloatRange range;
  if (a.hasFinite()) {
    double low = mulDown(a.low, count), high = mulUp(a.high, count);
    // Each of the additions is off by at most half a unit of its result; on
    // the way, partial sums reach at most `count` times the largest element.
    double largest = mulUp(a.absMax(), count);
    double error =
        count > 1 ? largest * std::expm1(count * format.halfUlp) * (1 + 1e-12)
                  : 0;
    low = roundDown(low - error, -error);
    high = roundUp(high + error, error);
    // Rounding is monotone: a sum of what is not negative is not below any of
    // its terms.
    if (a.low >= 0)
      low = std::max(low, a.low);
    if (a.high <= 0)
      high = std::min(high, a.high);
    range = FloatRange::between(low, high);
    // Partial sums overflow where the result need not.
    bool overflows = format.isFloat && largest + error > format.max;
    range.posInf = overflows && a.hasPositive();
    range.negInf = overflows && a.hasNegative();
  }
  range.posInf |= a.posInf;
  range.negInf |= a.negInf;
  range.nan = a.nan || (range.posInf && range.negInf);
  return format.round(range);
}

FloatRange ranges::product(const FloatRange &a, double count) {
  if (count == 0)
    return FloatRange::point(1);
  if (count == 1)
    return a;
  FloatRange range;
  if (a.hasFinite()) {
    double high = functionUp(std::pow(a.absMax(), count));
    double low = a.hasNegative() ? -high
                 : a.low > 0     ? functionDown(std::pow(a.low, count))
                                 : 0;
    // Partial products below one may vanish, and those above one go higher.
    high = std::max(high, a.absMax());
    low = std::min(low, a.low);
    range = FloatRange::between(low, high);
  }
  range.posInf = a.mayBeInf();
  range.negInf = a.mayBeInf() && mayBeNegative(a);
  // A partial product that overflowed may meet a zero, or a lost one.
  range.nan = a.nan || ((a.mayBeInf() || a.absMax() > 1) && a.smallest < 1);
  return range;
}
