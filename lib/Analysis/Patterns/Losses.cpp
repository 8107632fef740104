#include "Losses.h"

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::patterns;

/// Reads each term of a loss with `isTerm`, where all of them are summed or
/// averaged to one number.
static bool matchTotal(Match &m, Value value,
                       llvm::function_ref<bool(Value)> isTerm) {
  Value term;
  return m.is(value, Meaning::Sum, term) && isTerm(term) &&
         getNumElements(extendToLoss(m, value)) == 1;
}

/// One less than `value`, in either spelling.
static bool isComplement(Match &m, Value value, Value of) {
  Value one, inner;
  return m.attempt([&] {
    return m.is(value, Meaning::Subtract, one, inner) && m.isSplat(one, 1) &&
           m.areSame(inner, of);
  });
}

/// a - b, where neither is the mean of the other: that is a variance.
static bool isError(Match &m, Value value) {
  Value a, b, source;
  return m.is(value, Meaning::Subtract, a, b) && !m.isSplat(a, 1) &&
         !m.peek(
             [&] { return matchMean(m, b, source) && m.areSame(source, a); });
}

static bool matchMeanSquaredError(Match &m, Value value, StringRef &) {
  return matchTotal(m, value, [&](Value term) {
    Value error;
    return matchSquare(m, term, error) && isError(m, error);
  });
}

static bool matchAbsoluteError(Match &m, Value value, StringRef &) {
  return matchTotal(m, value, [&](Value term) {
    Value error;
    return m.is(term, Meaning::Absolute, error) && isError(m, error);
  });
}

/// Squared where the error is small, absolute where it is large, with one slope
/// where the two meet.
static bool matchHuber(Match &m, Value value, StringRef &) {
  auto isAbsoluteError = [&](Value magnitude) {
    Value error;
    return m.is(magnitude, Meaning::Absolute, error) && isError(m, error);
  };
  // Takes a number that `term` is multiplied by, or divided by, off it.
  auto takeFactor = [&](Value &term, double &factor) {
    Value a, b;
    return m.attempt([&] {
      bool isQuotient = m.is(term, Meaning::Divide, a, b);
      if (!isQuotient && !m.is(term, Meaning::Multiply, a, b))
        return false;
      if (!isQuotient && m.terms.getSplat(a))
        std::swap(a, b);
      std::optional<double> number = m.terms.getSplat(b);
      if (!number)
        return false;
      factor *= isQuotient ? 1 / *number : *number;
      term = a;
      return true;
    });
  };
  // 0.5 * q^2, perhaps over or times a number.
  auto isQuadratic = [&](Value term, Value &base, double &factor) {
    factor = 1;
    for (unsigned depth = 0; depth != 3; ++depth)
      if (matchSquare(m, term, base))
        return true;
      else if (!takeFactor(term, factor))
        return false;
    return false;
  };
  // Of |error|, less a number.
  auto getSlope = [&](Value term, Value magnitude) -> std::optional<double> {
    double slope = 1;
    Value inner, number;
    for (unsigned depth = 0; depth != 4; ++depth)
      if (m.areSame(term, magnitude))
        return slope;
      else if (m.is(term, Meaning::Subtract, inner, number) &&
               m.terms.getSplat(number))
        term = inner;
      else if (!takeFactor(term, slope))
        return std::nullopt;
    return std::nullopt;
  };
  auto isTerm = [&](Value term) {
    Value condition, small, large, left, right, base;
    double factor = 1, slope = 1;
    if (m.attempt([&] {
          if (!m.is(term, Meaning::Select, condition, small, large) ||
              !m.is(condition, Meaning::Compare, left, right) ||
              !isAbsoluteError(left) || !isQuadratic(small, base, factor))
            return false;
          std::optional<double> limit = m.terms.getSplat(right);
          std::optional<double> rest = getSlope(large, left);
          return limit && rest && isNear(2 * factor * *limit, *rest);
        }))
      return true;
    return m.isEither(term, Meaning::Add, [&](Value square, Value linear) {
      Value magnitude, limit, a, b;
      if (!isQuadratic(square, base, factor) ||
          !m.is(base, Meaning::Minimum, magnitude, limit) ||
          !m.terms.getSplat(limit) || !isAbsoluteError(magnitude))
        return false;
      slope = 1;
      takeFactor(linear, slope);
      return isNear(2 * factor * *m.terms.getSplat(limit), slope) &&
             m.is(linear, Meaning::Subtract, a, b) && m.areSame(a, magnitude) &&
             m.areSame(b, base);
    });
  };
  return matchTotal(m, value, isTerm);
}

/// Half of a sum of squares.
static bool matchSquaredNormLoss(Match &m, Value value, StringRef &) {
  Value a, b, square, x;
  if (m.is(value, Meaning::Divide, a, b)) {
    if (!m.isSplat(b, 2))
      return false;
  } else {
    if (!m.is(value, Meaning::Multiply, a, b))
      return false;
    if (m.isSplat(a, 0.5))
      std::swap(a, b);
    if (!m.isSplat(b, 0.5))
      return false;
  }
  return m.is(a, Meaning::Sum, square) && matchSquare(m, square, x) &&
         getNumElements(value) == 1;
}

/// t * (log(t) - q), and t * log(t) - t * q.
static bool matchDivergence(Match &m, Value value, StringRef &) {
  auto isLogOf = [&](Value logarithm, Value t) {
    Value inner;
    return m.attempt([&] {
      if (m.is(logarithm, Meaning::Logarithm, inner))
        return m.areSame(inner, t);
      return m.is(t, Meaning::Exponential, inner) &&
             m.areSame(inner, logarithm);
    });
  };
  auto isTerm = [&](Value term) {
    Value left, right, condition, other;
    if (m.isEither(term, Meaning::Multiply, [&](Value t, Value difference) {
          if (!m.is(difference, Meaning::Subtract, left, right))
            return false;
          // The logarithm of zero is left out.
          Value condition, zero;
          if (m.is(left, Meaning::Select, condition, zero, left) &&
              !m.isSplat(zero, 0))
            return false;
          return isLogOf(left, t);
        }))
      return true;
    if (!m.is(term, Meaning::Subtract, left, right))
      return false;
    if (m.is(left, Meaning::Select, condition, other, left) &&
        !m.isSplat(other, 0))
      return false;
    return m.isEither(left, Meaning::Multiply, [&](Value t, Value logarithm) {
      return isLogOf(logarithm, t) &&
             m.isEither(right, Meaning::Multiply,
                        [&](Value t2, Value) { return m.areSame(t, t2); });
    });
  };
  return matchTotal(m, value, isTerm);
}

//===----------------------------------------------------------------------===//
// Binary cross entropy
//===----------------------------------------------------------------------===//

/// The term of one label from logits, in the spellings that do not overflow.
static bool matchLogitsTerm(Match &m, Value term) {
  Value x, left, right;
  // max(x, 0) - x y + log(1 + exp(-|x|)): softplus(x) less x y, in any order.
  if (m.attempt([&] {
        return m.is(term, Meaning::Subtract, left, right) &&
               matchSoftplus(m, left, x) &&
               m.isEither(right, Meaning::Multiply,
                          [&](Value a, Value) { return m.areSame(a, x); });
      }))
    return true;
  if (m.isEither(term, Meaning::Add, [&](Value difference, Value tail) {
        Value positive, product, zero, log, exponential, negated, magnitude;
        if (!m.is(difference, Meaning::Subtract, positive, product) ||
            !m.is(positive, Meaning::Maximum, x, zero) || !m.isSplat(zero, 0) ||
            !m.isEither(product, Meaning::Multiply,
                        [&](Value a, Value) { return m.areSame(a, x); }))
          return false;
        log = tail;
        return m.is(log, Meaning::LogarithmPlusOne, exponential) &&
               m.is(exponential, Meaning::Exponential, negated) &&
               m.is(negated, Meaning::Negate, magnitude);
      }))
    return true;
  // (1 - y) x - log(sigmoid(x)).
  if (m.attempt([&] {
        return m.is(term, Meaning::Subtract, left, right) &&
               matchLogSigmoid(m, right, x) &&
               m.isEither(left, Meaning::Multiply,
                          [&](Value a, Value) { return m.areSame(a, x); });
      }))
    return true;
  // -y log(sigmoid(x)) - (1 - y) log(sigmoid(-x)).
  return m.attempt([&] {
    if (!m.is(term, Meaning::Subtract, left, right))
      return false;
    return m.isEither(left, Meaning::Multiply, [&](Value negated, Value log) {
      Value y;
      if (!matchLogSigmoid(m, log, x) || !m.is(negated, Meaning::Negate, y))
        return false;
      return m.isEither(
          right, Meaning::Multiply, [&](Value complement, Value log) {
            Value other, inner;
            return isComplement(m, complement, y) &&
                   matchLogSigmoid(m, log, other) &&
                   m.is(other, Meaning::Negate, inner) && m.areSame(inner, x);
          });
    });
  });
}

/// y log(p) + (1 - y) log(1 - p) of probabilities, with bounded logarithms or
/// not.
static bool matchProbabilityTerm(Match &m, Value term) {
  auto isLog = [&](Value value, Value &p) {
    Value a, b;
    if (m.is(value, Meaning::Maximum, a, b))
      value = m.terms.getSplat(a) ? b : a;
    return m.is(value, Meaning::Logarithm, p);
  };
  auto isPair = [&](Value left, Value right) {
    return m.isEither(left, Meaning::Multiply, [&](Value y, Value log) {
      Value p, inner;
      if (!isLog(log, p))
        return false;
      if (m.is(y, Meaning::Negate, inner))
        y = inner;
      return m.isEither(
          right, Meaning::Multiply, [&](Value complement, Value otherLog) {
            Value rest;
            if (!isComplement(m, complement, y))
              return false;
            return m.attempt([&] {
              if (isLog(otherLog, rest))
                return isComplement(m, rest, p);
              Value negated;
              return m.is(otherLog, Meaning::LogarithmPlusOne, negated) &&
                     m.is(negated, Meaning::Negate, rest) && m.areSame(rest, p);
            });
          });
    });
  };
  Value inner, left, right;
  if (m.is(term, Meaning::Negate, inner))
    term = inner;
  return m.isEither(term, Meaning::Add, isPair) || m.attempt([&] {
    return m.is(term, Meaning::Subtract, left, right) && isPair(left, right);
  });
}

template <bool (*isTerm)(Match &, Value)>
static bool matchBinary(Match &m, Value value, StringRef &) {
  return matchTotal(m, value, [&](Value term) { return isTerm(m, term); });
}

//===----------------------------------------------------------------------===//
// Margins and others
//===----------------------------------------------------------------------===//

static bool matchPoisson(Match &m, Value value, StringRef &) {
  return matchTotal(m, value, [&](Value term) {
    Value exponential, product, x;
    return m.is(term, Meaning::Subtract, exponential, product) &&
           m.is(exponential, Meaning::Exponential, x) &&
           m.isEither(product, Meaning::Multiply,
                      [&](Value a, Value) { return m.areSame(a, x); });
  });
}

/// log(1 + exp(-y x)).
static bool matchSoftMargin(Match &m, Value value, StringRef &) {
  return matchTotal(m, value, [&](Value term) {
    Value x, product, a, b;
    if (!matchSoftplus(m, term, x))
      return false;
    if (m.is(x, Meaning::Negate, product))
      return m.is(product, Meaning::Multiply, a, b);
    return m.isEither(x, Meaning::Multiply, [&](Value negated, Value) {
      Value inner;
      return m.is(negated, Meaning::Negate, inner);
    });
  });
}

/// max(0, margin + d), where d is a difference: of two distances, or of two
/// scores times a sign.
static bool matchMargin(Match &m, Value value, StringRef &name) {
  return matchTotal(m, value, [&](Value term) {
    Value inner, zero, difference;
    if (!m.is(term, Meaning::Maximum, inner, zero) || !m.isSplat(zero, 0))
      return false;
    difference = inner;
    Value a, b, x, y;
    if (m.is(inner, Meaning::Add, a, b)) {
      if (!m.terms.getSplat(b))
        return false;
      difference = a;
    }
    if (m.attempt([&] {
          return m.is(difference, Meaning::Subtract, a, b) &&
                 matchVectorNorm(m, a, x) && matchVectorNorm(m, b, y);
        })) {
      name = "triplet_margin";
      return true;
    }
    name = "margin_ranking";
    return m.isEither(difference, Meaning::Multiply,
                      [&](Value sign, Value scores) {
                        Value inner, a, b;
                        return m.is(sign, Meaning::Negate, inner) &&
                               m.is(scores, Meaning::Subtract, a, b);
                      });
  });
}

ArrayRef<Recogniser> patterns::getLossRecognisers() {
  using M = Meaning;
  constexpr OpClass loss = OpClass::Loss;
  static const Recogniser recognisers[] = {
      {"cross_entropy", loss, {M::Sum, M::Gather}, matchCrossEntropy},
      {"nll", loss, {M::Negate}, matchLikelihoodLoss},
      {"kl_div", loss, {M::Sum}, matchDivergence},
      {"bce_with_logits", loss, {M::Sum}, matchBinary<matchLogitsTerm>},
      {"bce", loss, {M::Sum}, matchBinary<matchProbabilityTerm>},
      {"binary_cross_entropy",
       loss,
       {M::Sum},
       matchBinary<matchProbabilityTerm>},
      {"huber", loss, {M::Sum}, matchHuber},
      {"smooth_l1", loss, {M::Sum}, matchHuber},
      {"mse", loss, {M::Sum}, matchMeanSquaredError},
      {"l1", loss, {M::Sum}, matchAbsoluteError},
      {"l2_loss", loss, {M::Multiply, M::Divide}, matchSquaredNormLoss},
      {"poisson_nll", loss, {M::Sum}, matchPoisson},
      {"soft_margin", loss, {M::Sum}, matchSoftMargin},
      {"margin_ranking", loss, {M::Sum}, matchMargin}};
  return recognisers;
}
