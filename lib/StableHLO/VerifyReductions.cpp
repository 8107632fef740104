#include "Verifiers.h"

using namespace mlir;
using namespace mlir::mp::shlo;

// Inputs of one shape, each with an initial value of its kind.
static LogicalResult verifyInputs(Operation *op, ValueRange inputs,
                                  ValueRange initValues) {
  if (inputs.empty())
    return op->emitOpError("expected one input or more");
  for (auto [input, init] : llvm::zip_equal(inputs, initValues)) {
    if (failed(verifyCompatibleShape(input.getType(), inputs[0].getType())))
      return op->emitOpError()
             << "expected inputs of one shape, but got " << inputs[0].getType()
             << " and " << input.getType();
    if (failed(verifyCompatible(op, "an initial value",
                                getScalarTensorType(input.getType()),
                                init.getType())))
      return failure();
  }
  return success();
}

static LogicalResult verifyResultShapes(Operation *op,
                                        ArrayRef<int64_t> shape) {
  for (Value result : op->getResults())
    if (failed(verifyResult(op, result, shape,
                            getElementTypeOrSelf(result.getType()))))
      return failure();
  return success();
}

LogicalResult ReduceOp::verify() {
  if (failed(verifyInputs(*this, getInputs(), getInitValues())) ||
      failed(
          verifyCount(*this, "results", getNumResults(), getInputs().size())))
    return failure();
  auto first = cast<RankedTensorType>(getInputs()[0].getType());
  if (failed(verifyDimensions(*this, "dimensions", getDimensions(),
                              first.getRank())))
    return failure();
  SmallVector<int64_t> shape;
  for (auto [dim, size] : llvm::enumerate(first.getShape()))
    if (!llvm::is_contained(getDimensions(), int64_t(dim)))
      shape.push_back(size);
  if (failed(verifyResultShapes(*this, shape)))
    return failure();
  return verifyReducer(*this, getBody(), "body", getInputs().getTypes(),
                       getResultTypes());
}

LogicalResult ReduceWindowOp::verify() {
  if (failed(verifyInputs(*this, getInputs(), getInitValues())) ||
      failed(
          verifyCount(*this, "results", getNumResults(), getInputs().size())))
    return failure();
  auto first = cast<RankedTensorType>(getInputs()[0].getType());
  if (failed(verifyCount(*this, "window_dimensions",
                         getWindowDimensions().size(), first.getRank())))
    return failure();
  FailureOr<SmallVector<WindowDimension>> window =
      getWindow(*this, getWindowDimensions(), getWindowStrides(), getPadding(),
                getBaseDilations(), getWindowDilations());
  if (failed(window))
    return failure();
  SmallVector<int64_t> shape;
  for (auto [size, entry] : llvm::zip_equal(first.getShape(), *window))
    shape.push_back(getWindowCount(size, entry));
  if (failed(verifyResultShapes(*this, shape)))
    return failure();
  return verifyReducer(*this, getBody(), "body", getInputs().getTypes(),
                       getResultTypes());
}

LogicalResult SelectAndScatterOp::verify() {
  RankedTensorType operand = getOperand().getType();
  RankedTensorType source = getSource().getType();
  SmallVector<int64_t> sizes(operand.getRank(), 1);
  if (getWindowDimensions()) {
    sizes.assign(getWindowDimensions()->begin(), getWindowDimensions()->end());
    if (failed(verifyCount(*this, "window_dimensions", sizes.size(),
                           operand.getRank())))
      return failure();
  }
  FailureOr<SmallVector<WindowDimension>> window =
      getWindow(*this, sizes, getWindowStrides(), getPadding(), std::nullopt,
                std::nullopt);
  if (failed(window))
    return failure();
  SmallVector<int64_t> shape;
  for (auto [size, entry] : llvm::zip_equal(operand.getShape(), *window))
    shape.push_back(getWindowCount(size, entry));
  Type scalar = getScalarTensorType(operand);
  Type pred = RankedTensorType::get({}, IntegerType::get(getContext(), 1));
  if (failed(verifyCompatible(
          *this, "a source",
          RankedTensorType::get(shape, operand.getElementType()), source)) ||
      failed(verifyCompatible(*this, "an initial value", scalar,
                              getInitValue().getType())) ||
      failed(verifyResult(*this, getResult(), operand.getShape(),
                          getType().getElementType())) ||
      failed(
          verifyRegion(*this, getSelect(), "select", {scalar, scalar}, pred)))
    return failure();
  return verifyReducer(*this, getScatter(), "scatter", operand,
                       Type(getType()));
}

LogicalResult MapOp::verify() {
  if (getInputs().empty())
    return emitOpError("expected one input or more");
  SmallVector<Type> arguments;
  for (Value input : getInputs()) {
    arguments.push_back(getScalarTensorType(input.getType()));
    if (failed(verifyCompatibleShape(input.getType(), getType())))
      return emitOpError() << "expected inputs of the shape of " << getType()
                           << ", but got " << input.getType();
  }
  for (auto [index, dim] : llvm::enumerate(getDimensions()))
    if (dim != int64_t(index))
      return emitOpError("expected 'dimensions' to name all in order");
  if (failed(verifyCount(*this, "dimensions", getDimensions().size(),
                         getType().getRank())))
    return failure();
  return verifyRegion(*this, getComputation(), "computation", arguments,
                      Type(getScalarTensorType(getType())));
}

LogicalResult SortOp::verify() {
  if (getInputs().empty())
    return emitOpError("expected one input or more");
  if (failed(
          verifyCount(*this, "results", getNumResults(), getInputs().size())))
    return failure();
  auto first = cast<RankedTensorType>(getInputs()[0].getType());
  int64_t rank = first.getRank(), dim = getDimension();
  if (dim < -rank || dim >= rank)
    return emitOpError() << "expected 'dimension' from " << -rank << " to "
                         << rank - 1 << ", but got " << dim;
  SmallVector<Type> arguments;
  for (auto [input, result] : llvm::zip_equal(getInputs(), getResults())) {
    if (failed(verifyCompatibleShape(input.getType(), first)))
      return emitOpError() << "expected inputs of one shape, but got " << first
                           << " and " << input.getType();
    if (failed(verifyCompatible(*this, "a result", input.getType(),
                                result.getType())))
      return failure();
    arguments.append(2, getScalarTensorType(input.getType()));
  }
  Type pred = RankedTensorType::get({}, IntegerType::get(getContext(), 1));
  return verifyRegion(*this, getComparator(), "comparator", arguments, pred);
}
