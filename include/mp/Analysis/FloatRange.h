//===- FloatRange.h - what the elements of a value may be -------*- C++ -*-===//
#ifndef MP_ANALYSIS_FLOATRANGE_H
#define MP_ANALYSIS_FLOATRANGE_H

#include "mlir/IR/BuiltinTypes.h"

#include <limits>
#include <string>

namespace mlir::mp {

/// A set of numbers that holds every element of a value in every run: an
/// interval of the finite ones, the distance that the nonzero ones keep from
/// zero, and whether there may be infinities and NaN. Integers and predicates
/// have ranges too, since floats are made from them.
struct FloatRange {
  /// Empty where `low` is above `high`.
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  /// No finite element but zero is closer to zero than this.
  double smallest = 0;
  bool posInf = false, negInf = false, nan = false;

  static FloatRange between(double low, double high, double smallest = 0);
  static FloatRange point(double value) { return between(value, value); }

  bool hasFinite() const { return low <= high; }
  /// Nothing at all: code that no run reaches, or has not been reached yet.
  bool isBottom() const { return !hasFinite() && !posInf && !negInf && !nan; }
  bool hasZero() const { return low <= 0 && high >= 0; }
  bool hasPositive() const { return hasFinite() && high > 0; }
  bool hasNegative() const { return hasFinite() && low < 0; }
  bool mayBeInf() const { return posInf || negInf; }
  /// The largest magnitude of a finite element.
  double absMax() const;
  bool contains(double value) const;
  bool contains(const FloatRange &other) const;

  bool operator==(const FloatRange &other) const;
  static FloatRange join(const FloatRange &lhs, const FloatRange &rhs);
  /// Both are known to hold. Keeps `lhs` where that leaves nothing.
  static FloatRange meet(const FloatRange &lhs, const FloatRange &rhs);

  void print(raw_ostream &os) const;
  std::string str() const;
};

inline raw_ostream &operator<<(raw_ostream &os, const FloatRange &range) {
  range.print(os);
  return os;
}

/// How numbers of an element type behave when an op is computed in it.
struct NumberFormat {
  double max = 0;       // the largest finite number
  double min = 0;       // the lowest one
  double minNormal = 0; // below it, magnitudes may be flushed to zero
  double halfUlp = 0;   // relative rounding error of one operation
  bool isFloat = false;

  /// Nothing for what is no number (complex, quantized, a handle).
  static std::optional<NumberFormat> get(Type elementType);

  /// Everything that a value of the type may be.
  FloatRange top() const;

  /// What becomes of exact results when they are rounded to the format, or
  /// kept in a wider one as a fused kernel does: either is inside. Integers
  /// wrap around instead.
  FloatRange round(const FloatRange &exact) const;

  /// `exact` with the error of a library function, in units of the last place,
  /// and then rounded.
  FloatRange roundFunction(const FloatRange &exact) const;

private:
  const llvm::fltSemantics *semantics = nullptr;
  double nearest(double value) const;
};

/// `value` as a double, exactly for every format of at most 64 bits.
double toDouble(llvm::APFloat value);

} // namespace mlir::mp

#endif // MP_ANALYSIS_FLOATRANGE_H
