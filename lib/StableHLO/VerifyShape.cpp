#include "Verifiers.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace mlir::mp::shlo;

LogicalResult ConstantOp::verify() {
  ShapedType type = getValue().getShapedType();
  if (type == getType())
    return success();
  auto quantized = dyn_cast<quant::QuantizedType>(getType().getElementType());
  if (quantized && type.getShape() == getType().getShape() &&
      type.getElementType() == quantized.getStorageType())
    return success();
  return emitOpError() << "expected a value of type " << getType()
                       << ", but got " << type;
}

LogicalResult IotaOp::verify() {
  if (!getType().hasStaticShape())
    return emitOpError() << "expected a static shape, but got " << getType();
  return verifyDimensions(*this, "dim", getIotaDimension(),
                          getType().getRank());
}

// broadcast_in_dim and its dynamic form.
static LogicalResult verifyBroadcast(Operation *op, RankedTensorType operand,
                                     RankedTensorType result,
                                     ArrayRef<int64_t> dims) {
  if (failed(verifyCount(op, "broadcast_dimensions", dims.size(),
                         operand.getRank())) ||
      failed(
          verifyDimensions(op, "broadcast_dimensions", dims, result.getRank())))
    return failure();
  if (!haveCompatibleElements(operand, result))
    return op->emitOpError() << "expected a result with elements of type "
                             << operand.getElementType() << ", but got "
                             << result.getElementType();
  for (auto [index, dim] : llvm::enumerate(dims)) {
    int64_t from = operand.getDimSize(index), to = result.getDimSize(dim);
    if (from != 1 && !mayEqual(from, to))
      return op->emitOpError()
             << "expected dimension " << index << " of the operand to have "
             << "size 1 or " << to << ", but got " << from;
  }
  return success();
}

LogicalResult BroadcastInDimOp::verify() {
  return verifyBroadcast(*this, getOperand().getType(), getType(),
                         getBroadcastDimensions());
}

LogicalResult DynamicBroadcastInDimOp::verify() {
  return verifyBroadcast(*this, getOperand().getType(), getType(),
                         getBroadcastDimensions());
}

LogicalResult BroadcastOp::verify() {
  SmallVector<int64_t> shape(getBroadcastSizes());
  for (int64_t size : shape)
    if (size < 0)
      return emitOpError() << "expected sizes of 0 or more, but got " << size;
  llvm::append_range(shape, getOperand().getType().getShape());
  return verifyResult(*this, getResult(), shape,
                      getOperand().getType().getElementType());
}

static LogicalResult verifySameCount(Operation *op, RankedTensorType operand,
                                     RankedTensorType result) {
  if (!haveCompatibleElements(operand, result))
    return op->emitOpError() << "expected a result with elements of type "
                             << operand.getElementType() << ", but got "
                             << result.getElementType();
  if (operand.hasStaticShape() && result.hasStaticShape() &&
      operand.getNumElements() != result.getNumElements())
    return op->emitOpError()
           << "expected a result of " << operand.getNumElements()
           << " elements, but got " << result.getNumElements();
  return success();
}

LogicalResult ReshapeOp::verify() {
  return verifySameCount(*this, getOperand().getType(), getType());
}

LogicalResult DynamicReshapeOp::verify() {
  RankedTensorType shape = getOutputShape().getType();
  if (shape.getRank() != 1 ||
      !mayEqual(shape.getDimSize(0), getType().getRank()))
    return emitOpError() << "expected a shape of " << getType().getRank()
                         << " sizes, but got " << shape;
  return verifySameCount(*this, getOperand().getType(), getType());
}

LogicalResult DynamicIotaOp::verify() {
  RankedTensorType shape = getOutputShape().getType();
  if (shape.getRank() != 1 ||
      !mayEqual(shape.getDimSize(0), getType().getRank()))
    return emitOpError() << "expected a shape of " << getType().getRank()
                         << " sizes, but got " << shape;
  return verifyDimensions(*this, "dim", getIotaDimension(),
                          getType().getRank());
}

static LogicalResult verifyDimensionSize(Operation *op, int64_t dim,
                                         RankedTensorType type) {
  return verifyDimensions(op, "dim", dim, type.getRank());
}

LogicalResult GetDimensionSizeOp::verify() {
  if (getType().getRank() != 0)
    return emitOpError() << "expected a result of rank 0, but got "
                         << getType();
  return verifyDimensionSize(*this, getDimension(), getOperand().getType());
}

LogicalResult SetDimensionSizeOp::verify() {
  if (getSize().getType().getRank() != 0)
    return emitOpError() << "expected a size of rank 0, but got "
                         << getSize().getType();
  return verifyDimensionSize(*this, getDimension(), getOperand().getType());
}

static unsigned getBitWidth(Type type) {
  if (auto complex = dyn_cast<ComplexType>(type))
    return 2 * complex.getElementType().getIntOrFloatBitWidth();
  if (auto quantized = dyn_cast<quant::QuantizedType>(type))
    return quantized.getStorageTypeIntegralWidth();
  return type.getIntOrFloatBitWidth();
}

LogicalResult BitcastConvertOp::verify() {
  RankedTensorType from = getOperand().getType(), to = getType();
  unsigned fromBits = getBitWidth(from.getElementType());
  unsigned toBits = getBitWidth(to.getElementType());
  RankedTensorType wide = fromBits >= toBits ? from : to;
  RankedTensorType narrow = fromBits >= toBits ? to : from;
  unsigned wideBits = std::max(fromBits, toBits);
  unsigned narrowBits = std::min(fromBits, toBits);
  ArrayRef<int64_t> shape = narrow.getShape();
  if (wideBits != narrowBits) {
    if (wideBits % narrowBits != 0 || shape.empty() ||
        !mayEqual(shape.back(), wideBits / narrowBits))
      return emitOpError()
             << "expected " << narrow
             << " to have a last dimension for the parts of elements of type "
             << wide.getElementType();
    shape = shape.drop_back();
  }
  if (failed(verifyCompatibleShape(shape, wide.getShape())))
    return emitOpError() << "expected a result of the shape of " << from
                         << ", but got " << to;
  return success();
}

LogicalResult TransposeOp::verify() {
  RankedTensorType operand = getOperand().getType();
  ArrayRef<int64_t> permutation = getPermutation();
  if (failed(verifyCount(*this, "permutation", permutation.size(),
                         operand.getRank())) ||
      failed(verifyDimensions(*this, "permutation", permutation,
                              operand.getRank())))
    return failure();
  return verifyResult(*this, getResult(),
                      applyPermutation(operand.getShape(), permutation),
                      operand.getElementType());
}

LogicalResult ReverseOp::verify() {
  return verifyDimensions(*this, "dimensions", getDimensions(),
                          getType().getRank());
}

//===----------------------------------------------------------------------===//
// Slices
//===----------------------------------------------------------------------===//

LogicalResult SliceOp::verify() {
  RankedTensorType operand = getOperand().getType();
  int64_t rank = operand.getRank();
  if (failed(verifyCount(*this, "start_indices", getStartIndices().size(),
                         rank)) ||
      failed(verifyCount(*this, "limit_indices", getLimitIndices().size(),
                         rank)) ||
      failed(verifyCount(*this, "strides", getStrides().size(), rank)))
    return failure();
  SmallVector<int64_t> shape;
  for (int64_t dim = 0; dim < rank; ++dim) {
    int64_t start = getStartIndices()[dim], limit = getLimitIndices()[dim];
    int64_t stride = getStrides()[dim], size = operand.getDimSize(dim);
    if (start < 0 || limit < start ||
        (!ShapedType::isDynamic(size) && limit > size))
      return emitOpError() << "expected a range within 0:" << size
                           << " in dimension " << dim << ", but got " << start
                           << ":" << limit;
    if (stride < 1)
      return emitOpError() << "expected strides of 1 or more, but got "
                           << stride;
    int64_t length = limit - start;
    shape.push_back(length / stride + (length % stride != 0));
  }
  return verifyResult(*this, getResult(), shape, operand.getElementType());
}

// The positions of dynamic_slice and dynamic_update_slice.
static LogicalResult verifyStartIndices(Operation *op, OperandRange indices,
                                        int64_t rank) {
  if (failed(verifyCount(op, "start_indices", indices.size(), rank)))
    return failure();
  for (Value index : indices)
    if (cast<RankedTensorType>(index.getType()).getRank() != 0 ||
        index.getType() != indices.front().getType())
      return op->emitOpError() << "expected start indices of rank 0 and of "
                                  "one type, but got "
                               << index.getType();
  return success();
}

LogicalResult DynamicSliceOp::verify() {
  RankedTensorType operand = getOperand().getType();
  if (failed(verifyStartIndices(*this, getStartIndices(), operand.getRank())) ||
      failed(verifyCount(*this, "slice_sizes", getSliceSizes().size(),
                         operand.getRank())))
    return failure();
  for (auto [size, slice] :
       llvm::zip_equal(operand.getShape(), getSliceSizes()))
    if (slice < 0 || (!ShapedType::isDynamic(size) && slice > size))
      return emitOpError() << "expected slice sizes from 0 to " << size
                           << ", but got " << slice;
  return verifyResult(*this, getResult(), getSliceSizes(),
                      operand.getElementType());
}

LogicalResult DynamicUpdateSliceOp::verify() {
  RankedTensorType operand = getOperand().getType();
  RankedTensorType update = getUpdate().getType();
  if (failed(verifyStartIndices(*this, getStartIndices(), operand.getRank())) ||
      failed(verifyCompatible(*this, "a result", operand, getType())))
    return failure();
  if (update.getRank() != operand.getRank() ||
      !haveCompatibleElements(update, operand))
    return emitOpError() << "expected an update of the rank and elements of "
                         << operand << ", but got " << update;
  for (auto [size, part] :
       llvm::zip_equal(operand.getShape(), update.getShape()))
    if (!ShapedType::isDynamic(size) && !ShapedType::isDynamic(part) &&
        part > size)
      return emitOpError() << "expected an update no larger than " << operand
                           << ", but got " << update;
  return success();
}

LogicalResult PadOp::verify() {
  RankedTensorType operand = getOperand().getType();
  int64_t rank = operand.getRank();
  if (failed(verifyCompatible(*this, "a padding value",
                              getScalarTensorType(operand),
                              getPaddingValue().getType())) ||
      failed(verifyCount(*this, "edge_padding_low", getEdgePaddingLow().size(),
                         rank)) ||
      failed(verifyCount(*this, "edge_padding_high",
                         getEdgePaddingHigh().size(), rank)) ||
      failed(verifyCount(*this, "interior_padding", getInteriorPadding().size(),
                         rank)))
    return failure();
  SmallVector<int64_t> shape;
  for (int64_t dim = 0; dim < rank; ++dim) {
    int64_t interior = getInteriorPadding()[dim];
    if (interior < 0)
      return emitOpError() << "expected interior padding of 0 or more, but got "
                           << interior;
    int64_t size = operand.getDimSize(dim);
    if (ShapedType::isDynamic(size)) {
      shape.push_back(size);
      continue;
    }
    int64_t between = 0, total = size;
    if (llvm::MulOverflow(std::max<int64_t>(size - 1, 0), interior, between) ||
        llvm::AddOverflow(total, between, total) ||
        llvm::AddOverflow(total, getEdgePaddingLow()[dim], total) ||
        llvm::AddOverflow(total, getEdgePaddingHigh()[dim], total) || total < 0)
      return emitOpError() << "expected padding that leaves a size of 0 or "
                              "more in dimension "
                           << dim;
    shape.push_back(total);
  }
  return verifyResult(*this, getResult(), shape, operand.getElementType());
}

LogicalResult ConcatenateOp::verify() {
  if (getInputs().empty())
    return emitOpError("expected one input or more");
  auto first = cast<RankedTensorType>(getInputs()[0].getType());
  int64_t dim = getDimension();
  if (failed(verifyDimensions(*this, "dim", dim, first.getRank())))
    return failure();
  SmallVector<int64_t> shape(first.getShape());
  for (Value input : getInputs().drop_front()) {
    auto type = cast<RankedTensorType>(input.getType());
    bool fits = type.getRank() == first.getRank() &&
                haveCompatibleElements(type, first);
    for (int64_t i = 0; fits && i < first.getRank(); ++i)
      fits = i == dim || mayEqual(type.getDimSize(i), shape[i]);
    if (!fits)
      return emitOpError() << "expected inputs that agree with " << first
                           << " in all dimensions but " << dim << ", but got "
                           << type;
    int64_t size = type.getDimSize(dim);
    if (ShapedType::isDynamic(size) || ShapedType::isDynamic(shape[dim]))
      shape[dim] = ShapedType::kDynamic;
    else
      shape[dim] += size;
  }
  return verifyResult(*this, getResult(), shape, first.getElementType());
}
