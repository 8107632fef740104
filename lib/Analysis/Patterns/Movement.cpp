#include "Match.h"

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::patterns;

/// A table of rows.
static bool isTable(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getRank() == 2 && getFloatElementType(type);
}

/// Whole rows of a table, chosen by integers.
static bool matchEmbedding(Match &m, Value value, StringRef &) {
  Value table, indices;
  if (!m.is(value, Meaning::Gather, table, indices) || !isTable(table) ||
      getFloatElementType(indices.getType()))
    return false;
  auto rows = dyn_cast<RankedTensorType>(value.getType());
  int64_t width = cast<RankedTensorType>(table.getType()).getDimSize(1);
  return rows && rows.getRank() >= 1 &&
         rows.getDimSize(rows.getRank() - 1) == width && width != 1;
}

/// Rows added to a table of zeros.
static bool matchEmbeddingGradient(Match &m, Value value, StringRef &) {
  Value table, indices, updates;
  if (!m.is(value, Meaning::ScatterSum, table, indices, updates) ||
      !isTable(table) || !m.isSplat(table, 0))
    return false;
  auto rows = dyn_cast<RankedTensorType>(updates.getType());
  return rows && rows.getRank() >= 1 &&
         rows.getDimSize(rows.getRank() - 1) ==
             cast<RankedTensorType>(table.getType()).getDimSize(1);
}

static bool isPrefix(Operation *op) {
  auto precision = dyn_cast<PrecisionOpInterface>(op);
  return precision &&
         precision.getPrecisionWord(Word::Window) == "whole-dimension prefix";
}

static bool matchCumulative(Match &m, Value value, StringRef &) {
  Operation *op = value.getDefiningOp();
  if (!isPrefix(op) || !getFloatElementType(value.getType()))
    return false;
  m.note(op);
  return true;
}

static bool matchMaximumPooling(Match &m, Value value, StringRef &) {
  Operation *op = value.getDefiningOp();
  if (isPrefix(op) || !getFloatElementType(value.getType()))
    return false;
  m.note(op);
  return true;
}

/// To each window's largest element what was given for the window.
static bool matchMaximumPoolingGradient(Match &m, Value value, StringRef &) {
  m.note(value.getDefiningOp());
  return getFloatElementType(value.getType()) != nullptr;
}

/// A windowed sum over a number, or over a windowed sum of ones.
static bool matchAveragePooling(Match &m, Value value, StringRef &) {
  Value sum, count, x, ones;
  bool isQuotient = m.is(value, Meaning::Divide, sum, count);
  if (!isQuotient && !m.is(value, Meaning::Multiply, sum, count))
    return false;
  if (!isQuotient && m.terms.getMeaning(sum) != Meaning::WindowSum)
    std::swap(sum, count);
  if (!m.is(sum, Meaning::WindowSum, x) ||
      isPrefix(m.terms.strip(sum).getDefiningOp()))
    return false;
  if (m.terms.getSplat(count))
    return true;
  return isQuotient && m.is(count, Meaning::WindowSum, ones) &&
         m.isSplat(ones, 1);
}

/// Finite or not, element by element and all together.
static bool matchFiniteCheck(Match &m, Value value, StringRef &) {
  Value x, left, right;
  if (m.is(value, Meaning::IsFinite, x))
    return getFloatElementType(x.getType()) != nullptr;
  return m.isEither(value, Meaning::And, [&](Value a, Value b) {
    return m.is(a, Meaning::IsFinite, left) &&
           m.is(b, Meaning::IsFinite, right);
  });
}

/// A product and the bias that is added to its rows.
static bool matchLinear(Match &m, Value value, StringRef &) {
  return m.isEither(value, Meaning::Add, [&](Value product, Value bias) {
    return (m.is(product, Meaning::Contraction) ||
            m.is(product, Meaning::Convolution)) &&
           isRowLike(m, bias, value) && !m.terms.getSplat(bias);
  });
}

ArrayRef<Recogniser> patterns::getMovementRecognisers() {
  using M = Meaning;
  static const Recogniser recognisers[] = {
      {"linear", std::nullopt, {M::Add}, matchLinear, Nesting::Alone},
      {"embedding", std::nullopt, {M::Gather}, matchEmbedding, Nesting::Alone},
      {"embedding",
       std::nullopt,
       {M::ScatterSum},
       matchEmbeddingGradient,
       Nesting::Alone},
      {"cumulative",
       OpClass::Scan,
       // Products and others are windows of no meaning of their own.
       {M::WindowSum, M::WindowMaximum, M::WindowMinimum, M::None},
       matchCumulative,
       Nesting::Alone},
      {"avg_pool",
       OpClass::Reduction,
       {M::Divide, M::Multiply},
       matchAveragePooling,
       Nesting::Alone},
      {"max_pool",
       OpClass::Reduction,
       {M::WindowMaximum},
       matchMaximumPooling,
       Nesting::Alone},
      {"max_pool",
       OpClass::Reduction,
       {M::SelectAndScatter},
       matchMaximumPoolingGradient,
       Nesting::Alone},
      {"finite_check",
       std::nullopt,
       {M::And, M::IsFinite},
       matchFiniteCheck,
       Nesting::Alone}};
  return recognisers;
}
