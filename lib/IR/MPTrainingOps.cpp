#include "mp/IR/MPOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::mp;

//===----------------------------------------------------------------------===//
// Parsing and printing
//===----------------------------------------------------------------------===//

// The scale, the flag and the index have one possible type each, so only the
// gradients' types are spelled.
ParseResult mp::parseUnscaleTypes(OpAsmParser &parser,
                                  SmallVectorImpl<Type> &gradients,
                                  SmallVectorImpl<Type> &unscaled, Type &scale,
                                  Type &finite, Type &culprit) {
  Builder &builder = parser.getBuilder();
  scale = RankedTensorType::get({}, builder.getF32Type());
  finite = RankedTensorType::get({}, builder.getI1Type());
  culprit = RankedTensorType::get({}, builder.getI32Type());
  FunctionType type;
  if (parser.parseType(type))
    return failure();
  llvm::append_range(gradients, type.getInputs());
  llvm::append_range(unscaled, type.getResults());
  return success();
}

void mp::printUnscaleTypes(OpAsmPrinter &printer, Operation *,
                           TypeRange gradients, TypeRange unscaled, Type, Type,
                           Type) {
  printer.printFunctionalType(gradients, unscaled);
}

//===----------------------------------------------------------------------===//
// Verifiers
//===----------------------------------------------------------------------===//

LogicalResult WorkingCopyOp::verify() {
  // working_copy-c2
  auto master = getMaster().getType(), copy = getCopy().getType();
  if (copy.getElementTypeBitWidth() >= master.getElementTypeBitWidth())
    return emitOpError("expected a copy narrower than ")
           << master.getElementType() << ", but got " << copy.getElementType();
  return success();
}

LogicalResult UnscaleAndCheckOp::verify() {
  // unscale_and_check-c1
  if (getGradients().size() != getUnscaled().size())
    return emitOpError("expected ")
           << getGradients().size() << " unscaled gradients, but got "
           << getUnscaled().size();
  for (auto [gradient, unscaled] : llvm::zip(getGradients(), getUnscaled())) {
    auto from = cast<RankedTensorType>(gradient.getType());
    auto to = cast<RankedTensorType>(unscaled.getType());
    if (from.getShape() != to.getShape())
      return emitOpError("expected a result of the shape of ")
             << from << ", but got " << to;
    // unscale_and_check-c2
    if (from.getElementTypeBitWidth() > 32)
      return emitOpError("expected gradients no wider than 'f32', but got ")
             << from;
  }
  return success();
}

LogicalResult UpdateScaleOp::verify() {
  // update_scale-c1
  double growth = getGrowth().convertToDouble();
  double backoff = getBackoff().convertToDouble();
  double minimum = getMinimum().convertToDouble();
  double maximum = getMaximum().convertToDouble();
  if (!(growth >= 1))
    return emitOpError("expected growth of at least 1, but got ") << growth;
  if (!(backoff > 0 && backoff < 1))
    return emitOpError("expected backoff between 0 and 1, but got ") << backoff;
  if (int32_t(getInterval()) < 1 || int32_t(getHysteresis()) < 1)
    return emitOpError(
               "expected interval and hysteresis of at least 1, but got ")
           << int32_t(getInterval()) << " and " << int32_t(getHysteresis());
  if (!(minimum >= 0 && minimum <= maximum))
    return emitOpError("expected 0 <= minimum <= maximum, but got ")
           << minimum << " and " << maximum;
  return success();
}

LogicalResult GuardedUpdateOp::verify() {
  // guarded_update-c1
  auto yield = dyn_cast<YieldOp>(getBody().front().getTerminator());
  if (!yield)
    return emitOpError("expected the body to end in 'mp.yield'");
  if (getState().getTypes() != getResultTypes() ||
      yield.getValues().getTypes() != getResultTypes())
    return emitOpError(
        "expected state, yielded values and results of the same types");
  return success();
}

//===----------------------------------------------------------------------===//
// Folding
//===----------------------------------------------------------------------===//

OpFoldResult ScaleLossOp::fold(FoldAdaptor adaptor) {
  return matchPattern(getScale(), m_OneFloat()) ? OpFoldResult(getLoss())
                                                : OpFoldResult();
}

/// The op widens by itself, so a gradient can stay in its low format up to it.
LogicalResult UnscaleAndCheckOp::canonicalize(UnscaleAndCheckOp op,
                                              PatternRewriter &rewriter) {
  bool changed = false;
  for (OpOperand &gradient : op.getGradientsMutable()) {
    auto widening = gradient.get().getDefiningOp<CastOp>();
    if (!widening || widening.getInput().getType().getElementTypeBitWidth() >=
                         widening.getType().getElementTypeBitWidth())
      continue;
    rewriter.modifyOpInPlace(op, [&] { gradient.set(widening.getInput()); });
    changed = true;
  }
  return success(changed);
}

/// A condition that is known leaves one side.
LogicalResult GuardedUpdateOp::canonicalize(GuardedUpdateOp op,
                                            PatternRewriter &rewriter) {
  if (matchPattern(op.getFinite(), m_Zero())) {
    rewriter.replaceOp(op, op.getState());
    return success();
  }
  if (!matchPattern(op.getFinite(), m_One()))
    return failure();
  Operation *yield = op.getBody().front().getTerminator();
  rewriter.inlineBlockBefore(&op.getBody().front(), op);
  rewriter.replaceOp(op, yield->getOperands());
  rewriter.eraseOp(yield);
  return success();
}
