#include "CostModel.h"
#include "Explanation.h"
#include "RangeDecisions.h"

#include "mp/IR/MPDialect.h"
#include "mp/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPMATERIALISECASTSPASS
#include "mp/Transforms/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

namespace {
/// Applies the formats that are written on one function, or on what stands
/// outside of any.
class Materialiser {
public:
  /// `explanation` may be null: where nobody asks, nothing is collected.
  Materialiser(Operation *root, Explanation *explanation, CostModel *costs)
      : root(root), explanation(explanation), costs(costs), castBuilder(root) {}
  void run();

private:
  void collect(Operation *op);
  void collectArguments(FunctionOpInterface function);
  void expect(OpOperand &operand, Type elementType);
  void retype();
  void roundAccumulators();
  void insertCasts();
  Value getIn(Value value, Type elementType, ArrayRef<OpOperand *> uses);
  Value remake(Value value, Type elementType);
  void note(Value value, Type from, Type to, PlacedCast::Kind kind);
  void dropRoundTrips();
  void removeAttributes();

  Operation *root;
  Explanation *explanation;
  CostModel *costs; // where there is an explanation
  CastBuilder castBuilder;
  SmallVector<std::pair<Value, Type>> retyped;
  /// Sums that keep their type and are rounded behind their op.
  SmallVector<std::pair<Value, Type>> rounded;
  /// The element type that an operand reads, where it differs from what its
  /// value was given at first. In the order of the program.
  llvm::MapVector<OpOperand *, Type> expected;
  SmallVector<Operation *> maybeDead;
};
} // namespace

void Materialiser::expect(OpOperand &operand, Type elementType) {
  expected[&operand] = elementType;
}

void Materialiser::collect(Operation *op) {
  auto formats = op->getAttrOfType<ArrayAttr>(attr::formats);
  if (!formats)
    return;
  auto getFormat = [&](unsigned index) -> Type {
    auto type = index < formats.size() ? dyn_cast<TypeAttr>(formats[index])
                                       : TypeAttr();
    return type ? type.getValue() : Type();
  };
  auto precision = dyn_cast<PrecisionOpInterface>(op);
  if (!precision || op->hasTrait<OpTrait::ReturnLike>()) {
    for (OpOperand &operand : op->getOpOperands())
      if (Type format = getFormat(operand.getOperandNumber()))
        if (getFloatElementType(operand.get().getType()))
          expect(operand, format);
    return;
  }
  SmallVector<TypeGroup> groups;
  precision.getTypeGroups(groups);
  for (auto [index, group] : llvm::enumerate(groups)) {
    Type format = getFormat(index);
    if (!format || !isManaged(group))
      continue;
    if (auto arithmetic = dyn_cast<FloatTF32Type>(format)) {
      precision.setArithmetic(arithmetic);
      continue;
    }
    for (OpOperand *operand : group.reads)
      expect(*operand, format);
    for (Value value : group.gives)
      (group.isAccumulator ? rounded : retyped).emplace_back(value, format);
  }
}

void Materialiser::collectArguments(FunctionOpInterface function) {
  for (BlockArgument argument : function.getArguments())
    if (auto format = function.getArgAttrOfType<TypeAttr>(
            argument.getArgNumber(), attr::format))
      retyped.emplace_back(argument, format.getValue());
}

/// Gives a constant-like op another value and its type.
static void setConstant(Operation *op, DenseElementsAttr elements) {
  bool isScalar = !isa<ShapedType>(op->getResult(0).getType());
  op->setAttr("value", isScalar ? elements.getSplatValue<Attribute>()
                                : Attribute(elements));
  op->getResult(0).setType(isScalar ? elements.getElementType()
                                    : Type(elements.getType()));
}

/// Rounds each element to nearest even; null where the file does not hold
/// the elements.
static DenseElementsAttr convertElements(ElementsAttr elements,
                                         Type elementType) {
  auto dense = dyn_cast<DenseFPElementsAttr>(elements);
  auto type = dyn_cast<FloatType>(elementType);
  if (!dense || !type)
    return {};
  return dense.mapValues(type, [&](const APFloat &value) {
    APFloat rounded = value;
    bool losesInfo;
    rounded.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                    &losesInfo);
    return rounded.bitcastToAPInt();
  });
}

void Materialiser::retype() {
  // Readers that no group mentions go on reading the type they were given.
  for (auto [value, elementType] : retyped) {
    Type before = getElementTypeOrSelf(value.getType());
    if (before == elementType)
      continue;
    for (OpOperand &use : value.getUses())
      expected.try_emplace(&use, before);
  }
  for (auto [value, elementType] : retyped) {
    if (ElementsAttr constant = getConstant(value))
      if (DenseElementsAttr folded = convertElements(constant, elementType))
        setConstant(value.getDefiningOp(), folded);
    value.setType(withElementType(value.getType(), elementType));
  }
}

void Materialiser::note(Value value, Type from, Type to,
                        PlacedCast::Kind kind) {
  if (!explanation)
    return;
  std::string name;
  if (Operation *op = value.getDefiningOp()) {
    name = explanation->getName(op);
  } else {
    auto argument = cast<BlockArgument>(value);
    StringRef parent = explanation->getName(argument.getOwner()->getParentOp());
    if (auto function =
            dyn_cast<FunctionOpInterface>(argument.getOwner()->getParentOp()))
      parent = function.getName();
    name =
        parent.str() + "/argument#" + std::to_string(argument.getArgNumber());
  }
  int64_t bytes =
      costs->getElements(value) *
      (from.getIntOrFloatBitWidth() / 8 + to.getIntOrFloatBitWidth() / 8);
  if (kind == PlacedCast::Kind::EachCall && costs->isInvariant(value))
    kind = PlacedCast::Kind::OneTime;
  explanation->addCast({value.getLoc(), name, from, to, bytes, kind});
}

void Materialiser::roundAccumulators() {
  OpBuilder builder(root->getContext());
  for (auto [value, elementType] : rounded) {
    Type before = getElementTypeOrSelf(value.getType());
    if (before == elementType || value.use_empty())
      continue;
    builder.setInsertionPointAfterValue(value);
    note(value, before, elementType, PlacedCast::Kind::WithOp);
    Value low = castBuilder.build(builder, value.getLoc(), value, elementType);
    value.replaceAllUsesExcept(low, low.getDefiningOp());
    for (OpOperand &use : low.getUses())
      expected.try_emplace(&use, before);
  }
}

/// `value` in another type, made anew where that costs nothing, or null.
Value Materialiser::remake(Value value, Type elementType) {
  ElementsAttr constant = getConstant(value);
  DenseElementsAttr folded =
      constant ? convertElements(constant, elementType) : DenseElementsAttr();
  if (!folded && !isUndefined(value))
    return {};
  Operation *op = value.getDefiningOp();
  Operation *clone = op->clone();
  op->getBlock()->getOperations().insertAfter(op->getIterator(), clone);
  if (folded)
    setConstant(clone, folded);
  else
    clone->getResult(0).setType(withElementType(value.getType(), elementType));
  maybeDead.push_back(op);
  return clone->getResult(0);
}

/// What `value` was widened from, if that had the wanted type: widening is
/// exact, so narrowing again gives the same bits.
static Value lookThroughWidening(Value value, Type elementType) {
  auto precision = value.getDefiningOp<PrecisionOpInterface>();
  if (!precision || precision.getPrecisionClass() != OpClass::Conversion ||
      precision->getNumOperands() != 1)
    return {};
  Value source = precision->getOperand(0);
  FloatType narrow = getFloatElementType(source.getType());
  FloatType wide = getFloatElementType(value.getType());
  if (narrow != elementType || !wide || narrow.getWidth() >= wide.getWidth() ||
      withElementType(value.getType(), elementType) != source.getType())
    return {};
  return source;
}

Value Materialiser::getIn(Value value, Type elementType,
                          ArrayRef<OpOperand *> uses) {
  Type from = getElementTypeOrSelf(value.getType());
  if (Value folded = remake(value, elementType)) {
    if (isUndefined(value))
      return folded;
    note(value, from, elementType, PlacedCast::Kind::Folded);
    if (explanation) {
      ConstantLoss loss = ConstantLoss::measure(getConstant(value),
                                                cast<FloatType>(elementType));
      if (loss.isAny())
        explanation->addConstant(value.getLoc(),
                                 explanation->getName(value.getDefiningOp()),
                                 elementType, loss);
    }
    return folded;
  }
  if (Value source = lookThroughWidening(value, elementType)) {
    maybeDead.push_back(value.getDefiningOp());
    return source;
  }
  // In front of the first reader, but in the block of the value, so that a
  // loop casts once what it does not change.
  Block *block = value.getParentBlock();
  Operation *first = nullptr;
  for (OpOperand *use : uses) {
    Operation *reader = block->findAncestorOpInBlock(*use->getOwner());
    if (reader && (!first || reader->isBeforeInBlock(first)))
      first = reader;
  }
  OpBuilder builder(root->getContext());
  if (first)
    builder.setInsertionPoint(first);
  else
    builder.setInsertionPointAfterValue(value);
  note(value, from, elementType, PlacedCast::Kind::EachCall);
  return castBuilder.build(builder, value.getLoc(), value, elementType);
}

void Materialiser::insertCasts() {
  llvm::MapVector<std::pair<Value, Type>, SmallVector<OpOperand *>> readers;
  for (auto [operand, elementType] : expected)
    if (getElementTypeOrSelf(operand->get().getType()) != elementType)
      readers[{operand->get(), elementType}].push_back(operand);
  for (auto &[key, uses] : readers) {
    Value replacement = getIn(key.first, key.second, uses);
    for (OpOperand *use : uses)
      use->set(replacement);
  }
  for (Operation *op : maybeDead)
    if (op->use_empty() && isOpTriviallyDead(op))
      op->erase();
}

void Materialiser::removeAttributes() {
  MLIRContext *context = root->getContext();
  llvm::SmallDenseSet<StringAttr, 16> ours;
  for (StringRef name :
       {attr::opClass, attr::pattern, attr::unit, attr::region, attr::decision,
        attr::precision, attr::formats, attr::policy, attr::placement,
        attr::followIO, attr::excess})
    ours.insert(StringAttr::get(context, name));
  root->walk([&](Operation *op) {
    SmallVector<NamedAttribute> kept;
    DictionaryAttr all = op->getDiscardableAttrDictionary();
    for (NamedAttribute attribute : all)
      if (!ours.contains(attribute.getName()))
        kept.push_back(attribute);
    if (kept.size() != all.size())
      op->setDiscardableAttrs(DictionaryAttr::getWithSorted(context, kept));
    auto function = dyn_cast<FunctionOpInterface>(op);
    if (!function)
      return;
    for (unsigned i = 0, e = function.getNumArguments(); i != e; ++i)
      for (StringRef name : {attr::format, attr::storage})
        function.removeArgAttr(i, name);
    for (unsigned i = 0, e = function.getNumResults(); i != e; ++i)
      function.removeResultAttr(i, StringAttr::get(context, attr::storage));
    if (function.isExternal())
      return;
    // The boundary follows its body where it was free to.
    Operation *terminator = &function.getFunctionBody().back().back();
    if (terminator->hasTrait<OpTrait::ReturnLike>())
      function.setType(
          function.cloneTypeWith(function.getFunctionBody().getArgumentTypes(),
                                 terminator->getOperandTypes()));
  });
}

void Materialiser::run() {
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (auto function = dyn_cast<FunctionOpInterface>(op))
      collectArguments(function);
    collect(op);
  });
  roundAccumulators();
  retype();
  insertCasts();
  root->walk([](PrecisionOpInterface op) {
    if (op->getNumRegions() && op.ownsRegions())
      op.adaptRegions();
  });
  if (root->hasAttr(attr::excess))
    dropRoundTrips();
  removeAttributes();
}

static bool isConversion(Operation *op) {
  auto precision = dyn_cast_if_present<PrecisionOpInterface>(op);
  return precision && precision.getMeaning() == Meaning::Convert &&
         getFloatElementType(op->getOperand(0).getType()) &&
         getFloatElementType(op->getResult(0).getType());
}

/// Reads what was narrowed and widened again unrounded.
void Materialiser::dropRoundTrips() {
  SmallVector<Operation *> conversions;
  root->walk([&](Operation *op) {
    if (isConversion(op))
      conversions.push_back(op);
  });
  for (Operation *op : conversions) {
    Operation *narrowing = op->getOperand(0).getDefiningOp();
    if (!isConversion(narrowing) ||
        narrowing->getOperand(0).getType() != op->getResult(0).getType())
      continue;
    FloatType kept = getFloatElementType(op->getResult(0).getType());
    FloatType skipped = getFloatElementType(op->getOperand(0).getType());
    if (explanation && !APFloat::isRepresentableBy(kept.getFloatSemantics(),
                                                   skipped.getFloatSemantics()))
      explanation->addExcess(narrowing->getLoc(), kept, skipped);
    op->getResult(0).replaceAllUsesWith(narrowing->getOperand(0));
  }
  for (Operation *op : llvm::reverse(conversions))
    if (op->use_empty())
      op->erase();
}

namespace {
class MaterialiseCastsPass
    : public mp::impl::MPMaterialiseCastsPassBase<MaterialiseCastsPass> {
  using Base::Base;
  void runOnOperation() override;
};
} // namespace

void MaterialiseCastsPass::runOnOperation() {
  Operation *root = getOperation();
  warnOfLongSums(root);
  std::optional<CostModel> costs;
  std::optional<Explanation> explanation;
  Explanation::Remarks remarks(root->getLoc());
  if (!explain.empty() || remarks.areRead()) {
    costs.emplace(root);
    explanation.emplace(root, getAnalysis<OpIds>(), *costs);
  }
  Materialiser(root, explanation ? &*explanation : nullptr,
               costs ? &*costs : nullptr)
      .run();
  if (!explanation)
    return;
  explanation->emit(std::move(remarks));
  if (explain.empty())
    return;
  if (llvm::Error error = explanation->write(explain)) {
    emitError(root->getLoc())
        << "cannot write the explanation: " << llvm::toString(std::move(error));
    signalPassFailure();
  }
}
