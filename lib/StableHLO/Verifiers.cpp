#include "Verifiers.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::mp::shlo;

LogicalResult mlir::mp::shlo::verifyDimensions(Operation *op, StringRef name,
                                               ArrayRef<int64_t> dims,
                                               int64_t rank) {
  llvm::SmallBitVector seen(rank);
  for (int64_t dim : dims) {
    if (dim < 0 || dim >= rank)
      return op->emitOpError()
             << "expected '" << name << "' to name dimensions from 0 to "
             << rank - 1 << ", but got " << dim;
    if (seen.test(dim))
      return op->emitOpError()
             << "expected '" << name << "' to name no dimension twice, but got "
             << dim << " again";
    seen.set(dim);
  }
  return success();
}

LogicalResult mlir::mp::shlo::verifyCount(Operation *op, StringRef name,
                                          size_t size, int64_t count) {
  if (int64_t(size) == count)
    return success();
  return op->emitOpError() << "expected '" << name << "' to have " << count
                           << " entries, but got " << size;
}

LogicalResult mlir::mp::shlo::verifyCompatible(Operation *op, StringRef what,
                                               Type expected, Type got) {
  if (areCompatible(expected, got))
    return success();
  return op->emitOpError() << "expected " << what << " of type " << expected
                           << ", but got " << got;
}

LogicalResult mlir::mp::shlo::verifyResult(Operation *op, Value result,
                                           ArrayRef<int64_t> shape,
                                           Type elementType) {
  return verifyCompatible(op, "a result",
                          RankedTensorType::get(shape, elementType),
                          result.getType());
}

RankedTensorType mlir::mp::shlo::getScalarTensorType(Type tensor) {
  return RankedTensorType::get({}, getElementTypeOrSelf(tensor));
}

//===----------------------------------------------------------------------===//
// Regions
//===----------------------------------------------------------------------===//

static LogicalResult verifyTypes(Operation *op, StringRef name, StringRef what,
                                 TypeRange expected, TypeRange got) {
  if (expected.size() != got.size())
    return op->emitOpError()
           << "expected region '" << name << "' to have " << expected.size()
           << " " << what << "s, but got " << got.size();
  for (auto [index, types] : llvm::enumerate(llvm::zip_equal(expected, got)))
    if (auto [want, have] = types; !areCompatible(want, have))
      return op->emitOpError()
             << "expected " << what << " #" << index << " of region '" << name
             << "' to have type " << want << ", but got " << have;
  return success();
}

LogicalResult mlir::mp::shlo::verifyRegion(Operation *op, Region &region,
                                           StringRef name, TypeRange arguments,
                                           TypeRange results) {
  if (!region.hasOneBlock() || region.front().empty())
    return op->emitOpError() << "expected region '" << name
                             << "' to be one block with a terminator";
  if (failed(verifyTypes(op, name, "argument", arguments,
                         region.front().getArgumentTypes())))
    return failure();
  auto terminator = dyn_cast<ReturnOp>(region.front().back());
  if (!terminator)
    return op->emitOpError()
           << "expected region '" << name << "' to end in 'stablehlo.return'";
  return verifyTypes(op, name, "result", results, terminator.getOperandTypes());
}

LogicalResult mlir::mp::shlo::verifyReducer(Operation *op, Region &region,
                                            StringRef name, TypeRange inputs,
                                            TypeRange results) {
  SmallVector<Type> scalars;
  for (Type result : results)
    scalars.push_back(getScalarTensorType(result));
  SmallVector<Type> arguments(scalars);
  arguments.append(scalars);
  if (failed(verifyRegion(op, region, name, arguments, scalars)))
    return failure();
  // Accumulation may be wider than the input, never of another kind.
  for (auto [input, result] : llvm::zip_equal(inputs, results))
    if (!haveCompatibleElements(input, result) &&
        getElementKind(getElementTypeOrSelf(input)) !=
            getElementKind(getElementTypeOrSelf(result)))
      return op->emitOpError() << "expected a result with elements like "
                               << getElementTypeOrSelf(input) << ", but got "
                               << getElementTypeOrSelf(result);
  return success();
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

FailureOr<SmallVector<WindowDimension>>
mlir::mp::shlo::getWindow(Operation *op, ArrayRef<int64_t> sizes,
                          std::optional<ArrayRef<int64_t>> strides,
                          std::optional<DenseIntElementsAttr> padding,
                          std::optional<ArrayRef<int64_t>> baseDilations,
                          std::optional<ArrayRef<int64_t>> windowDilations) {
  SmallVector<WindowDimension> window(sizes.size());
  // Only a kernel's size can be unknown; in an attribute the number that
  // stands for it is one more wrong size.
  bool mayBeUnknown = isa<ConvolutionOp>(op);
  for (auto [entry, size] : llvm::zip_equal(window, sizes)) {
    if (size < 1 && !(mayBeUnknown && ShapedType::isDynamic(size)))
      return op->emitOpError()
             << "expected window sizes of 1 or more, but got " << size;
    entry.size = size;
  }
  auto read = [&](StringRef name, std::optional<ArrayRef<int64_t>> values,
                  int64_t WindowDimension::*member) -> LogicalResult {
    if (!values)
      return success();
    if (failed(verifyCount(op, name, values->size(), sizes.size())))
      return failure();
    for (auto [entry, value] : llvm::zip_equal(window, *values)) {
      if (value < 1)
        return op->emitOpError()
               << "expected '" << name << "' of 1 or more, but got " << value;
      entry.*member = value;
    }
    return success();
  };
  if (failed(read("window_strides", strides, &WindowDimension::stride)) ||
      failed(read("base_dilations", baseDilations,
                  &WindowDimension::baseDilation)) ||
      failed(read("window_dilations", windowDilations,
                  &WindowDimension::windowDilation)))
    return failure();
  if (padding) {
    ArrayRef<int64_t> shape = padding->getType().getShape();
    if (shape.size() != 2 || shape[0] != int64_t(sizes.size()) || shape[1] != 2)
      return op->emitOpError() << "expected 'padding' of shape " << sizes.size()
                               << "x2, but got " << padding->getType();
    auto values = padding->getValues<int64_t>();
    for (auto [index, entry] : llvm::enumerate(window)) {
      entry.low = values[2 * index];
      entry.high = values[2 * index + 1];
    }
  }
  return window;
}

int64_t mlir::mp::shlo::getWindowCount(int64_t size,
                                       const WindowDimension &window) {
  if (ShapedType::isDynamic(size) || ShapedType::isDynamic(window.size))
    return ShapedType::kDynamic;
  // Sizes come from the user; what overflows has no positions anyone can use.
  int64_t dilated = 0, reach = 0;
  if (llvm::MulOverflow(std::max<int64_t>(size - 1, 0), window.baseDilation,
                        dilated) ||
      llvm::AddOverflow(dilated, int64_t(size > 0), dilated) ||
      llvm::AddOverflow(dilated, window.low, dilated) ||
      llvm::AddOverflow(dilated, window.high, dilated) ||
      llvm::MulOverflow(window.size - 1, window.windowDilation, reach) ||
      llvm::AddOverflow(reach, int64_t(1), reach) || dilated < reach)
    return 0;
  return (dilated - reach) / window.stride + 1;
}
