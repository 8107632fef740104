#include "Losses.h"

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::patterns;

Value patterns::extendToLoss(Match &m, Value result) {
  auto isStep = [&](OpOperand &use) {
    Operation *user = use.getOwner();
    unsigned index = use.getOperandNumber();
    auto isSplat = [&](unsigned operand) {
      return m.terms.getSplat(user->getOperand(operand)).has_value();
    };
    switch (Terms::getMeaning(user)) {
    case Meaning::Negate:
      return true;
    case Meaning::Sum:
      return index == 0;
    case Meaning::Divide:
      return index == 0 && (isSplat(1) || getNumElements(use.get()) == 1);
    case Meaning::Multiply:
      return isSplat(1 - index);
    case Meaning::Select:
      return index != 0 && isSplat(3 - index);
    default:
      return false;
    }
  };
  // The steps of a loss are few, whatever the size of the program.
  for (unsigned step = 0; step != 8; ++step)
    if (!m.follow(result, isStep))
      break;
  return result;
}

/// logsumexp(x) less the entry of x that the label names.
static bool matchPickedLogits(Match &m, Value value) {
  Value logSum, picked, x;
  if (!m.is(value, Meaning::Subtract, logSum, picked) ||
      !matchLogSumExp(m, logSum, x))
    return false;
  Value source, product;
  if (m.is(picked, Meaning::Gather, source))
    return m.areSame(source, x);
  return m.is(picked, Meaning::Sum, product) &&
         m.isEither(product, Meaning::Multiply,
                    [&](Value a, Value) { return m.areSame(a, x); });
}

/// Goes back from a loss to the log-softmax that it is taken of: past signs,
/// masks, weights, and the gather that reads the entries of the labels.
static bool matchLikelihood(Match &m, Value value, unsigned depth) {
  if (depth == 0)
    return false;
  return m.attempt([&] {
    Value a, b, c, x;
    if (matchLogSoftmax(m, value, x) ||
        m.attempt([&] { return matchPickedLogits(m, value); }))
      return true;
    if (m.is(value, Meaning::Negate, a) || m.is(value, Meaning::Gather, a) ||
        m.is(value, Meaning::Sum, a) || m.is(value, Meaning::Divide, a, b))
      return matchLikelihood(m, a, depth - 1);
    if (m.is(value, Meaning::Select, a, b, c))
      return (m.terms.getSplat(c) && matchLikelihood(m, b, depth - 1)) ||
             (m.terms.getSplat(b) && matchLikelihood(m, c, depth - 1));
    return m.is(value, Meaning::Multiply, a, b) &&
           (matchLikelihood(m, a, depth - 1) ||
            matchLikelihood(m, b, depth - 1));
  });
}

bool patterns::matchCrossEntropy(Match &m, Value value, StringRef &) {
  if (!matchLikelihood(m, value, 6))
    return false;
  extendToLoss(m, value);
  return true;
}

/// The entries that the labels name, negated and averaged, of likelihoods that
/// came from elsewhere.
bool patterns::matchLikelihoodLoss(Match &m, Value value, StringRef &) {
  Value picked, x, labels, condition, zero;
  if (!m.is(value, Meaning::Negate, picked))
    return false;
  if (m.is(picked, Meaning::Select, condition, x, zero))
    picked = x;
  return m.is(picked, Meaning::Gather, x, labels) &&
         !getFloatElementType(labels.getType()) &&
         getNumElements(extendToLoss(m, value)) == 1;
}
