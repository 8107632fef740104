#include "MathFunctions.h"
#include "ElementBuilder.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;
using namespace mlir::mp;
using arith::CmpFPredicate;
using arith::CmpIPredicate;

// The coefficients are minimax fits of the remark beside them, with each
// rounded to f32 before the next was fitted.

/// e^r - 1 - r over r^2, |r| <= ln(2)/2, for a result near one.
static constexpr double kExp[] = {0x1.fffffcp-2, 0x1.555492p-3, 0x1.5558b2p-5,
                                  0x1.12398ep-7, 0x1.6a4b36p-10};
/// The same, for a result near zero.
static constexpr double kExpm1[] = {0x1p-1,         0x1.555554p-3,
                                    0x1.5554f8p-5,  0x1.1112d6p-7,
                                    0x1.6d3a4ap-10, 0x1.9e77aap-13};
/// log(1 + f) - f + f^2/2 over f^3, sqrt(1/2) <= 1 + f <= sqrt(2).
static constexpr double kLog[] = {
    0x1.555554p-2, -0x1.000226p-2, 0x1.99a01ep-3, -0x1.54728cp-3,
    0x1.22d8f8p-3, -0x1.0d81f2p-3, 0x1.05602ep-3, -0x1.38cf2p-4};
/// (erf(x) - x) / x in x^2, |x| <= 0.93.
static constexpr double kErfSmall[] = {
    0x1.06eba8p-3, -0x1.81274p-2,   0x1.ce2d64p-4, -0x1.b8011ap-6,
    0x1.544a1ap-8, -0x1.a60a2ep-11, 0x1.4f675ep-14};
/// -log(erfc(x)), 0.93 <= x <= 4.
static constexpr double kErfLarge[] = {
    -0x1.73e5fcp-13, 0x1.2128bap+0, 0x1.4442aap-1,   0x1.bba1acp-4,
    -0x1.9bdb7p-6,   0x1.11cf66p-8, -0x1.c91082p-12, 0x1.63f98cp-16};

/// ln(2) in two parts, the first short enough for exact multiples.
static constexpr double kLn2High = 0x1.62e4p-1, kLn2Low = 0x1.7f7d1cp-20;
static constexpr double kLog2E = 0x1.715476p+0;
/// Adding this rounds to an integer, which is then in the low bits.
static constexpr double kRounder = 0x1.8p23;

namespace {
/// x = n * ln(2) + r with |r| <= ln(2)/2.
struct ExpParts {
  Value n, r;
};
} // namespace

static ExpParts reduceExp(ElementBuilder &b, Value x) {
  Value rounder = b.constantF32(kRounder);
  Value shifted = b.addF(b.mulF(x, b.constantF32(kLog2E)), rounder);
  Value n = b.sub(b.bits(shifted), b.bits(rounder));
  Value whole = b.subF(shifted, rounder);
  Value r = b.subF(x, b.mulF(whole, b.constantF32(kLn2High)));
  r = b.subF(r, b.mulF(whole, b.constantF32(kLn2Low)));
  return {n, r};
}

/// 2^n for n in the range of normal numbers.
static Value powerOfTwo(ElementBuilder &b, Value n) {
  return b.fromBits(b.shl(b.add(n, b.constant(127)), 23));
}

/// e^r - 1 for |r| <= ln(2)/2.
static Value expm1Reduced(ElementBuilder &b, Value r, ArrayRef<double> coefs) {
  return b.addF(b.mulF(b.polynomial(r, coefs), b.mulF(r, r)), r);
}

/// Two factors, so that subnormal results are rounded once and not flushed.
static Value expandExp(ElementBuilder &b, Value x) {
  ExpParts parts = reduceExp(b, b.clamp(x, -104.5, 89));
  Value fraction = b.addF(expm1Reduced(b, parts.r, kExp), b.constantF32(1));
  Value half = b.shrSigned(parts.n, 1);
  Value rest = b.sub(parts.n, half);
  return b.mulF(b.mulF(fraction, powerOfTwo(b, half)), powerOfTwo(b, rest));
}

/// e^x - 1 for x in [-20, 89] or NaN.
static Value expm1Clamped(ElementBuilder &b, Value x) {
  ExpParts parts = reduceExp(b, x);
  Value small = expm1Reduced(b, parts.r, kExpm1);
  // Half of the result: 2^n itself may be beyond the format.
  Value scale = powerOfTwo(b, b.sub(parts.n, b.constant(1)));
  Value half = b.addF(b.mulF(scale, small), b.subF(scale, b.constantF32(0.5)));
  Value isSmall = b.compare(CmpIPredicate::eq, parts.n, b.constant(0));
  return b.select(isSmall, small, b.addF(half, half));
}

static Value copySign(ElementBuilder &b, Value magnitude, Value sign) {
  return math::CopySignOp::create(b.builder, magnitude, sign);
}

static Value expandExpm1(ElementBuilder &b, Value x) {
  return copySign(b, expm1Clamped(b, b.clamp(x, -20, 89)), x);
}

static Value expandTanh(ElementBuilder &b, Value x) {
  Value magnitude = math::AbsFOp::create(b.builder, x);
  Value limit = b.constantF32(9.5);
  magnitude = b.select(b.compareF(CmpFPredicate::OGT, magnitude, limit), limit,
                       magnitude);
  Value t = expm1Clamped(b, b.addF(magnitude, magnitude));
  return copySign(b, b.divF(t, b.addF(t, b.constantF32(2))), x);
}

/// log(1 + f) + e * ln(2) for sqrt(1/2) <= 1 + f <= sqrt(2).
static Value logReduced(ElementBuilder &b, Value f, Value e) {
  Value square = b.mulF(f, f);
  Value whole = arith::SIToFPOp::create(b.builder, b.f32(), e);
  Value y = b.mulF(b.mulF(b.polynomial(f, kLog), f), square);
  y = b.addF(y, b.mulF(whole, b.constantF32(kLn2Low)));
  y = b.subF(y, b.mulF(square, b.constantF32(0.5)));
  return b.addF(b.addF(f, y), b.mulF(whole, b.constantF32(kLn2High)));
}

/// Exponent and significand of a positive normal number, the latter between
/// sqrt(1/2) and sqrt(2), as bits.
static std::pair<Value, Value> splitFloat(ElementBuilder &b, Value bits) {
  Value e = b.shrSigned(b.sub(bits, b.constant(0x3F3504F3)), 23);
  return {e, b.sub(bits, b.shl(e, 23))};
}

static Value expandLog(ElementBuilder &b, Value x) {
  Value isSmall = b.compareF(CmpFPredicate::OLT, x, b.constantF32(0x1p-126));
  Value scaled = b.select(isSmall, b.mulF(x, b.constantF32(0x1p23)), x);
  auto [e, significand] = splitFloat(b, b.bits(scaled));
  e = b.select(isSmall, b.sub(e, b.constant(23)), e);
  Value f = b.subF(b.fromBits(significand), b.constantF32(1));
  Value y = logReduced(b, f, e);

  Value zero = b.constantF32(0);
  Value special =
      b.select(b.compareF(CmpFPredicate::OLT, x, zero), b.constantF32(NAN), x);
  special = b.select(b.compareF(CmpFPredicate::OEQ, x, zero),
                     b.constantF32(-INFINITY), special);
  // Positive and finite in one comparison of the bits.
  Value regular = b.compare(CmpIPredicate::ult, b.sub(b.bits(x), b.constant(1)),
                            b.constant(0x7F7FFFFF));
  return b.select(regular, y, special);
}

static Value expandLog1p(ElementBuilder &b, Value x) {
  Value one = b.constantF32(1);
  Value u = b.addF(x, one);
  auto [e, significand] = splitFloat(b, b.bits(u));
  // What rounding 1 + x lost, in the scale of the significand. Far from one it
  // is below the last place.
  Value lost = b.select(b.compare(CmpIPredicate::sgt, e, b.constant(0)),
                        b.subF(one, b.subF(u, x)), b.subF(x, b.subF(u, one)));
  Value inverse = b.fromBits(b.shl(b.sub(b.constant(127), e), 23));
  lost = b.select(b.compare(CmpIPredicate::slt, e, b.constant(26)),
                  b.mulF(lost, inverse), b.constantF32(0));
  Value f = b.addF(b.subF(b.fromBits(significand), one), lost);
  Value y = copySign(b, logReduced(b, f, e), x);

  Value minusOne = b.constantF32(-1);
  Value special = b.select(b.compareF(CmpFPredicate::OLT, x, minusOne),
                           b.constantF32(NAN), x);
  special = b.select(b.compareF(CmpFPredicate::OEQ, x, minusOne),
                     b.constantF32(-INFINITY), special);
  Value regular =
      b.andBits(b.compareF(CmpFPredicate::OGT, x, minusOne),
                b.compareF(CmpFPredicate::OLT, x, b.constantF32(INFINITY)));
  return b.select(regular, y, special);
}

static Value expandErf(ElementBuilder &b, Value x) {
  Value magnitude = math::AbsFOp::create(b.builder, x);
  Value small = b.addF(b.mulF(b.polynomial(b.mulF(x, x), kErfSmall), x), x);
  Value limit = b.constantF32(4);
  Value clamped = b.select(b.compareF(CmpFPredicate::OGT, magnitude, limit),
                           limit, magnitude);
  Value exponent = b.subF(b.constantF32(0), b.polynomial(clamped, kErfLarge));
  ExpParts parts = reduceExp(b, exponent);
  Value tail = b.mulF(b.addF(expm1Reduced(b, parts.r, kExp), b.constantF32(1)),
                      powerOfTwo(b, parts.n));
  Value large = copySign(b, b.subF(b.constantF32(1), tail), x);
  Value isSmall =
      b.compareF(CmpFPredicate::OLT, magnitude, b.constantF32(0.93));
  return b.select(isSmall, small, large);
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

namespace {
template <typename Op, Value (*expand)(ElementBuilder &, Value)>
struct ExpandPattern : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    if (!getElementTypeOrSelf(op.getType()).isF32())
      return failure();
    ElementBuilder b(rewriter, op.getLoc(), op.getType());
    rewriter.replaceOp(op, expand(b, op.getOperand()));
    return success();
  }
};

/// Powers that are products: small whole exponents.
struct PowPattern : OpRewritePattern<math::PowFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::PowFOp op,
                                PatternRewriter &rewriter) const override {
    llvm::APFloat exponent(0.0);
    if (!matchPattern(op.getRhs(), m_ConstantFloat(&exponent)))
      return failure();
    double value = exponent.convertToDouble();
    Value x = op.getLhs();
    auto multiply = [&](Value a, Value b) -> Value {
      return arith::MulFOp::create(rewriter, op.getLoc(), a, b);
    };
    if (value == 1)
      rewriter.replaceOp(op, x);
    else if (value == 2)
      rewriter.replaceOp(op, multiply(x, x));
    else if (value == 3)
      rewriter.replaceOp(op, multiply(multiply(x, x), x));
    else
      return failure();
    return success();
  }
};

/// A call of the C function `name` for each element.
struct LibraryCallPattern : RewritePattern {
  LibraryCallPattern(MLIRContext *context, StringRef opName, StringRef name)
      : RewritePattern(opName, 1, context), name(name) {}

  static LLVM::LLVMFuncOp declare(Operation *user, StringRef symbol,
                                  LLVM::LLVMFunctionType type) {
    auto module = user->getParentOfType<ModuleOp>();
    if (auto known = module.lookupSymbol<LLVM::LLVMFuncOp>(symbol))
      return known;
    auto builder = OpBuilder::atBlockBegin(module.getBody());
    auto func =
        LLVM::LLVMFuncOp::create(builder, module.getLoc(), symbol, type);
    auto none = LLVM::ModRefInfo::NoModRef;
    func.setMemoryEffectsAttr(builder.getAttr<LLVM::MemoryEffectsAttr>(
        none, none, none, none, none, none));
    func.setNoUnwind(true);
    func.setWillReturn(true);
    return func;
  }

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    Location loc = op->getLoc();
    Type type = op->getResult(0).getType();
    Type element = getElementTypeOrSelf(type);
    if (!isa<Float32Type, Float64Type>(element))
      return failure();
    SmallVector<Type> argumentTypes(op->getNumOperands(), element);
    LLVM::LLVMFuncOp callee =
        declare(op, element.isF32() ? name + "f" : name,
                LLVM::LLVMFunctionType::get(element, argumentTypes));
    auto vector = dyn_cast<VectorType>(type);
    if (!vector) {
      auto call =
          LLVM::CallOp::create(rewriter, loc, callee, op->getOperands());
      rewriter.replaceOp(op, call.getResults());
      return success();
    }
    if (vector.getRank() != 1 || vector.isScalable())
      return failure();
    SmallVector<Value> results;
    for (int64_t lane = 0; lane < vector.getDimSize(0); ++lane) {
      SmallVector<Value> arguments;
      for (Value operand : op->getOperands())
        arguments.push_back(
            vector::ExtractOp::create(rewriter, loc, operand, lane));
      results.push_back(
          LLVM::CallOp::create(rewriter, loc, callee, arguments).getResult());
    }
    rewriter.replaceOpWithNewOp<vector::FromElementsOp>(op, vector, results);
    return success();
  }
  std::string name;
};
} // namespace

LogicalResult mp::expandMathFunctions(func::FuncOp func) {
  bool needed = false;
  func.walk([&](Operation *op) {
    needed |= isa_and_nonnull<math::MathDialect>(op->getDialect());
  });
  if (!needed)
    return success();
  MLIRContext *context = func.getContext();
  RewritePatternSet patterns(context);
  patterns.add<ExpandPattern<math::ExpOp, expandExp>,
               ExpandPattern<math::ExpM1Op, expandExpm1>,
               ExpandPattern<math::LogOp, expandLog>,
               ExpandPattern<math::Log1pOp, expandLog1p>,
               ExpandPattern<math::TanhOp, expandTanh>,
               ExpandPattern<math::ErfOp, expandErf>>(context, /*benefit=*/2);
  patterns.add<PowPattern>(context, /*benefit=*/2);
  // f64, and functions that no kernel spends its time in.
  for (StringRef name :
       {"erf", "erfc", "expm1", "log1p", "cbrt", "asinh", "acosh", "atanh"})
    patterns.add<LibraryCallPattern>(context, ("math." + name).str(), name);
  return applyPatternsGreedily(func, std::move(patterns));
}
