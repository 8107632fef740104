//===- BatchNorm.cpp - batch normalisation in simpler ops -----------------===//
//
// Expanded into StableHLO ops, which the other patterns take from there, by
// the formulas of the specification. Types below f32 are computed in f32 and
// rounded once: sums over a whole batch have no meaning in them.
//
//===----------------------------------------------------------------------===//

#include "StableHLOToLinalg.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mp/StableHLO/StableHLO.h"

using namespace mlir;
using namespace mlir::mp;

namespace {

/// Emits tensor arithmetic around one feature dimension.
class Normalizer : public ImplicitLocOpBuilder {
public:
  Normalizer(Location loc, OpBuilder &builder, RankedTensorType operand,
             int64_t feature)
      : ImplicitLocOpBuilder(loc, builder), original(operand.getElementType()),
        element(original.getIntOrFloatBitWidth() < 32 ? getF32Type()
                                                      : original),
        full(operand.clone(element)),
        perFeature(
            RankedTensorType::get({operand.getDimSize(feature)}, element)),
        feature(feature) {}

  Value widen(Value value) { return convert(value, element); }
  Value narrow(Value value) { return convert(value, original); }

  template <typename OpTy>
  Value make(Value a, Value b) {
    return OpTy::create(*this, a.getType(), ValueRange{a, b});
  }
  Value add(Value a, Value b) { return make<shlo::AddOp>(a, b); }
  Value sub(Value a, Value b) { return make<shlo::SubtractOp>(a, b); }
  Value mul(Value a, Value b) { return make<shlo::MultiplyOp>(a, b); }
  Value div(Value a, Value b) { return make<shlo::DivideOp>(a, b); }

  /// A value for each feature, repeated over all other dimensions.
  Value spread(Value value) {
    return shlo::BroadcastInDimOp::create(*this, full, value,
                                          getDenseI64ArrayAttr({feature}));
  }

  Value constant(RankedTensorType type, double number) {
    auto attr = DenseElementsAttr::get(type, getFloatAttr(element, number));
    return shlo::ConstantOp::create(*this, type, attr);
  }

  /// sqrt(variance + epsilon), for each feature.
  Value deviation(Value variance, APFloat epsilon) {
    Value sum = add(variance, constant(perFeature, epsilon.convertToFloat()));
    return shlo::SqrtOp::create(*this, perFeature, ValueRange{sum});
  }

  Value sum(Value value) {
    SmallVector<int64_t> others;
    for (int64_t d = 0; d < full.getRank(); ++d)
      if (d != feature)
        others.push_back(d);
    auto scalar = RankedTensorType::get({}, element);
    auto reduce = shlo::ReduceOp::create(
        *this, TypeRange{perFeature}, ValueRange{value},
        ValueRange{constant(scalar, 0.0)}, getDenseI64ArrayAttr(others));
    OpBuilder::InsertionGuard guard(*this);
    Block *block = createBlock(&reduce.getBody(), {}, {scalar, scalar},
                               {getLoc(), getLoc()});
    Value total = add(block->getArgument(0), block->getArgument(1));
    shlo::ReturnOp::create(*this, total);
    return reduce->getResult(0);
  }
  Value mean(Value value) {
    double count = static_cast<double>(full.getNumElements()) /
                   perFeature.getNumElements();
    return div(sum(value), constant(perFeature, count));
  }
  double getCount() const {
    return static_cast<double>(full.getNumElements()) /
           perFeature.getNumElements();
  }
  RankedTensorType getPerFeatureType() const { return perFeature; }

private:
  Value convert(Value value, Type to) {
    auto type = cast<RankedTensorType>(value.getType());
    if (type.getElementType() == to)
      return value;
    return shlo::ConvertOp::create(*this, type.clone(to), ValueRange{value});
  }

  Type original, element;
  RankedTensorType full, perFeature;
  int64_t feature;
};

struct BatchNormInferenceLowering
    : OpConversionPattern<shlo::BatchNormInferenceOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::BatchNormInferenceOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Normalizer b(op.getLoc(), rewriter, op.getOperand().getType(),
                 op.getFeatureIndex());
    Value centered =
        b.sub(b.widen(op.getOperand()), b.spread(b.widen(op.getMean())));
    Value deviation = b.deviation(b.widen(op.getVariance()), op.getEpsilon());
    Value normalized = b.div(centered, b.spread(deviation));
    Value scaled = b.mul(normalized, b.spread(b.widen(op.getScale())));
    rewriter.replaceOp(
        op, b.narrow(b.add(scaled, b.spread(b.widen(op.getOffset())))));
    return success();
  }
};

struct BatchNormTrainingLowering
    : OpConversionPattern<shlo::BatchNormTrainingOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::BatchNormTrainingOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Normalizer b(op.getLoc(), rewriter, op.getOperand().getType(),
                 op.getFeatureIndex());
    Value operand = b.widen(op.getOperand());
    Value mean = b.mean(operand);
    Value centered = b.sub(operand, b.spread(mean));
    Value variance = b.mean(b.mul(centered, centered));
    Value deviation = b.deviation(variance, op.getEpsilon());
    Value normalized = b.div(centered, b.spread(deviation));
    Value scaled = b.mul(normalized, b.spread(b.widen(op.getScale())));
    Value output = b.add(scaled, b.spread(b.widen(op.getOffset())));
    rewriter.replaceOp(op,
                       {b.narrow(output), b.narrow(mean), b.narrow(variance)});
    return success();
  }
};

/// With x the centred operand, s the deviation, g the gradient and n the
/// elements of a feature: grad_offset = sum(g), grad_scale = sum(g x) / s,
/// grad_operand = scale / (s n) * (n g - grad_offset - x sum(g x) / s^2).
struct BatchNormGradLowering : OpConversionPattern<shlo::BatchNormGradOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::BatchNormGradOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Normalizer b(op.getLoc(), rewriter, op.getOperand().getType(),
                 op.getFeatureIndex());
    Value gradient = b.widen(op.getGradOutput());
    Value centered =
        b.sub(b.widen(op.getOperand()), b.spread(b.widen(op.getMean())));
    Value deviation = b.deviation(b.widen(op.getVariance()), op.getEpsilon());
    Value count = b.constant(b.getPerFeatureType(), b.getCount());

    Value gradOffset = b.sum(gradient);
    Value product = b.sum(b.mul(gradient, centered));
    Value gradScale = b.div(product, deviation);
    Value slope = b.div(gradScale, deviation);
    Value inner =
        b.sub(b.sub(b.mul(gradient, b.spread(count)), b.spread(gradOffset)),
              b.mul(centered, b.spread(slope)));
    Value factor = b.div(b.div(b.widen(op.getScale()), deviation), count);
    rewriter.replaceOp(op, {b.narrow(b.mul(inner, b.spread(factor))),
                            b.narrow(gradScale), b.narrow(gradOffset)});
    return success();
  }
};

} // namespace

void mp::populateBatchNormPatterns(TypeConverter &converter,
                                   RewritePatternSet &patterns) {
  patterns.add<BatchNormInferenceLowering, BatchNormTrainingLowering,
               BatchNormGradLowering>(converter, patterns.getContext());
}
