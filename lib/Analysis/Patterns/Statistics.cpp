#include "Match.h"

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::patterns;

bool patterns::matchSquare(Match &m, Value value, Value &x) {
  return m.attempt([&] {
    Value other;
    if (m.is(value, Meaning::Square, x))
      return true;
    if (m.is(value, Meaning::Multiply, x, other))
      return m.areSame(x, other);
    return m.is(value, Meaning::Power, x, other) && m.isSplat(other, 2);
  });
}

/// A sum over `length` elements, divided by that number less `correction`.
static bool matchAverage(Match &m, Value value, double correction, Value &x) {
  return m.attempt([&] {
    Value sum, factor;
    bool isQuotient = m.is(value, Meaning::Divide, sum, factor);
    if (!isQuotient && !m.is(value, Meaning::Multiply, sum, factor))
      return false;
    if (!isQuotient && m.terms.getMeaning(sum) != Meaning::Sum)
      std::swap(sum, factor);
    std::optional<double> length = m.terms.getReductionLength(sum);
    if (!length || *length <= correction)
      return false;
    double count = *length - correction;
    return m.isSplat(factor, isQuotient ? count : 1 / count) &&
           m.is(sum, Meaning::Sum, x);
  });
}

bool patterns::matchMean(Match &m, Value value, Value &x) {
  return matchAverage(m, value, 0, x);
}

bool patterns::matchVariance(Match &m, Value value, Value &x) {
  // Of no samples it is not a number, which some exporters say.
  Value condition, inner, otherwise;
  if (m.attempt([&] {
        if (!m.is(value, Meaning::Select, condition, inner, otherwise))
          return false;
        std::optional<double> splat = m.terms.getSplat(otherwise);
        return splat && std::isnan(*splat) && matchVariance(m, inner, x);
      }))
    return true;
  if (m.isEither(value, Meaning::Maximum, [&](Value variance, Value zero) {
        return m.isSplat(zero, 0) && matchVariance(m, variance, x);
      }))
    return true;
  Value square, difference, mean, source;
  auto isSquaredDistance = [&] {
    return matchSquare(m, square, difference) &&
           m.is(difference, Meaning::Subtract, x, mean) &&
           matchMean(m, mean, source) && m.areSame(source, x);
  };
  for (double correction : {0.0, 1.0})
    if (m.attempt([&] {
          return matchAverage(m, value, correction, square) &&
                 isSquaredDistance();
        }))
      return true;
  return m.attempt([&] {
    Value meanOfSquares, squareOfMean;
    return m.is(value, Meaning::Subtract, meanOfSquares, squareOfMean) &&
           matchMean(m, meanOfSquares, square) && matchSquare(m, square, x) &&
           matchSquare(m, squareOfMean, mean) && matchMean(m, mean, source) &&
           m.areSame(source, x);
  });
}

bool patterns::matchRoot(Match &m, Value value, Value &x) {
  return m.attempt([&] {
    Value exponent;
    return m.is(value, Meaning::SquareRoot, x) ||
           (m.is(value, Meaning::Power, x, exponent) &&
            m.isSplat(exponent, 0.5));
  });
}

bool patterns::matchInverseRoot(Match &m, Value value, Value &x) {
  return m.attempt([&] {
    Value one, root;
    if (m.is(value, Meaning::ReciprocalSquareRoot, x))
      return true;
    if (m.is(value, Meaning::Divide, one, root))
      return m.isSplat(one, 1) && matchRoot(m, root, x);
    return m.is(value, Meaning::Power, x, root) && m.isSplat(root, -0.5);
  });
}

Value patterns::stripEpsilon(Match &m, Value value) {
  Value a, b;
  if (m.attempt([&] {
        if (!m.is(value, Meaning::Add, a, b))
          return false;
        if (m.terms.getSplat(a))
          std::swap(a, b);
        std::optional<double> epsilon = m.terms.getSplat(b);
        return epsilon && *epsilon >= 0 && *epsilon < 1;
      }))
    return a;
  return value;
}

bool patterns::matchVectorNorm(Match &m, Value value, Value &x) {
  return m.attempt([&] {
    Value sum, square, inner, smallest;
    if (!matchRoot(m, value, sum))
      return false;
    if (m.is(sum, Meaning::Maximum, inner, smallest) &&
        m.terms.getSplat(smallest))
      sum = inner;
    if (!m.is(stripEpsilon(m, sum), Meaning::Sum, square) ||
        !matchSquare(m, square, x))
      return false;
    if (m.is(x, Meaning::Absolute, inner))
      x = inner;
    return true;
  });
}

static bool matchStandardDeviation(Match &m, Value value, StringRef &) {
  Value variance, x;
  return matchRoot(m, value, variance) && matchVariance(m, variance, x);
}

/// The norm of a difference is a distance.
static bool matchNorm(Match &m, Value value, StringRef &name) {
  Value x, a, b;
  if (!matchVectorNorm(m, value, x))
    return false;
  if (m.attempt([&] { return m.is(x, Meaning::Subtract, a, b); }))
    name = "distance";
  return true;
}

ArrayRef<Recogniser> patterns::getStatisticsRecognisers() {
  using M = Meaning;
  static const Recogniser recognisers[] = {
      {"std",
       OpClass::Reduction,
       {M::SquareRoot, M::Power},
       matchStandardDeviation},
      {"variance",
       OpClass::Reduction,
       {M::Select, M::Maximum, M::Divide, M::Multiply, M::Subtract},
       [](Match &m, Value value, StringRef &) {
         Value x;
         return matchVariance(m, value, x);
       }},
      {"vector_norm", OpClass::Reduction, {M::SquareRoot, M::Power}, matchNorm},
      {"mean",
       OpClass::Reduction,
       {M::Divide, M::Multiply},
       [](Match &m, Value value, StringRef &) {
         Value x;
         return matchMean(m, value, x);
       }}};
  return recognisers;
}
