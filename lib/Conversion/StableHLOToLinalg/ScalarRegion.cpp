#include "ScalarOpKinds.h"
#include "ScalarOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::mp;

/// Whether the value is a tensor of one element, read as that element.
static bool isRankZero(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getRank() == 0;
}

/// The scalar of a constant tensor of one element; null if it is none.
static Value createConstant(Value tensor, OpBuilder &builder) {
  DenseElementsAttr dense;
  if (!matchPattern(tensor, m_Constant(&dense)) || !dense.isSplat())
    return {};
  Type type = getSignlessElementType(dense.getElementType());
  return createScalarConstant(builder, tensor.getLoc(), type,
                              dense.getSplatValue<Attribute>());
}

/// What `value` is in the scalar computation. Simplifications move constants
/// out of regions, so those are found wherever they stand.
static Value lookup(Value value, IRMapping &scalars, OpBuilder &builder) {
  if (!scalars.contains(value))
    if (Value constant = createConstant(value, builder))
      scalars.map(value, constant);
  return scalars.lookupOrNull(value);
}

static LogicalResult mapOp(Operation *op, IRMapping &scalars,
                           OpBuilder &builder) {
  auto fail = [&] {
    return op->emitError() << "expected an elementwise op on scalars in the "
                              "body of a reduction "
                              "or similar op, but got '"
                           << op->getName() << "'";
  };
  auto isScalar = [](Value value) { return isRankZero(value); };
  if (!llvm::all_of(op->getResults(), isScalar) ||
      !llvm::all_of(op->getOperands(), isScalar))
    return fail();
  SmallVector<Value> args;
  for (Value operand : op->getOperands()) {
    Value scalar = lookup(operand, scalars, builder);
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
  FailureOr<Value> result = mapToScalar(op, args, builder);
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
    if (!op.hasTrait<OpTrait::ConstantLike>() &&
        failed(mapOp(&op, scalars, builder)))
      return failure();
  for (Value returned : body.getTerminator()->getOperands()) {
    Value scalar = lookup(returned, scalars, builder);
    if (!scalar)
      return body.getTerminator()->emitError(
          "expected the body to return values that it computes");
    results.push_back(scalar);
  }
  return success();
}
