//===- ShapeOps.cpp - ops that only move elements -------------------------===//
//
// Wherever an affine map can say which element goes where, the op becomes a
// `linalg.generic` that yields its input, so that it fuses with its neighbours.
//
//===----------------------------------------------------------------------===//

#include "StableHLOToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mp/StableHLO/StableHLO.h"

using namespace mlir;
using namespace mlir::mp;

static Value yieldInput(OpBuilder &, Location, ValueRange args) {
  return args[0];
}

namespace {

struct BroadcastInDimLowering : OpConversionPattern<shlo::BroadcastInDimOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::BroadcastInDimOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Value input = adaptor.getOperand();
    auto from = cast<RankedTensorType>(input.getType());
    RankedTensorType to = getSignlessType(*getTypeConverter(), op);
    if (from == to) {
      rewriter.replaceOp(op, input);
      return success();
    }
    DenseElementsAttr constant;
    if (matchPattern(input, m_Constant(&constant)) && constant.isSplat()) {
      rewriter.replaceOpWithNewOp<arith::ConstantOp>(
          op, cast<DenseElementsAttr>(constant.resizeSplat(to)));
      return success();
    }
    SmallVector<AffineExpr> exprs;
    for (auto [size, dim] :
         llvm::zip_equal(from.getShape(), op.getBroadcastDimensions()))
      exprs.push_back(size == 1 && to.getDimSize(dim) != 1
                          ? rewriter.getAffineConstantExpr(0)
                          : rewriter.getAffineDimExpr(dim));
    auto map = AffineMap::get(to.getRank(), 0, exprs, getContext());
    rewriter.replaceOp(op, createParallelGeneric(rewriter, op.getLoc(), to,
                                                 input, map, yieldInput));
    return success();
  }
};

struct TransposeLowering : OpConversionPattern<shlo::TransposeOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::TransposeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, createTranspose(rewriter, op.getLoc(),
                                           adaptor.getOperand(),
                                           op.getPermutation()));
    return success();
  }
};

struct ReshapeLowering : OpConversionPattern<shlo::ReshapeOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::ReshapeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(
        op, createReshape(rewriter, op.getLoc(), adaptor.getOperand(),
                          cast<ShapedType>(op.getType()).getShape()));
    return success();
  }
};

/// A generic where the map can tell that the input is larger than the result,
/// which a bare dimension cannot.
struct SliceLowering : OpConversionPattern<shlo::SliceOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::SliceOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = getSignlessType(*getTypeConverter(), op);
    auto from = cast<RankedTensorType>(adaptor.getOperand().getType());
    SmallVector<AffineExpr> exprs;
    for (int64_t d = 0; d < type.getRank(); ++d) {
      int64_t start = op.getStartIndices()[d];
      AffineExpr position = rewriter.getAffineConstantExpr(start);
      if (type.getDimSize(d) > 1)
        position = position + rewriter.getAffineDimExpr(d) * op.getStrides()[d];
      if (isa<AffineDimExpr>(position) &&
          type.getDimSize(d) != from.getDimSize(d)) {
        auto toFoldResults = [&](ArrayRef<int64_t> list) {
          return getAsIndexOpFoldResult(getContext(), list);
        };
        rewriter.replaceOpWithNewOp<tensor::ExtractSliceOp>(
            op, type, adaptor.getOperand(), toFoldResults(op.getStartIndices()),
            toFoldResults(type.getShape()), toFoldResults(op.getStrides()));
        return success();
      }
      exprs.push_back(position);
    }
    auto map = AffineMap::get(type.getRank(), 0, exprs, getContext());
    rewriter.replaceOp(op, createParallelGeneric(rewriter, op.getLoc(), type,
                                                 adaptor.getOperand(), map,
                                                 yieldInput));
    return success();
  }
};

struct ReverseLowering : OpConversionPattern<shlo::ReverseOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::ReverseOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op,
                       createReverse(rewriter, op.getLoc(),
                                     adaptor.getOperand(), op.getDimensions()));
    return success();
  }
};

/// The element `index` becomes in `type`, as stablehlo.iota converts it.
Value convertIndex(OpBuilder &builder, Location loc, Value index, Type type) {
  if (auto complex = dyn_cast<ComplexType>(type)) {
    Type part = complex.getElementType();
    Value zero = arith::ConstantOp::create(builder, loc,
                                           builder.getFloatAttr(part, 0.0));
    return complex::CreateOp::create(
        builder, loc, complex, convertIndex(builder, loc, index, part), zero);
  }
  if (isa<FloatType>(type)) {
    bool narrow = type.getIntOrFloatBitWidth() < 32;
    Type wide = narrow ? builder.getF32Type() : type;
    index =
        arith::IndexCastOp::create(builder, loc, builder.getI64Type(), index);
    Value number = arith::SIToFPOp::create(builder, loc, wide, index);
    return narrow ? arith::TruncFOp::create(builder, loc, type, number)
                  : number;
  }
  return arith::IndexCastOp::create(builder, loc, type, index);
}

Value createIota(OpBuilder &builder, Location loc, RankedTensorType type,
                 int64_t dimension) {
  return createParallelGeneric(
      builder, loc, type, {}, {}, [&](OpBuilder &b, Location l, ValueRange) {
        return convertIndex(b, l, linalg::IndexOp::create(b, l, dimension),
                            type.getElementType());
      });
}

struct IotaLowering : OpConversionPattern<shlo::IotaOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::IotaOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, createIota(rewriter, op.getLoc(),
                                      getSignlessType(*getTypeConverter(), op),
                                      op.getIotaDimension()));
    return success();
  }
};

/// A result without elements needs no computation, whatever the op.
struct EmptyResultLowering : ConversionPattern {
  EmptyResultLowering(TypeConverter &converter, MLIRContext *context)
      : ConversionPattern(converter, MatchAnyOpTypeTag(), /*benefit=*/10,
                          context) {}
  LogicalResult
  matchAndRewrite(Operation *op, ArrayRef<Value>,
                  ConversionPatternRewriter &rewriter) const override {
    if (!isSourceOp(op) || op->getNumResults() == 0 ||
        isa<shlo::CustomCallOp, shlo::WhileOp>(op))
      return failure();
    SmallVector<RankedTensorType> types;
    for (Value result : op->getResults()) {
      auto type = dyn_cast<RankedTensorType>(result.getType());
      if (!type || !type.hasStaticShape() || type.getNumElements() != 0)
        return failure();
      types.push_back(getSignlessType(*getTypeConverter(), result));
    }
    SmallVector<Value> empties;
    for (RankedTensorType type : types)
      empties.push_back(createEmpty(rewriter, op->getLoc(), type));
    rewriter.replaceOp(op, empties);
    return success();
  }
};

} // namespace

void mp::populateShapePatterns(TypeConverter &converter,
                               RewritePatternSet &patterns) {
  patterns
      .add<BroadcastInDimLowering, TransposeLowering, ReshapeLowering,
           SliceLowering, ReverseLowering, IotaLowering, EmptyResultLowering>(
          converter, patterns.getContext());
}
