#include "Match.h"

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::patterns;

/// The largest value of each row, in the spellings that guard infinite rows.
static bool matchRowMaximum(Match &m, Value value, Value &x) {
  return m.attempt([&] {
    Value condition, inner, zero, tested, lowest;
    if (m.is(value, Meaning::Select, condition, inner, zero))
      return m.is(condition, Meaning::IsFinite, tested) &&
             m.areSame(tested, inner) && m.isSplat(zero, 0) &&
             matchRowMaximum(m, inner, x);
    if (m.is(value, Meaning::Maximum, inner, lowest))
      return (m.isSplat(lowest, -INFINITY) &&
              m.is(inner, Meaning::MaximumOf, x)) ||
             (m.isSplat(inner, -INFINITY) &&
              m.is(lowest, Meaning::MaximumOf, x));
    return m.is(value, Meaning::MaximumOf, x);
  });
}

/// exp(x - max(x)), or exp(x) where the author shifted nothing.
static bool matchShiftedExponential(Match &m, Value value, Value &x) {
  if (!m.is(value, Meaning::Exponential, x))
    return false;
  Value shifted, shift, source;
  if (m.attempt([&] {
        return m.is(x, Meaning::Subtract, shifted, shift) &&
               matchRowMaximum(m, shift, source) && m.areSame(shifted, source);
      }))
    x = shifted;
  return true;
}

bool patterns::matchSoftmax(Match &m, Value value, Value &x) {
  auto isExponentialOverSum = [&](Value exponential, Value sum) {
    Value summed;
    return m.is(sum, Meaning::Sum, summed) && m.areSame(summed, exponential) &&
           matchShiftedExponential(m, exponential, x);
  };
  Value top, bottom;
  return m.attempt([&] {
    return m.is(value, Meaning::Divide, top, bottom) &&
           isExponentialOverSum(top, bottom);
  }) || m.isEither(value, Meaning::Multiply, [&](Value a, Value b) {
    Value one, sum;
    return m.is(b, Meaning::Divide, one, sum) && m.isSplat(one, 1) &&
           isExponentialOverSum(a, sum);
  });
}

/// log(sum(exp(x - shift))) of the shifted values.
static bool matchLogOfSum(Match &m, Value value, Value &shifted) {
  Value sum, inner, exponential;
  if (!m.is(value, Meaning::Logarithm, sum))
    return false;
  if (m.is(sum, Meaning::Absolute, inner))
    sum = inner;
  return m.is(sum, Meaning::Sum, exponential) &&
         m.is(exponential, Meaning::Exponential, shifted);
}

bool patterns::matchLogSumExp(Match &m, Value value, Value &x) {
  return m.isEither(value, Meaning::Add, [&](Value logarithm, Value shift) {
    Value shifted, subtracted, source;
    return matchLogOfSum(m, logarithm, shifted) &&
           m.is(shifted, Meaning::Subtract, x, subtracted) &&
           m.areSame(shift, subtracted) && matchRowMaximum(m, shift, source) &&
           m.areSame(source, x);
  }) || m.attempt([&] { return matchLogOfSum(m, value, x); });
}

bool patterns::matchLogSoftmax(Match &m, Value value, Value &x) {
  return m.attempt([&] {
    Value left, right, shifted, shift, source;
    if (!m.is(value, Meaning::Subtract, left, right))
      return false;
    if (m.attempt([&] {
          return matchLogOfSum(m, right, shifted) && m.areSame(left, shifted);
        })) {
      x = left;
      if (m.attempt([&] {
            return m.is(left, Meaning::Subtract, shifted, shift) &&
                   matchRowMaximum(m, shift, source) &&
                   m.areSame(source, shifted);
          }))
        x = shifted;
      return true;
    }
    return matchLogSumExp(m, right, x) && m.areSame(left, x);
  });
}

/// e / sum(e) as a value, its exponential and its sum; notes nothing.
static bool isSoftmax(Match &m, Value value) {
  return m.peek([&] {
    Value x;
    return matchSoftmax(m, value, x);
  });
}
static bool isSumOf(Match &m, Value sum, Value terms) {
  return m.peek([&] {
    Value summed;
    return m.is(sum, Meaning::Sum, summed) && m.areSame(summed, terms);
  });
}
static bool isExponential(Match &m, Value value) {
  return m.terms.getMeaning(value) == Meaning::Exponential;
}

/// e * (g / s - sum(g * e / s^2)), as differentiating e / s gives it.
static bool matchQuotientGradient(Match &m, Value value) {
  return m.isEither(
      value, Meaning::Multiply, [&](Value exponential, Value factor) {
        if (!isExponential(m, exponential))
          return false;
        return m.isEither(
            factor, Meaning::Add, [&](Value quotient, Value rest) {
              Value gradient, sum, negated, product;
              if (!m.is(quotient, Meaning::Divide, gradient, sum) ||
                  !isSumOf(m, sum, exponential) ||
                  !m.is(rest, Meaning::Negate, negated) ||
                  !m.is(negated, Meaning::Sum, product))
                return false;
              return m.isEither(
                  product, Meaning::Multiply, [&](Value e, Value scaled) {
                    if (!m.areSame(e, exponential))
                      return false;
                    return m.isEither(
                        scaled, Meaning::Multiply, [&](Value g, Value inverse) {
                          Value one, squared, s;
                          return m.areSame(g, gradient) &&
                                 m.is(inverse, Meaning::Divide, one, squared) &&
                                 m.isSplat(one, 1) &&
                                 matchSquare(m, squared, s) &&
                                 m.areSame(s, sum);
                        });
                  });
            });
      });
}

/// y * (g - sum(g * y)) of a softmax y.
static bool matchFusedGradient(Match &m, Value value) {
  auto isWeightedSum = [&](Value sum, Value gradient, Value y) {
    Value product;
    return m.is(sum, Meaning::Sum, product) &&
           m.isEither(product, Meaning::Multiply, [&](Value a, Value b) {
             return m.areSame(a, gradient) && m.areSame(b, y);
           });
  };
  return m.isEither(value, Meaning::Multiply, [&](Value y, Value difference) {
    Value gradient, sum;
    return isSoftmax(m, y) &&
           m.is(difference, Meaning::Subtract, gradient, sum) &&
           isWeightedSum(sum, gradient, y);
  }) || m.attempt([&] {
    Value product, correction;
    if (!m.is(value, Meaning::Subtract, product, correction))
      return false;
    return m.isEither(product, Meaning::Multiply, [&](Value gradient, Value y) {
      return isSoftmax(m, y) &&
             m.isEither(
                 correction, Meaning::Multiply, [&](Value y2, Value sum) {
                   return m.areSame(y, y2) && isWeightedSum(sum, gradient, y);
                 });
    });
  });
}

static bool matchSoftmaxGradient(Match &m, Value value, StringRef &) {
  return matchQuotientGradient(m, value) || matchFusedGradient(m, value);
}

/// g - softmax * sum(g), with the softmax rebuilt from e and its sum.
static bool matchLogSoftmaxGradient(Match &m, Value value, StringRef &) {
  auto isLogSoftmaxExponential = [&](Value exponent) {
    return m.peek([&] {
      Value log, x;
      return m.is(exponent, Meaning::Exponential, log) &&
             matchLogSoftmax(m, log, x);
    });
  };
  // sum(g) * e / s, in any order of the product and the quotient.
  auto isScaledSum = [&](Value term, Value gradient, bool isNegated) {
    auto isTotal = [&](Value sum) {
      Value summed, inner;
      if (!m.is(sum, Meaning::Sum, summed))
        return false;
      if (isNegated) {
        if (!m.is(summed, Meaning::Negate, inner))
          return false;
        summed = inner;
      }
      return m.areSame(summed, gradient);
    };
    return m.isEither(term, Meaning::Multiply, [&](Value a, Value b) {
      Value sum, total;
      if (m.attempt([&] {
            return m.is(b, Meaning::Divide, total, sum) &&
                   isExponential(m, a) && isSumOf(m, sum, a) && isTotal(total);
          }))
        return true;
      Value exponential;
      return (isSoftmax(m, a) || isLogSoftmaxExponential(a) || m.attempt([&] {
               return m.is(a, Meaning::Divide, exponential, sum) &&
                      isExponential(m, exponential) &&
                      isSumOf(m, sum, exponential);
             })) &&
             isTotal(b);
    });
  };
  Value gradient, term;
  return m.attempt([&] {
    return m.is(value, Meaning::Subtract, gradient, term) &&
           isScaledSum(term, gradient, /*isNegated=*/false);
  }) || m.isEither(value, Meaning::Add, [&](Value g, Value scaled) {
    return isScaledSum(scaled, g, /*isNegated=*/true);
  });
}

static bool matchSoftmin(Match &m, Value value, StringRef &) {
  Value x, negated;
  return matchSoftmax(m, value, x) && m.is(x, Meaning::Negate, negated);
}

ArrayRef<Recogniser> patterns::getSoftmaxRecognisers() {
  using M = Meaning;
  static const Recogniser recognisers[] = {
      {"softmin", OpClass::Softmax, {M::Divide, M::Multiply}, matchSoftmin},
      {"softmax",
       OpClass::Softmax,
       {M::Divide, M::Multiply},
       [](Match &m, Value value, StringRef &) {
         Value x;
         return matchSoftmax(m, value, x);
       }},
      {"log_softmax",
       OpClass::Softmax,
       {M::Subtract},
       [](Match &m, Value value, StringRef &) {
         Value x;
         return matchLogSoftmax(m, value, x);
       }},
      {"logsumexp",
       OpClass::Softmax,
       {M::Add, M::Logarithm},
       [](Match &m, Value value, StringRef &) {
         Value x;
         return matchLogSumExp(m, value, x);
       },
       Nesting::OtherClass},
      {"softmax_grad",
       OpClass::Softmax,
       {M::Multiply, M::Subtract},
       matchSoftmaxGradient},
      {"log_softmax_grad",
       OpClass::Softmax,
       {M::Add, M::Subtract},
       matchLogSoftmaxGradient}};
  return recognisers;
}
