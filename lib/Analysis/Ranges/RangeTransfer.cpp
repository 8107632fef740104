#include "RangeTransfer.h"

#include "../ElementBody.h"
#include "RangeArithmetic.h"

#include "llvm/ADT/SmallVectorExtras.h"

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::ranges;

FloatRange ranges::getTop(Type type) {
  if (auto format = NumberFormat::get(getElementTypeOrSelf(type)))
    return format->top();
  constexpr double max = std::numeric_limits<double>::max();
  FloatRange range = FloatRange::between(-max, max);
  range.posInf = range.negInf = range.nan = true;
  return range;
}

/// More terms than any sum has.
static constexpr double unboundedCount = 0x1p62;

static FloatRange sumOf(const FloatRange &terms, std::optional<double> count,
                        const NumberFormat &format) {
  if (count)
    return sum(terms, *count, format);
  return FloatRange::join(sum(terms, unboundedCount, format),
                          FloatRange::point(0));
}

/// The sum of some terms on top of a start value that may come in again.
static FloatRange sumFrom(const FloatRange &start, const FloatRange &terms,
                          std::optional<double> count,
                          const NumberFormat &format) {
  if (start == FloatRange::point(0))
    return sumOf(terms, count, format);
  std::optional<double> all;
  if (count)
    all = 2 * *count + 1;
  return sumOf(
      FloatRange::join(FloatRange::join(start, terms), FloatRange::point(0)),
      all, format);
}

static std::optional<double> getElementCount(Value value) {
  auto type = dyn_cast<ShapedType>(value.getType());
  if (!type)
    return 1;
  if (!type.hasStaticShape())
    return std::nullopt;
  return type.getNumElements();
}

static FloatRange convert(const FloatRange &a, const NumberFormat &format,
                          Type type) {
  if (format.isFloat)
    return format.round(a);
  if (getElementTypeOrSelf(type).isInteger(1))
    return FloatRange::between(0, 1);
  FloatRange whole = a;
  if (a.hasFinite()) {
    whole = FloatRange::between(std::trunc(a.low), std::trunc(a.high));
    whole.posInf = a.posInf;
    whole.negInf = a.negInf;
    whole.nan = a.nan;
  }
  return format.round(whole);
}

/// What an op reads a signless integer for. Ranges hold those as signed ones,
/// but for predicates, which are 0 and 1.
static FloatRange readInteger(const FloatRange &range, Type type,
                              bool readsUnsigned) {
  auto integer = dyn_cast<IntegerType>(getElementTypeOrSelf(type));
  if (!integer || !integer.isSignless())
    return range;
  if (integer.getWidth() == 1)
    return readsUnsigned ? range : FloatRange::join(range, negate(range));
  return readsUnsigned && range.low < 0
             ? FloatRange::between(0, std::ldexp(1, integer.getWidth()))
             : range;
}

/// A body may narrow what it reads before it computes with it.
static void roundInBody(Operation *op, MutableArrayRef<FloatRange> operands) {
  SmallVector<Type> seen;
  for (Region &region : op->getRegions())
    region.walk([&](Operation *inner) {
      for (Type type : inner->getResultTypes()) {
        if (!isa<FloatType>(type) || llvm::is_contained(seen, type))
          continue;
        seen.push_back(type);
        for (FloatRange &operand : operands)
          if (auto format = NumberFormat::get(type))
            operand = FloatRange::join(operand, format->round(operand));
      }
    });
}

/// Joins the operands that hold elements like the result's.
static FloatRange joinLike(Operation *op, ArrayRef<Value> values,
                           ArrayRef<FloatRange> operands) {
  FloatRange range;
  Type type = getElementTypeOrSelf(op->getResult(0).getType());
  for (auto [operand, known] : llvm::zip(values, operands))
    if (getElementTypeOrSelf(operand.getType()) == type)
      range = FloatRange::join(range, known);
  return range;
}

static double getEpsilon(Operation *op) {
  auto attr = op->getAttrOfType<FloatAttr>("epsilon");
  return attr ? attr.getValueAsDouble() : 0;
}

/// The first three operands are what is normalized, its scale and its offset.
static FloatRange scaleAndShift(const FloatRange &normalized,
                                ArrayRef<FloatRange> operands,
                                const NumberFormat &format) {
  return format.round(
      add(format.round(multiply(normalized, operands[1])), operands[2]));
}

static FloatRange normalizeInference(Operation *op,
                                     ArrayRef<FloatRange> operands,
                                     const NumberFormat &format) {
  FloatRange variance =
      format.round(add(operands[4], FloatRange::point(getEpsilon(op))));
  FloatRange factor =
      *applyUnary(Meaning::ReciprocalSquareRoot, variance, format);
  // The mean may also be scaled first and subtracted last, which is off by
  // rounding errors of either.
  double error =
      8 * format.halfUlp * (operands[0].absMax() + operands[3].absMax());
  FloatRange centred = format.round(add(subtract(operands[0], operands[3]),
                                        FloatRange::between(-error, error)));
  return scaleAndShift(format.roundFunction(multiply(centred, factor)),
                       operands, format);
}

/// Results: what is normalized, the mean and the variance of each feature.
static bool normalizeTraining(Operation *op, ArrayRef<FloatRange> operands,
                              const NumberFormat &format,
                              SmallVectorImpl<RangeFact> &results) {
  std::optional<double> all = getElementCount(op->getOperand(0)),
                        features = getElementCount(op->getOperand(1));
  if (!all || !features || !*features || op->getNumResults() != 3)
    return false;
  double count = *all / *features;
  // No element is further from the mean than the root of all squares.
  double bound = std::sqrt(count) * (1 + 4 * count * format.halfUlp) + 1e-6;
  FloatRange normalized = FloatRange::between(-bound, bound);
  const FloatRange &x = operands[0];
  normalized.nan = x.nan || x.mayBeInf() || x.absMax() > 1e15;
  results[0].range = scaleAndShift(normalized, operands, format);
  results[0].fact = "normalized over all but its features";
  FloatRange mean = divide(sum(x, count, format), FloatRange::point(count));
  results[1].range = format.roundFunction(mean);
  FloatRange centred = format.round(subtract(x, results[1].range));
  FloatRange squares = sum(format.round(square(centred)), count, format);
  results[2].range =
      format.roundFunction(divide(squares, FloatRange::point(count)));
  return true;
}

/// The result of an op with one, from the meaning alone.
static std::optional<FloatRange>
evaluate(PrecisionOpInterface precision, Meaning meaning,
         ArrayRef<Value> values, ArrayRef<FloatRange> operands,
         const NumberFormat &format, RangeLookup lookup) {
  Operation *op = precision;
  auto count = [&] {
    return precision.getPrecisionNumber(Quantity::ReductionLength);
  };
  auto binary =
      [&](FloatRange (*function)(const FloatRange &, const FloatRange &)) {
        return format.round(function(operands[0], operands[1]));
      };
  unsigned number = operands.size();
  switch (meaning) {
  case Meaning::Constant:
    if (ElementsAttr elements = getConstant(op->getResult(0)))
      return format.round(getConstantRange(elements));
    return std::nullopt;
  case Meaning::Iota: {
    auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
    if (!type || !type.hasStaticShape())
      return std::nullopt;
    int64_t longest = 1;
    for (int64_t size : type.getShape())
      longest = std::max(longest, size);
    return format.round(FloatRange::between(0, longest - 1));
  }
  case Meaning::Compare:
  case Meaning::IsFinite:
    return FloatRange::between(0, 1);
  case Meaning::Convert:
    return convert(operands[0], format, op->getResult(0).getType());
  case Meaning::Broadcast:
  case Meaning::Reshape:
  case Meaning::Transpose:
  case Meaning::Slice:
  case Meaning::DynamicSlice:
  case Meaning::Reverse:
  case Meaning::Gather:
    return operands[0];
  case Meaning::DynamicUpdateSlice:
  case Meaning::Concatenate:
  case Meaning::Pad:
  case Meaning::ScatterAssign:
    return joinLike(op, values, operands);
  default:
    break;
  }
  if (number == 1)
    return applyUnary(meaning, operands[0], format);
  if (number < 2)
    return std::nullopt;
  switch (meaning) {
  case Meaning::Add:
    return binary(add);
  case Meaning::Subtract:
    return binary(subtract);
  case Meaning::Multiply:
    return values[0] == values[1] ? format.round(square(operands[0]))
                                  : binary(multiply);
  case Meaning::Divide:
    // Integers are divided towards zero, and by zero with any result.
    if (!format.isFloat)
      return operands[1].hasZero()
                 ? format.top()
                 : convert(divide(operands[0], operands[1]), format,
                           op->getResult(0).getType());
    return format.roundFunction(divide(operands[0], operands[1]));
  case Meaning::Remainder:
    return format.isFloat || !operands[1].hasZero() ? binary(remainder)
                                                    : format.top();
  case Meaning::Maximum:
    return binary(maximum);
  case Meaning::Minimum:
    return binary(minimum);
  case Meaning::Power:
    return format.isFloat
               ? std::optional(power(operands[0], operands[1], format))
               : std::nullopt;
  case Meaning::Atan2: {
    FloatRange range = FloatRange::between(-3.15, 3.15);
    range.nan = operands[0].nan || operands[1].nan;
    return range;
  }
  case Meaning::Sum:
    return sumFrom(operands[1], operands[0], count(), format);
  case Meaning::WindowSum:
    return sumFrom(operands[1], FloatRange::join(operands[0], operands[1]),
                   count(), format);
  case Meaning::ScatterSum: {
    FloatRange updates = operands.back();
    return sumFrom(operands[0], FloatRange::join(updates, FloatRange::point(0)),
                   getElementCount(values.back()), format);
  }
  case Meaning::Product: {
    std::optional<double> terms = count();
    return terms ? std::optional(format.roundFunction(
                       multiply(product(operands[0], *terms), operands[1])))
                 : std::nullopt;
  }
  case Meaning::MaximumOf:
  case Meaning::MinimumOf: {
    std::optional<double> terms = count();
    FloatRange range = meaning == Meaning::MaximumOf
                           ? maximum(operands[0], operands[1])
                           : minimum(operands[0], operands[1]);
    return terms && *terms > 0 ? range : FloatRange::join(range, operands[1]);
  }
  case Meaning::WindowMaximum:
    return FloatRange::join(maximum(operands[0], operands[1]), operands[1]);
  case Meaning::WindowMinimum:
    return FloatRange::join(minimum(operands[0], operands[1]), operands[1]);
  case Meaning::Contraction:
  case Meaning::Convolution: {
    FloatRange terms = format.round(multiply(operands[0], operands[1]));
    if (meaning == Meaning::Convolution) // Padding multiplies with zero.
      terms = FloatRange::join(terms, FloatRange::point(0));
    // Some dialects add products to what another operand holds.
    FloatRange start = FloatRange::point(0);
    for (Value operand : op->getOperands())
      if (getFloatElementType(operand.getType()) &&
          !llvm::is_contained(values, operand))
        start = FloatRange::join(start, lookup(operand));
    return sumFrom(start, terms, count(), format);
  }
  case Meaning::Select:
    return FloatRange::join(operands[1], operands[2]);
  case Meaning::Clamp:
    return minimum(maximum(operands[1], operands[0]), operands[2]);
  default:
    return std::nullopt;
  }
}

/// The functions in a body, one after the other. Each rounds as it is written.
static FloatRange transferBody(Operation *op, Block &body, RangeLookup lookup) {
  llvm::DenseMap<Value, FloatRange> known;
  auto get = [&](Value value) {
    auto argument = dyn_cast<BlockArgument>(value);
    if (argument && argument.getOwner() == &body)
      return lookup(op->getOperand(argument.getArgNumber()));
    auto it = known.find(value);
    return it == known.end() ? lookup(value) : it->second;
  };
  for (Operation &inner : body.without_terminator()) {
    Value result = inner.getResult(0);
    if (ElementsAttr constant = getConstant(result)) {
      known[result] = getConstantRange(constant);
      continue;
    }
    SmallVector<RangeFact> facts;
    transfer(&inner, get, facts);
    known[result] = facts.front().range;
  }
  return get(body.getTerminator()->getOperand(0));
}

void ranges::transfer(Operation *op, RangeLookup lookup,
                      SmallVectorImpl<RangeFact> &results) {
  for (Value result : op->getResults())
    results.push_back({getTop(result.getType()), ""});
  auto precision = dyn_cast<PrecisionOpInterface>(op);
  if (!precision)
    return;
  for (auto [result, known] : llvm::zip(op->getResults(), results)) {
    SmallVector<Value> sources = getSources(op, result);
    if (sources.empty())
      continue;
    known.range = {};
    for (Value source : sources)
      known.range = FloatRange::join(known.range, lookup(source));
  }
  Type type = getElementTypeOrSelf(op->getResult(0).getType());
  std::optional<NumberFormat> format = NumberFormat::get(type);
  if (!format)
    return;
  if (Block *body = getElementBody(op)) {
    results[0].range = transferBody(op, *body, lookup);
    return;
  }
  Meaning meaning = precision.getMeaning();
  SmallVector<Value> values = precision.getMeaningOperands();
  bool readsUnsigned = precision.readsUnsigned();
  SmallVector<FloatRange> operands =
      llvm::map_to_vector(values, [&](Value value) {
        return readInteger(lookup(value), value.getType(), readsUnsigned);
      });
  if (op->getNumRegions() && meaning != Meaning::None)
    roundInBody(op, operands);
  if (meaning == Meaning::Sort && operands.size() == results.size()) {
    for (auto [known, operand] : llvm::zip(results, operands))
      known.range = operand;
    return;
  }
  if (meaning == Meaning::BatchNormTraining && operands.size() == 3 &&
      normalizeTraining(op, operands, *format, results))
    return;
  if (op->getNumResults() != 1)
    return;
  if (meaning == Meaning::BatchNormInference && operands.size() == 5)
    results[0].range = normalizeInference(op, operands, *format);
  else if (auto range =
               evaluate(precision, meaning, values, operands, *format, lookup))
    results[0].range = *range;
  if (auto relation = getRelation(precision, meaning, lookup)) {
    FloatRange both = FloatRange::meet(results[0].range, relation->range);
    if (!(both == results[0].range))
      results[0] = {both, relation->fact};
  }
}

SmallVector<Value> ranges::getSources(Operation *op, Value value) {
  SmallVector<Value> sources;
  auto precision = dyn_cast<PrecisionOpInterface>(op);
  if (!precision)
    return sources;
  auto result = dyn_cast<OpResult>(value);
  if (precision.getPrecisionClass() != OpClass::Control)
    return sources;
  // A barrier hands each operand on.
  if (result && op->getNumRegions() == 0 &&
      op->getOperandTypes() == op->getResultTypes()) {
    sources.push_back(op->getOperand(result.getResultNumber()));
    return sources;
  }
  SmallVector<TypeGroup> groups;
  precision.getTypeGroups(groups);
  for (const TypeGroup &group : groups)
    if (group.kind == GroupKind::Carried &&
        llvm::is_contained(group.gives, value))
      for (OpOperand *read : group.reads)
        sources.push_back(read->get());
  return sources;
}
