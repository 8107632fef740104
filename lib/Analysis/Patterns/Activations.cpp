#include "Match.h"

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::patterns;

bool patterns::matchSigmoid(Match &m, Value value, Value &x) {
  return m.attempt([&] {
    if (m.is(value, Meaning::Logistic, x))
      return true;
    Value one, sum;
    return m.is(value, Meaning::Divide, one, sum) && m.isSplat(one, 1) &&
           m.isEither(sum, Meaning::Add, [&](Value exponential, Value one) {
             Value negated;
             return m.isSplat(one, 1) &&
                    m.is(exponential, Meaning::Exponential, negated) &&
                    m.is(negated, Meaning::Negate, x);
           });
  });
}

/// log(1 + exp(x)).
static bool matchLogOfOnePlusExponential(Match &m, Value value, Value &x) {
  return m.attempt([&] {
    Value inner;
    if (m.is(value, Meaning::LogarithmPlusOne, inner))
      return m.is(inner, Meaning::Exponential, x);
    return m.is(value, Meaning::Logarithm, inner) &&
           m.isEither(inner, Meaning::Add, [&](Value exponential, Value one) {
             return m.isSplat(one, 1) &&
                    m.is(exponential, Meaning::Exponential, x);
           });
  });
}

/// Equal to x but for zeros that are added or taken away.
static bool isSameButForZeros(Match &m, Value value, Value x) {
  for (unsigned depth = 0; depth != 3; ++depth) {
    if (m.areSame(value, x))
      return true;
    Value a, b;
    if ((!m.is(value, Meaning::Subtract, a, b) &&
         !m.is(value, Meaning::Add, a, b)) ||
        !m.isSplat(b, 0))
      return false;
    value = a;
  }
  return false;
}

/// log(1 + exp(-|x|)).
static bool matchStableTail(Match &m, Value value, Value x) {
  Value exponent, magnitude, inner;
  return matchLogOfOnePlusExponential(m, value, exponent) &&
         m.is(exponent, Meaning::Negate, magnitude) &&
         m.is(magnitude, Meaning::Absolute, inner) &&
         isSameButForZeros(m, inner, x);
}

bool patterns::matchSoftplus(Match &m, Value value, Value &x) {
  // max(x, 0) + log(1 + exp(-|x|)), where not x itself is not a number.
  auto isStable = [&](Value sum) {
    return m.isEither(sum, Meaning::Add, [&](Value positive, Value tail) {
      Value zero;
      return m.is(positive, Meaning::Maximum, x, zero) && m.isSplat(zero, 0) &&
             matchStableTail(m, tail, x);
    });
  };
  Value condition, a, b;
  if (m.attempt([&] {
        if (!m.is(value, Meaning::Select, condition, a, b))
          return false;
        Value left, right;
        if (!m.is(condition, Meaning::Compare, left, right))
          return false;
        if (isStable(b))
          return isSameButForZeros(m, left, x) && isSameButForZeros(m, a, x);
        // x itself where it is large.
        return matchLogOfOnePlusExponential(m, b, x) && m.areSame(a, x) &&
               m.areSame(left, x) && m.terms.getSplat(right).has_value();
      }))
    return true;
  return isStable(value) || matchLogOfOnePlusExponential(m, value, x);
}

bool patterns::matchLogSigmoid(Match &m, Value value, Value &x) {
  Value inner, negated, smallest, tail;
  return m.attempt([&] {
    return m.is(value, Meaning::Negate, inner) &&
           matchSoftplus(m, inner, negated) &&
           m.is(negated, Meaning::Negate, x);
  }) || m.attempt([&] {
    Value zero;
    if (!m.is(value, Meaning::Subtract, smallest, tail) ||
        !m.is(smallest, Meaning::Minimum, x, zero))
      return false;
    if (m.terms.getSplat(x))
      std::swap(x, zero);
    return m.isSplat(zero, 0) && matchStableTail(m, tail, x);
  }) || m.attempt([&] {
    return m.is(value, Meaning::Logarithm, inner) && matchSigmoid(m, inner, x);
  });
}

static bool matchSilu(Match &m, Value value, StringRef &) {
  return m.isEither(value, Meaning::Multiply, [&](Value x, Value gate) {
    Value inner;
    return matchSigmoid(m, gate, inner) && m.areSame(inner, x);
  });
}

//===----------------------------------------------------------------------===//
// GELU
//===----------------------------------------------------------------------===//

static bool matchCube(Match &m, Value value, Value x) {
  Value base, exponent;
  if (m.attempt([&] {
        return m.is(value, Meaning::Power, base, exponent) &&
               m.isSplat(exponent, 3) && m.areSame(base, x);
      }))
    return true;
  return m.isEither(value, Meaning::Multiply, [&](Value square, Value factor) {
    Value inner;
    return m.areSame(factor, x) && matchSquare(m, square, inner) &&
           m.areSame(inner, x);
  });
}

/// sqrt(2 / pi) * (x + 0.044715 x^3), or with x taken out of the brackets.
static bool matchTanhArgument(Match &m, Value value, Value &x) {
  constexpr double scale = 0.7978845608, cubic = 0.044715;
  auto isScaled = [&](Value product, double factor,
                      llvm::function_ref<bool(Value)> rest) {
    return m.isEither(product, Meaning::Multiply, [&](Value a, Value b) {
      return m.isSplat(b, factor) && rest(a);
    });
  };
  auto isCubicSum = [&](Value sum) {
    return m.isEither(sum, Meaning::Add, [&](Value linear, Value term) {
      x = linear;
      return isScaled(term, cubic,
                      [&](Value cube) { return matchCube(m, cube, x); });
    });
  };
  auto isFactoredSum = [&](Value product) {
    return m.isEither(product, Meaning::Multiply, [&](Value a, Value sum) {
      x = a;
      return m.isEither(sum, Meaning::Add, [&](Value term, Value one) {
        Value inner;
        return m.isSplat(one, 1) && isScaled(term, cubic, [&](Value square) {
                 return matchSquare(m, square, inner) && m.areSame(inner, x);
               });
      });
    });
  };
  return isScaled(value, scale, [&](Value inner) {
    return isCubicSum(inner) || isFactoredSum(inner);
  });
}

/// x / sqrt(2), by product or quotient.
static bool matchErfArgument(Match &m, Value value, Value &x) {
  return m.isEither(value, Meaning::Multiply, [&](Value a, Value b) {
    x = a;
    return m.isSplat(b, 0.70710678118);
  }) || m.attempt([&] {
    Value divisor;
    return m.is(value, Meaning::Divide, x, divisor) &&
           m.isSplat(divisor, 1.41421356237);
  });
}

/// Twice the share of x that passes: 1 + tanh(..), 1 + erf(..) or erfc(-..).
static bool matchGate(Match &m, Value value, Value &x) {
  auto isComplement = [&] {
    Value argument, inner, negated;
    if (!m.is(value, Meaning::Erfc, argument))
      return false;
    if (m.attempt([&] {
          return m.is(argument, Meaning::Negate, inner) &&
                 matchErfArgument(m, inner, x);
        }))
      return true;
    return matchErfArgument(m, argument, negated) &&
           m.is(negated, Meaning::Negate, x);
  };
  return m.isEither(value, Meaning::Add, [&](Value function, Value one) {
    Value argument;
    if (!m.isSplat(one, 1))
      return false;
    if (m.is(function, Meaning::Tanh, argument))
      return matchTanhArgument(m, argument, x);
    return m.is(function, Meaning::Erf, argument) &&
           matchErfArgument(m, argument, x);
  }) || m.attempt(isComplement);
}

/// Half of x times the gate, whichever two are multiplied first.
static bool matchGelu(Match &m, Value value, StringRef &) {
  auto isHalf = [&](Value product, llvm::function_ref<bool(Value)> rest) {
    return m.isEither(product, Meaning::Multiply, [&](Value a, Value half) {
      return m.isSplat(half, 0.5) && rest(a);
    });
  };
  return m.isEither(value, Meaning::Multiply, [&](Value a, Value b) {
    Value x;
    if (m.attempt([&] {
          return isHalf(b, [&](Value gate) {
            return matchGate(m, gate, x) && m.areSame(a, x);
          });
        }))
      return true;
    if (m.attempt([&] {
          return matchGate(m, b, x) &&
                 isHalf(a, [&](Value inner) { return m.areSame(inner, x); });
        }))
      return true;
    return m.isSplat(b, 0.5) &&
           m.isEither(a, Meaning::Multiply, [&](Value inner, Value gate) {
             return matchGate(m, gate, x) && m.areSame(inner, x);
           });
  });
}

//===----------------------------------------------------------------------===//
// Piecewise functions
//===----------------------------------------------------------------------===//

/// Where x is positive x, elsewhere what `rest` reads.
static bool matchPiecewise(Match &m, Value value, Value &x,
                           llvm::function_ref<bool(Value)> rest) {
  Value condition, negative, left, right;
  return m.attempt([&] {
    return m.is(value, Meaning::Select, condition, x, negative) &&
           m.is(condition, Meaning::Compare, left, right) &&
           m.areSame(left, x) && m.isSplat(right, 0) && rest(negative);
  });
}

static bool matchElu(Match &m, Value value, Value &x) {
  // exp(x) - 1, of 0 where x is positive or of x itself.
  auto isGrowth = [&](Value growth) {
    Value exponent, exponential, one, condition, zero, inner;
    if (!m.is(growth, Meaning::ExponentialMinusOne, exponent) &&
        !(m.is(growth, Meaning::Subtract, exponential, one) &&
          m.isSplat(one, 1) &&
          m.is(exponential, Meaning::Exponential, exponent)))
      return false;
    if (m.is(exponent, Meaning::Select, condition, zero, inner)) {
      Value left, right;
      return m.is(condition, Meaning::Compare, left, right) &&
             m.isSplat(zero, 0) && m.areSame(inner, x);
    }
    if (m.is(exponent, Meaning::Minimum, inner, zero))
      return m.areSame(inner, x);
    return m.areSame(exponent, x);
  };
  return matchPiecewise(m, value, x, [&](Value negative) {
    return m.attempt([&] { return isGrowth(negative); }) ||
           m.isEither(negative, Meaning::Multiply, [&](Value a, Value b) {
             return m.terms.getSplat(b) && isGrowth(a);
           });
  });
}

static bool matchSelu(Match &m, Value value, StringRef &) {
  return m.isEither(value, Meaning::Multiply, [&](Value a, Value b) {
    Value x;
    return m.isSplat(b, 1.0507009873) && matchElu(m, a, x);
  });
}

/// A slope that is learned: that of a leaky rectifier is a number.
static bool matchPrelu(Match &m, Value value, StringRef &) {
  Value x;
  return matchPiecewise(m, value, x, [&](Value negative) {
    return m.isEither(negative, Meaning::Multiply, [&](Value a, Value slope) {
      return m.areSame(a, x) && !m.terms.getSplat(slope) &&
             isRowLike(m, slope, value);
    });
  });
}

static bool matchSoftsign(Match &m, Value value, StringRef &) {
  Value x, sum;
  return m.is(value, Meaning::Divide, x, sum) &&
         m.isEither(sum, Meaning::Add, [&](Value magnitude, Value one) {
           Value inner;
           return m.isSplat(one, 1) &&
                  m.is(magnitude, Meaning::Absolute, inner) &&
                  m.areSame(inner, x);
         });
}

bool patterns::matchDropout(Match &m, Value value, Value &x) {
  auto isScaledUp = [&](Value scaled, Value &x) {
    Value a, b;
    std::optional<double> factor;
    if (m.is(scaled, Meaning::Divide, a, b))
      factor = m.terms.getSplat(b);
    else if (m.is(scaled, Meaning::Multiply, a, b) && m.terms.getSplat(b))
      factor = 1 / *m.terms.getSplat(b);
    x = a;
    return factor && *factor > 0 && *factor < 1;
  };
  return m.attempt([&] {
    Value mask, kept, zero;
    return m.is(value, Meaning::Select, mask, kept, zero) &&
           m.isSplat(zero, 0) && isScaledUp(kept, x);
  }) || m.isEither(value, Meaning::Multiply, [&](Value a, Value mask) {
    // A mask of zeros and ones, scaled before or after.
    Value inner, bits;
    if (!isScaledUp(mask, inner))
      return m.is(mask, Meaning::Convert, bits) && isScaledUp(a, x);
    x = a;
    return m.is(inner, Meaning::Convert, bits);
  });
}

template <Meaning meaning>
static bool matchOneOp(Match &m, Value value, StringRef &) {
  return m.is(value, meaning);
}

ArrayRef<Recogniser> patterns::getActivationRecognisers() {
  using M = Meaning;
  static const Recogniser recognisers[] = {
      {"gelu", OpClass::Pointwise, {M::Multiply}, matchGelu},
      {"silu", OpClass::Pointwise, {M::Multiply}, matchSilu},
      {"selu", OpClass::Pointwise, {M::Multiply}, matchSelu},
      {"elu",
       OpClass::Pointwise,
       {M::Select},
       [](Match &m, Value value, StringRef &) {
         Value x;
         return matchElu(m, value, x);
       }},
      {"softplus",
       OpClass::Transcendental,
       {M::Select, M::Add, M::LogarithmPlusOne, M::Logarithm},
       [](Match &m, Value value, StringRef &) {
         Value x;
         return matchSoftplus(m, value, x);
       }},
      {"sigmoid",
       OpClass::Bounded,
       {M::Divide, M::Logistic},
       [](Match &m, Value value, StringRef &) {
         Value x;
         return matchSigmoid(m, value, x);
       }},
      {"softsign", OpClass::Bounded, {M::Divide}, matchSoftsign},
      {"prelu", OpClass::Pointwise, {M::Select}, matchPrelu},
      {"tanh", std::nullopt, {M::Tanh}, matchOneOp<M::Tanh>},
      {"erf", std::nullopt, {M::Erf}, matchOneOp<M::Erf>},
      {"erf", std::nullopt, {M::Erfc}, matchOneOp<M::Erfc>},
      {"dropout",
       std::nullopt,
       {M::Select, M::Multiply},
       [](Match &m, Value value, StringRef &) {
         Value x;
         return matchDropout(m, value, x);
       }}};
  return recognisers;
}
