#include "Match.h"

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::patterns;

//===----------------------------------------------------------------------===//
// Which dimensions are normalized
//===----------------------------------------------------------------------===//

/// The dimensions that a reduction sums over; where the op does not list them,
/// those that its result has lost.
static SmallVector<int64_t> getReducedDims(Operation *op, Value input) {
  if (auto dims = op->getAttrOfType<DenseI64ArrayAttr>("dimensions"))
    return SmallVector<int64_t>(dims.asArrayRef());
  SmallVector<int64_t> reduced;
  auto from = dyn_cast<RankedTensorType>(input.getType());
  auto to = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!from || !to)
    return reduced;
  int64_t next = 0;
  for (auto [dim, size] : llvm::enumerate(from.getShape())) {
    if (next < to.getRank() && to.getDimSize(next) == size)
      ++next;
    else
      reduced.push_back(dim);
  }
  return reduced;
}

/// Tells the kinds apart by the dimensions of `x` that share their statistics:
/// a batch norm reduces the leading one, a group norm less than or other than
/// whole trailing ones of the value that was given another shape.
static StringRef getNormalizationName(ArrayRef<int64_t> reduced, Value x) {
  auto type = dyn_cast<RankedTensorType>(x.getType());
  if (!type || reduced.empty())
    return "layer_norm";
  int64_t rank = type.getRank();
  if (int64_t(reduced.size()) == rank)
    return "layer_norm";
  if (llvm::is_contained(reduced, 0))
    return "batch_norm";
  for (auto [i, dim] : llvm::enumerate(reduced))
    if (dim != rank - int64_t(reduced.size()) + int64_t(i))
      return "group_norm";
  if (!type.hasStaticShape())
    return "layer_norm";
  Operation *op = x.getDefiningOp();
  if (Terms::getMeaning(op) != Meaning::Reshape)
    return "layer_norm";
  auto before = dyn_cast<RankedTensorType>(op->getOperand(0).getType());
  if (!before || !before.hasStaticShape())
    return "layer_norm";
  int64_t shared = 1, suffix = 1;
  for (int64_t dim : reduced)
    shared *= type.getDimSize(dim);
  if (shared == 1)
    return "layer_norm";
  for (int64_t size : llvm::reverse(before.getShape())) {
    suffix *= size;
    if (suffix == shared)
      return "layer_norm";
  }
  return "group_norm";
}

//===----------------------------------------------------------------------===//
// Spelled-out forms
//===----------------------------------------------------------------------===//

/// Reads `value` as `x * factor`, where `factor` is one over a root, times a
/// scale or not, and gives what the root is of; or as `x` over a root.
static bool matchScaledByRoot(Match &m, Value value, Value &x, Value &radicand,
                              llvm::function_ref<bool()> rest) {
  auto isFactor = [&](Value factor) {
    return matchInverseRoot(m, factor, radicand) ||
           m.isEither(factor, Meaning::Multiply, [&](Value inverse, Value s) {
             return (isRowLike(m, factor, value) || isRowLike(m, s, value)) &&
                    matchInverseRoot(m, inverse, radicand);
           });
  };
  Value root;
  return m.isEither(value, Meaning::Multiply, [&](Value a, Value b) {
    x = a;
    return isFactor(b) && rest();
  }) || m.attempt([&] {
    return m.is(value, Meaning::Divide, x, root) &&
           matchRoot(m, root, radicand) && rest();
  });
}

/// Notes a scale and a shift of whole rows behind the result.
static void extendToAffine(Match &m, Value result) {
  for (Meaning meaning : {Meaning::Multiply, Meaning::Add})
    m.follow(result, [&](OpOperand &use) {
      Operation *user = use.getOwner();
      unsigned index = use.getOperandNumber();
      return Terms::getMeaning(user) == meaning &&
             user->getNumOperands() >= 2 && index <= 1 &&
             isRowLike(m, user->getOperand(1 - index), user->getResult(0));
    });
}

/// (x - mean(x)) / sqrt(variance(x) + eps), and the forms that multiply by the
/// inverse root and by the scale first. With statistics that are not those of
/// x it is a batch norm in inference.
static bool matchCentered(Match &m, Value value, StringRef &name) {
  Value centered, radicand, x, mean, source;
  auto isNormalization = [&] {
    if (!m.is(centered, Meaning::Subtract, x, mean))
      return false;
    Value spread = stripEpsilon(m, radicand);
    Value meanSource;
    if (m.attempt([&] {
          return matchVariance(m, spread, source) && m.areSame(source, x) &&
                 matchMean(m, mean, meanSource) && m.areSame(meanSource, x);
        })) {
      Value sum = m.terms.strip(mean);
      // The mean divides or multiplies a sum.
      for (Value operand : m.terms.getOperands(sum))
        if (m.terms.getMeaning(operand) == Meaning::Sum)
          sum = m.terms.strip(operand);
      name = getNormalizationName(
          getReducedDims(sum.getDefiningOp(), m.terms.getOperands(sum).front()),
          m.terms.getOperands(sum).front());
      return true;
    }
    name = "batch_norm";
    return spread != radicand && isRowLike(m, mean, value) &&
           !m.terms.getSplat(mean);
  };
  if (!matchScaledByRoot(m, value, centered, radicand, isNormalization))
    return false;
  extendToAffine(m, value);
  return true;
}

/// x / sqrt(mean(x^2) + eps); with the sum in place of the mean it makes rows
/// of length one.
static bool matchUncentered(Match &m, Value value, StringRef &name) {
  Value x, radicand;
  auto isNormalization = [&] {
    Value zero, inner, square, source, smallest, power;
    if (m.attempt([&] {
          return m.is(x, Meaning::Subtract, inner, zero) && m.isSplat(zero, 0);
        }))
      x = inner;
    if (m.attempt([&] {
          power = stripEpsilon(m, radicand);
          return matchMean(m, power, square) &&
                 matchSquare(m, square, source) && m.areSame(source, x);
        })) {
      name = "rms_norm";
      return true;
    }
    name = "l2_normalize";
    power = radicand;
    if (m.is(radicand, Meaning::Maximum, inner, smallest) &&
        m.terms.getSplat(smallest))
      power = inner;
    else
      power = stripEpsilon(m, radicand);
    return m.is(power, Meaning::Sum, square) &&
           matchSquare(m, square, source) && m.areSame(source, x);
  };
  Value norm, smallest, root, source;
  if (matchScaledByRoot(m, value, x, radicand, isNormalization)) {
    if (name == "rms_norm")
      extendToAffine(m, value);
    return true;
  }
  // x / max(norm(x), eps)
  name = "l2_normalize";
  return m.attempt([&] {
    return m.is(value, Meaning::Divide, x, norm) &&
           m.is(norm, Meaning::Maximum, root, smallest) &&
           m.terms.getSplat(smallest) && matchVectorNorm(m, root, source) &&
           m.areSame(source, x);
  });
}

/// sum(a * b) / (norm(a) * norm(b)), guarded against zero norms, or the sum of
/// a / norm(a) * b / norm(b).
static bool matchCosineSimilarity(Match &m, Value value, StringRef &) {
  auto matchGuardedNorm = [&](Value norm, Value &x) {
    Value inner, smallest;
    if (m.attempt([&] {
          return m.is(norm, Meaning::Maximum, inner, smallest) &&
                 m.terms.getSplat(smallest) && matchVectorNorm(m, inner, x);
        }))
      return true;
    return matchVectorNorm(m, norm, x);
  };
  auto isUnit = [&](Value unit) {
    Value a, norm, x;
    return m.is(unit, Meaning::Divide, a, norm) && matchGuardedNorm(norm, x) &&
           m.areSame(x, a);
  };
  Value sum, product, norms;
  if (m.attempt([&] {
        Value a, b;
        return m.is(value, Meaning::Sum, product) &&
               m.is(product, Meaning::Multiply, a, b) && isUnit(a) && isUnit(b);
      }))
    return true;
  if (!m.is(value, Meaning::Divide, sum, norms) ||
      !m.is(sum, Meaning::Sum, product))
    return false;
  return m.isEither(product, Meaning::Multiply, [&](Value a, Value b) {
    return m.isEither(norms, Meaning::Multiply, [&](Value normA, Value normB) {
      Value x, y;
      return matchGuardedNorm(normA, x) && m.areSame(x, a) &&
             matchGuardedNorm(normB, y) && m.areSame(y, b);
    });
  });
}

//===----------------------------------------------------------------------===//
// One op
//===----------------------------------------------------------------------===//

/// A batch norm with scale 1 whose features are the rows of a tensor is how
/// some exporters spell the other kinds.
static StringRef getBatchNormName(Match &m, Value x, Value scale) {
  auto type = dyn_cast<RankedTensorType>(x.getType());
  if (!type || type.getRank() < 2 || type.getDimSize(0) != 1 ||
      !m.isSplat(scale, 1) ||
      Terms::getMeaning(x.getDefiningOp()) != Meaning::Reshape)
    return "batch_norm";
  SmallVector<int64_t> reduced;
  for (int64_t dim = 2; dim < type.getRank(); ++dim)
    reduced.push_back(dim);
  return getNormalizationName(reduced, x);
}

static bool matchBatchNormTraining(Match &m, Value value, StringRef &name) {
  Value x, scale, shift;
  if (!m.is(value, Meaning::BatchNormTraining, x, scale, shift))
    return false;
  if (m.isSplat(shift, 0))
    name = getBatchNormName(m, x, scale);
  if (name != "batch_norm")
    extendToAffine(m, value);
  return true;
}

static bool matchBatchNormGradient(Match &m, Value value, StringRef &name) {
  Value x, scale;
  if (!m.is(value, Meaning::BatchNormGradient, x, scale))
    return false;
  name = getBatchNormName(m, x, scale);
  return true;
}

static bool matchOneOp(Match &m, Value value, StringRef &) {
  m.note(value.getDefiningOp());
  return true;
}

/// x / (k + alpha * windowed mean of squares)^beta.
static bool matchLocalResponse(Match &m, Value value, StringRef &) {
  Value x, power, base, exponent;
  if (!m.is(value, Meaning::Divide, x, power) ||
      !m.is(power, Meaning::Power, base, exponent) ||
      !m.terms.getSplat(exponent))
    return false;
  for (unsigned depth = 0; depth != 6; ++depth) {
    Value a, b, source;
    if (m.is(base, Meaning::WindowSum, a))
      return matchSquare(m, a, source) && m.areSame(source, x);
    if (!m.is(base, Meaning::Add, a, b) &&
        !m.is(base, Meaning::Multiply, a, b) &&
        !m.is(base, Meaning::Divide, a, b))
      return false;
    base = m.terms.getSplat(a) ? b : a;
  }
  return false;
}

ArrayRef<Recogniser> patterns::getNormalizationRecognisers() {
  using M = Meaning;
  constexpr OpClass normalization = OpClass::Normalization;
  static const Recogniser recognisers[] = {
      // Larger than the rows of length one that it may hold.
      {"cosine_similarity",
       OpClass::Reduction,
       {M::Divide, M::Sum},
       matchCosineSimilarity},
      {"layer_norm",
       normalization,
       {M::Multiply, M::Divide},
       matchCentered,
       Nesting::Alone},
      {"rms_norm",
       normalization,
       {M::Multiply, M::Divide},
       matchUncentered,
       Nesting::Alone},
      {"local_response_norm",
       normalization,
       {M::Divide},
       matchLocalResponse,
       Nesting::Alone},
      {"batch_norm",
       normalization,
       {M::BatchNormTraining},
       matchBatchNormTraining,
       Nesting::Alone},
      {"batch_norm",
       normalization,
       {M::BatchNormGradient},
       matchBatchNormGradient,
       Nesting::Alone},
      {"batch_norm",
       normalization,
       {M::BatchNormInference},
       matchOneOp,
       Nesting::Alone}};
  return recognisers;
}
