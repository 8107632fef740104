#include "ScalarOpKinds.h"
#include "ScalarOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace mlir::mp;

/// Whether the value is a tensor of one element, read as that element.
static bool isRankZero(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getRank() == 0;
}

static FailureOr<Value> createConstant(shlo::ConstantOp op,
                                       OpBuilder &builder) {
  auto dense = dyn_cast<DenseElementsAttr>(op.getValue());
  if (!dense || !dense.isSplat())
    return failure();
  Type type = getSignlessElementType(dense.getElementType());
  return createScalarConstant(builder, op.getLoc(), type,
                              dense.getSplatValue<Attribute>());
}

static LogicalResult mapOp(Operation *op, IRMapping &scalars,
                           OpBuilder &builder) {
  auto fail = [&] {
    return op->emitError()
           << "expected an elementwise op on scalars in the body of a reduction "
              "or similar op, but got '"
           << op->getName() << "'";
  };
  auto isScalar = [](Value value) { return isRankZero(value); };
  if (!llvm::all_of(op->getResults(), isScalar) ||
      !llvm::all_of(op->getOperands(), isScalar))
    return fail();
  SmallVector<Value> args;
  for (Value operand : op->getOperands()) {
    Value scalar = scalars.lookupOrNull(operand);
    if (!scalar)
      return fail();
    args.push_back(scalar);
  }
  // Scalars that only change their shape, or that nothing may move across.
  if (isa<shlo::BroadcastInDimOp, shlo::ReshapeOp, shlo::OptimizationBarrierOp>(
          op)) {
    scalars.map(op->getResults(), args);
    return success();
  }
  auto constant = dyn_cast<shlo::ConstantOp>(op);
  FailureOr<Value> result = constant ? createConstant(constant, builder)
                                     : mapToScalar(op, args, builder);
  if (failed(result))
    return fail();
  scalars.map(op->getResult(0), *result);
  return success();
}

LogicalResult mp::inlineScalarRegion(Region &region, ValueRange args,
                                     OpBuilder &builder,
                                     SmallVectorImpl<Value> &results) {
  if (!region.hasOneBlock() || region.getNumArguments() != args.size())
    return region.getParentOp()->emitError()
           << "expected a body of one block with " << args.size()
           << " arguments, but got " << region.getNumArguments();
  IRMapping scalars;
  Block &body = region.front();
  scalars.map(body.getArguments(), args);
  for (Operation &op : body.without_terminator())
    if (failed(mapOp(&op, scalars, builder)))
      return failure();
  for (Value returned : body.getTerminator()->getOperands()) {
    Value scalar = scalars.lookupOrNull(returned);
    if (!scalar)
      return body.getTerminator()->emitError(
          "expected the body to return values that it computes");
    results.push_back(scalar);
  }
  return success();
}
