// Operations that only repeat another one are written as that one.

#include "Import.h"

#include "mp/StableHLO/StableHLO.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::shlo;

// The integers of a constant vector.
static std::optional<SmallVector<int64_t>> getConstants(Value value) {
  DenseIntElementsAttr attr;
  if (!matchPattern(value, m_Constant(&attr)))
    return std::nullopt;
  SmallVector<int64_t> values;
  for (APInt element : attr.getValues<APInt>())
    values.push_back(attr.getElementType().isUnsignedInteger()
                         ? int64_t(element.getZExtValue())
                         : element.getSExtValue());
  return values;
}

static SmallVector<int64_t> getRange(int64_t begin, int64_t end) {
  return llvm::to_vector(llvm::seq(begin, end));
}

namespace {
struct DotToDotGeneral : OpRewritePattern<DotOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DotOp op,
                                PatternRewriter &rewriter) const override {
    auto numbers = DotDimensionNumbersAttr::get(
        op.getContext(), {}, {}, {op.getLhs().getType().getRank() - 1}, {0});
    rewriter.replaceOpWithNewOp<DotGeneralOp>(
        op, op.getType(), op.getLhs(), op.getRhs(), numbers,
        op.getPrecisionConfigAttr(), DotAlgorithmAttr());
    return success();
  }
};

struct BroadcastToInDim : OpRewritePattern<BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BroadcastOp op,
                                PatternRewriter &rewriter) const override {
    int64_t added = op.getBroadcastSizes().size();
    rewriter.replaceOpWithNewOp<BroadcastInDimOp>(
        op, op.getType(), op.getOperand(),
        getRange(added, op.getType().getRank()));
    return success();
  }
};

struct StaticBroadcast : OpRewritePattern<DynamicBroadcastInDimOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DynamicBroadcastInDimOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getType().hasStaticShape() ||
        !op.getOperand().getType().hasStaticShape())
      return rewriter.notifyMatchFailure(op, "the shape is not known");
    rewriter.replaceOpWithNewOp<BroadcastInDimOp>(
        op, op.getType(), op.getOperand(), op.getBroadcastDimensions());
    return success();
  }
};

struct StaticReshape : OpRewritePattern<DynamicReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DynamicReshapeOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getType().hasStaticShape() ||
        !op.getOperand().getType().hasStaticShape())
      return rewriter.notifyMatchFailure(op, "the shape is not known");
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), op.getOperand());
    return success();
  }
};

struct StaticIota : OpRewritePattern<DynamicIotaOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DynamicIotaOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getType().hasStaticShape())
      return rewriter.notifyMatchFailure(op, "the shape is not known");
    rewriter.replaceOpWithNewOp<IotaOp>(op, op.getType(),
                                        op.getIotaDimension());
    return success();
  }
};

/// Builds the form with attributes and keeps it if it is valid: constants that
/// do not fit the types stay as they are.
template <typename StaticOp, typename DynamicOp, typename... Args>
LogicalResult replaceIfValid(PatternRewriter &rewriter, DynamicOp op,
                             Args &&...args) {
  ScopedDiagnosticHandler quiet(op.getContext(),
                                [](Diagnostic &) { return success(); });
  auto replacement = StaticOp::create(rewriter, op.getLoc(), op.getType(),
                                      std::forward<Args>(args)...);
  if (failed(replacement.verify())) {
    rewriter.eraseOp(replacement);
    return failure();
  }
  rewriter.replaceOp(op, replacement);
  return success();
}

struct StaticPad : OpRewritePattern<DynamicPadOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DynamicPadOp op,
                                PatternRewriter &rewriter) const override {
    auto low = getConstants(op.getEdgePaddingLow());
    auto high = getConstants(op.getEdgePaddingHigh());
    auto interior = getConstants(op.getInteriorPadding());
    if (!low || !high || !interior)
      return rewriter.notifyMatchFailure(op, "the padding is not constant");
    return replaceIfValid<PadOp>(rewriter, op, op.getOperand(),
                                 op.getPaddingValue(), *low, *high, *interior);
  }
};

struct StaticSlice : OpRewritePattern<RealDynamicSliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(RealDynamicSliceOp op,
                                PatternRewriter &rewriter) const override {
    auto start = getConstants(op.getStartIndices());
    auto limit = getConstants(op.getLimitIndices());
    auto strides = getConstants(op.getStrides());
    if (!start || !limit || !strides)
      return rewriter.notifyMatchFailure(op, "the positions are not constant");
    return replaceIfValid<SliceOp>(rewriter, op, op.getOperand(), *start,
                                   *limit, *strides);
  }
};

struct StaticGather : OpRewritePattern<DynamicGatherOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DynamicGatherOp op,
                                PatternRewriter &rewriter) const override {
    auto sizes = getConstants(op.getSliceSizes());
    if (!sizes)
      return rewriter.notifyMatchFailure(op, "the sizes are not constant");
    return replaceIfValid<GatherOp>(
        rewriter, op, op.getOperand(), op.getStartIndices(),
        op.getDimensionNumbersAttr(), rewriter.getDenseI64ArrayAttr(*sizes),
        op.getIndicesAreSortedAttr());
  }
};

struct StaticConvolution : OpRewritePattern<DynamicConvOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DynamicConvOp op,
                                PatternRewriter &rewriter) const override {
    auto padding = getConstants(op.getPadding());
    RankedTensorType type = op.getPadding().getType();
    if (!padding || !type.hasStaticShape())
      return rewriter.notifyMatchFailure(op, "the padding is not constant");
    auto attr = DenseIntElementsAttr::get(
        RankedTensorType::get(type.getShape(), rewriter.getI64Type()),
        *padding);
    return replaceIfValid<ConvolutionOp>(
        rewriter, op, op.getLhs(), op.getRhs(), op.getWindowStridesAttr(), attr,
        op.getLhsDilationAttr(), op.getRhsDilationAttr(),
        op.getWindowReversalAttr(), op.getDimensionNumbersAttr(),
        op.getFeatureGroupCountAttr(), op.getBatchGroupCountAttr(),
        op.getPrecisionConfigAttr());
  }
};

struct StaticDimensionSize : OpRewritePattern<GetDimensionSizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(GetDimensionSizeOp op,
                                PatternRewriter &rewriter) const override {
    int64_t size = op.getOperand().getType().getDimSize(op.getDimension());
    if (ShapedType::isDynamic(size))
      return rewriter.notifyMatchFailure(op, "the size is not known");
    auto type = op.getType();
    rewriter.replaceOpWithNewOp<ConstantOp>(
        op, DenseElementsAttr::get(
                type, APInt(type.getElementTypeBitWidth(), size,
                            /*isSigned=*/false, /*implicitTrunc=*/true)));
    return success();
  }
};
} // namespace

void mlir::mp::shlo::populateNormalizePatterns(RewritePatternSet &patterns) {
  patterns.add<BroadcastToInDim, DotToDotGeneral, StaticBroadcast,
               StaticConvolution, StaticDimensionSize, StaticGather, StaticIota,
               StaticPad, StaticReshape, StaticSlice>(patterns.getContext());
}
