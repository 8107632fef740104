//===- Contractions.cpp - dot and dot_general -----------------------------===//
//
// Float products become `mp.gemm`: batch, row, contracted and column
// dimensions are each collapsed to one, which is free where they are adjacent
// and in order; a transposition of one operand becomes a flag of the gemm, and
// only other orders cost a `linalg.generic` transpose. The accumulator is f32,
// or f64 where the operands, the result or the op's algorithm ask for it, so
// precision hints and algorithms can only be exceeded, never undercut.
// Integer, boolean and complex products are `linalg.generic` reductions.
//
//===----------------------------------------------------------------------===//

#include "StableHLOToLinalg.h"

#include "mp/IR/MPOps.h"
#include "mp/StableHLO/StableHLO.h"

using namespace mlir;
using namespace mlir::mp;

namespace {

/// Dimension lists of a product. `contracting` pairs up by position, and so
/// does `batch`.
struct Operand {
  Value value;
  Type sourceElement;
  SmallVector<int64_t> batch, free, contracting;

  RankedTensorType getType() const {
    return cast<RankedTensorType>(value.getType());
  }
  int64_t sizeOf(ArrayRef<int64_t> dims) const {
    int64_t size = 1;
    for (int64_t dim : dims)
      size *= getType().getDimSize(dim);
    return size;
  }
};

struct Product {
  Operand lhs, rhs;
  RankedTensorType resultType; // batch, lhs free, rhs free
};

/// Whether visiting `dims` visits memory in order. Dimensions of size 1 are
/// nowhere in memory, so they may stand anywhere.
bool isInOrder(RankedTensorType type, ArrayRef<int64_t> dims) {
  int64_t last = -1;
  for (int64_t dim : dims) {
    if (type.getDimSize(dim) == 1)
      continue;
    if (dim < last)
      return false;
    last = dim;
  }
  return true;
}

SmallVector<int64_t> concat(ArrayRef<int64_t> a, ArrayRef<int64_t> b,
                            ArrayRef<int64_t> c) {
  SmallVector<int64_t> all(a);
  llvm::append_range(all, b);
  llvm::append_range(all, c);
  return all;
}

/// Puts the contracted pairs in the order of their dimensions in `by`.
void sortContracting(Operand &by, Operand &other) {
  SmallVector<std::pair<int64_t, int64_t>> pairs;
  for (auto [i, j] : llvm::zip_equal(by.contracting, other.contracting))
    pairs.emplace_back(i, j);
  llvm::sort(pairs);
  for (auto [i, pair] : llvm::enumerate(pairs))
    std::tie(by.contracting[i], other.contracting[i]) = pair;
}

bool isNatural(const Operand &op) {
  return isInOrder(op.getType(), concat(op.batch, op.free, op.contracting)) ||
         isInOrder(op.getType(), concat(op.batch, op.contracting, op.free));
}

/// `op` as [batch, outer, inner] or, without batch, [outer, inner].
Value collapse(OpBuilder &builder, Location loc, const Operand &op,
               bool withBatch, ArrayRef<int64_t> outer,
               ArrayRef<int64_t> inner) {
  SmallVector<int64_t> order = concat(op.batch, outer, inner);
  Value value = op.value;
  if (!isInOrder(op.getType(), order))
    value = createTranspose(builder, loc, value, order);
  SmallVector<int64_t> shape;
  if (withBatch)
    shape.push_back(op.sizeOf(op.batch));
  shape.append({op.sizeOf(outer), op.sizeOf(inner)});
  return createReshape(builder, loc, value, shape);
}

Value lowerToGemm(OpBuilder &builder, Location loc, Product &product,
                  Type accumulator) {
  Operand &lhs = product.lhs, &rhs = product.rhs;
  // One order of the contracted dimensions has to suit both operands; where
  // none does, the smaller operand is transposed.
  Operand &larger =
      lhs.getType().getNumElements() > rhs.getType().getNumElements() ? lhs
                                                                      : rhs;
  Operand &smaller = &larger == &lhs ? rhs : lhs;
  sortContracting(smaller, larger);
  if (!isNatural(larger))
    sortContracting(larger, smaller);

  bool withBatch = !lhs.batch.empty();
  bool transposeA =
      !isInOrder(lhs.getType(), concat(lhs.batch, lhs.free, lhs.contracting)) &&
      isInOrder(lhs.getType(), concat(lhs.batch, lhs.contracting, lhs.free));
  bool transposeB =
      !isInOrder(rhs.getType(), concat(rhs.batch, rhs.contracting, rhs.free)) &&
      isInOrder(rhs.getType(), concat(rhs.batch, rhs.free, rhs.contracting));
  Value a =
      transposeA
          ? collapse(builder, loc, lhs, withBatch, lhs.contracting, lhs.free)
          : collapse(builder, loc, lhs, withBatch, lhs.free, lhs.contracting);
  Value b =
      transposeB
          ? collapse(builder, loc, rhs, withBatch, rhs.free, rhs.contracting)
          : collapse(builder, loc, rhs, withBatch, rhs.contracting, rhs.free);
  SmallVector<int64_t> shape;
  if (withBatch)
    shape.push_back(lhs.sizeOf(lhs.batch));
  shape.append({lhs.sizeOf(lhs.free), rhs.sizeOf(rhs.free)});
  auto type = RankedTensorType::get(shape, product.resultType.getElementType());
  Value gemm = GemmOp::create(builder, loc, type, a, b, /*bias=*/Value(),
                              /*residual=*/Value(), transposeA, transposeB,
                              Epilogue::None, accumulator);
  return createReshape(builder, loc, gemm, product.resultType.getShape());
}

Value lowerToGeneric(OpBuilder &builder, Location loc, Product &product) {
  const Operand &lhs = product.lhs, &rhs = product.rhs;
  int64_t resultRank = product.resultType.getRank();
  int64_t loops = resultRank + lhs.contracting.size();
  SmallVector<AffineExpr> lhsExprs(lhs.getType().getRank());
  SmallVector<AffineExpr> rhsExprs(rhs.getType().getRank());
  int64_t loop = 0;
  for (auto [l, r] : llvm::zip_equal(lhs.batch, rhs.batch))
    lhsExprs[l] = rhsExprs[r] = builder.getAffineDimExpr(loop++);
  for (int64_t l : lhs.free)
    lhsExprs[l] = builder.getAffineDimExpr(loop++);
  for (int64_t r : rhs.free)
    rhsExprs[r] = builder.getAffineDimExpr(loop++);
  for (auto [l, r] : llvm::zip_equal(lhs.contracting, rhs.contracting))
    lhsExprs[l] = rhsExprs[r] = builder.getAffineDimExpr(loop++);

  MLIRContext *context = builder.getContext();
  SmallVector<AffineMap> maps = {
      AffineMap::get(loops, 0, lhsExprs, context),
      AffineMap::get(loops, 0, rhsExprs, context),
      AffineMap::getMultiDimIdentityMap(loops, context)
          .getMajorSubMap(resultRank)};
  SmallVector<utils::IteratorType> iterators(loops,
                                             utils::IteratorType::parallel);
  std::fill(iterators.begin() + resultRank, iterators.end(),
            utils::IteratorType::reduction);
  Type element = product.resultType.getElementType();
  auto generic = linalg::GenericOp::create(
      builder, loc, product.resultType, ValueRange{lhs.value, rhs.value},
      createSplatConstant(builder, loc, product.resultType, 0.0), maps,
      iterators, [&](OpBuilder &b, Location l, ValueRange args) {
        Value x = promoteScalar(b, l, args[0], lhs.sourceElement, element);
        Value y = promoteScalar(b, l, args[1], rhs.sourceElement, element);
        linalg::YieldOp::create(b, l, createMultiplyAdd(b, l, x, y, args[2]));
      });
  return generic.getResult(0);
}

/// Replaces `op` by the product. `accumulation` is the type an algorithm asks
/// for, or null.
LogicalResult lowerProduct(Operation *op, Product &product, Type accumulation,
                           ConversionPatternRewriter &rewriter) {
  Location loc = op->getLoc();
  Type element = product.resultType.getElementType();
  Type lhsElement = product.lhs.getType().getElementType();
  Type rhsElement = product.rhs.getType().getElementType();
  bool floats = isa<FloatType>(lhsElement) && isa<FloatType>(rhsElement) &&
                isa<FloatType>(element);
  bool sameKind = floats ||
                  (isa<IntegerType>(lhsElement) &&
                   isa<IntegerType>(rhsElement) && isa<IntegerType>(element) &&
                   element.getIntOrFloatBitWidth() >=
                       std::max(lhsElement.getIntOrFloatBitWidth(),
                                rhsElement.getIntOrFloatBitWidth())) ||
                  (lhsElement == element && rhsElement == element);
  if (!sameKind)
    return reject(op) << "no product of " << lhsElement << " and " << rhsElement
                      << " to " << element;
  if (product.lhs.sizeOf(product.lhs.contracting) == 0) {
    rewriter.replaceOp(
        op, createSplatConstant(rewriter, loc, product.resultType, 0.0));
    return success();
  }
  if (!floats) {
    rewriter.replaceOp(op, lowerToGeneric(rewriter, loc, product));
    return success();
  }
  bool f64 = lhsElement.isF64() || rhsElement.isF64() || element.isF64() ||
             (accumulation && accumulation.isF64());
  Type accumulator = f64 ? rewriter.getF64Type() : rewriter.getF32Type();
  rewriter.replaceOp(op, lowerToGemm(rewriter, loc, product, accumulator));
  return success();
}

Operand getOperand(Value original, Value value, ArrayRef<int64_t> batch,
                   ArrayRef<int64_t> contracting) {
  Operand operand{value,
                  getElementTypeOrSelf(original.getType()),
                  llvm::to_vector(batch),
                  {},
                  llvm::to_vector(contracting)};
  for (int64_t d = 0; d < operand.getType().getRank(); ++d)
    if (!llvm::is_contained(batch, d) && !llvm::is_contained(contracting, d))
      operand.free.push_back(d);
  return operand;
}

struct DotGeneralLowering : OpConversionPattern<shlo::DotGeneralOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::DotGeneralOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    shlo::DotDimensionNumbersAttr dims = op.getDotDimensionNumbers();
    Product product{getOperand(op.getLhs(), adaptor.getLhs(),
                               dims.getLhsBatchingDimensions(),
                               dims.getLhsContractingDimensions()),
                    getOperand(op.getRhs(), adaptor.getRhs(),
                               dims.getRhsBatchingDimensions(),
                               dims.getRhsContractingDimensions()),
                    getSignlessType(*getTypeConverter(), op)};
    Type accumulation =
        op.getAlgorithm() ? op.getAlgorithm()->getAccumulationType() : Type();
    return lowerProduct(op, product, accumulation, rewriter);
  }
};

/// The last dimension of the left operand times the first of the right one.
struct DotLowering : OpConversionPattern<shlo::DotOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::DotOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    int64_t last = cast<ShapedType>(adaptor.getLhs().getType()).getRank() - 1;
    Product product{getOperand(op.getLhs(), adaptor.getLhs(), {}, {last}),
                    getOperand(op.getRhs(), adaptor.getRhs(), {}, {0}),
                    getSignlessType(*getTypeConverter(), op)};
    return lowerProduct(op, product, Type(), rewriter);
  }
};

} // namespace

void mp::populateContractionPatterns(TypeConverter &converter,
                                     RewritePatternSet &patterns) {
  patterns.add<DotGeneralLowering, DotLowering>(converter,
                                                patterns.getContext());
}
