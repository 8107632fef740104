//===- DynamicForms.cpp - dynamic_* ops whose operands are constant -------===//
//
// Exporters print these where shapes might have been dynamic. Result types are
// static here, so a shape operand says nothing new, and positions have to be
// constants.
//
//===----------------------------------------------------------------------===//

#include "StableHLOToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mp/StableHLO/StableHLO.h"

using namespace mlir;
using namespace mlir::mp;

/// The entries of a constant integer tensor.
static std::optional<SmallVector<int64_t>> getConstants(Value value) {
  DenseIntElementsAttr attr;
  if (!matchPattern(value, m_Constant(&attr)))
    return std::nullopt;
  return llvm::map_to_vector(attr.getValues<APInt>(), [](const APInt &entry) {
    return entry.getSExtValue();
  });
}

namespace {

struct DynamicBroadcastInDimLowering
    : OpConversionPattern<shlo::DynamicBroadcastInDimOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::DynamicBroadcastInDimOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<shlo::BroadcastInDimOp>(
        op, op.getType(), op.getOperand(), op.getBroadcastDimensionsAttr());
    return success();
  }
};

struct DynamicReshapeLowering : OpConversionPattern<shlo::DynamicReshapeOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::DynamicReshapeOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<shlo::ReshapeOp>(op, op.getType(),
                                                 op.getOperand());
    return success();
  }
};

struct DynamicIotaLowering : OpConversionPattern<shlo::DynamicIotaOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::DynamicIotaOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<shlo::IotaOp>(op, op.getType(),
                                              op.getIotaDimensionAttr());
    return success();
  }
};

struct DynamicPadLowering : OpConversionPattern<shlo::DynamicPadOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::DynamicPadOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto low = getConstants(adaptor.getEdgePaddingLow());
    auto high = getConstants(adaptor.getEdgePaddingHigh());
    auto interior = getConstants(adaptor.getInteriorPadding());
    if (!low || !high || !interior)
      return reject(op) << "its padding is not constant";
    rewriter.replaceOpWithNewOp<shlo::PadOp>(op, op.getType(), op.getOperand(),
                                             op.getPaddingValue(), *low, *high,
                                             *interior);
    return success();
  }
};

/// With a static result, only where the slice begins and its strides matter.
struct RealDynamicSliceLowering
    : OpConversionPattern<shlo::RealDynamicSliceOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::RealDynamicSliceOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto start = getConstants(adaptor.getStartIndices());
    auto limit = getConstants(adaptor.getLimitIndices());
    auto strides = getConstants(adaptor.getStrides());
    if (!start || !limit || !strides)
      return reject(op) << "its positions are not constant";
    rewriter.replaceOpWithNewOp<shlo::SliceOp>(
        op, op.getType(), op.getOperand(), *start, *limit, *strides);
    return success();
  }
};

struct DynamicGatherLowering : OpConversionPattern<shlo::DynamicGatherOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::DynamicGatherOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto sizes = getConstants(adaptor.getSliceSizes());
    if (!sizes)
      return reject(op) << "its slice sizes are not constant";
    rewriter.replaceOpWithNewOp<shlo::GatherOp>(
        op, op.getType(), op.getOperand(), op.getStartIndices(),
        op.getDimensionNumbers(), *sizes, op.getIndicesAreSorted());
    return success();
  }
};

struct DynamicConvLowering : OpConversionPattern<shlo::DynamicConvOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::DynamicConvOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto padding = getConstants(adaptor.getPadding());
    if (!padding)
      return reject(op) << "its padding is not constant";
    auto type = RankedTensorType::get(
        {static_cast<int64_t>(padding->size() / 2), 2}, rewriter.getI64Type());
    auto paddingAttr = DenseIntElementsAttr::get(type, *padding);
    rewriter.replaceOpWithNewOp<shlo::ConvolutionOp>(
        op, op.getType(), op.getLhs(), op.getRhs(), op.getWindowStridesAttr(),
        paddingAttr, op.getLhsDilationAttr(), op.getRhsDilationAttr(),
        op.getWindowReversalAttr(), op.getDimensionNumbersAttr(),
        op.getFeatureGroupCountAttr(), op.getBatchGroupCountAttr(),
        op.getPrecisionConfigAttr());
    return success();
  }
};

struct GetDimensionSizeLowering
    : OpConversionPattern<shlo::GetDimensionSizeOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::GetDimensionSizeOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto operand = cast<ShapedType>(op.getOperand().getType());
    rewriter.replaceOp(
        op, createSplatConstant(rewriter, op.getLoc(),
                                getSignlessType(*getTypeConverter(), op),
                                operand.getDimSize(op.getDimension())));
    return success();
  }
};

} // namespace

void mp::populateDynamicFormPatterns(TypeConverter &converter,
                                     RewritePatternSet &patterns) {
  patterns.add<DynamicBroadcastInDimLowering, DynamicReshapeLowering,
               DynamicIotaLowering, DynamicPadLowering,
               RealDynamicSliceLowering, DynamicGatherLowering,
               DynamicConvLowering, GetDimensionSizeLowering>(
      converter, patterns.getContext());
}
