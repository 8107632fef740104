#include "Verifiers.h"

using namespace mlir;
using namespace mlir::mp::shlo;

//===----------------------------------------------------------------------===//
// dot
//===----------------------------------------------------------------------===//

static LogicalResult verifyPrecision(Operation *op,
                                     std::optional<ArrayAttr> precision) {
  if (precision && precision->size() != 0 && precision->size() != 2)
    return op->emitOpError()
           << "expected a precision for each of 2 operands, but got "
           << precision->size();
  return success();
}

// Elements may be narrower than the result, never of another kind.
static LogicalResult verifyProductElements(Operation *op, RankedTensorType lhs,
                                           RankedTensorType rhs,
                                           RankedTensorType result) {
  auto kind = [](RankedTensorType type) {
    return getElementKind(type.getElementType());
  };
  bool anyQuantized = (kind(lhs) | kind(rhs) | kind(result)) & kQuantElement;
  if (anyQuantized || (kind(lhs) == kind(rhs) && kind(lhs) == kind(result)))
    return success();
  return op->emitOpError() << "expected operands and result with elements of "
                              "one kind, but got "
                           << lhs.getElementType() << ", "
                           << rhs.getElementType() << " and "
                           << result.getElementType();
}

LogicalResult DotGeneralOp::verify() {
  RankedTensorType lhs = getLhs().getType(), rhs = getRhs().getType();
  DotDimensionNumbersAttr numbers = getDotDimensionNumbers();
  ArrayRef<int64_t> lhsBatch = numbers.getLhsBatchingDimensions();
  ArrayRef<int64_t> rhsBatch = numbers.getRhsBatchingDimensions();
  ArrayRef<int64_t> lhsContracting = numbers.getLhsContractingDimensions();
  ArrayRef<int64_t> rhsContracting = numbers.getRhsContractingDimensions();
  if (failed(verifyCount(*this, "rhs_batching_dimensions", rhsBatch.size(),
                         lhsBatch.size())) ||
      failed(verifyCount(*this, "rhs_contracting_dimensions",
                         rhsContracting.size(), lhsContracting.size())) ||
      failed(verifyPrecision(*this, getPrecisionConfig())) ||
      failed(verifyProductElements(*this, lhs, rhs, getType())))
    return failure();
  SmallVector<int64_t> lhsDims(lhsBatch), rhsDims(rhsBatch);
  llvm::append_range(lhsDims, lhsContracting);
  llvm::append_range(rhsDims, rhsContracting);
  if (failed(
          verifyDimensions(*this, "lhs dimensions", lhsDims, lhs.getRank())) ||
      failed(verifyDimensions(*this, "rhs dimensions", rhsDims, rhs.getRank())))
    return failure();
  for (auto [l, r] : llvm::zip_equal(lhsDims, rhsDims))
    if (!mayEqual(lhs.getDimSize(l), rhs.getDimSize(r)))
      return emitOpError() << "expected dimension " << l << " of " << lhs
                           << " and dimension " << r << " of " << rhs
                           << " to have one size";
  SmallVector<int64_t> shape;
  for (int64_t dim : lhsBatch)
    shape.push_back(lhs.getDimSize(dim));
  for (int64_t dim = 0; dim < lhs.getRank(); ++dim)
    if (!llvm::is_contained(lhsDims, dim))
      shape.push_back(lhs.getDimSize(dim));
  for (int64_t dim = 0; dim < rhs.getRank(); ++dim)
    if (!llvm::is_contained(rhsDims, dim))
      shape.push_back(rhs.getDimSize(dim));
  if (DotAlgorithmAttr algorithm = getAlgorithmAttr())
    if (algorithm.getLhsComponentCount() < 1 ||
        algorithm.getRhsComponentCount() < 1 ||
        algorithm.getNumPrimitiveOperations() < 1)
      return emitOpError("expected counts of 1 or more in 'algorithm'");
  return verifyResult(*this, getResult(), shape, getType().getElementType());
}

LogicalResult DotOp::verify() {
  RankedTensorType lhs = getLhs().getType(), rhs = getRhs().getType();
  if (failed(verifyPrecision(*this, getPrecisionConfig())) ||
      failed(verifyProductElements(*this, lhs, rhs, getType())))
    return failure();
  if (lhs.getRank() < 1 || lhs.getRank() > 2 || rhs.getRank() < 1 ||
      rhs.getRank() > 2)
    return emitOpError() << "expected operands of rank 1 or 2, but got " << lhs
                         << " and " << rhs;
  if (!mayEqual(lhs.getShape().back(), rhs.getShape().front()))
    return emitOpError() << "expected the last dimension of " << lhs
                         << " and the first of " << rhs << " to have one size";
  SmallVector<int64_t> shape(lhs.getShape().drop_back());
  llvm::append_range(shape, rhs.getShape().drop_front());
  return verifyResult(*this, getResult(), shape, getType().getElementType());
}

//===----------------------------------------------------------------------===//
// convolution
//===----------------------------------------------------------------------===//

static LogicalResult verifyConvDims(Operation *op, StringRef name,
                                    int64_t first, int64_t second,
                                    ArrayRef<int64_t> spatial,
                                    RankedTensorType type) {
  SmallVector<int64_t> dims{first, second};
  llvm::append_range(dims, spatial);
  if (failed(verifyCount(op, name, dims.size(), type.getRank())))
    return failure();
  return verifyDimensions(op, name, dims, type.getRank());
}

LogicalResult ConvolutionOp::verify() {
  RankedTensorType lhs = getLhs().getType(), rhs = getRhs().getType();
  ConvDimensionNumbersAttr numbers = getDimensionNumbers();
  if (failed(verifyConvDims(*this, "input dimensions",
                            numbers.getInputBatchDimension(),
                            numbers.getInputFeatureDimension(),
                            numbers.getInputSpatialDimensions(), lhs)) ||
      failed(verifyConvDims(*this, "kernel dimensions",
                            numbers.getKernelInputFeatureDimension(),
                            numbers.getKernelOutputFeatureDimension(),
                            numbers.getKernelSpatialDimensions(), rhs)) ||
      failed(verifyConvDims(*this, "output dimensions",
                            numbers.getOutputBatchDimension(),
                            numbers.getOutputFeatureDimension(),
                            numbers.getOutputSpatialDimensions(), getType())) ||
      failed(verifyPrecision(*this, getPrecisionConfig())) ||
      failed(verifyProductElements(*this, lhs, rhs, getType())))
    return failure();
  if (lhs.getRank() != rhs.getRank() || lhs.getRank() != getType().getRank())
    return emitOpError("expected operands and result of one rank");

  SmallVector<int64_t> kernel;
  for (int64_t dim : numbers.getKernelSpatialDimensions())
    kernel.push_back(rhs.getDimSize(dim));
  FailureOr<SmallVector<WindowDimension>> window =
      getWindow(*this, kernel, getWindowStrides(), getPadding(),
                getLhsDilation(), getRhsDilation());
  if (failed(window))
    return failure();
  if (getWindowReversal() &&
      failed(verifyCount(*this, "window_reversal", getWindowReversal()->size(),
                         kernel.size())))
    return failure();

  int64_t featureGroups = getFeatureGroupCount();
  int64_t batchGroups = getBatchGroupCount();
  int64_t batch = lhs.getDimSize(numbers.getInputBatchDimension());
  int64_t inputFeatures = lhs.getDimSize(numbers.getInputFeatureDimension());
  int64_t kernelInput =
      rhs.getDimSize(numbers.getKernelInputFeatureDimension());
  int64_t outputFeatures =
      rhs.getDimSize(numbers.getKernelOutputFeatureDimension());
  if (featureGroups < 1 || batchGroups < 1 ||
      (featureGroups > 1 && batchGroups > 1))
    return emitOpError() << "expected group counts of 1 or more, only one of "
                            "them above 1, but got "
                         << featureGroups << " and " << batchGroups;
  auto divides = [](int64_t groups, int64_t size) {
    return ShapedType::isDynamic(size) || size % groups == 0;
  };
  if (!divides(featureGroups, inputFeatures) ||
      !divides(featureGroups, outputFeatures))
    return emitOpError() << "expected 'feature_group_count' " << featureGroups
                         << " to divide the features of " << lhs << " and "
                         << rhs;
  if (!divides(batchGroups, batch) || !divides(batchGroups, outputFeatures))
    return emitOpError() << "expected 'batch_group_count' " << batchGroups
                         << " to divide the batch of " << lhs
                         << " and the features of " << rhs;
  if (!ShapedType::isDynamic(inputFeatures) &&
      !mayEqual(inputFeatures / featureGroups, kernelInput))
    return emitOpError() << "expected a kernel of "
                         << inputFeatures / featureGroups
                         << " input features, but got " << kernelInput;

  SmallVector<int64_t> shape(lhs.getRank());
  shape[numbers.getOutputBatchDimension()] =
      ShapedType::isDynamic(batch) ? batch : batch / batchGroups;
  shape[numbers.getOutputFeatureDimension()] = outputFeatures;
  for (auto [index, dim] :
       llvm::enumerate(numbers.getOutputSpatialDimensions())) {
    int64_t input = lhs.getDimSize(numbers.getInputSpatialDimensions()[index]);
    shape[dim] = getWindowCount(input, (*window)[index]);
  }
  return verifyResult(*this, getResult(), shape, getType().getElementType());
}

//===----------------------------------------------------------------------===//
// Batch normalisation
//===----------------------------------------------------------------------===//

// The vectors of one entry for each feature.
static LogicalResult verifyFeatures(Operation *op, RankedTensorType operand,
                                    uint64_t featureIndex, ValueRange vectors) {
  int64_t dim = featureIndex;
  if (failed(verifyDimensions(op, "feature_index", dim, operand.getRank())))
    return failure();
  auto expected = RankedTensorType::get({operand.getDimSize(dim)},
                                        operand.getElementType());
  for (Value vector : vectors)
    if (failed(verifyCompatible(op, "a value for each feature", expected,
                                vector.getType())))
      return failure();
  return success();
}

LogicalResult BatchNormInferenceOp::verify() {
  if (failed(verifyCompatible(*this, "a result", getOperand().getType(),
                              getType())))
    return failure();
  return verifyFeatures(*this, getOperand().getType(), getFeatureIndex(),
                        {getScale(), getOffset(), getMean(), getVariance()});
}

LogicalResult BatchNormTrainingOp::verify() {
  if (failed(verifyCompatible(*this, "a result", getOperand().getType(),
                              getOutput().getType())))
    return failure();
  return verifyFeatures(
      *this, getOperand().getType(), getFeatureIndex(),
      {getScale(), getOffset(), getBatchMean(), getBatchVar()});
}

LogicalResult BatchNormGradOp::verify() {
  if (failed(verifyCompatible(*this, "a gradient", getOperand().getType(),
                              getGradOutput().getType())) ||
      failed(verifyCompatible(*this, "a result", getOperand().getType(),
                              getGradOperand().getType())))
    return failure();
  return verifyFeatures(
      *this, getOperand().getType(), getFeatureIndex(),
      {getScale(), getMean(), getVariance(), getGradScale(), getGradOffset()});
}

//===----------------------------------------------------------------------===//
// Linear algebra and transforms
//===----------------------------------------------------------------------===//

LogicalResult CholeskyOp::verify() {
  RankedTensorType type = getA().getType();
  if (type.getRank() < 2 || !mayEqual(type.getDimSize(type.getRank() - 1),
                                      type.getDimSize(type.getRank() - 2)))
    return emitOpError() << "expected square matrices, but got " << type;
  return success();
}

LogicalResult TriangularSolveOp::verify() {
  RankedTensorType a = getA().getType(), b = getB().getType();
  int64_t rank = a.getRank();
  if (rank < 2 || b.getRank() != rank ||
      a.getElementType() != b.getElementType())
    return emitOpError() << "expected operands of one rank of 2 or more and of "
                            "one element type, but got "
                         << a << " and " << b;
  if (getTransposeA() == Transpose::TRANSPOSE_INVALID)
    return emitOpError("expected a valid 'transpose_a'");
  int64_t size = a.getDimSize(rank - 1);
  int64_t rows = b.getDimSize(getLeftSide() ? rank - 2 : rank - 1);
  if (!mayEqual(size, a.getDimSize(rank - 2)) || !mayEqual(size, rows) ||
      failed(verifyCompatibleShape(a.getShape().drop_back(2),
                                   b.getShape().drop_back(2))))
    return emitOpError() << "expected square matrices that fit the other "
                            "operand, but got "
                         << a << " and " << b;
  return verifyCompatible(*this, "a result", b, getType());
}

LogicalResult FftOp::verify() {
  RankedTensorType operand = getOperand().getType(), result = getType();
  ArrayRef<int64_t> length = getFftLength();
  FftType type = getFftType();
  if (length.empty() || length.size() > 3 ||
      int64_t(length.size()) > operand.getRank())
    return emitOpError() << "expected 1 to 3 lengths, no more than the rank of "
                         << operand << ", but got " << length.size();
  bool complexIn = type != FftType::RFFT, complexOut = type != FftType::IRFFT;
  if (isa<ComplexType>(operand.getElementType()) != complexIn ||
      isa<ComplexType>(result.getElementType()) != complexOut)
    return emitOpError() << "expected a " << (complexIn ? "complex" : "real")
                         << " operand and a "
                         << (complexOut ? "complex" : "real") << " result for "
                         << stringifyFftType(type);
  SmallVector<int64_t> inShape(operand.getShape()), outShape(inShape);
  for (auto [index, size] : llvm::enumerate(length)) {
    if (size < 0)
      return emitOpError() << "expected lengths of 0 or more, but got " << size;
    size_t dim = inShape.size() - length.size() + index;
    bool isLast = dim + 1 == inShape.size();
    int64_t half = size / 2 + (size > 0);
    int64_t in = isLast && type == FftType::IRFFT ? half : size;
    if (!mayEqual(in, inShape[dim]) && !llvm::is_contained(inShape, 0))
      return emitOpError() << "expected dimension " << dim << " of " << operand
                           << " to have size " << in;
    outShape[dim] = isLast && type == FftType::RFFT ? half : size;
  }
  return verifyResult(*this, getResult(), outShape, result.getElementType());
}
