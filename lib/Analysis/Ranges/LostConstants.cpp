#include "mp/Analysis/LostConstants.h"

#include "mp/Analysis/FitProofs.h"
#include "mp/IR/Locations.h"

#include "llvm/Support/Format.h"

#include <cmath>

using namespace mlir;
using namespace mlir::mp;

LostConstants::LostConstants(Operation *root, FloatType format)
    : largest(toDouble(APFloat::getLargest(format.getFloatSemantics()))),
      // Below half of the smallest number, a tie included, there is zero.
      smallest(toDouble(APFloat::getSmallest(format.getFloatSemantics())) / 2) {
  root->walk<WalkOrder::PreOrder>([&](Operation *op) { visit(op); });
}

bool LostConstants::isLost(double number) const {
  double magnitude = std::abs(number);
  return std::isfinite(number) &&
         (magnitude > largest || (magnitude > 0 && magnitude <= smallest));
}

/// The element that a format is least able to hold: the largest one, or the
/// only one.
static std::optional<double> getExtreme(ElementsAttr constant) {
  auto dense = dyn_cast<DenseFPElementsAttr>(constant);
  if (!dense)
    return std::nullopt;
  if (dense.isSplat())
    return toDouble(dense.getSplatValue<APFloat>());
  double extreme = 0;
  for (APFloat element : dense.getValues<APFloat>())
    if (double number = toDouble(element);
        std::isfinite(number) && std::abs(number) > std::abs(extreme))
      extreme = number;
  return extreme;
}

bool LostConstants::isHuge(Value constant) const {
  std::optional<double> extreme = getExtreme(getConstant(constant));
  return extreme && std::abs(*extreme) > largest;
}

void LostConstants::visit(Operation *op) {
  auto precision = dyn_cast<PrecisionOpInterface>(op);
  if (!precision || op->getNumResults() != 1 ||
      !getFloatElementType(op->getResult(0).getType()))
    return;
  Value result = op->getResult(0);
  auto set = [&](double number, Value constant) {
    if (isLost(number))
      lost[result] = {number, constant};
  };
  if (ElementsAttr constant = getConstant(result)) {
    if (std::optional<double> extreme = getExtreme(constant))
      set(*extreme, result);
    return;
  }
  SmallVector<Value> operands = precision.getMeaningOperands();
  SmallVector<std::pair<unsigned, Lost>, 2> found;
  for (auto [i, operand] : llvm::enumerate(operands))
    if (std::optional<Lost> known = get(operand))
      found.emplace_back(i, *known);
  if (found.empty())
    return;
  unsigned index = found.front().first;
  Lost first = found.front().second;
  auto apply = [&](double number) { set(number, first.constant); };
  switch (precision.getMeaning()) {
  case Meaning::Broadcast:
  case Meaning::Reshape:
  case Meaning::Transpose:
  case Meaning::Slice:
  case Meaning::DynamicSlice:
  case Meaning::DynamicUpdateSlice:
  case Meaning::Concatenate:
  case Meaning::Pad:
  case Meaning::Reverse:
  case Meaning::Gather:
  case Meaning::Convert:
  case Meaning::Select:
  case Meaning::Maximum:
  case Meaning::Minimum:
  case Meaning::MaximumOf:
  case Meaning::MinimumOf:
  case Meaning::Add:
    apply(first.number);
    return;
  case Meaning::Subtract:
    // Two values that hold a mask: their difference is not it.
    if (found.size() == 1)
      apply(index == 0 ? first.number : -first.number);
    return;
  case Meaning::Negate:
    apply(-first.number);
    return;
  case Meaning::Absolute:
    apply(std::abs(first.number));
    return;
  case Meaning::SquareRoot:
    apply(std::sqrt(first.number));
    return;
  case Meaning::ReciprocalSquareRoot:
    apply(1 / std::sqrt(first.number));
    return;
  case Meaning::Multiply: {
    // A mask of zeros and ones is made a huge one by multiplying it. What is
    // huge by an epsilon, as 1 / sqrt(v + 1e-12) is, multiplies what is zero
    // where v is.
    if (std::abs(first.number) <= largest || !isHuge(first.constant))
      return;
    ElementsAttr factor = getConstant(operands[1 - index]);
    std::optional<double> number =
        factor ? getExtreme(factor) : std::optional<double>(1);
    apply(first.number * number.value_or(1));
    return;
  }
  case Meaning::Divide: {
    // For the same reason, of x / (v + 1e-12) nothing is said.
    ElementsAttr dividend = index == 1 ? getConstant(operands[0]) : nullptr;
    if (std::optional<double> number =
            dividend ? getExtreme(dividend) : std::nullopt)
      apply(*number / first.number);
    return;
  }
  default:
    return;
  }
}

std::optional<LostConstants::Lost> LostConstants::get(Value value) const {
  auto it = lost.find(value);
  if (it == lost.end())
    return std::nullopt;
  return it->second;
}

std::string LostConstants::explain(Value value) const {
  std::string text;
  llvm::raw_string_ostream os(text);
  std::optional<Lost> found = get(value);
  if (!found)
    return text;
  os << "relies on " << llvm::format("%.6g", found->number) << ", "
     << (std::abs(found->number) > largest ? "beyond " : "under the smallest ")
     << llvm::format("%.6g", std::abs(found->number) > largest ? largest
                                                               : 2 * smallest);
  if (found->constant != value)
    os << ", from the constant" << describePlace(found->constant.getLoc());
  return text;
}

bool LostConstants::isHarmless(Operation *reader) {
  auto precision = dyn_cast<PrecisionOpInterface>(reader);
  if (!precision)
    return false;
  switch (precision.getMeaning()) {
  case Meaning::Exponential:
  case Meaning::Logistic:
  case Meaning::Tanh:
  case Meaning::Erf:
    return true;
  default:
    return false;
  }
}
