#include "mp/Training/Passes.h"

#include "ProductsToStableHLO.h"
#include "StableHLOEmitter.h"
#include "mp/IR/MPOps.h"

#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/DialectConversion.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPTOSTABLEHLOPASS
#include "mp/Training/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;
using shlo::ComparisonDirection;

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

/// The nearest value of `type` whose magnitude is not above that of `x`, given
/// the nearest value `y`. Codes of one sign are ordered as integers, so one
/// less is the next value toward zero (from infinity, the largest finite one).
static Value stepTowardZero(StableHLOEmitter &e, Value x, Value y) {
  Type narrow = e.typeOf(y).getElementType();
  Type code = e.builder().getIntegerType(narrow.getIntOrFloatBitWidth(), false);
  Value back = e.convert(y, e.typeOf(x).getElementType());
  Value above = e.compare(ComparisonDirection::GT, e.abs(back), e.abs(x));
  Value bits = e.bitcast(y, code);
  Value less = e.subtract(bits, e.constant(e.like(bits, code), 1));
  return e.bitcast(e.select(above, less, bits), narrow);
}

namespace {

struct LowerCast : OpRewritePattern<CastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(CastOp op,
                                PatternRewriter &rewriter) const override {
    StableHLOEmitter e(rewriter, op.getLoc());
    Value x = op.getInput();
    auto target = cast<FloatType>(op.getType().getElementType());
    Value source = x;
    if (op.getOverflow() == Overflow::SatFinite) {
      // Bounds that the source format cannot hold exactly are beyond all its
      // values, so widening for the comparison keeps clamping exact.
      bool wide = e.typeOf(x).getElementTypeBitWidth() >= 32;
      Value w = wide ? x : e.convert(x, rewriter.getF32Type());
      double largest =
          APFloat::getLargest(target.getFloatSemantics()).convertToDouble();
      auto type = e.typeOf(w);
      source = e.maximum(e.minimum(w, e.constant(type, largest)),
                         e.constant(type, -largest));
    }
    Value y = e.convert(source, target);
    if (op.getRounding() == Rounding::TowardZero)
      y = stepTowardZero(e, source, y);
    rewriter.replaceOp(op, y);
    return success();
  }
};

struct LowerWorkingCopy : OpRewritePattern<WorkingCopyOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(WorkingCopyOp op,
                                PatternRewriter &rewriter) const override {
    StableHLOEmitter e(rewriter, op.getLoc());
    rewriter.replaceOp(
        op, e.convert(op.getMaster(), op.getType().getElementType()));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Loss scaling
//===----------------------------------------------------------------------===//

struct LowerScaleLoss : OpRewritePattern<ScaleLossOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ScaleLossOp op,
                                PatternRewriter &rewriter) const override {
    StableHLOEmitter e(rewriter, op.getLoc());
    rewriter.replaceOp(op, e.multiply(op.getLoss(), op.getScale()));
    return success();
  }
};

struct LowerUnscaleAndCheck : OpRewritePattern<UnscaleAndCheckOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(UnscaleAndCheckOp op,
                                PatternRewriter &rewriter) const override {
    StableHLOEmitter e(rewriter, op.getLoc());
    Type f32 = rewriter.getF32Type(), f64 = rewriter.getF64Type();
    auto wide = RankedTensorType::get({}, f64);
    Value inverse = e.convert(
        e.divide(e.constant(wide, 1), e.convert(op.getScale(), f64)), f32);

    SmallVector<Value> results, healthy;
    for (Value gradient : op.getGradients()) {
      Value g = e.convert(gradient, f32);
      Value u = e.multiply(g, e.broadcast(inverse, e.typeOf(g), {}));
      results.push_back(u);
      healthy.push_back(e.all(e.logicalAnd(e.isFinite(g), e.isFinite(u))));
    }
    auto index = RankedTensorType::get({}, rewriter.getI32Type());
    Value finite = e.isFinite(inverse);
    Value culprit = e.select(finite, e.constant(index, -1),
                             e.constant(index, healthy.size()));
    // From the last gradient to the first, so that the first one wins.
    for (size_t i = healthy.size(); i-- > 0;) {
      finite = e.logicalAnd(finite, healthy[i]);
      culprit = e.select(healthy[i], culprit, e.constant(index, i));
    }
    results.append({finite, culprit});
    rewriter.replaceOp(op, results);
    return success();
  }
};

struct LowerUpdateScale : OpRewritePattern<UpdateScaleOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(UpdateScaleOp op,
                                PatternRewriter &rewriter) const override {
    StableHLOEmitter e(rewriter, op.getLoc());
    auto real = cast<RankedTensorType>(op.getScale().getType());
    auto count = cast<RankedTensorType>(op.getTracker().getType());
    auto number = [&](const APFloat &value) {
      return e.constant(real, value.convertToDouble());
    };
    Value zero = e.constant(count, 0), one = e.constant(count, 1);
    Value full = e.constant(count, int32_t(op.getHysteresis()));
    Value scale = op.getScale();

    // After a step with overflow.
    Value left = e.maximum(e.subtract(op.getHysteresisLeft(), one), zero);
    Value exhausted = e.compare(ComparisonDirection::EQ, left, zero);
    Value lower = e.maximum(e.multiply(scale, number(op.getBackoff())),
                            number(op.getMinimum()));
    Value afterBad = e.select(exhausted, lower, scale);

    // After a clean step.
    Value next = e.add(op.getTracker(), one);
    Value due = e.compare(ComparisonDirection::GE, next,
                          e.constant(count, int32_t(op.getInterval())));
    Value higher = e.multiply(scale, number(op.getGrowth()));
    Value allowed = e.logicalAnd(
        e.isFinite(higher),
        e.compare(ComparisonDirection::LE, higher, number(op.getMaximum())));
    Value afterClean = e.select(due, e.select(allowed, higher, scale), scale);

    Value finite = op.getFinite();
    rewriter.replaceOp(
        op,
        {e.select(finite, afterClean, afterBad),
         e.select(finite, e.select(due, zero, next), zero),
         e.select(finite, e.select(due, full, op.getHysteresisLeft()), left)});
    return success();
  }
};

struct LowerGuardedUpdate : OpRewritePattern<GuardedUpdateOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(GuardedUpdateOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto branch =
        shlo::IfOp::create(rewriter, loc, op.getResultTypes(), op.getFinite());
    rewriter.inlineRegionBefore(op.getBody(), branch.getTrueBranch(),
                                branch.getTrueBranch().end());
    Operation *yield = branch.getTrueBranch().front().getTerminator();
    rewriter.setInsertionPoint(yield);
    rewriter.replaceOpWithNewOp<shlo::ReturnOp>(yield, yield->getOperands());
    rewriter.createBlock(&branch.getFalseBranch());
    shlo::ReturnOp::create(rewriter, loc, op.getState());
    rewriter.replaceOp(op, branch.getResults());
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Pass
//===----------------------------------------------------------------------===//

class ToStableHLOPass
    : public mp::impl::MPToStableHLOPassBase<ToStableHLOPass> {
  using Base::Base;

  void runOnOperation() override {
    MLIRContext *context = &getContext();
    ConversionTarget target(*context);
    target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
    target.addIllegalDialect<MPDialect>();
    RewritePatternSet patterns(context);
    patterns.add<LowerCast, LowerWorkingCopy, LowerScaleLoss,
                 LowerUnscaleAndCheck, LowerUpdateScale, LowerGuardedUpdate>(
        context);
    populateProductsToStableHLOPatterns(patterns);
    if (failed(applyPartialConversion(getOperation(), target,
                                      std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
