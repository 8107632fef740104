#include "LinalgBody.h"
#include "PrecisionModel.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace mlir::mp;

static bool isFloat(Value value) {
  return bool(getFloatElementType(value.getType()));
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

/// The product of the sizes of the loops that `belongs` picks.
static std::optional<double>
multiplyLoops(linalg::LinalgOp op, llvm::function_ref<bool(unsigned)> belongs) {
  double total = 1;
  for (auto [dim, size] : llvm::enumerate(op.getStaticLoopRanges())) {
    if (!belongs(dim))
      continue;
    if (ShapedType::isDynamic(size))
      return std::nullopt;
    total *= size;
  }
  return total;
}

static std::optional<double>
getProductSize(linalg::LinalgOp op, const LinalgBody &body, Quantity quantity) {
  AffineMap lhs = op.getMatchingIndexingMap(body.lhs);
  AffineMap rhs = op.getMatchingIndexingMap(body.rhs);
  auto inBoth = [&](unsigned dim, bool left, bool right) {
    return lhs.isFunctionOfDim(dim) == left &&
           rhs.isFunctionOfDim(dim) == right;
  };
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  return multiplyLoops(op, [&](unsigned dim) {
    bool isSummed = iterators[dim] == utils::IteratorType::reduction;
    switch (quantity) {
    case Quantity::M:
      return !isSummed && inBoth(dim, true, false);
    case Quantity::N:
      return !isSummed && inBoth(dim, false, true);
    case Quantity::Batch:
      return !isSummed && inBoth(dim, true, true);
    default:
      return isSummed;
    }
  });
}

//===----------------------------------------------------------------------===//
// Retyping bodies
//===----------------------------------------------------------------------===//

/// Gives an argument or a read element the type of the tensor that it is of;
/// whoever computes with it does so in the type before.
static void retypeElement(OpBuilder &builder, Location loc, Value element,
                          Type type) {
  Type before = element.getType();
  if (before == type || !getFloatElementType(before))
    return;
  element.setType(type);
  Value wide = buildUpstreamCast(builder, loc, element, before);
  element.replaceUsesWithIf(wide, [&](OpOperand &use) {
    return use.getOwner() != wide.getDefiningOp() &&
           !isa<linalg::YieldOp>(use.getOwner());
  });
  // What only passes by is not widened first.
  if (wide.use_empty())
    wide.getDefiningOp()->erase();
}

static void adaptWrittenBody(linalg::LinalgOp op) {
  Block &block = *op.getBlock();
  OpBuilder builder = OpBuilder::atBlockBegin(&block);
  for (OpOperand &operand : op->getOpOperands()) {
    unsigned i = operand.getOperandNumber();
    if (i >= block.getNumArguments())
      break;
    retypeElement(builder, op.getLoc(), block.getArgument(i),
                  getElementTypeOrSelf(operand.get().getType()));
  }
  op->walk([&](tensor::ExtractOp extract) {
    builder.setInsertionPointAfter(extract);
    retypeElement(builder, extract.getLoc(), extract.getResult(),
                  extract.getTensor().getType().getElementType());
  });
  Operation *yield = block.getTerminator();
  builder.setInsertionPoint(yield);
  for (auto [i, init] : llvm::enumerate(op.getDpsInits())) {
    Type type = getElementTypeOrSelf(init.getType());
    Value value = yield->getOperand(i);
    if (value.getType() != type && getFloatElementType(type))
      yield->setOperand(i,
                        buildUpstreamCast(builder, op.getLoc(), value, type));
  }
}

/// The bodies of named ops are not written, but follow from their types.
static void rebuildNamedBody(linalg::LinalgOp op) {
  Block &block = *op.getBlock();
  bool fits = true;
  for (auto [argument, operand] :
       llvm::zip(block.getArguments(), op->getOperands()))
    fits &= argument.getType() == getElementTypeOrSelf(operand.getType());
  if (fits)
    return;
  block.clear();
  for (auto [argument, operand] :
       llvm::zip(block.getArguments(), op->getOperands()))
    argument.setType(getElementTypeOrSelf(operand.getType()));
  ImplicitLocOpBuilder builder(op.getLoc(), op->getContext());
  builder.setInsertionPointToStart(&block);
  op.getRegionBuilder()(builder, block, op->getAttrs(),
                        [&] { return op.emitError(); });
}

//===----------------------------------------------------------------------===//
// The model
//===----------------------------------------------------------------------===//

namespace {
struct LinalgModel : public PrecisionModel<LinalgModel> {
  static LinalgBody read(Operation *op) {
    return readLinalgBody(cast<linalg::LinalgOp>(op));
  }

  OpClass getPrecisionClass(Operation *op) const { return read(op).opClass; }
  Meaning getMeaning(Operation *op) const { return read(op).meaning; }
  SmallVector<Value> getMeaningOperands(Operation *op) const {
    return read(op).operands;
  }

  void getTypeGroups(Operation *op, SmallVectorImpl<TypeGroup> &groups) const;
  bool getOperandDimensions(Operation *op, unsigned operand,
                            SmallVectorImpl<int64_t> &dimensions) const;
  bool readsUnsigned(Operation *op) const {
    auto function =
        dyn_cast_if_present<PrecisionOpInterface>(read(op).function);
    return function && function.readsUnsigned();
  }

  bool ownsRegions(Operation *op) const { return true; }

  void adaptRegions(Operation *op) const {
    auto structured = cast<linalg::LinalgOp>(op);
    if (structured.getRegionBuilder())
      rebuildNamedBody(structured);
    else
      adaptWrittenBody(structured);
  }

  std::optional<double> getPrecisionNumber(Operation *op,
                                           Quantity quantity) const {
    auto structured = cast<linalg::LinalgOp>(op);
    LinalgBody body = readLinalgBody(structured);
    switch (quantity) {
    case Quantity::K:
    case Quantity::M:
    case Quantity::N:
    case Quantity::Batch:
      return body.opClass == OpClass::Contraction
                 ? getProductSize(structured, body, quantity)
                 : std::nullopt;
    case Quantity::FanIn:
      return body.opClass == OpClass::Convolution
                 ? getProductSize(structured, body, quantity)
                 : std::nullopt;
    case Quantity::ReductionLength: {
      if (structured.getNumReductionLoops() == 0)
        return std::nullopt;
      SmallVector<utils::IteratorType> iterators =
          structured.getIteratorTypesArray();
      return multiplyLoops(structured, [&](unsigned dim) {
        return iterators[dim] == utils::IteratorType::reduction;
      });
    }
    default:
      return std::nullopt;
    }
  }

  StringRef getPrecisionWord(Operation *op, Word word) const {
    if (word != Word::Body && word != Word::Window)
      return "";
    LinalgBody body = read(op);
    if (word == Word::Window)
      return body.hasWindow && body.opClass == OpClass::Reduction ? "pooling"
                                                                  : "";
    switch (body.meaning) {
    case Meaning::Sum:
    case Meaning::WindowSum:
      return "add";
    case Meaning::Product:
      return "multiply";
    case Meaning::MaximumOf:
    case Meaning::WindowMaximum:
      return "maximum";
    case Meaning::MinimumOf:
    case Meaning::WindowMinimum:
      return "minimum";
    default:
      return "";
    }
  }
};
} // namespace

bool LinalgModel::getOperandDimensions(
    Operation *op, unsigned operand,
    SmallVectorImpl<int64_t> &dimensions) const {
  auto structured = cast<linalg::LinalgOp>(op);
  LinalgBody body = readLinalgBody(structured);
  if (operand >= body.maps.size() || !body.maps[operand])
    return false;
  AffineMap to =
      structured.getMatchingIndexingMap(structured.getDpsInitOperand(0));
  for (AffineExpr expr : body.maps[operand].getResults()) {
    if (!isa<AffineDimExpr>(expr))
      return false;
    std::optional<unsigned> position = to.getResultPosition(expr);
    dimensions.push_back(position ? int64_t(*position) : -1);
  }
  return true;
}

void LinalgModel::getTypeGroups(Operation *op,
                                SmallVectorImpl<TypeGroup> &groups) const {
  auto structured = cast<linalg::LinalgOp>(op);
  LinalgBody body = readLinalgBody(structured);
  if (body.opClass == OpClass::Conversion || body.opClass == OpClass::Opaque ||
      body.opClass == OpClass::Integer)
    return;
  if (!body.accumulates) {
    addTiedGroup(op, groups);
    if (groups.empty())
      return;
    op->walk([&](tensor::ExtractOp extract) {
      if (isFloat(extract.getTensor()))
        groups.back().reads.push_back(&extract.getTensorMutable());
    });
    return;
  }
  TypeGroup inputs;
  for (OpOperand *operand : structured.getDpsInputOperands())
    if (isFloat(operand->get()))
      inputs.reads.push_back(operand);
  // What is added to is read in the accumulator's own type.
  TypeGroup result;
  result.kind = GroupKind::Result;
  result.isAccumulator = true;
  for (Value value : op->getResults())
    if (isFloat(value))
      result.gives.push_back(value);
  if (!inputs.reads.empty())
    groups.push_back(std::move(inputs));
  if (!result.gives.empty())
    groups.push_back(std::move(result));
}

void mp::registerLinalgPrecisionModels(DialectRegistry &registry) {
  registry.addExtension(
      +[](MLIRContext *context, linalg::LinalgDialect *dialect) {
        for (RegisteredOperationName name : context->getRegisteredOperations())
          if (&name.getDialect() == dialect &&
              name.hasInterface<linalg::LinalgOp>() &&
              !name.hasInterface<PrecisionOpInterface>())
            name.attachInterface<LinalgModel>();
      });
}
