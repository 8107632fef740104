#include "Match.h"

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::patterns;

/// Goes from what the softmax reads back to the product that it weighs: past
/// scales, masks, biases and caps. Bounded, since a sum has two ways back.
static bool matchScores(Match &m, Value value, unsigned depth) {
  if (depth == 0)
    return false;
  return m.attempt([&] {
    Value a, b, c;
    if (m.is(value, Meaning::Contraction))
      return true;
    if (m.is(value, Meaning::Select, a, b, c))
      return (m.terms.getSplat(c) && matchScores(m, b, depth - 1)) ||
             (m.terms.getSplat(b) && matchScores(m, c, depth - 1));
    if (m.is(value, Meaning::Tanh, a))
      return matchScores(m, a, depth - 1);
    if (m.is(value, Meaning::Divide, a, b))
      return m.terms.getSplat(b) && matchScores(m, a, depth - 1);
    if (m.is(value, Meaning::Multiply, a, b))
      return (m.terms.getSplat(b) && matchScores(m, a, depth - 1)) ||
             (m.terms.getSplat(a) && matchScores(m, b, depth - 1));
    return m.is(value, Meaning::Add, a, b) &&
           (matchScores(m, a, depth - 1) || matchScores(m, b, depth - 1));
  });
}

/// softmax(scores) times the values, with dropout between them or not.
static bool matchAttention(Match &m, Value value, StringRef &) {
  return m.isEither(value, Meaning::Contraction, [&](Value weights, Value) {
    Value inner, x;
    if (m.attempt([&] { return matchDropout(m, weights, inner); }))
      weights = inner;
    // Rows without a finite score may be made zero.
    Value isEmpty, zero;
    if (m.attempt([&] {
          return m.is(weights, Meaning::Select, isEmpty, zero, inner) &&
                 m.isSplat(zero, 0);
        }))
      weights = inner;
    return matchSoftmax(m, weights, x) && matchScores(m, x, 8);
  });
}

ArrayRef<Recogniser> patterns::getAttentionRecognisers() {
  static const Recogniser recognisers[] = {
      {"attention", std::nullopt, {Meaning::Contraction}, matchAttention}};
  return recognisers;
}
