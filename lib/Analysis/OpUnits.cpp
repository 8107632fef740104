#include "mp/Analysis/OpUnits.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::mp;

/// Names and numbers of the units of `op`, from the outside in. What does not
/// fit together is as if it were not there: the attributes may be handwritten.
static void visitUnits(Operation *op,
                       llvm::function_ref<void(StringRef, int64_t)> visit) {
  auto path = op->getAttrOfType<StringAttr>("mp.pattern");
  auto numbers = op->getAttrOfType<DenseI64ArrayAttr>("mp.unit");
  if (!path || !numbers)
    return;
  SmallVector<StringRef> names;
  path.getValue().split(names, '/');
  if (names.size() == size_t(numbers.size()))
    for (auto [name, number] : llvm::zip(names, numbers.asArrayRef()))
      visit(name, number);
}

OpUnits::OpUnits(Operation *root) {
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    visitUnits(op, [&](StringRef name, int64_t number) {
      Unit &unit = units[number];
      unit.name = name;
      unit.members.push_back(op);
    });
  });
  for (auto &[number, unit] : units)
    numbers[&unit] = number;
}

const OpUnits::Unit *OpUnits::get(int64_t number) const {
  auto it = units.find(number);
  return it == units.end() ? nullptr : &it->second;
}

const OpUnits::Unit *OpUnits::find(Operation *op,
                                   llvm::ArrayRef<std::string> names) const {
  const Unit *found = nullptr;
  visitUnits(op, [&](StringRef name, int64_t number) {
    if (!found && llvm::is_contained(names, name))
      found = get(number);
  });
  return found;
}

static Meaning getMeaning(Operation *op) {
  auto precision = dyn_cast<PrecisionOpInterface>(op);
  return precision ? precision.getMeaning() : Meaning::None;
}

static bool isProduct(Operation *op) {
  Meaning meaning = getMeaning(op);
  return meaning == Meaning::Contraction || meaning == Meaning::Convolution;
}

static int64_t getElements(Operation *op) {
  if (op->getNumResults() == 0)
    return 0;
  auto type = dyn_cast<ShapedType>(op->getResult(0).getType());
  return type && type.hasStaticShape() ? type.getNumElements() : 1;
}

/// What a reduction in the unit sums, directly or not, and what is computed of
/// its result before that has the unit's size again.
static bool isStatistic(Operation *op, const OpUnits::Unit &unit) {
  switch (getMeaning(op)) {
  case Meaning::Sum:
  case Meaning::BatchNormTraining:
  case Meaning::BatchNormInference:
  case Meaning::BatchNormGradient:
    return true;
  default:
    break;
  }
  if (getElements(op) < getElements(unit.getRoot()))
    return true;
  llvm::SmallDenseSet<Operation *> members(unit.members.begin(),
                                           unit.members.end());
  return llvm::any_of(op->getUsers(), [&](Operation *user) {
    return members.contains(user) && getMeaning(user) == Meaning::Sum;
  });
}

bool OpUnits::isInPart(Operation *op, const Unit &unit, StringRef part) const {
  if (part == "exp")
    return getMeaning(op) == Meaning::Exponential ||
           getMeaning(op) == Meaning::ExponentialMinusOne;
  if (part == "sum")
    return getMeaning(op) == Meaning::Sum ||
           getMeaning(op) == Meaning::WindowSum;
  if (part == "statistics")
    return isStatistic(op, unit);
  if (part == "softmax" && unit.name == "attention")
    return !isProduct(op);
  bool isInside = false, isFound = false;
  visitUnits(op, [&](StringRef name, int64_t number) {
    isFound |= isInside && name == part;
    isInside |= get(number) == &unit;
  });
  return isFound;
}
