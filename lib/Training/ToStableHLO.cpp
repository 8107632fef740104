#include "mp/Training/Passes.h"

#include "ProductsToStableHLO.h"
#include "StableHLOEmitter.h"
#include "mp/IR/MPOps.h"

#include "mlir/IR/Matchers.h"
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

static SmallVector<Value> emitCast(StableHLOEmitter &e, CastOp op) {
  Value x = op.getInput();
  auto target = cast<FloatType>(op.getType().getElementType());
  Value source = x;
  if (op.getOverflow() == Overflow::SatFinite) {
    // Bounds that the source format cannot hold exactly are beyond all its
    // values, so widening for the comparison keeps clamping exact.
    bool wide = e.typeOf(x).getElementTypeBitWidth() >= 32;
    Value w = wide ? x : e.convert(x, e.builder().getF32Type());
    double largest =
        APFloat::getLargest(target.getFloatSemantics()).convertToDouble();
    auto type = e.typeOf(w);
    source = e.maximum(e.minimum(w, e.constant(type, largest)),
                       e.constant(type, -largest));
  }
  Value y = e.convert(source, target);
  if (op.getRounding() == Rounding::TowardZero)
    y = stepTowardZero(e, source, y);
  return {y};
}

static SmallVector<Value> emitWorkingCopy(StableHLOEmitter &e,
                                          WorkingCopyOp op) {
  return {e.convert(op.getMaster(), op.getType().getElementType())};
}

//===----------------------------------------------------------------------===//
// Loss scaling
//===----------------------------------------------------------------------===//

static SmallVector<Value> emitScaleLoss(StableHLOEmitter &e, ScaleLossOp op) {
  return {e.multiply(op.getLoss(), op.getScale())};
}

static SmallVector<Value> emitUnscaleAndCheck(StableHLOEmitter &e,
                                              UnscaleAndCheckOp op) {
  Builder &builder = e.builder();
  Type f32 = builder.getF32Type(), f64 = builder.getF64Type();
  auto wide = RankedTensorType::get({}, f64);
  Value inverse = e.convert(
      e.divide(e.constant(wide, 1), e.convert(op.getScale(), f64)), f32);

  // A finite inverse is not 0, so a product is finite only if its gradient is:
  // looking at the products alone reads everything once. Without a scale there
  // is nothing to multiply, and so nothing to write.
  SmallVector<Value> results, healthy;
  APFloat constant(0.0f);
  bool unscaled = matchPattern(op.getScale(), m_ConstantFloat(&constant)) &&
                  constant.isExactlyValue(1);
  for (Value gradient : op.getGradients()) {
    Value g = e.convert(gradient, f32);
    results.push_back(
        unscaled ? g : e.multiply(g, e.broadcast(inverse, e.typeOf(g), {})));
    healthy.push_back(e.all(e.isFinite(results.back())));
  }
  auto index = RankedTensorType::get({}, builder.getI32Type());
  Value finite = e.logicalAnd(e.isFinite(op.getScale()), e.isFinite(inverse));
  Value scaleIsGood = finite;
  Value culprit = e.constant(index, -1);
  // From the last gradient to the first, so that the first one wins.
  for (size_t i = healthy.size(); i-- > 0;) {
    finite = e.logicalAnd(finite, healthy[i]);
    culprit = e.select(healthy[i], culprit, e.constant(index, i));
  }
  culprit = e.select(scaleIsGood, culprit, e.constant(index, healthy.size()));
  results.append({finite, culprit});
  return results;
}

static SmallVector<Value> emitUpdateScale(StableHLOEmitter &e,
                                          UpdateScaleOp op) {
  auto real = cast<RankedTensorType>(op.getScale().getType());
  auto count = cast<RankedTensorType>(op.getTracker().getType());
  Type f64 = e.builder().getF64Type();
  auto times = [&](const APFloat &factor) {
    Value product =
        e.multiply(e.convert(op.getScale(), f64),
                   e.constant(real.clone(f64), factor.convertToDouble()));
    return e.convert(product, real.getElementType());
  };
  auto number = [&](const APFloat &value) {
    return e.constant(real, value.convertToDouble());
  };
  Value zero = e.constant(count, 0), one = e.constant(count, 1);
  Value full = e.constant(count, int32_t(op.getHysteresis()));
  Value scale = op.getScale();

  // After a step with overflow.
  Value left = e.maximum(e.subtract(op.getHysteresisLeft(), one), zero);
  Value exhausted = e.compare(ComparisonDirection::EQ, left, zero);
  Value lower = e.maximum(times(op.getBackoff()), number(op.getMinimum()));
  Value afterBad = e.select(exhausted, lower, scale);

  // After a clean step.
  Value next = e.add(op.getTracker(), one);
  Value due = e.compare(ComparisonDirection::GE, next,
                        e.constant(count, int32_t(op.getInterval())));
  Value grown = times(op.getGrowth());
  Value higher = e.select(e.isFinite(grown),
                          e.minimum(grown, number(op.getMaximum())), scale);
  Value afterClean = e.select(due, higher, scale);
  Value leftWhenClean =
      op.getConsecutive() ? full : e.select(due, full, op.getHysteresisLeft());

  Value finite = op.getFinite();
  return {e.select(finite, afterClean, afterBad),
          e.select(finite, e.select(due, zero, next), zero),
          e.select(finite, leftWhenClean, left)};
}

namespace {

/// Replaces an op by the values that a function builds.
template <typename OpTy>
struct Lower : OpRewritePattern<OpTy> {
  using Emit = SmallVector<Value> (*)(StableHLOEmitter &, OpTy);

  Lower(MLIRContext *context, Emit emit)
      : OpRewritePattern<OpTy>(context), emit(emit) {}

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    StableHLOEmitter e(rewriter, op.getLoc());
    rewriter.replaceOp(op, emit(e, op));
    return success();
  }

private:
  Emit emit;
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
    patterns.add<Lower<CastOp>>(context, emitCast);
    patterns.add<Lower<WorkingCopyOp>>(context, emitWorkingCopy);
    patterns.add<Lower<ScaleLossOp>>(context, emitScaleLoss);
    patterns.add<Lower<UnscaleAndCheckOp>>(context, emitUnscaleAndCheck);
    patterns.add<Lower<UpdateScaleOp>>(context, emitUpdateScale);
    patterns.add<LowerGuardedUpdate>(context);
    populateProductsToStableHLOPatterns(patterns);
    if (failed(applyPartialConversion(getOperation(), target,
                                      std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
