#include "ProductsToStableHLO.h"

#include "StableHLOEmitter.h"
#include "mp/IR/MPOps.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::mp;

/// The epilogue's function of `x`, as `mp.gemm` defines it.
static Value emitEpilogue(StableHLOEmitter &e, Epilogue epilogue, Value x) {
  auto type = e.typeOf(x);
  auto number = [&](double value) { return e.constant(type, value); };
  ImplicitLocOpBuilder &b = e.builder();
  switch (epilogue) {
  case Epilogue::None:
    return x;
  case Epilogue::Relu:
    return e.maximum(x, number(0));
  case Epilogue::GeluTanh: {
    Value cube = e.multiply(e.multiply(x, x), x);
    Value inner = e.multiply(e.add(x, e.multiply(cube, number(0.044715))),
                             number(0.79788456080286535588));
    Value t = shlo::TanhOp::create(b, type, inner, nullptr);
    return e.multiply(e.multiply(x, number(0.5)), e.add(t, number(1)));
  }
  case Epilogue::GeluErf: {
    Value t = chlo::ErfOp::create(
        b, type, e.multiply(x, number(0.70710678118654752440)));
    return e.multiply(e.multiply(x, number(0.5)), e.add(t, number(1)));
  }
  case Epilogue::Silu: {
    Value s = shlo::LogisticOp::create(b, type, x, nullptr);
    return e.multiply(x, s);
  }
  }
  llvm_unreachable("all epilogues are listed");
}

/// cast(epilogue(accumulator + bias + residual)).
template <typename ProductOp>
static Value finish(StableHLOEmitter &e, ProductOp op, Value accumulator) {
  auto type = e.typeOf(accumulator);
  Type element = type.getElementType();
  if (Value bias = op.getBias())
    accumulator = e.add(accumulator, e.broadcast(e.convert(bias, element), type,
                                                 {type.getRank() - 1}));
  if (Value residual = op.getResidual())
    accumulator = e.add(accumulator, e.convert(residual, element));
  Value result = emitEpilogue(e, op.getEpilogue(), accumulator);
  return e.convert(result, op.getType().getElementType());
}

/// Both operands in one type that holds them exactly: their own if they agree.
static std::pair<Value, Value> agree(StableHLOEmitter &e, Value a, Value b,
                                     Type accumulator) {
  if (e.typeOf(a).getElementType() == e.typeOf(b).getElementType())
    return {a, b};
  return {e.convert(a, accumulator), e.convert(b, accumulator)};
}

namespace {

struct LowerGemm : OpRewritePattern<GemmOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(GemmOp op,
                                PatternRewriter &rewriter) const override {
    StableHLOEmitter e(rewriter, op.getLoc());
    auto [a, b] = agree(e, op.getA(), op.getB(), op.getAccumulator());
    int64_t first = op.getType().getRank() - 2;
    SmallVector<int64_t> batch;
    if (first == 1)
      batch.push_back(0);
    auto dims = shlo::DotDimensionNumbersAttr::get(
        rewriter.getContext(), batch, batch,
        {op.getTransposeA() ? first : first + 1},
        {op.getTransposeB() ? first + 1 : first});
    auto type = op.getType().clone(op.getAccumulator());
    Value product = shlo::DotGeneralOp::create(e.builder(), type, a, b, dims,
                                               nullptr, nullptr);
    rewriter.replaceOp(op, finish(e, op, product));
    return success();
  }
};

struct LowerConv : OpRewritePattern<ConvOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConvOp op,
                                PatternRewriter &rewriter) const override {
    StableHLOEmitter e(rewriter, op.getLoc());
    auto [x, w] = agree(e, op.getInput(), op.getFilter(), op.getAccumulator());
    int64_t rank = op.getType().getRank(), spatial = rank - 2;
    auto outer = llvm::to_vector(llvm::seq<int64_t>(1, rank - 1));
    auto window = llvm::to_vector(llvm::seq<int64_t>(0, spatial));
    auto dims = shlo::ConvDimensionNumbersAttr::get(
        rewriter.getContext(), 0, rank - 1, outer, rank - 2, rank - 1, window,
        0, rank - 1, outer);
    auto padding = DenseIntElementsAttr::get(
        RankedTensorType::get({spatial, 2}, rewriter.getI64Type()),
        op.getPadding());
    auto list = [&](ArrayRef<int64_t> values) {
      return rewriter.getDenseI64ArrayAttr(values);
    };
    auto type = op.getType().clone(op.getAccumulator());
    Value product = shlo::ConvolutionOp::create(
        e.builder(), type, x, w, list(op.getStrides()), padding,
        list(op.getLhsDilation()), list(op.getRhsDilation()), nullptr, dims,
        rewriter.getI64IntegerAttr(op.getGroups()),
        rewriter.getI64IntegerAttr(1), nullptr);
    rewriter.replaceOp(op, finish(e, op, product));
    return success();
  }
};

} // namespace

void mp::populateProductsToStableHLOPatterns(RewritePatternSet &patterns) {
  patterns.add<LowerGemm, LowerConv>(patterns.getContext());
}
