#include "LinalgBody.h"

#include "ElementBody.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::mp;

Value mp::skipFloatCasts(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<arith::ExtFOp, arith::TruncFOp>(op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

namespace {
class BodyReader {
public:
  explicit BodyReader(linalg::LinalgOp op)
      : op(op), block(op.getBlock()), maps(op.getIndexingMapsArray()) {}
  LinalgBody read();

private:
  bool readProduct();
  bool readReduction();
  void readMovement(Value yielded);
  void readElementwise(Operation *inner);
  void readRectifier(arith::SelectOp select);
  void readClass();

  Value getYielded(unsigned result = 0) const {
    return block->getTerminator()->getOperand(result);
  }
  OpOperand *getOperandOf(Value value) const;
  /// The operand that an argument of the body stands for, or what the body
  /// reads from outside; null for what it computes.
  Value getOuter(Value value) const;
  bool addOperand(Value value);
  AffineMap getMap(OpOperand *operand) const {
    return maps[operand->getOperandNumber()];
  }
  bool isOutput(Value value) {
    auto argument = dyn_cast<BlockArgument>(skipFloatCasts(value));
    return argument && argument.getOwner() == block &&
           argument.getArgNumber() >= unsigned(op.getNumDpsInputs());
  }

  linalg::LinalgOp op;
  Block *block;
  SmallVector<AffineMap> maps;
  LinalgBody body;
};
} // namespace

OpOperand *BodyReader::getOperandOf(Value value) const {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || argument.getOwner() != block ||
      argument.getArgNumber() >= op->getNumOperands())
    return nullptr;
  return &op->getOpOperand(argument.getArgNumber());
}

Value BodyReader::getOuter(Value value) const {
  if (OpOperand *operand = getOperandOf(value))
    return operand->get();
  return getConstant(value) ||
                 !op->isAncestor(value.getParentBlock()->getParentOp())
             ? value
             : Value();
}

bool BodyReader::addOperand(Value value) {
  Value outer = getOuter(value);
  if (!outer)
    return false;
  OpOperand *operand = getOperandOf(value);
  body.operands.push_back(outer);
  // A scalar from outside is the same for all elements.
  body.maps.push_back(
      operand ? getMap(operand)
              : AffineMap::get(op.getNumLoops(), 0, op->getContext()));
  return true;
}

static Meaning getScalarMeaning(Operation *op) {
  auto precision = dyn_cast_if_present<PrecisionOpInterface>(op);
  return precision ? precision.getMeaning() : Meaning::None;
}

/// yield(add(out, multiply(a, b))), in any order and through any widening. A
/// reduction that runs over one side only scales a sum, and a sum of squares is
/// a norm: neither is a product.
bool BodyReader::readProduct() {
  if (op.getNumDpsInits() != 1 || op.getNumReductionLoops() == 0)
    return false;
  Operation *sum = getYielded().getDefiningOp();
  if (!sum || getScalarMeaning(sum) != Meaning::Add ||
      !getFloatElementType(sum->getResult(0).getType()))
    return false;
  for (unsigned side : {0, 1}) {
    Operation *product =
        skipFloatCasts(sum->getOperand(1 - side)).getDefiningOp();
    if (!isOutput(sum->getOperand(side)) || !product ||
        getScalarMeaning(product) != Meaning::Multiply)
      continue;
    OpOperand *lhs = getOperandOf(skipFloatCasts(product->getOperand(0)));
    OpOperand *rhs = getOperandOf(skipFloatCasts(product->getOperand(1)));
    if (!lhs || !rhs || isOutput(product->getOperand(0)) ||
        isOutput(product->getOperand(1)))
      return false;
    if (lhs->get() == rhs->get() && getMap(lhs) == getMap(rhs))
      return false;
    if (lhs->getOperandNumber() > rhs->getOperandNumber())
      std::swap(lhs, rhs);
    SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
    for (auto [dim, iterator] : llvm::enumerate(iterators))
      if (iterator == utils::IteratorType::reduction &&
          (!getMap(lhs).isFunctionOfDim(dim) ||
           !getMap(rhs).isFunctionOfDim(dim)))
        return false;
    body.lhs = lhs;
    body.rhs = rhs;
    body.hasWindow = !getMap(lhs).isProjectedPermutation(true) ||
                     !getMap(rhs).isProjectedPermutation(true);
    body.opClass = body.hasWindow ? OpClass::Convolution : OpClass::Contraction;
    body.meaning = body.hasWindow ? Meaning::Convolution : Meaning::Contraction;
    body.operands = {lhs->get(), rhs->get()};
    body.maps = {getMap(lhs), getMap(rhs)};
    body.accumulates = true;
    return true;
  }
  return false;
}

/// One combination of the output with one input; other loops with a reduction
/// are reductions too, of which no more is known.
bool BodyReader::readReduction() {
  if (op.getNumReductionLoops() == 0)
    return false;
  body.opClass = OpClass::Reduction;
  body.hasWindow = llvm::any_of(op.getDpsInputOperands(), [&](OpOperand *in) {
    return !getMap(in).isProjectedPermutation(true);
  });
  // A body that only compares and chooses is exact in any format.
  body.accumulates =
      llvm::any_of(block->without_terminator(), [](Operation &o) {
        auto precision = dyn_cast<PrecisionOpInterface>(&o);
        if (!precision)
          return true;
        Meaning meaning = precision.getMeaning();
        OpClass opClass = precision.getPrecisionClass();
        return meaning != Meaning::Maximum && meaning != Meaning::Minimum &&
               (opClass == OpClass::Pointwise ||
                opClass == OpClass::Transcendental ||
                opClass == OpClass::Bounded || opClass == OpClass::Opaque);
      });
  // Of several results the others may only say where: places, as integers.
  bool isOne = llvm::all_of(llvm::drop_begin(op->getResults()), [](Value v) {
    return !getFloatElementType(v.getType());
  });
  Operation *combine = isOne ? getYielded().getDefiningOp() : nullptr;
  if (!combine || combine->getNumOperands() != 2)
    return true;
  for (unsigned side : {0, 1}) {
    OpOperand *input =
        getOperandOf(skipFloatCasts(combine->getOperand(1 - side)));
    if (!isOutput(combine->getOperand(side)) || !input || !op.isDpsInput(input))
      continue;
    OpOperand *init = op.getDpsInitOperand(0);
    body.operands = {input->get(), init->get()};
    body.maps = {getMap(input), getMap(init)};
    switch (getScalarMeaning(combine)) {
    case Meaning::Add:
      body.meaning = body.hasWindow ? Meaning::WindowSum : Meaning::Sum;
      break;
    case Meaning::Maximum:
      body.meaning =
          body.hasWindow ? Meaning::WindowMaximum : Meaning::MaximumOf;
      break;
    case Meaning::Minimum:
      body.meaning =
          body.hasWindow ? Meaning::WindowMinimum : Meaning::MinimumOf;
      break;
    case Meaning::Multiply:
      body.meaning = body.hasWindow ? Meaning::None : Meaning::Product;
      break;
    default:
      break;
    }
    return true;
  }
  return true;
}

/// An element of an operand, handed on as it is.
void BodyReader::readMovement(Value yielded) {
  if (auto extract = yielded.getDefiningOp<tensor::ExtractOp>()) {
    body.meaning = Meaning::Gather;
    body.operands = {extract.getTensor()};
    body.maps = {AffineMap()};
    return;
  }
  if (!addOperand(yielded))
    return;
  OpOperand *operand = getOperandOf(yielded);
  AffineMap from = operand ? getMap(operand) : AffineMap();
  AffineMap to = maps[op.getNumDpsInputs()];
  body.meaning = !from || from.getNumResults() < to.getNumResults()
                     ? Meaning::Broadcast
                 : from == to           ? Meaning::Reshape
                 : from.isPermutation() ? Meaning::Transpose
                                        : Meaning::Broadcast;
}

void BodyReader::readElementwise(Operation *inner) {
  auto precision = dyn_cast<PrecisionOpInterface>(inner);
  if (!precision)
    return;
  for (Value operand : precision.getMeaningOperands())
    if (!addOperand(operand))
      return body.operands.clear();
  body.meaning = precision.getMeaning();
  body.function = inner;
}

/// select(x > 0, x, 0), as torch prints its rectifier.
void BodyReader::readRectifier(arith::SelectOp select) {
  auto compare = select.getCondition().getDefiningOp<arith::CmpFOp>();
  if (!compare || compare.getLhs() != select.getTrueValue() ||
      compare.getRhs() != select.getFalseValue())
    return;
  using P = arith::CmpFPredicate;
  bool isMaximum = llvm::is_contained({P::OGT, P::OGE, P::UGT, P::UGE},
                                      compare.getPredicate());
  bool isMinimum = llvm::is_contained({P::OLT, P::OLE, P::ULT, P::ULE},
                                      compare.getPredicate());
  if (!(isMaximum || isMinimum))
    return;
  if (!addOperand(compare.getLhs()) || !addOperand(compare.getRhs()))
    return body.operands.clear();
  body.meaning = isMaximum ? Meaning::Maximum : Meaning::Minimum;
}

/// The heaviest class among the ops that compute.
void BodyReader::readClass() {
  unsigned computing = 0;
  bool has[32] = {};
  Operation *single = nullptr;
  bool isKnown = true;
  block->walk([&](Operation *inner) {
    auto precision = dyn_cast<PrecisionOpInterface>(inner);
    auto isFloat = [](Type type) { return getFloatElementType(type); };
    bool touchesFloats = llvm::any_of(inner->getOperandTypes(), isFloat) ||
                         llvm::any_of(inner->getResultTypes(), isFloat);
    if (!touchesFloats || inner->hasTrait<OpTrait::IsTerminator>())
      return;
    if (!precision) {
      isKnown = false;
      return;
    }
    OpClass opClass = precision.getPrecisionClass();
    has[unsigned(opClass)] = true;
    if (opClass == OpClass::Constant)
      return;
    ++computing;
    single = inner;
  });
  auto holds = [&](OpClass opClass) { return has[unsigned(opClass)]; };
  if (!isKnown || holds(OpClass::Opaque)) {
    body.opClass = OpClass::Opaque;
    return;
  }
  bool hasCompare = holds(OpClass::Comparison);
  body.opClass = holds(OpClass::Bounded) && computing == 1 ? OpClass::Bounded
                 : holds(OpClass::Bounded) || holds(OpClass::Transcendental)
                     ? OpClass::Transcendental
                 : holds(OpClass::Pointwise) || (hasCompare && computing > 1)
                     ? OpClass::Pointwise
                 : hasCompare                 ? OpClass::Comparison
                 : holds(OpClass::Conversion) ? OpClass::Conversion
                                              : OpClass::DataMovement;
  if (op.getNumDpsInits() != 1)
    return;
  Value yielded = getYielded();
  if (computing == 0 || isa_and_present<tensor::ExtractOp>(single))
    readMovement(yielded);
  else if (computing == 1 && yielded.getDefiningOp() == single)
    readElementwise(single);
  else if (auto select = yielded.getDefiningOp<arith::SelectOp>();
           select && computing == 2)
    readRectifier(select);
}

LinalgBody BodyReader::read() {
  auto isFloat = [](Type type) { return getFloatElementType(type); };
  if (!llvm::any_of(op->getOperandTypes(), isFloat)) {
    body.opClass = OpClass::Integer;
    return body;
  }
  if (!readProduct() && !readReduction())
    readClass();
  return body;
}

Block *mp::getElementBody(Operation *op) {
  auto structured = dyn_cast_if_present<linalg::LinalgOp>(op);
  if (!structured || structured.getNumDpsInits() != 1 ||
      op->getNumResults() != 1 || structured.getNumReductionLoops() != 0 ||
      !llvm::all_of(structured.getIndexingMapsArray(), [](AffineMap map) {
        return map.isProjectedPermutation(/*allowZeroInResults=*/true);
      }))
    return nullptr;
  Block *body = structured.getBlock();
  if (!body->getArguments().back().use_empty())
    return nullptr;
  for (Operation &inner : body->without_terminator())
    if (inner.getNumResults() != 1 || inner.getNumRegions() != 0 ||
        getScalarMeaning(&inner) == Meaning::None ||
        isa<tensor::ExtractOp>(inner))
      return nullptr;
  return readLinalgBody(structured).meaning == Meaning::None ? body : nullptr;
}

LinalgBody mp::readLinalgBody(linalg::LinalgOp op) {
  return BodyReader(op).read();
}
