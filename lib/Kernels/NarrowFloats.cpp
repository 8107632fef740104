#include "NarrowFloats.h"
#include "ElementBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;
using namespace mlir::mp;
using llvm::APFloat;
using llvm::APFloatBase;

static bool isNarrow(Type type) {
  auto element = dyn_cast<FloatType>(getElementTypeOrSelf(type));
  return element && element.getWidth() < 32;
}

static uint64_t getCode(const APFloat &value) {
  return value.bitcastToAPInt().getZExtValue();
}

//===----------------------------------------------------------------------===//
// Widening
//===----------------------------------------------------------------------===//

/// The f32 of the same value. Every narrow format fits exactly.
static Value widen(OpBuilder &base, Location loc, Value value) {
  ElementBuilder b(base, loc, value.getType());
  auto from = cast<FloatType>(getElementTypeOrSelf(value.getType()));
  const llvm::fltSemantics &format = from.getFloatSemantics();
  unsigned width = from.getWidth();
  Type i32 = b.integer(32), f32 = b.builder.getF32Type();
  Value code = arith::ExtUIOp::create(
      b.builder, i32, b.bitcast(b.builder.getIntegerType(width), value));
  if (from.isBF16())
    return b.bitcast(f32, b.shl(code, 16));

  int mantissa = APFloatBase::semanticsPrecision(format) - 1;
  int minExponent = APFloatBase::semanticsMinExponent(format);
  uint64_t signBit = 1ull << (width - 1);
  Value magnitude = b.andBits(code, b.constant(signBit - 1));
  Value sign = b.shl(b.andBits(code, b.constant(signBit)), 32 - width);

  // Exponent fields differ by a constant; subnormals are small integers times
  // the smallest one.
  Value normal = b.add(b.shl(magnitude, 23 - mantissa),
                       b.constant(uint64_t(126 + minExponent) << 23));
  Value number = arith::SIToFPOp::create(b.builder, b.f32(), magnitude);
  Value quantum = b.floatConstant(std::ldexp(1.0, minExponent - mantissa),
                                  b.builder.getF32Type());
  Value subnormal =
      b.bitcast(b.builder.getI32Type(),
                arith::MulFOp::create(b.builder, number, quantum));
  Value isSubnormal = b.compare(arith::CmpIPredicate::ult, magnitude,
                                b.constant(1ull << mantissa));
  Value result = b.select(isSubnormal, subnormal, normal);

  Value nan = b.constant(0x7FC00000);
  if (APFloatBase::semanticsHasInf(format)) {
    uint64_t inf = getCode(APFloat::getInf(format));
    Value special =
        b.orBits(b.shl(magnitude, 23 - mantissa), b.constant(0x7F800000));
    result = b.select(
        b.compare(arith::CmpIPredicate::uge, magnitude, b.constant(inf)),
        special, result);
  } else if (APFloatBase::semanticsHasNaN(format)) {
    uint64_t code0 = getCode(APFloat::getQNaN(format));
    Value isNaN =
        code0 == signBit
            ? b.compare(arith::CmpIPredicate::eq, code, b.constant(code0))
            : b.compare(arith::CmpIPredicate::eq, magnitude,
                        b.constant(code0 & (signBit - 1)));
    result = b.select(isNaN, nan, result);
  }
  return b.bitcast(f32, b.orBits(result, sign));
}

//===----------------------------------------------------------------------===//
// Narrowing
//===----------------------------------------------------------------------===//

static Value narrowToBF16(ElementBuilder &b, Value bits, bool towardZero) {
  Value top = b.shr(bits, 16);
  Value rounded = top;
  if (!towardZero) {
    Value odd = b.andBits(top, b.constant(1));
    rounded = b.shr(b.add(b.add(bits, b.constant(0x7FFF)), odd), 16);
  }
  Value magnitude = b.andBits(bits, b.constant(0x7FFFFFFF));
  Value isNaN =
      b.compare(arith::CmpIPredicate::ugt, magnitude, b.constant(0x7F800000));
  return b.select(isNaN, b.orBits(top, b.constant(0x40)), rounded);
}

/// The code of `value` (f32) in `to`, as an integer in 32 bits.
static Value narrowBits(ElementBuilder &b, Value value, FloatType to,
                        bool towardZero) {
  Type i32 = b.builder.getI32Type(), f32 = b.builder.getF32Type();
  Value bits = b.bitcast(i32, value);
  if (to.isBF16())
    return narrowToBF16(b, bits, towardZero);

  const llvm::fltSemantics &format = to.getFloatSemantics();
  int mantissa = APFloatBase::semanticsPrecision(format) - 1;
  int minExponent = APFloatBase::semanticsMinExponent(format);
  unsigned width = to.getWidth(), shift = 23 - mantissa;
  Value magnitude = b.andBits(bits, b.constant(0x7FFFFFFF));

  Value rounded = magnitude;
  if (!towardZero) {
    Value odd = b.andBits(b.shr(magnitude, shift), b.constant(1));
    rounded = b.add(b.add(magnitude, b.constant((1u << (shift - 1)) - 1)), odd);
  }
  Value normal = b.sub(b.shr(rounded, shift),
                       b.constant(uint64_t(126 + minExponent) << mantissa));

  // In the sum with this power of two the unit in the last place is the
  // smallest subnormal, so the addition itself rounds.
  Value magic = b.floatConstant(std::ldexp(1.0, 23 + minExponent - mantissa),
                                b.builder.getF32Type());
  Value absolute = b.bitcast(f32, magnitude);
  Value sum = arith::AddFOp::create(b.builder, absolute, magic);
  Value subnormal = b.sub(b.bitcast(i32, sum), b.bitcast(i32, magic));
  if (towardZero) {
    Value back = arith::SubFOp::create(b.builder, sum, magic);
    Value tooLarge = arith::CmpFOp::create(b.builder, arith::CmpFPredicate::OGT,
                                           back, absolute);
    subnormal = b.sub(
        subnormal, arith::ExtUIOp::create(b.builder, b.integer(32), tooLarge));
  }
  Value isSubnormal = b.compare(arith::CmpIPredicate::ult, magnitude,
                                b.constant(uint64_t(127 + minExponent) << 23));
  Value result = b.select(isSubnormal, subnormal, normal);

  uint64_t largest = getCode(APFloat::getLargest(format));
  uint64_t nan = APFloatBase::semanticsHasNaN(format)
                     ? getCode(APFloat::getQNaN(format))
                     : largest;
  uint64_t infinity = APFloatBase::semanticsHasInf(format)
                          ? getCode(APFloat::getInf(format))
                          : nan;
  Value overflows =
      b.compare(arith::CmpIPredicate::ugt, result, b.constant(largest));
  result =
      b.select(overflows, b.constant(towardZero ? largest : infinity), result);
  Value infinite = b.constant(0x7F800000);
  if (towardZero)
    result = b.select(b.compare(arith::CmpIPredicate::eq, magnitude, infinite),
                      b.constant(infinity), result);
  Value isNaN = b.compare(arith::CmpIPredicate::ugt, magnitude, infinite);
  result = b.select(isNaN, b.constant(nan), result);

  uint64_t signBit = 1ull << (width - 1);
  Value sign = b.andBits(b.shr(bits, 32 - width), b.constant(signBit));
  // Formats whose NaN is the code of minus zero have neither minus zero nor a
  // signed NaN.
  if (nan == signBit) {
    Value plain =
        b.orBits(b.compare(arith::CmpIPredicate::eq, result, b.constant(0)),
                 b.compare(arith::CmpIPredicate::eq, result, b.constant(nan)));
    sign = b.select(plain, b.constant(0), sign);
  }
  return b.orBits(result, sign);
}

/// f64 to f32 such that a later rounding to fewer bits gives what rounding
/// once would have: an inexact result keeps its last bit set.
static Value roundToOdd(OpBuilder &base, Location loc, Value value) {
  ElementBuilder b(base, loc, value.getType());
  Type i32 = b.builder.getI32Type(), i64 = b.builder.getI64Type();
  Value single = arith::TruncFOp::create(b.builder, b.f32(), value);
  Value back = arith::ExtFOp::create(b.builder, value.getType(), single);
  Value inexact =
      arith::CmpFOp::create(b.builder, arith::CmpFPredicate::UNE, back, value);
  auto magnitude = [&](Value number) -> Value {
    return b.andBits(b.bitcast(i64, number), b.constant(INT64_MAX, 64));
  };
  Value above =
      b.compare(arith::CmpIPredicate::ugt, magnitude(back), magnitude(value));
  Value isNaN =
      arith::CmpFOp::create(b.builder, arith::CmpFPredicate::UNO, value, value);
  Value bits = b.bitcast(i32, single);
  Value one = b.constant(1);
  Value below = b.select(above, b.sub(bits, one), bits);
  Value odd = b.select(inexact, b.orBits(below, one), bits);
  return b.bitcast(b.builder.getF32Type(), b.select(isNaN, bits, odd));
}

static Value narrow(OpBuilder &base, Location loc, Value value, FloatType to,
                    bool towardZero) {
  if (!getElementTypeOrSelf(value.getType()).isF32())
    value = roundToOdd(base, loc, value);
  ElementBuilder b(base, loc, value.getType());
  Value code = narrowBits(b, value, to, towardZero);
  code = arith::TruncIOp::create(b.builder, b.integer(to.getWidth()), code);
  return b.bitcast(to, code);
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

static bool isTowardZero(arith::TruncFOp op) {
  return op.getRoundingmode() == arith::RoundingMode::toward_zero;
}

namespace {
struct WidenPattern : OpRewritePattern<arith::ExtFOp> {
  WidenPattern(MLIRContext *context, bool hasF16C)
      : OpRewritePattern(context), hasF16C(hasF16C) {}
  LogicalResult matchAndRewrite(arith::ExtFOp op,
                                PatternRewriter &rewriter) const override {
    Type from = getElementTypeOrSelf(op.getIn().getType());
    if (!isNarrow(from) || (from.isF16() && hasF16C))
      return failure();
    Value wide = widen(rewriter, op.getLoc(), op.getIn());
    if (isNarrow(op.getType()))
      wide = arith::TruncFOp::create(rewriter, op.getLoc(), op.getType(), wide);
    else if (wide.getType() != op.getType())
      wide = arith::ExtFOp::create(rewriter, op.getLoc(), op.getType(), wide);
    rewriter.replaceOp(op, wide);
    return success();
  }
  bool hasF16C;
};

struct NarrowPattern : OpRewritePattern<arith::TruncFOp> {
  NarrowPattern(MLIRContext *context, bool hasF16C)
      : OpRewritePattern(context), hasF16C(hasF16C) {}
  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const override {
    auto to = cast<FloatType>(getElementTypeOrSelf(op.getType()));
    Type from = getElementTypeOrSelf(op.getIn().getType());
    if (!isNarrow(to) ||
        (to.isF16() && hasF16C && from.isF32() && !isTowardZero(op)))
      return failure();
    Value value = op.getIn();
    if (isNarrow(from))
      value = arith::ExtFOp::create(
          rewriter, op.getLoc(),
          ElementBuilder(rewriter, op.getLoc(), value.getType()).f32(), value);
    if (to.isF16() && hasF16C && !isTowardZero(op)) {
      // A double goes through a float that cannot be rounded twice.
      if (!isNarrow(from))
        value = roundToOdd(rewriter, op.getLoc(), value);
      rewriter.replaceOpWithNewOp<arith::TruncFOp>(op, op.getType(), value);
      return success();
    }
    rewriter.replaceOp(
        op, narrow(rewriter, op.getLoc(), value, to, isTowardZero(op)));
    return success();
  }
  bool hasF16C;
};

/// Any other arith or math op: f32 operands, one rounding.
struct ComputeInF32Pattern : RewritePattern {
  ComputeInF32Pattern(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}
  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isa_and_nonnull<arith::ArithDialect, math::MathDialect>(
            op->getDialect()) ||
        isa<arith::ConstantOp, arith::SelectOp, arith::BitcastOp, arith::ExtFOp,
            arith::TruncFOp>(op) ||
        op->getNumRegions() != 0 ||
        (llvm::none_of(op->getOperandTypes(), isNarrow) &&
         llvm::none_of(op->getResultTypes(), isNarrow)))
      return failure();
    Location loc = op->getLoc();
    auto widened = [&](Type type) -> Type {
      if (!isNarrow(type))
        return type;
      ElementBuilder b(rewriter, loc, type);
      // Wide integers need more than f32's 24 bits to be rounded only once.
      if (isa<arith::SIToFPOp, arith::UIToFPOp>(op) &&
          getElementTypeOrSelf(op->getOperand(0).getType())
                  .getIntOrFloatBitWidth() > 24)
        return b.type(rewriter.getF64Type());
      return b.f32();
    };
    OperationState state(loc, op->getName());
    state.addAttributes(op->getAttrs());
    state.propertiesAttr = op->getPropertiesAsAttribute();
    for (Value operand : op->getOperands())
      state.operands.push_back(
          isNarrow(operand.getType())
              ? arith::ExtFOp::create(rewriter, loc, widened(operand.getType()),
                                      operand)
                    .getResult()
              : operand);
    for (Type type : op->getResultTypes())
      state.types.push_back(widened(type));
    Operation *wide = rewriter.create(state);
    SmallVector<Value> results;
    for (auto [value, type] :
         llvm::zip(wide->getResults(), op->getResultTypes()))
      results.push_back(
          value.getType() == type
              ? Value(value)
              : Value(arith::TruncFOp::create(rewriter, loc, type, value)));
    rewriter.replaceOp(op, results);
    return success();
  }
};

/// Formats that LLVM has no type for are integers there.
struct ConstantPattern : OpRewritePattern<arith::ConstantOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::ConstantOp op,
                                PatternRewriter &rewriter) const override {
    auto type = dyn_cast<FloatType>(getElementTypeOrSelf(op.getType()));
    if (!type || type.getWidth() >= 16)
      return failure();
    APFloat value(0.0);
    if (auto scalar = dyn_cast<FloatAttr>(op.getValue()))
      value = scalar.getValue();
    else if (auto splat = dyn_cast<SplatElementsAttr>(op.getValue()))
      value = splat.getSplatValue<APFloat>();
    else
      return failure();
    ElementBuilder b(rewriter, op.getLoc(), op.getType());
    Value code = b.constant(getCode(value), type.getWidth());
    // An arith.bitcast would be folded back into the constant.
    rewriter.replaceOpWithNewOp<UnrealizedConversionCastOp>(op, op.getType(),
                                                            code);
    return success();
  }
};
} // namespace

LogicalResult mp::legalizeNarrowFloats(func::FuncOp func, bool hasF16C) {
  bool needed = false;
  func.walk([&](Operation *op) {
    needed |= llvm::any_of(op->getResultTypes(), isNarrow) ||
              llvm::any_of(op->getOperandTypes(), isNarrow);
  });
  if (!needed)
    return success();
  RewritePatternSet patterns(func.getContext());
  patterns.add<WidenPattern, NarrowPattern>(func.getContext(), hasF16C);
  patterns.add<ComputeInF32Pattern, ConstantPattern>(func.getContext());
  return applyPatternsGreedily(func, std::move(patterns));
}
