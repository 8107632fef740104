#include "Verifiers.h"

using namespace mlir;
using namespace mlir::mp::shlo;

LogicalResult IfOp::verify() {
  if (getPred().getType().getRank() != 0)
    return emitOpError() << "expected a predicate of rank 0, but got "
                         << getPred().getType();
  if (failed(verifyRegion(*this, getTrueBranch(), "true_branch", {},
                          getResultTypes())))
    return failure();
  return verifyRegion(*this, getFalseBranch(), "false_branch", {},
                      getResultTypes());
}

LogicalResult CaseOp::verify() {
  if (getIndex().getType() !=
      RankedTensorType::get({}, IntegerType::get(getContext(), 32)))
    return emitOpError() << "expected an index of type tensor<i32>, but got "
                         << getIndex().getType();
  if (getBranches().empty())
    return emitOpError("expected one branch or more");
  for (Region &branch : getBranches())
    if (failed(verifyRegion(*this, branch, "branches", {}, getResultTypes())))
      return failure();
  return success();
}

LogicalResult WhileOp::verify() {
  if (failed(verifyCount(*this, "results", getNumResults(), getNumOperands())))
    return failure();
  for (auto [operand, result] :
       llvm::zip_equal(getOperandTypes(), getResultTypes()))
    if (failed(verifyCompatible(*this, "a result", operand, result)))
      return failure();
  Type pred = RankedTensorType::get({}, IntegerType::get(getContext(), 1));
  if (failed(verifyRegion(*this, getCond(), "cond", getOperandTypes(), pred)))
    return failure();
  return verifyRegion(*this, getBody(), "body", getOperandTypes(),
                      getResultTypes());
}

LogicalResult OptimizationBarrierOp::verify() {
  if (getOperandTypes() != getResultTypes())
    return emitOpError("expected results of the operands' types");
  return success();
}

LogicalResult TupleOp::verify() {
  auto expected = TupleType::get(getContext(), getOperandTypes());
  if (getType() != expected)
    return emitOpError() << "expected a result of type " << expected
                         << ", but got " << getType();
  return success();
}

LogicalResult GetTupleElementOp::verify() {
  auto tuple = cast<TupleType>(getOperand().getType());
  if (getIndex() >= tuple.size())
    return emitOpError() << "expected an index below " << tuple.size()
                         << ", but got " << int32_t(getIndex());
  if (getType() != tuple.getType(getIndex()))
    return emitOpError() << "expected a result of type "
                         << tuple.getType(getIndex()) << ", but got "
                         << getType();
  return success();
}

LogicalResult RngOp::verify() {
  RankedTensorType shape = getShape().getType();
  if (getA().getType().getRank() != 0 || getB().getType().getRank() != 0)
    return emitOpError("expected limits of rank 0");
  if (!haveCompatibleElements(getA().getType(), getType()) ||
      !haveCompatibleElements(getB().getType(), getType()))
    return emitOpError() << "expected limits with elements of type "
                         << getType().getElementType();
  if (shape.getRank() != 1 ||
      !mayEqual(shape.getDimSize(0), getType().getRank()))
    return emitOpError() << "expected a shape of " << getType().getRank()
                         << " sizes, but got " << shape;
  return success();
}

LogicalResult RngBitGeneratorOp::verify() {
  RankedTensorType state = getInitialState().getType();
  if (!state.getElementType().isUnsignedInteger() || state.getRank() != 1)
    return emitOpError() << "expected a state of unsigned integers of rank 1, "
                            "but got "
                         << state;
  // Threefry has a state of 128 bits, Philox of 128 or 192.
  int64_t words = state.getDimSize(0);
  int64_t bits = words * state.getElementTypeBitWidth();
  bool fits = ShapedType::isDynamic(words) ||
              getRngAlgorithm() == RngAlgorithm::DEFAULT || bits == 128 ||
              (getRngAlgorithm() == RngAlgorithm::PHILOX && bits == 192);
  if (!fits)
    return emitOpError() << "expected a state of 128 bits, or 192 for PHILOX, "
                            "but got "
                         << bits;
  return verifyCompatible(*this, "a new state", state,
                          getOutputState().getType());
}
