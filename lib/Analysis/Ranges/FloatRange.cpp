#include "mp/Analysis/FloatRange.h"

#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace mlir;
using namespace mlir::mp;

static constexpr double infinity = std::numeric_limits<double>::infinity();

/// What a range of this hull says about the distance from zero by itself.
static double getDistance(double low, double high) {
  return low > 0 ? low : high < 0 ? -high : 0;
}

FloatRange FloatRange::between(double low, double high, double smallest) {
  FloatRange range;
  range.low = low;
  range.high = high;
  if (range.hasFinite())
    range.smallest = std::max(smallest, getDistance(low, high));
  return range;
}

double FloatRange::absMax() const {
  return hasFinite() ? std::max(std::abs(low), std::abs(high)) : 0;
}

bool FloatRange::contains(double value) const {
  if (std::isnan(value))
    return nan;
  if (std::isinf(value))
    return value > 0 ? posInf : negInf;
  return value >= low && value <= high &&
         (value == 0 || std::abs(value) >= smallest);
}

bool FloatRange::contains(const FloatRange &other) const {
  return join(*this, other) == *this;
}

bool FloatRange::operator==(const FloatRange &other) const {
  return low == other.low && high == other.high && smallest == other.smallest &&
         posInf == other.posInf && negInf == other.negInf && nan == other.nan;
}

FloatRange FloatRange::join(const FloatRange &lhs, const FloatRange &rhs) {
  FloatRange range;
  range.low = std::min(lhs.low, rhs.low);
  range.high = std::max(lhs.high, rhs.high);
  // Nothing, and zero alone, are at any distance from zero.
  auto distance = [](const FloatRange &range) {
    return range.absMax() == 0 ? infinity : range.smallest;
  };
  double smallest = std::min(distance(lhs), distance(rhs));
  range.smallest = std::isinf(smallest) ? 0 : smallest;
  range.posInf = lhs.posInf || rhs.posInf;
  range.negInf = lhs.negInf || rhs.negInf;
  range.nan = lhs.nan || rhs.nan;
  return range;
}

FloatRange FloatRange::meet(const FloatRange &lhs, const FloatRange &rhs) {
  FloatRange range =
      between(std::max(lhs.low, rhs.low), std::min(lhs.high, rhs.high),
              std::max(lhs.smallest, rhs.smallest));
  range.posInf = lhs.posInf && rhs.posInf;
  range.negInf = lhs.negInf && rhs.negInf;
  range.nan = lhs.nan && rhs.nan;
  if (!range.hasFinite())
    return lhs;
  return range;
}

/// At most six digits, never rounded into the range.
static void printBound(raw_ostream &os, double value, bool up) {
  char text[32];
  value += 0.0; // Zero has no sign here.
  std::snprintf(text, sizeof(text), "%.6g", value);
  double read = std::strtod(text, nullptr);
  if (std::isfinite(read) && (up ? read < value : read > value)) {
    // One unit in the sixth digit further out.
    double step = std::pow(10, std::floor(std::log10(std::abs(value))) - 5);
    std::snprintf(text, sizeof(text), "%.6g", value + (up ? step : -step));
  }
  os << text;
}

void FloatRange::print(raw_ostream &os) const {
  if (isBottom()) {
    os << "never";
    return;
  }
  StringRef separator;
  constexpr double unbounded = 0x1p127;
  if (low <= -unbounded && high >= unbounded) {
    os << "anything";
    if (posInf && negInf && nan)
      return;
    os << " finite";
    separator = " or ";
  } else if (hasFinite()) {
    os << "[";
    printBound(os, low, /*up=*/false);
    os << ", ";
    printBound(os, high, /*up=*/true);
    os << "]";
    separator = " or ";
  }
  if (posInf || negInf) {
    os << separator << (!negInf ? "inf" : !posInf ? "-inf" : "+-inf");
    separator = " or ";
  }
  if (nan)
    os << separator << "nan";
}

std::string FloatRange::str() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  print(os);
  return text;
}

//===----------------------------------------------------------------------===//
// NumberFormat
//===----------------------------------------------------------------------===//

double mp::toDouble(APFloat value) {
  bool losesInfo;
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                &losesInfo);
  return value.convertToDouble();
}

std::optional<NumberFormat> NumberFormat::get(Type elementType) {
  NumberFormat format;
  if (auto type = dyn_cast<FloatType>(elementType)) {
    const llvm::fltSemantics &semantics = type.getFloatSemantics();
    // Formats beyond double would need wider bounds than these.
    if (APFloat::semanticsPrecision(semantics) > 53)
      return std::nullopt;
    format.semantics = &semantics;
    format.max = toDouble(APFloat::getLargest(semantics));
    format.min = APFloat::semanticsHasSignedRepr(semantics) ? -format.max : 0;
    format.minNormal = toDouble(APFloat::getSmallestNormalized(semantics));
    format.halfUlp = std::ldexp(1, -int(type.getFPMantissaWidth()));
    format.isFloat = true;
    return format;
  }
  if (isa<IndexType>(elementType))
    elementType = IntegerType::get(elementType.getContext(), 64);
  auto type = dyn_cast<IntegerType>(elementType);
  if (!type)
    return std::nullopt;
  unsigned width = type.getWidth();
  bool isSigned = !type.isUnsigned() && width > 1;
  format.min = isSigned ? -std::ldexp(1, width - 1) : 0;
  format.max = isSigned ? std::ldexp(1, width - 1) : std::ldexp(1, width);
  format.max -= width < 53 ? 1 : 0;
  return format;
}

FloatRange NumberFormat::top() const {
  FloatRange range = FloatRange::between(min, max);
  range.posInf = range.negInf = range.nan = isFloat;
  return range;
}

double NumberFormat::nearest(double value) const {
  if (semantics == &APFloat::IEEEdouble())
    return value;
  if (semantics == &APFloat::IEEEsingle())
    return float(value);
  APFloat rounded(value);
  bool losesInfo;
  rounded.convert(*semantics, APFloat::rmNearestTiesToEven, &losesInfo);
  return toDouble(rounded);
}

FloatRange NumberFormat::round(const FloatRange &exact) const {
  if (!isFloat) {
    // Whatever wraps around may be anything.
    if (exact.low < min || exact.high > max || exact.mayBeInf() || exact.nan)
      return top();
    return exact;
  }
  FloatRange range = exact;
  if (!range.hasFinite())
    return range;
  range.posInf |= range.high > max;
  range.negInf |= range.low < min;
  range.low = std::clamp(range.low, min, max);
  range.high = std::clamp(range.high, min, max);
  // Formats without infinities have NaN in their place, or saturate.
  if (!APFloat::semanticsHasInf(*semantics)) {
    range.nan |= range.mayBeInf();
    range.posInf = range.negInf = false;
  }
  range.low = std::min(range.low, std::max(nearest(range.low), min));
  range.high = std::max(range.high, std::min(nearest(range.high), max));
  // A small number may become zero.
  if (range.low > 0 && range.low < minNormal)
    range.low = 0;
  if (range.high < 0 && range.high > -minNormal)
    range.high = 0;
  range.smallest = range.smallest < minNormal
                       ? 0
                       : std::min(range.smallest, nearest(range.smallest));
  return range;
}

FloatRange NumberFormat::roundFunction(const FloatRange &exact) const {
  // Eight units in the last place; functions of 16 bits and less are computed
  // in a wider format by every compiler that we know, so this holds for them.
  double error = 16 * halfUlp;
  FloatRange range = exact;
  // Below the smallest normal number the last place is at a fixed value.
  auto getError = [&](double value) {
    return value == 0 ? 0 : std::max(std::abs(value), minNormal) * error;
  };
  if (std::isfinite(range.low))
    range.low -= getError(range.low);
  if (std::isfinite(range.high))
    range.high += getError(range.high);
  // No library gives a sign that the function cannot have.
  if (exact.low >= 0)
    range.low = std::max(range.low, 0.0);
  if (exact.high <= 0)
    range.high = std::min(range.high, 0.0);
  range.smallest *= 1 - error;
  return round(range);
}
