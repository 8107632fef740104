#include "mp/IR/MPOps.h"
#include "mp/Kernels/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPRAISEPRODUCTSPASS
#include "mp/Kernels/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

/// Whether every element of `value` is zero.
static bool isZero(Value value) {
  if (auto fill = value.getDefiningOp<linalg::FillOp>())
    return matchPattern(fill.getInputs()[0], m_AnyZeroFloat());
  return matchPattern(value, m_AnyZeroFloat());
}

/// The format that sums of these operands are kept in, or null if there is no
/// product op for them.
static Type getAccumulator(linalg::LinalgOp op) {
  Type accumulator = Float32Type::get(op.getContext());
  for (Value operand : op->getOperands()) {
    auto tensor = dyn_cast<RankedTensorType>(operand.getType());
    if (!tensor || !tensor.hasStaticShape() ||
        !isa<FloatType>(tensor.getElementType()))
      return nullptr;
    if (tensor.getElementType().isF64())
      accumulator = tensor.getElementType();
    else if (tensor.getElementType().getIntOrFloatBitWidth() > 32)
      return nullptr;
  }
  return accumulator;
}

//===----------------------------------------------------------------------===//
// Contractions
//===----------------------------------------------------------------------===//

/// Whether `map` is (batch..., rows, columns) in this order.
static bool isOrder(AffineMap map, ArrayRef<unsigned> loops) {
  if (map.getNumResults() != loops.size())
    return false;
  for (auto [expr, loop] : llvm::zip(map.getResults(), loops)) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim || dim.getPosition() != loop)
      return false;
  }
  return true;
}

/// Whether the operand is a matrix of `rows` and `columns`, possibly
/// transposed; nothing if it is neither.
static std::optional<bool> isTransposed(AffineMap map, ArrayRef<unsigned> batch,
                                        unsigned rows, unsigned columns) {
  SmallVector<unsigned> plain(batch), transposed(batch);
  plain.append({rows, columns});
  transposed.append({columns, rows});
  if (isOrder(map, plain))
    return false;
  if (isOrder(map, transposed))
    return true;
  return std::nullopt;
}

/// Looks through a transpose of the two last dimensions, named or generic.
static Value skipTranspose(Value value, bool &transposed) {
  auto op = value.getDefiningOp<linalg::LinalgOp>();
  if (!op || !isa<linalg::TransposeOp, linalg::GenericOp>(op) ||
      op.getNumDpsInputs() != 1 || op.getNumDpsInits() != 1 ||
      op.getNumReductionLoops() != 0 ||
      op.getBlock()->getTerminator()->getOperand(0) !=
          op.getBlock()->getArgument(0))
    return value;
  AffineMap from = op.getMatchingIndexingMap(op.getDpsInputOperand(0));
  AffineMap to = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  unsigned rank = op.getNumLoops();
  if (rank < 2 || !from.isPermutation() || !to.isPermutation())
    return value;
  for (unsigned d = 0; d < rank; ++d) {
    unsigned source = d + 2 < rank ? d : 2 * rank - 3 - d;
    if (from.getDimPosition(source) != to.getDimPosition(d))
      return value;
  }
  transposed = !transposed;
  return op->getOperand(0);
}

static void foldTransposes(GemmOp gemm) {
  bool a = gemm.getTransposeA(), b = gemm.getTransposeB();
  gemm.getAMutable().assign(skipTranspose(gemm.getA(), a));
  gemm.getBMutable().assign(skipTranspose(gemm.getB(), b));
  gemm.setTransposeA(a);
  gemm.setTransposeB(b);
}

static void raiseContraction(linalg::LinalgOp op) {
  if (!linalg::isaContractionOpInterface(op) || op->getNumResults() != 1)
    return;
  Type accumulator = getAccumulator(op);
  FailureOr<linalg::ContractionDimensions> dims =
      linalg::inferContractionDims(op);
  if (!accumulator || failed(dims) || dims->m.size() != 1 ||
      dims->n.size() != 1 || dims->k.size() != 1 || dims->batch.size() > 1)
    return;
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  unsigned m = dims->m[0], n = dims->n[0], k = dims->k[0];
  auto transposeA = isTransposed(maps[0], dims->batch, m, k);
  auto transposeB = isTransposed(maps[1], dims->batch, k, n);
  auto transposeC = isTransposed(maps[2], dims->batch, m, n);
  if (!transposeA || !transposeB || !transposeC || *transposeC)
    return;
  Value init = op->getOperand(2);
  Value residual = isZero(init) ? Value() : init;
  OpBuilder builder(op);
  auto gemm = GemmOp::create(builder, op.getLoc(), op->getResult(0).getType(),
                             op->getOperand(0), op->getOperand(1),
                             /*bias=*/Value(), residual, *transposeA,
                             *transposeB, Epilogue::None, accumulator);
  foldTransposes(gemm);
  op->getResult(0).replaceAllUsesWith(gemm.getResult());
  op->erase();
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

static Value transpose(OpBuilder &builder, Location loc, Value value,
                       ArrayRef<int64_t> order) {
  if (llvm::equal(order, llvm::seq<int64_t>(order.size())))
    return value;
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> shape;
  for (int64_t d : order)
    shape.push_back(type.getDimSize(d));
  Value empty =
      tensor::EmptyOp::create(builder, loc, shape, type.getElementType());
  return linalg::TransposeOp::create(builder, loc, value, empty, order)
      ->getResult(0);
}

namespace {
/// Where a named convolution keeps what `mp.conv` wants as [N, X.., C],
/// [W.., C, O] and [N, Y.., O].
struct ConvLayout {
  SmallVector<int64_t> input, filter, result;
};
} // namespace

static std::optional<ConvLayout> getLayout(Operation *op) {
  if (isa<linalg::Conv1DNcwFcwOp>(op))
    return ConvLayout{{0, 2, 1}, {2, 1, 0}, {0, 2, 1}};
  if (isa<linalg::Conv2DNchwFchwOp>(op))
    return ConvLayout{{0, 2, 3, 1}, {2, 3, 1, 0}, {0, 2, 3, 1}};
  if (isa<linalg::Conv3DNcdhwFcdhwOp>(op))
    return ConvLayout{{0, 2, 3, 4, 1}, {2, 3, 4, 1, 0}, {0, 2, 3, 4, 1}};
  if (isa<linalg::Conv1DNwcWcfOp>(op))
    return ConvLayout{{0, 1, 2}, {0, 1, 2}, {0, 1, 2}};
  if (isa<linalg::Conv2DNhwcHwcfOp>(op))
    return ConvLayout{{0, 1, 2, 3}, {0, 1, 2, 3}, {0, 1, 2, 3}};
  if (isa<linalg::Conv2DNhwcFhwcOp>(op))
    return ConvLayout{{0, 1, 2, 3}, {1, 2, 3, 0}, {0, 1, 2, 3}};
  if (isa<linalg::Conv3DNdhwcDhwcfOp>(op))
    return ConvLayout{{0, 1, 2, 3, 4}, {0, 1, 2, 3, 4}, {0, 1, 2, 3, 4}};
  return std::nullopt;
}

/// Takes zeros around the spatial dimensions of `input` into `padding`.
static Value skipPadding(Value input, ArrayRef<int64_t> layout,
                         SmallVectorImpl<int64_t> &padding) {
  auto pad = input.getDefiningOp<tensor::PadOp>();
  if (!pad || !pad.getConstantPaddingValue() ||
      !matchPattern(pad.getConstantPaddingValue(), m_AnyZeroFloat()) ||
      llvm::any_of(pad.getStaticLow(), ShapedType::isDynamic) ||
      llvm::any_of(pad.getStaticHigh(), ShapedType::isDynamic) ||
      !pad.getSourceType().hasStaticShape())
    return input;
  for (int64_t d : {layout.front(), layout.back()})
    if (pad.getStaticLow()[d] != 0 || pad.getStaticHigh()[d] != 0)
      return input;
  for (auto [index, d] : llvm::enumerate(layout.drop_front().drop_back())) {
    padding[2 * index] = pad.getStaticLow()[d];
    padding[2 * index + 1] = pad.getStaticHigh()[d];
  }
  return pad.getSource();
}

static void raiseConvolution(linalg::LinalgOp op) {
  std::optional<ConvLayout> layout = getLayout(op);
  Type accumulator = layout ? getAccumulator(op) : Type();
  if (!accumulator || op->getNumResults() != 1)
    return;
  size_t spatial = layout->input.size() - 2;
  auto getList = [&](StringRef name) {
    SmallVector<int64_t> values(spatial, 1);
    if (auto attr = op->getAttrOfType<DenseIntElementsAttr>(name))
      values = llvm::to_vector(attr.getValues<int64_t>());
    return values;
  };
  OpBuilder builder(op);
  Location loc = op.getLoc();
  SmallVector<int64_t> padding(2 * spatial, 0);
  Value input = skipPadding(op->getOperand(0), layout->input, padding);
  input = transpose(builder, loc, input, layout->input);
  Value filter = transpose(builder, loc, op->getOperand(1), layout->filter);
  Value init = op->getOperand(2);
  Value residual;
  if (!isZero(init))
    residual = transpose(builder, loc, init, layout->result);
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  SmallVector<int64_t> shape, back(layout->result.size());
  for (auto [to, from] : llvm::enumerate(layout->result)) {
    shape.push_back(type.getDimSize(from));
    back[from] = to;
  }
  SmallVector<int64_t> ones(spatial, 1);
  auto conv = ConvOp::create(builder, loc, type.clone(shape), input, filter,
                             /*bias=*/Value(), residual, getList("strides"),
                             padding, ones, getList("dilations"), /*groups=*/1,
                             Epilogue::None, accumulator);
  op->getResult(0).replaceAllUsesWith(
      transpose(builder, loc, conv.getResult(), back));
  op->erase();
}

namespace {
class RaiseProductsPass
    : public mp::impl::MPRaiseProductsPassBase<RaiseProductsPass> {
  using Base::Base;
  void runOnOperation() override {
    getOperation()->walk(foldTransposes);
    SmallVector<linalg::LinalgOp> ops;
    getOperation()->walk([&](linalg::LinalgOp op) {
      if (op.hasPureTensorSemantics())
        ops.push_back(op);
    });
    for (linalg::LinalgOp op : ops) {
      if (getLayout(op))
        raiseConvolution(op);
      else
        raiseContraction(op);
    }
  }
};
} // namespace
