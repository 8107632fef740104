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
       Nesting::OtherClass}};
  return recognisers;
}
