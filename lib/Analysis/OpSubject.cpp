#include "mp/Analysis/OpSubject.h"

#include "StableHLOTable.h"

#include "mp/Analysis/FitProofs.h"

#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace mlir::mp;

//===----------------------------------------------------------------------===//
// ConstantAnalysis
//===----------------------------------------------------------------------===//

static void include(ConstantMagnitudes &magnitudes, double value) {
  value = std::abs(value);
  if (!std::isfinite(value))
    return;
  magnitudes.largest = std::max(magnitudes.largest, value);
  if (value != 0 && (!magnitudes.smallest || value < *magnitudes.smallest))
    magnitudes.smallest = value;
}

static void include(ConstantMagnitudes &to, const ConstantMagnitudes &from) {
  include(to, from.largest);
  if (from.smallest)
    include(to, *from.smallest);
}

/// Nothing for values that are not in the file (`dense_resource`).
static std::optional<ConstantMagnitudes> getMagnitudes(ElementsAttr elements) {
  auto dense = dyn_cast<DenseFPElementsAttr>(elements);
  if (!dense)
    return std::nullopt;
  ConstantMagnitudes magnitudes;
  auto visit = [&](APFloat value) {
    bool losesInfo;
    value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                  &losesInfo);
    include(magnitudes, value.convertToDouble());
  };
  if (dense.isSplat())
    visit(dense.getSplatValue<APFloat>());
  else
    for (APFloat value : dense.getValues<APFloat>())
      visit(value);
  return magnitudes;
}

std::optional<ConstantMagnitudes> ConstantAnalysis::get(Value root) {
  // Iterative, since chains of data movement may be as long as the program.
  SmallVector<Value> stack{root};
  while (!stack.empty()) {
    Value value = stack.back();
    if (magnitudes.contains(value)) {
      stack.pop_back();
      continue;
    }
    if (ElementsAttr elements = getConstant(value)) {
      magnitudes[value] = getMagnitudes(elements);
      continue;
    }
    auto precision = value.getDefiningOp<PrecisionOpInterface>();
    if (!precision || precision.getPrecisionClass() != OpClass::DataMovement) {
      magnitudes[value] = std::nullopt;
      continue;
    }
    std::optional<ConstantMagnitudes> result;
    bool isReady = true;
    for (Value operand : precision->getOperands()) {
      if (!getFloatElementType(operand.getType()))
        continue;
      auto it = magnitudes.find(operand);
      if (it == magnitudes.end()) {
        stack.push_back(operand);
        isReady = false;
      } else if (it->second) {
        if (!result)
          result.emplace();
        include(*result, *it->second);
      }
    }
    if (isReady)
      magnitudes[value] = result;
  }
  return magnitudes[root];
}

bool ConstantAnalysis::isExactIn(ElementsAttr attr, FloatType type) {
  auto [it, isNew] = exact.try_emplace({attr, type}, false);
  if (!isNew)
    return it->second;
  auto dense = dyn_cast<DenseFPElementsAttr>(attr);
  if (!dense)
    return false;
  auto fits = [&](APFloat value) {
    bool losesInfo = false;
    value.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                  &losesInfo);
    return !losesInfo;
  };
  bool result = dense.isSplat()
                    ? fits(dense.getSplatValue<APFloat>())
                    : llvm::all_of(dense.getValues<APFloat>(), fits);
  return exact[{attr, type}] = result;
}

//===----------------------------------------------------------------------===//
// OpSubject
//===----------------------------------------------------------------------===//

void mp::collectLocationNames(Location loc,
                              SmallVectorImpl<std::string> &names) {
  loc->walk([&](Location inner) {
    if (auto name = dyn_cast<NameLoc>(inner))
      names.push_back(name.getName().str());
    return WalkResult::advance();
  });
}

OpSubject::OpSubject(Operation *op, ConstantAnalysis &constants)
    : op(op), constants(constants) {}

static StringRef getString(Operation *op, StringRef name) {
  auto attr = op->getAttrOfType<StringAttr>(name);
  return attr ? attr.getValue() : StringRef();
}

StringRef OpSubject::opName() const { return op->getName().getStringRef(); }

StringRef OpSubject::opAlias() const {
  if (!alias) {
    auto precision = dyn_cast<PrecisionOpInterface>(op);
    alias = precision ? stablehlo_table::getOpName(precision.getMeaning()) : "";
  }
  return *alias;
}

StringRef OpSubject::opClass() const {
  if (StringRef given = getString(op, "mp.class"); !given.empty())
    return given;
  auto precision = dyn_cast<PrecisionOpInterface>(op);
  return stringifyOpClass(precision ? precision.getPrecisionClass()
                                    : OpClass::Opaque);
}

bool OpSubject::isProduct() const {
  return opClass() == stringifyOpClass(OpClass::Contraction) ||
         opClass() == stringifyOpClass(OpClass::Convolution);
}

StringRef OpSubject::missingCapability() const {
  if (!target)
    return "";
  switch (target->getSupport(low, isProduct())) {
  case Support::Native:
    return "";
  case Support::Emulated:
    return "no native low-precision form at this target";
  case Support::Illegal:
    return "no low-precision form at this target";
  }
  return "";
}

const RuleSubject *
OpSubject::getUnit(llvm::ArrayRef<std::string> patterns) const {
  const OpUnits::Unit *unit = units ? units->find(op, patterns) : nullptr;
  if (!unit || unit->getRoot() == op)
    return unit ? this : nullptr;
  if (!unitRoot || unitRoot->op != unit->getRoot())
    unitRoot = std::make_shared<OpSubject>(getFor(unit->getRoot()));
  return unitRoot.get();
}

OpSubject OpSubject::getFor(Operation *other) const {
  OpSubject subject = *this;
  subject.op = other;
  subject.names.reset();
  subject.elementType.clear();
  subject.unitRoot.reset();
  subject.opId = "";
  return subject;
}
StringRef OpSubject::role() const {
  for (StringRef name : {"mp.role", "mp.region"})
    if (StringRef role = getString(op, name); !role.empty())
      return role;
  return "forward";
}

StringRef OpSubject::functionName() const {
  auto function = op->getParentOfType<FunctionOpInterface>();
  return function ? function.getName() : StringRef();
}

StringRef OpSubject::targetName() const {
  for (StringRef name : {"call_target_name", "name"})
    if (StringRef target = getString(op, name); !target.empty())
      return target;
  return "";
}

ArrayRef<std::string> OpSubject::locationNames() const {
  if (!names)
    collectLocationNames(op->getLoc(), names.emplace());
  return *names;
}

static std::optional<double> getRank(TypeRange types, unsigned index) {
  if (index >= types.size())
    return std::nullopt;
  auto type = dyn_cast<RankedTensorType>(types[index]);
  return type ? std::optional<double>(type.getRank()) : std::nullopt;
}

/// The largest magnitude among the float operands and results. Without a bound
/// on each of them nothing is known, so no condition holds.
std::optional<double> OpSubject::getLargest(bool isRecorded) const {
  if (!proofs)
    return std::nullopt;
  std::optional<double> largest;
  auto include = [&](Value value) {
    FloatType type = getFloatElementType(value.getType());
    if (!type)
      return true;
    FloatRange range = proofs->getProved(value);
    if (isRecorded) {
      // What is constant needs no record.
      if (auto seen = proofs->getRecorded(value))
        range = *seen;
      else if (!getConstant(value))
        return true;
    } else if (range.absMax() >= NumberFormat::get(type)->max) {
      return false;
    }
    largest = std::max(largest.value_or(0), range.absMax());
    return true;
  };
  if (!llvm::all_of(op->getOperands(), include) ||
      !llvm::all_of(op->getResults(), include))
    return std::nullopt;
  return largest;
}

std::optional<double> OpSubject::number(Quantity quantity) const {
  RankedTensorType result;
  if (op->getNumResults())
    result = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  switch (quantity) {
  case Quantity::Elements:
  case Quantity::Bytes:
    if (!result || !result.hasStaticShape())
      return std::nullopt;
    if (quantity == Quantity::Elements)
      return result.getNumElements();
    if (!result.getElementType().isIntOrFloat())
      return std::nullopt;
    return double(result.getNumElements()) *
           llvm::divideCeil(result.getElementTypeBitWidth(), 8);
  case Quantity::Rank:
    return getRank(op->getResultTypes(), 0);
  case Quantity::LhsRank:
    return getRank(op->getOperandTypes(), 0);
  case Quantity::RhsRank:
    return getRank(op->getOperandTypes(), 1);
  case Quantity::Alignment:
    if (!result || !result.getRank() ||
        result.isDynamicDim(result.getRank() - 1))
      return std::nullopt;
    return result.getShape().back();
  case Quantity::Uses:
    if (!op->getNumResults())
      return std::nullopt;
    return llvm::range_size(op->getResult(0).getUses());
  case Quantity::ConstAbsMax:
  case Quantity::ConstAbsMinNonzero: {
    std::optional<ConstantMagnitudes> all;
    for (Value operand : op->getOperands()) {
      if (!getFloatElementType(operand.getType()))
        continue;
      if (auto magnitudes = constants.get(operand)) {
        if (!all)
          all.emplace();
        include(*all, *magnitudes);
      }
    }
    if (!all)
      return std::nullopt;
    return quantity == Quantity::ConstAbsMax ? all->largest : all->smallest;
  }
  case Quantity::ProvedAbsMax:
  case Quantity::CalibratedAbsMax:
    return getLargest(quantity == Quantity::CalibratedAbsMax);
  default:
    auto precision = dyn_cast<PrecisionOpInterface>(op);
    return precision ? precision.getPrecisionNumber(quantity) : std::nullopt;
  }
}

StringRef OpSubject::word(Word word) const {
  if (word != Word::ElementType) {
    auto precision = dyn_cast<PrecisionOpInterface>(op);
    return precision ? precision.getPrecisionWord(word) : StringRef();
  }
  if (elementType.empty()) {
    Type type = op->getNumOperands()  ? op->getOperand(0).getType()
                : op->getNumResults() ? op->getResult(0).getType()
                                      : Type();
    if (type) {
      llvm::raw_string_ostream os(elementType);
      os << getElementTypeOrSelf(type);
    }
  }
  return elementType;
}

std::optional<double> OpSubject::splat(unsigned operand) const {
  auto getOperands = [](Operation *op) {
    auto precision = dyn_cast<PrecisionOpInterface>(op);
    return precision && precision.getMeaning() != Meaning::None
               ? precision.getMeaningOperands()
               : SmallVector<Value>(op->getOperands());
  };
  SmallVector<Value> operands = getOperands(op);
  if (operand >= operands.size())
    return std::nullopt;
  // A scalar constant usually reaches its use through a broadcast.
  Value value = operands[operand];
  for (unsigned depth = 0; depth != 4; ++depth) {
    auto precision = value.getDefiningOp<PrecisionOpInterface>();
    if (!precision || precision.getPrecisionClass() != OpClass::DataMovement)
      break;
    operands = getOperands(precision);
    if (operands.size() != 1)
      break;
    value = operands.front();
  }
  auto dense = dyn_cast_if_present<DenseFPElementsAttr>(getConstant(value));
  if (!dense || !dense.isSplat())
    return std::nullopt;
  APFloat splat = dense.getSplatValue<APFloat>();
  bool losesInfo;
  splat.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                &losesInfo);
  return splat.convertToDouble();
}
