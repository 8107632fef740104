#include "Verifiers.h"

using namespace mlir;
using namespace mlir::mp::shlo;

namespace {
/// What gather and scatter have in common: positions read from `indices` that
/// name the corner of a slice of `operand`.
struct Indexing {
  RankedTensorType operand;
  RankedTensorType indices;
  ArrayRef<int64_t> windowDims;          // in the slices' tensor
  ArrayRef<int64_t> collapsedDims;       // of the operand, of size 1
  ArrayRef<int64_t> operandBatchingDims; // of the operand, of size 1
  ArrayRef<int64_t> indicesBatchingDims; // of the indices
  ArrayRef<int64_t> indexMap;            // of the operand
  int64_t indexVectorDim;
};
} // namespace

static LogicalResult verifyIndexing(Operation *op, const Indexing &indexing,
                                    int64_t slicesRank) {
  int64_t operandRank = indexing.operand.getRank();
  int64_t indicesRank = indexing.indices.getRank();
  int64_t vectorDim = indexing.indexVectorDim;
  if (vectorDim < 0 || vectorDim > indicesRank)
    return op->emitOpError() << "expected 'index_vector_dim' from 0 to "
                             << indicesRank << ", but got " << vectorDim;
  int64_t vectorSize =
      vectorDim == indicesRank ? 1 : indexing.indices.getDimSize(vectorDim);
  if (!mayEqual(vectorSize, indexing.indexMap.size()))
    return op->emitOpError()
           << "expected the indices to name " << indexing.indexMap.size()
           << " dimensions, but got " << vectorSize;
  SmallVector<int64_t> dropped(indexing.collapsedDims);
  llvm::append_range(dropped, indexing.operandBatchingDims);
  SmallVector<int64_t> mapped(indexing.indexMap);
  llvm::append_range(mapped, indexing.operandBatchingDims);
  if (failed(
          verifyDimensions(op, "dimensions of size 1", dropped, operandRank)) ||
      failed(verifyDimensions(op, "indexed dimensions", mapped, operandRank)) ||
      failed(verifyDimensions(op, "window dimensions", indexing.windowDims,
                              slicesRank)) ||
      failed(verifyDimensions(op, "batching dimensions of the indices",
                              indexing.indicesBatchingDims, indicesRank)) ||
      failed(verifyCount(op, "batching dimensions of the indices",
                         indexing.indicesBatchingDims.size(),
                         indexing.operandBatchingDims.size())) ||
      failed(verifyCount(op, "window dimensions", indexing.windowDims.size(),
                         operandRank - int64_t(dropped.size()))))
    return failure();
  if (!llvm::is_sorted(indexing.windowDims))
    return op->emitOpError("expected window dimensions in order");
  if (llvm::is_contained(indexing.indicesBatchingDims, vectorDim))
    return op->emitOpError("expected 'index_vector_dim' to be no batching "
                           "dimension");
  for (auto [o, i] : llvm::zip_equal(indexing.operandBatchingDims,
                                     indexing.indicesBatchingDims))
    if (!mayEqual(indexing.operand.getDimSize(o),
                  indexing.indices.getDimSize(i)))
      return op->emitOpError()
             << "expected batching dimensions of one size, "
                "but got dimension "
             << o << " of " << indexing.operand << " and dimension " << i
             << " of " << indexing.indices;
  int64_t batchRank = indicesRank - (vectorDim < indicesRank ? 1 : 0);
  return verifyCount(op, "dimensions of the slices", slicesRank,
                     batchRank + int64_t(indexing.windowDims.size()));
}

// The slices' shape: dimensions of the indices, and in between the window's.
static SmallVector<int64_t> getSlicesShape(const Indexing &indexing,
                                           ArrayRef<int64_t> window,
                                           int64_t slicesRank) {
  SmallVector<int64_t> batch(indexing.indices.getShape());
  if (indexing.indexVectorDim < int64_t(batch.size()))
    batch.erase(batch.begin() + indexing.indexVectorDim);
  SmallVector<int64_t> shape;
  auto nextBatch = batch.begin();
  auto nextWindow = window.begin();
  for (int64_t dim = 0; dim < slicesRank; ++dim)
    shape.push_back(llvm::is_contained(indexing.windowDims, dim)
                        ? *nextWindow++
                        : *nextBatch++);
  return shape;
}

static bool isDropped(const Indexing &indexing, int64_t dim) {
  return llvm::is_contained(indexing.collapsedDims, dim) ||
         llvm::is_contained(indexing.operandBatchingDims, dim);
}

LogicalResult GatherOp::verify() {
  GatherDimensionNumbersAttr numbers = getDimensionNumbers();
  Indexing indexing{
      getOperand().getType(),           getStartIndices().getType(),
      numbers.getOffsetDims(),          numbers.getCollapsedSliceDims(),
      numbers.getOperandBatchingDims(), numbers.getStartIndicesBatchingDims(),
      numbers.getStartIndexMap(),       numbers.getIndexVectorDim()};
  int64_t rank = getType().getRank();
  if (failed(verifyIndexing(*this, indexing, rank)) ||
      failed(verifyCount(*this, "slice_sizes", getSliceSizes().size(),
                         indexing.operand.getRank())))
    return failure();
  SmallVector<int64_t> window;
  for (auto [dim, size] : llvm::enumerate(getSliceSizes())) {
    int64_t whole = indexing.operand.getDimSize(dim);
    if (size < 0 || (!ShapedType::isDynamic(whole) && size > whole))
      return emitOpError() << "expected slice sizes from 0 to " << whole
                           << " in dimension " << dim << ", but got " << size;
    if (!isDropped(indexing, dim))
      window.push_back(size);
    else if (size > 1)
      return emitOpError() << "expected slice size 1 in dimension " << dim
                           << ", but got " << size;
  }
  return verifyResult(*this, getResult(),
                      getSlicesShape(indexing, window, rank),
                      indexing.operand.getElementType());
}

LogicalResult ScatterOp::verify() {
  if (getInputs().empty())
    return emitOpError("expected one input or more");
  if (failed(
          verifyCount(*this, "results", getNumResults(), getInputs().size())))
    return failure();
  ScatterDimensionNumbersAttr numbers = getScatterDimensionNumbers();
  auto first = cast<RankedTensorType>(getInputs()[0].getType());
  auto updates = cast<RankedTensorType>(getUpdates()[0].getType());
  Indexing indexing{first,
                    getScatterIndices().getType(),
                    numbers.getUpdateWindowDims(),
                    numbers.getInsertedWindowDims(),
                    numbers.getInputBatchingDims(),
                    numbers.getScatterIndicesBatchingDims(),
                    numbers.getScatterDimsToOperandDims(),
                    numbers.getIndexVectorDim()};
  if (failed(verifyIndexing(*this, indexing, updates.getRank())))
    return failure();
  for (auto [input, update, result] :
       llvm::zip_equal(getInputs(), getUpdates(), getResults())) {
    if (failed(verifyCompatibleShape(input.getType(), first)) ||
        failed(verifyCompatibleShape(update.getType(), updates)))
      return emitOpError("expected inputs of one shape and updates of one "
                         "shape");
    if (!haveCompatibleElements(input.getType(), update.getType()))
      return emitOpError() << "expected updates with elements of type "
                           << getElementTypeOrSelf(input.getType())
                           << ", but got "
                           << getElementTypeOrSelf(update.getType());
    if (failed(verifyResult(*this, result, first.getShape(),
                            getElementTypeOrSelf(result.getType()))))
      return failure();
  }
  SmallVector<int64_t> window;
  auto nextDim = indexing.windowDims.begin();
  for (int64_t dim = 0; dim < first.getRank(); ++dim) {
    if (isDropped(indexing, dim))
      continue;
    int64_t size = updates.getDimSize(*nextDim++);
    int64_t whole = first.getDimSize(dim);
    if (!ShapedType::isDynamic(size) && !ShapedType::isDynamic(whole) &&
        size > whole)
      return emitOpError() << "expected updates no larger than " << first
                           << ", but got " << updates;
    window.push_back(size);
  }
  if (failed(verifyCompatible(
          *this, "updates",
          RankedTensorType::get(
              getSlicesShape(indexing, window, updates.getRank()),
              updates.getElementType()),
          updates)))
    return failure();
  return verifyReducer(*this, getUpdateComputation(), "update_computation",
                       getInputs().getTypes(), getResultTypes());
}
