//===- RangeRelations.cpp - facts that relate values ----------------------===//
//
// Softmax is a value divided by a sum that it is a term of; a normalized value
// is divided by the root of a sum that its square is a term of. Neither bound
// follows from the ranges of the operands, so both are read off the way that
// the operands were computed.
//
//===----------------------------------------------------------------------===//
#include "RangeArithmetic.h"
#include "RangeTransfer.h"
#include "SameValue.h"

#include <cmath>

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::ranges;

static Meaning getMeaning(Value value) {
  auto precision = value.getDefiningOp<PrecisionOpInterface>();
  return precision ? precision.getMeaning() : Meaning::None;
}

/// An operand of the function that an op computes.
static Value getInput(Operation *op, unsigned index) {
  return cast<PrecisionOpInterface>(op).getMeaningOperands()[index];
}

/// True where an op reads each element of an operand at the place of the
/// result that it computes from it.
static bool isAligned(Operation *op, unsigned index) {
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  SmallVector<int64_t> dims;
  return type &&
         cast<PrecisionOpInterface>(op).getOperandDimensions(index, dims) &&
         dims.size() == size_t(type.getRank()) &&
         llvm::all_of(llvm::enumerate(dims), [](auto dim) {
           return dim.value() == int64_t(dim.index());
         });
}

namespace {
/// A value on the way back from an op that reads it, element by element or
/// spread over dimensions that it lacks.
struct Trail {
  Value value;
  /// The dimension of the reader that each dimension of the value runs along;
  /// -1 for dimensions of one element.
  SmallVector<int64_t> dims;

  explicit Trail(Value value) : value(value) {
    if (auto type = dyn_cast<RankedTensorType>(value.getType()))
      for (int64_t dim = 0; dim != type.getRank(); ++dim)
        dims.push_back(type.getDimSize(dim) == 1 ? -1 : dim);
  }

  /// Goes back to an operand of the op that gives the value, where that reads
  /// its elements in a known order and leaves out none.
  bool moveTo(unsigned index);

  /// Goes back over ops that only spread elements, as far as there are any.
  void skipSpreads() {
    for (unsigned steps = 0; steps != 8; ++steps) {
      Meaning meaning = getMeaning(value);
      bool isSpread =
          meaning == Meaning::Broadcast || meaning == Meaning::Transpose;
      if (!(isSpread && moveTo(0)) && !skipReshape())
        return;
    }
  }

  /// Follows a reduction of what has the reader's shape, along the dimensions
  /// that the reader has and the result lacks. Null where it is no such.
  Value getReduced(Meaning reduction) const;

private:
  bool skipReshape();
};
} // namespace

bool Trail::moveTo(unsigned index) {
  auto op = value.getDefiningOp<PrecisionOpInterface>();
  SmallVector<int64_t> targets;
  if (!op || !op.getOperandDimensions(index, targets))
    return false;
  Value operand = getInput(op, index);
  auto type = dyn_cast<RankedTensorType>(operand.getType());
  if (!type || targets.size() != size_t(type.getRank()))
    return false;
  SmallVector<int64_t> next;
  for (auto [dim, target] : llvm::enumerate(targets)) {
    if (target < 0 || target >= int64_t(dims.size()))
      return false;
    next.push_back(type.getDimSize(dim) == 1 ? -1 : dims[target]);
  }
  dims = std::move(next);
  value = operand;
  return true;
}

/// Reshapes that only add and drop dimensions of one element.
bool Trail::skipReshape() {
  if (getMeaning(value) != Meaning::Reshape)
    return false;
  Value operand = getInput(value.getDefiningOp(), 0);
  auto from = dyn_cast<RankedTensorType>(operand.getType());
  auto to = dyn_cast<RankedTensorType>(value.getType());
  if (!from || !to || !from.hasStaticShape() || !to.hasStaticShape())
    return false;
  SmallVector<int64_t> next;
  int64_t at = 0;
  for (int64_t size : from.getShape()) {
    if (size == 1) {
      next.push_back(-1);
      continue;
    }
    while (at != to.getRank() && to.getDimSize(at) == 1)
      ++at;
    if (at == to.getRank() || to.getDimSize(at) != size)
      return false;
    next.push_back(dims[at++]);
  }
  for (; at != to.getRank(); ++at)
    if (to.getDimSize(at) != 1)
      return false;
  dims = std::move(next);
  value = operand;
  return true;
}

Value Trail::getReduced(Meaning reduction) const {
  auto op = value.getDefiningOp<PrecisionOpInterface>();
  if (!op || op.getMeaning() != reduction ||
      op.getMeaningOperands().size() != 2)
    return {};
  Value source = getInput(op, 0);
  auto type = dyn_cast<RankedTensorType>(source.getType());
  SmallVector<int64_t> kept;
  if (!type || !op.getOperandDimensions(0, kept) ||
      kept.size() != size_t(type.getRank()))
    return {};
  for (auto [dim, target] : llvm::enumerate(kept))
    if (target >= 0 && type.getDimSize(dim) != 1 &&
        (target >= int64_t(dims.size()) || dims[target] != int64_t(dim)))
      return {};
  return source;
}

static FloatRange makeBound(double low, double high) {
  FloatRange range = FloatRange::between(low, high);
  range.nan = true;
  return range;
}

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

/// The reduction that finds the largest element of each row of `x`, behind
/// what exporters put around it; null where `value` is no such. With
/// `isAttained`, the value is exactly that element, or NaN.
static Operation *findRowMaximum(Value value, Value x, RangeLookup lookup,
                                 bool isAttained) {
  Trail trail(value);
  for (unsigned steps = 0; steps != 8; ++steps) {
    trail.skipSpreads();
    if (Value reduced = trail.getReduced(Meaning::MaximumOf)) {
      Operation *op = trail.value.getDefiningOp();
      FloatRange start = lookup(getInput(op, 1));
      if (isAttained && (start.hasFinite() || start.posInf))
        return nullptr;
      return isSameValue(reduced, x) ? op : nullptr;
    }
    Operation *op = trail.value.getDefiningOp();
    if (!op)
      return nullptr;
    Meaning meaning = getMeaning(trail.value);
    if (meaning == Meaning::Maximum) {
      // The larger of it and a constant, which exporters make -inf.
      unsigned constant =
          lookup(getInput(op, 0)).negInf && !lookup(getInput(op, 0)).hasFinite()
              ? 0
              : 1;
      FloatRange other = lookup(getInput(op, constant));
      if (isAttained && (other.hasFinite() || other.posInf))
        return nullptr;
      if (!trail.moveTo(1 - constant))
        return nullptr;
      continue;
    }
    // Zero in place of an infinite maximum: all are -inf then, if there is
    // neither inf nor NaN.
    if (meaning == Meaning::Select && !isAttained) {
      Operation *test = getInput(op, 0).getDefiningOp();
      FloatRange range = lookup(x), other = lookup(getInput(op, 2));
      if (!test || getMeaning(getInput(op, 0)) != Meaning::IsFinite ||
          getInput(test, 0) != getInput(op, 1) || range.posInf || range.nan ||
          other.low < 0)
        return nullptr;
      if (!trail.moveTo(1))
        return nullptr;
      continue;
    }
    SmallVector<Value> sources = getSources(op, trail.value);
    if (sources.size() != 1 || op->getNumRegions())
      return nullptr;
    trail.value = sources[0];
  }
  return nullptr;
}

/// x - max(x) is not above zero.
static std::optional<RangeFact> boundShifted(Operation *op,
                                             RangeLookup lookup) {
  if (!findRowMaximum(getInput(op, 1), getInput(op, 0), lookup,
                      /*isAttained=*/false))
    return std::nullopt;
  FloatRange range = makeBound(-std::numeric_limits<double>::max(), 0);
  range.negInf = true;
  return RangeFact{range, "a value minus the maximum of its row"};
}

/// The sum of exp(x - max(x)) has a term that is one.
static std::optional<RangeFact> boundSumOfExponentials(Operation *op,
                                                       RangeLookup lookup) {
  Operation *exponential = getInput(op, 0).getDefiningOp();
  if (getMeaning(getInput(op, 0)) != Meaning::Exponential ||
      getMeaning(getInput(exponential, 0)) != Meaning::Subtract ||
      !(lookup(getInput(op, 1)) == FloatRange::point(0)))
    return std::nullopt;
  Operation *shift = getInput(exponential, 0).getDefiningOp();
  Operation *maximum =
      findRowMaximum(getInput(shift, 1), getInput(shift, 0), lookup,
                     /*isAttained=*/true);
  // The sum runs at least over the row that the maximum is of.
  SmallVector<int64_t> row, summed;
  if (!maximum || !isAligned(exponential, 0) || !isAligned(shift, 0) ||
      !isAligned(shift, 1) ||
      !cast<PrecisionOpInterface>(maximum).getOperandDimensions(0, row) ||
      !cast<PrecisionOpInterface>(op).getOperandDimensions(0, summed) ||
      row.size() != summed.size() ||
      !llvm::all_of(llvm::zip(row, summed), [](auto dims) {
        return std::get<0>(dims) >= 0 || std::get<1>(dims) < 0;
      }))
    return std::nullopt;
  auto format = NumberFormat::get(getElementTypeOrSelf(op->getResult(0)));
  FloatRange one =
      *applyUnary(Meaning::Exponential, FloatRange::point(0), *format);
  FloatRange range = makeBound(one.low, std::numeric_limits<double>::max());
  range.posInf = true;
  return RangeFact{range, "a sum with exp(0) among its terms"};
}

/// Terms that are not negative, divided by their sum.
static std::optional<RangeFact> boundShare(Operation *op, RangeLookup lookup) {
  FloatRange share = lookup(getInput(op, 0));
  Trail trail(getInput(op, 1));
  trail.skipSpreads();
  Value terms = trail.getReduced(Meaning::Sum);
  if (!terms || share.low < 0 || share.negInf ||
      !(lookup(getInput(trail.value.getDefiningOp(), 1)) ==
        FloatRange::point(0)) ||
      !isSameValue(terms, getInput(op, 0)))
    return std::nullopt;
  return RangeFact{makeBound(0, 1), "a term divided by the sum it is part of"};
}

//===----------------------------------------------------------------------===//
// Normalization
//===----------------------------------------------------------------------===//

/// How a value bounds the sum of the squares of `x` along a row:
/// value >= scale * sum + offset.
namespace {
struct SquareSum {
  double scale = 1, offset = 0, count = 0;
};
} // namespace

static std::optional<SquareSum> findSquareSum(Trail trail, Value x,
                                              RangeLookup lookup) {
  SquareSum found;
  for (unsigned steps = 0; steps != 12; ++steps) {
    trail.skipSpreads();
    Operation *op = trail.value.getDefiningOp();
    if (!op || !isa<PrecisionOpInterface>(op))
      return std::nullopt;
    auto other = [&](unsigned index) { return lookup(getInput(op, index)); };
    unsigned next = 0;
    switch (getMeaning(trail.value)) {
    case Meaning::Sum: {
      Value squares = trail.getReduced(Meaning::Sum);
      auto terms = cast<PrecisionOpInterface>(op).getPrecisionNumber(
          Quantity::ReductionLength);
      if (!squares || !terms || !(other(1) == FloatRange::point(0)))
        return std::nullopt;
      Operation *square = squares.getDefiningOp();
      bool isSquare = getMeaning(squares) == Meaning::Square ||
                      (getMeaning(squares) == Meaning::Multiply &&
                       getInput(square, 0) == getInput(square, 1));
      if (!isSquare || !isAligned(square, 0) ||
          !isSameValue(getInput(square, 0), x))
        return std::nullopt;
      found.count = *terms;
      return found;
    }
    case Meaning::Add:
      // What is added is most often a constant spread by a broadcast.
      next = other(0).low == other(0).high ? 1 : 0;
      if (!(other(1 - next).low >= 0) || other(1 - next).negInf)
        return std::nullopt;
      found.offset += found.scale * other(1 - next).low;
      break;
    case Meaning::Divide:
      if (!(other(1).low > 0) || other(1).posInf)
        return std::nullopt;
      found.scale /= other(1).high;
      break;
    case Meaning::Multiply:
      next = other(0).low == other(0).high ? 1 : 0;
      if (!(other(1 - next).low > 0))
        return std::nullopt;
      found.scale *= other(1 - next).low;
      break;
    case Meaning::Maximum:
      next = other(0).low == other(0).high ? 1 : 0;
      break;
    case Meaning::Select:
      // Exporters write NaN where there is too little to divide by.
      next = 1;
      if (other(2).hasFinite() || other(2).mayBeInf())
        return std::nullopt;
      break;
    default:
      return std::nullopt;
    }
    if (!trail.moveTo(next))
      return std::nullopt;
  }
  return std::nullopt;
}

/// `x` divided by the root of a sum that contains its square.
static std::optional<RangeFact> boundNormalized(Operation *op, unsigned index,
                                                Meaning root,
                                                RangeLookup lookup) {
  Trail trail(getInput(op, 1 - index));
  trail.skipSpreads();
  if (getMeaning(trail.value) != root || !trail.moveTo(0))
    return std::nullopt;
  std::optional<SquareSum> sum =
      findSquareSum(trail, getInput(op, index), lookup);
  if (!sum || !(sum->offset > 0))
    return std::nullopt;
  auto format = *NumberFormat::get(getElementTypeOrSelf(op->getResult(0)));
  // An element whose share of the sum is a normal number is bounded by the
  // root; a smaller one is divided by what is added at least.
  double slack = 4 * (sum->count + 32) * format.halfUlp;
  double bound = std::sqrt(1 / sum->scale) * (1 + std::expm1(slack));
  double lost = std::sqrt(format.minNormal / (sum->scale * format.halfUlp));
  bound = std::max(bound, 2 * lost / std::sqrt(sum->offset));
  return RangeFact{makeBound(-bound, bound),
                   "a value divided by the root of a sum with its square"};
}

std::optional<RangeFact> ranges::getRelation(PrecisionOpInterface op,
                                             Meaning meaning,
                                             RangeLookup lookup) {
  if (meaning != Meaning::Subtract && meaning != Meaning::Sum &&
      meaning != Meaning::Divide && meaning != Meaning::Multiply)
    return std::nullopt;
  SmallVector<Value> inputs = op.getMeaningOperands();
  bool isBinary = inputs.size() == 2 && meaning != Meaning::Sum &&
                  isAligned(op, 0) && isAligned(op, 1);
  if (!isBinary && (meaning != Meaning::Sum || inputs.size() != 2))
    return std::nullopt;
  switch (meaning) {
  case Meaning::Subtract:
    return boundShifted(op, lookup);
  case Meaning::Sum:
    return boundSumOfExponentials(op, lookup);
  case Meaning::Divide:
    if (auto share = boundShare(op, lookup))
      return share;
    return boundNormalized(op, 0, Meaning::SquareRoot, lookup);
  case Meaning::Multiply:
    for (unsigned index : {0, 1})
      if (auto bound =
              boundNormalized(op, index, Meaning::ReciprocalSquareRoot, lookup))
        return bound;
    return std::nullopt;
  default:
    return std::nullopt;
  }
}
