#include "Terms.h"

#include "../ElementBody.h"

#include "llvm/ADT/Hashing.h"

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::patterns;

bool patterns::isNear(double a, double b) {
  return std::abs(a - b) <= 1e-5 * std::max(std::abs(a), std::abs(b));
}

std::optional<int64_t> patterns::getNumElements(Value value) {
  auto type = dyn_cast<ShapedType>(value.getType());
  Operation *around = value.getParentBlock()->getParentOp();
  auto precision = dyn_cast_if_present<PrecisionOpInterface>(around);
  if (!type && precision && precision.ownsRegions() && around->getNumResults())
    type = dyn_cast<ShapedType>(around->getResult(0).getType());
  if (!type)
    return 1;
  if (!type.hasStaticShape())
    return std::nullopt;
  return type.getNumElements();
}

Terms::Terms(Operation *root) {
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (op != root)
      add(op);
    auto precision = dyn_cast<PrecisionOpInterface>(op);
    return precision && op->getNumRegions() && precision.ownsRegions()
               ? WalkResult::skip()
               : WalkResult::advance();
  });
}

Meaning Terms::getMeaning(Operation *op) {
  auto precision = dyn_cast_if_present<PrecisionOpInterface>(op);
  return precision ? precision.getMeaning() : Meaning::None;
}

Meaning Terms::getMeaning(Value value) const {
  return getMeaning(strip(value).getDefiningOp());
}

static SmallVector<Value, 3> getOperandsOf(Operation *op) {
  auto precision = dyn_cast_if_present<PrecisionOpInterface>(op);
  return precision ? SmallVector<Value, 3>(precision.getMeaningOperands())
                   : SmallVector<Value, 3>();
}

SmallVector<Value, 3> Terms::getOperands(Value value) const {
  return getOperandsOf(strip(value).getDefiningOp());
}

static std::optional<double> getLength(Operation *op) {
  auto precision = dyn_cast_if_present<PrecisionOpInterface>(op);
  return precision ? precision.getPrecisionNumber(Quantity::ReductionLength)
                   : std::nullopt;
}

bool Terms::isMover(Operation *op) {
  switch (getMeaning(op)) {
  case Meaning::Broadcast:
  case Meaning::Reshape:
  case Meaning::Transpose:
    return true;
  case Meaning::Convert:
    return getFloatElementType(op->getOperand(0).getType()) &&
           getFloatElementType(op->getResult(0).getType());
  case Meaning::Sum:
    return getLength(op) == 1.0;
  default:
    return false;
  }
}

Value Terms::strip(Value value) const {
  auto it = stripped.find(value);
  return it == stripped.end() ? value : it->second;
}

std::optional<double> Terms::getReductionLength(Value value) const {
  return getLength(strip(value).getDefiningOp());
}

std::optional<double> Terms::getSplat(Value value) const {
  auto it = splats.find(strip(value));
  return it == splats.end() ? std::nullopt : std::optional<double>(it->second);
}

bool Terms::isSplat(Value value, double number) const {
  std::optional<double> splat = getSplat(value);
  return splat && (*splat == number || isNear(*splat, number));
}

/// Exporters leave arithmetic of constants in the program.
std::optional<double> Terms::evaluate(Operation *op) const {
  if (auto elements = dyn_cast_if_present<DenseElementsAttr>(
          getConstant(op->getResult(0)))) {
    if (!elements.isSplat())
      return std::nullopt;
    Type type = elements.getElementType();
    if (isa<FloatType>(type)) {
      APFloat value = elements.getSplatValue<APFloat>();
      bool losesInfo;
      value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                    &losesInfo);
      return value.convertToDouble();
    }
    if (auto integer = dyn_cast<IntegerType>(type);
        integer && integer.getWidth() <= 64) {
      APInt value = elements.getSplatValue<APInt>();
      return integer.isUnsigned() || integer.getWidth() == 1
                 ? double(value.getZExtValue())
                 : double(value.getSExtValue());
    }
    return std::nullopt;
  }
  SmallVector<double, 2> arguments;
  Meaning meaning = getMeaning(op);
  for (Value operand : getOperandsOf(op)) {
    auto it = splats.find(strip(operand));
    if (it == splats.end())
      return std::nullopt;
    arguments.push_back(it->second);
  }
  if (arguments.size() == 1) {
    double x = arguments[0];
    switch (meaning) {
    case Meaning::Convert:
      return x;
    case Meaning::Negate:
      return -x;
    case Meaning::SquareRoot:
      return std::sqrt(x);
    case Meaning::ReciprocalSquareRoot:
      return 1 / std::sqrt(x);
    case Meaning::Square:
      return x * x;
    default:
      return std::nullopt;
    }
  }
  if (arguments.size() != 2)
    return std::nullopt;
  double x = arguments[0], y = arguments[1];
  switch (meaning) {
  case Meaning::Add:
    return x + y;
  case Meaning::Subtract:
    return x - y;
  case Meaning::Multiply:
    return x * y;
  case Meaning::Divide:
    return x / y;
  default:
    return std::nullopt;
  }
}

/// What is in a body is a term like any other: its arguments have other shapes
/// than the values they are elements of, no more.
void Terms::addBody(Operation *op, Block &body) {
  for (BlockArgument argument : body.getArguments())
    stripped[argument] = strip(op->getOperand(argument.getArgNumber()));
  for (Operation &inner : body.without_terminator()) {
    owners[&inner] = op;
    add(&inner);
  }
  Value element = body.getTerminator()->getOperand(0);
  stripped[op->getResult(0)] = strip(element);
  if (element.getParentBlock() == &body)
    outer[element] = op->getResult(0);
}

void Terms::add(Operation *op) {
  positions[op] = ops.size();
  ops.push_back(op);
  if (Block *body = getElementBody(op))
    return addBody(op, *body);
  // Values that no earlier one equals, among them those of ops that do not
  // tell what they compute, get numbers of their own.
  auto numberNew = [&](ValueRange values) {
    for (Value value : values)
      numbers[value] = nextNumber++;
  };
  for (Region &region : op->getRegions())
    for (Block &block : region)
      numberNew(block.getArguments());
  if (op->getNumResults() == 0)
    return;
  if (isMover(op)) {
    stripped[op->getResult(0)] = strip(op->getOperand(0));
    return;
  }
  if (op->getNumResults() == 1)
    if (std::optional<double> splat = evaluate(op))
      splats[op->getResult(0)] = *splat;
  if (getMeaning(op) == Meaning::None ||
      getMeaning(op) == Meaning::RandomBits) {
    numberNew(op->getResults());
    return;
  }
  SmallVector<unsigned, 4> arguments;
  for (Value operand : op->getOperands())
    arguments.push_back(getNumber(operand));
  llvm::hash_code hash = llvm::hash_combine(
      op->getName().getAsOpaquePointer(),
      llvm::hash_combine_range(arguments.begin(), arguments.end()),
      op->getRawDictionaryAttrs().getAsOpaquePointer(), op->getNumResults(),
      op->hashProperties());
  SmallVector<Operation *, 1> &candidates = known[hash];
  for (Operation *other : candidates) {
    bool isEqual =
        other->getName() == op->getName() &&
        other->getAttrDictionary() == op->getAttrDictionary() &&
        other->getNumOperands() == op->getNumOperands() &&
        other->getNumResults() == op->getNumResults() &&
        getMeaning(other) == getMeaning(op) &&
        llvm::all_of(llvm::zip(other->getOperands(), op->getOperands()),
                     [&](auto pair) {
                       return getNumber(std::get<0>(pair)) ==
                              getNumber(std::get<1>(pair));
                     });
    if (!isEqual)
      continue;
    for (auto [mine, theirs] : llvm::zip(op->getResults(), other->getResults()))
      numbers[mine] = numbers.lookup(theirs);
    return;
  }
  candidates.push_back(op);
  numberNew(op->getResults());
}
