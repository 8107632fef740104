#include "mp/Analysis/FitProofs.h"

#include "RangeTransfer.h"
#include "mp/IR/Locations.h"

#include "mlir/Interfaces/FunctionInterfaces.h"

#include "llvm/Support/Format.h"

using namespace mlir;
using namespace mlir::mp;

StringRef mp::stringify(Fit fit) {
  switch (fit) {
  case Fit::Fits:
    return "fits";
  case Fit::Overflows:
    return "overflows";
  case Fit::Underflows:
    return "underflows";
  case Fit::Unknown:
    return "possible";
  }
  return "";
}

FailureOr<FitProofs> FitProofs::run(Operation *root,
                                    const RangeAssumptions &declared,
                                    const RangeAssumptions &recorded) {
  FailureOr<RangeAnalysis> proved = RangeAnalysis::run(root, declared);
  if (failed(proved))
    return failure();
  FitProofs proofs(std::move(*proved));
  proofs.declared = declared;
  proofs.recorded = recorded;
  if (declared.empty())
    return proofs;
  for (bool highest : {false, true}) {
    RangeAssumptions corner;
    for (const auto &[value, range] : declared)
      corner[value] = FloatRange::point(highest ? range.high : range.low);
    FailureOr<RangeAnalysis> run = RangeAnalysis::run(root, corner);
    if (failed(run))
      return failure();
    proofs.runs.push_back(std::move(*run));
  }
  return proofs;
}

std::optional<FloatRange> FitProofs::getRecorded(Value value) const {
  auto it = recorded.find(value);
  if (it == recorded.end())
    return std::nullopt;
  return it->second;
}

/// The magnitude that every element of a range has at least.
static double getLeast(const FloatRange &range) {
  if (!range.hasFinite())
    return 0;
  return range.low > 0 ? range.low : range.high < 0 ? -range.high : 0;
}

/// The constant that a value has all elements of, or null.
static ElementsAttr getWholeConstant(Value value) {
  for (unsigned steps = 0; steps != 8; ++steps) {
    if (ElementsAttr constant = getConstant(value))
      return constant;
    auto op = value.getDefiningOp<PrecisionOpInterface>();
    if (!op)
      return {};
    switch (op.getMeaning()) {
    case Meaning::Broadcast:
    case Meaning::Reshape:
    case Meaning::Transpose:
    case Meaning::Reverse:
      value = op->getOperand(0);
      continue;
    default:
      return {};
    }
  }
  return {};
}

/// A magnitude that some element is known to reach in some run.
double FitProofs::getReach(Value value) const {
  double reach = getLeast(proved.get(value));
  for (const RangeAnalysis &run : runs)
    reach = std::max(reach, getLeast(run.get(value)));
  if (auto range = getRecorded(value))
    reach = std::max(reach, range->absMax());
  if (getWholeConstant(value))
    reach = std::max(reach, proved.get(value).absMax());
  return reach;
}

static double getLargest(FloatType format) {
  return toDouble(APFloat::getLargest(format.getFloatSemantics()));
}
static double getSmallest(FloatType format) {
  return toDouble(APFloat::getSmallest(format.getFloatSemantics()));
}

Fit FitProofs::judge(Value value, FloatType format) const {
  FloatRange range = proved.get(value);
  double largest = getLargest(format), smallest = getSmallest(format);
  if (getReach(value) > largest)
    return Fit::Overflows;
  auto vanishes = [&](const FloatRange &range) {
    return range.absMax() > 0 && range.absMax() < smallest;
  };
  std::optional<FloatRange> seen = getRecorded(value);
  if (vanishes(range) || (seen && vanishes(*seen)))
    return Fit::Underflows;
  return range.absMax() <= largest ? Fit::Fits : Fit::Unknown;
}

//===----------------------------------------------------------------------===//
// Explanations
//===----------------------------------------------------------------------===//

static std::string toText(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.6g", value);
  return text;
}

static StringRef getWord(Operation *op) {
  auto precision = dyn_cast<PrecisionOpInterface>(op);
  Meaning meaning = precision ? precision.getMeaning() : Meaning::None;
  return meaning == Meaning::None ? op->getName().stripDialect()
                                  : stringifyMeaning(meaning);
}

static std::string getName(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto function =
        dyn_cast<FunctionOpInterface>(argument.getOwner()->getParentOp());
    if (function)
      if (auto name = function.getArgAttrOfType<StringAttr>(
              argument.getArgNumber(), "mp.name"))
        return "'" + name.getValue().str() + "'";
    return (function ? "arg" : "block argument ") +
           std::to_string(argument.getArgNumber());
  }
  return getWord(value.getDefiningOp()).str();
}

std::string FitProofs::describe(Value value) const {
  std::string text;
  llvm::raw_string_ostream os(text);
  Operation *op = value.getDefiningOp();
  if (StringRef fact = proved.getFact(value); !fact.empty())
    return fact.str();
  if (!op)
    return "argument";
  os << getWord(op);
  if (auto precision = dyn_cast<PrecisionOpInterface>(op))
    if (auto terms = precision.getPrecisionNumber(Quantity::ReductionLength))
      os << " over " << int64_t(*terms);
  StringRef separator = " of ";
  for (Value operand : op->getOperands()) {
    if (!getFloatElementType(operand.getType()))
      continue;
    os << separator << proved.get(operand);
    separator = ", ";
  }
  return text;
}

/// The largest of the float operands of the op that gives `value`, if any.
static Value getLargestOperand(Value value, const RangeAnalysis &proved,
                               llvm::function_ref<bool(Value)> counts) {
  Operation *op = value.getDefiningOp();
  Value largest;
  if (op)
    for (Value operand : op->getOperands())
      if (getFloatElementType(operand.getType()) && counts(operand) &&
          (!largest ||
           proved.get(operand).absMax() > proved.get(largest).absMax()))
        largest = operand;
  return largest;
}

/// Follows `step` to its end. What was found on the way is remembered, since
/// whole models may share a fault.
static Value follow(Value value, llvm::DenseMap<Value, Value> &known,
                    llvm::function_ref<Value(Value)> step) {
  SmallVector<Value> way;
  Value end;
  while (!end) {
    if (Value found = known.lookup(value)) {
      end = found;
      break;
    }
    way.push_back(value);
    Value next = step(value);
    if (!next)
      end = value;
    value = next;
  }
  for (Value passed : way)
    known[passed] = end;
  return end;
}

Value FitProofs::findOrigin(Value value, FloatType format, Fit fit) const {
  return follow(value, origins[{format, unsigned(fit)}], [&](Value at) {
    return getLargestOperand(at, proved, [&](Value operand) {
      return judge(operand, format) == fit;
    });
  });
}

Value FitProofs::findSource(Value value) const {
  return follow(value, sources, [&](Value at) {
    return declared.contains(at)
               ? Value()
               : getLargestOperand(at, proved, [](Value) { return true; });
  });
}

std::string FitProofs::explain(Value value, FloatType format) const {
  std::string text;
  llvm::raw_string_ostream os(text);
  Fit fit = judge(value, format);
  bool isRecorded = false;
  auto seen = getRecorded(value);
  if (fit == Fit::Underflows) {
    double limit = getSmallest(format);
    isRecorded = proved.get(value).absMax() >= limit;
    os << (isRecorded ? "recorded" : "proved") << " to stay below "
       << toText((isRecorded ? *seen : proved.get(value)).absMax())
       << ", under the smallest " << toText(limit);
  } else {
    double reach = getReach(value);
    isRecorded = seen && seen->absMax() == reach;
    os << (isRecorded ? "recorded" : "proved") << " to reach " << toText(reach)
       << ", beyond " << toText(getLargest(format));
  }
  // The op whose operands do not share the fault, and what those are from.
  Value origin = findOrigin(value, format, fit);
  Value source = findSource(origin);
  if (!isRecorded && (source != value || !value.getDefiningOp()))
    os << ", from " << getName(source) << " in " << proved.get(source);
  if (Operation *op = origin.getDefiningOp(); op && !isRecorded)
    os << " by " << getWord(op) << describePlace(op->getLoc());
  return text;
}
