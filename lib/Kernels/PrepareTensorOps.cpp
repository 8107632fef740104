//===- PrepareTensorOps.cpp - few kinds of tensor ops ---------------------===//
//
// Rewrites the tensor ops that are special cases into linalg.generic,
// linalg.fill and tensor.insert_slice, so that outlining knows only these.
//
//===----------------------------------------------------------------------===//
#include "PrepareTensorOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mp/IR/MPOps.h"

using namespace mlir;
using namespace mlir::mp;

static Value createEmpty(OpBuilder &builder, Location loc, Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return tensor::EmptyOp::create(builder, loc, tensor.getShape(),
                                 tensor.getElementType());
}

static Value insertWhole(OpBuilder &builder, Location loc, Value source,
                         Value dest, ArrayRef<OpFoldResult> offsets) {
  SmallVector<OpFoldResult> sizes, strides;
  for (int64_t size : cast<RankedTensorType>(source.getType()).getShape()) {
    sizes.push_back(builder.getIndexAttr(size));
    strides.push_back(builder.getIndexAttr(1));
  }
  return tensor::InsertSliceOp::create(builder, loc, source, dest, offsets,
                                       sizes, strides);
}

static LogicalResult preparePad(IRRewriter &rewriter, tensor::PadOp pad) {
  if (!pad.getResultType().hasStaticShape() || !pad.getConstantPaddingValue() ||
      llvm::any_of(pad.getStaticLow(), ShapedType::isDynamic) ||
      llvm::any_of(pad.getStaticLow(), [](int64_t low) { return low < 0; }) ||
      llvm::any_of(pad.getStaticHigh(), [](int64_t high) { return high < 0; }))
    return pad.emitOpError("expected static non-negative padding with one "
                           "value for all elements");
  Location loc = pad.getLoc();
  Value empty = createEmpty(rewriter, loc, pad.getResultType());
  Value filled = linalg::FillOp::create(rewriter, loc,
                                        pad.getConstantPaddingValue(), empty)
                     .getResult(0);
  rewriter.replaceOp(pad, insertWhole(rewriter, loc, pad.getSource(), filled,
                                      pad.getMixedLowPad()));
  return success();
}

static void prepareConcat(IRRewriter &rewriter, tensor::ConcatOp concat) {
  Location loc = concat.getLoc();
  Value result = createEmpty(rewriter, loc, concat.getResultType());
  SmallVector<OpFoldResult> offsets(concat.getResultType().getRank(),
                                    rewriter.getIndexAttr(0));
  int64_t offset = 0;
  for (Value input : concat.getInputs()) {
    offsets[concat.getDim()] = rewriter.getIndexAttr(offset);
    result = insertWhole(rewriter, loc, input, result, offsets);
    offset +=
        cast<RankedTensorType>(input.getType()).getDimSize(concat.getDim());
  }
  rewriter.replaceOp(concat, result);
}

/// The largest finite value of `type`.
static APFloat getLargest(FloatType type) {
  return APFloat::getLargest(type.getFloatSemantics());
}

/// Clamps to the finite range of `target`; NaN stays NaN.
static Value saturate(OpBuilder &builder, Location loc, Value value,
                      FloatType target) {
  auto type = cast<FloatType>(value.getType());
  APFloat limit = getLargest(target);
  bool losesInfo = false;
  limit.convert(type.getFloatSemantics(), APFloat::rmTowardZero, &losesInfo);
  auto constant = [&](const APFloat &number) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getFloatAttr(type, number));
  };
  value = arith::MinimumFOp::create(builder, loc, value, constant(limit));
  return arith::MaximumFOp::create(builder, loc, value, constant(neg(limit)));
}

static void prepareCast(IRRewriter &rewriter, mp::CastOp op) {
  auto resultType = cast<RankedTensorType>(op.getType());
  auto from = cast<FloatType>(op.getInput().getType().getElementType());
  auto to = cast<FloatType>(resultType.getElementType());
  int64_t rank = resultType.getRank();
  AffineMap identity = rewriter.getMultiDimIdentityMap(rank);
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  auto body = [&](OpBuilder &builder, Location loc, ValueRange args) {
    Value value = args[0];
    if (op.getOverflow() == Overflow::SatFinite)
      value = saturate(builder, loc, value, to);
    if (from.getWidth() == to.getWidth()) {
      // Formats of equal width meet in f32, which holds both exactly.
      auto f32 = builder.getF32Type();
      value = arith::ExtFOp::create(builder, loc, f32, value);
      from = f32;
    }
    if (from.getWidth() < to.getWidth())
      value = arith::ExtFOp::create(builder, loc, to, value);
    else if (op.getRounding() == Rounding::TowardZero)
      value = arith::TruncFOp::create(
          builder, loc, to, value,
          arith::RoundingModeAttr::get(builder.getContext(),
                                       arith::RoundingMode::toward_zero),
          arith::FastMathFlagsAttr());
    else
      value = arith::TruncFOp::create(builder, loc, to, value);
    linalg::YieldOp::create(builder, loc, value);
  };
  Value empty = createEmpty(rewriter, op.getLoc(), resultType);
  rewriter.replaceOpWithNewOp<linalg::GenericOp>(
      op, TypeRange{resultType}, ValueRange{op.getInput()}, ValueRange{empty},
      ArrayRef<AffineMap>{identity, identity}, iterators, body);
}

/// A generic that computes its element from the indices alone.
static LogicalResult prepareGenerate(IRRewriter &rewriter,
                                     tensor::GenerateOp op) {
  auto type = cast<RankedTensorType>(op.getType());
  if (!type.hasStaticShape())
    return op.emitOpError("expected static shapes, but got ") << type;
  AffineMap identity = rewriter.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  Value empty = createEmpty(rewriter, op.getLoc(), type);
  Block &body = op.getBody().front();
  rewriter.replaceOpWithNewOp<linalg::GenericOp>(
      op, TypeRange{type}, ValueRange{}, ValueRange{empty},
      ArrayRef<AffineMap>{identity}, iterators,
      [&](OpBuilder &builder, Location loc, ValueRange) {
        IRMapping mapping;
        for (BlockArgument argument : body.getArguments())
          mapping.map(argument, linalg::IndexOp::create(
                                    builder, loc, argument.getArgNumber()));
        for (Operation &inner : body.without_terminator())
          builder.clone(inner, mapping);
        linalg::YieldOp::create(
            builder, loc,
            mapping.lookupOrDefault(body.getTerminator()->getOperand(0)));
      });
  return success();
}

/// Element by element: fills of slices of size one.
static void prepareFromElements(IRRewriter &rewriter,
                                tensor::FromElementsOp op) {
  Location loc = op.getLoc();
  auto type = cast<RankedTensorType>(op.getType());
  auto one = RankedTensorType::get({1}, type.getElementType());
  auto flat =
      RankedTensorType::get({type.getNumElements()}, type.getElementType());
  auto fill = [&](Value element, RankedTensorType part) {
    Value empty = createEmpty(rewriter, loc, part);
    return linalg::FillOp::create(rewriter, loc, element, empty).getResult(0);
  };
  if (type.getNumElements() == 1) {
    rewriter.replaceOp(op, fill(op.getElements()[0], type));
    return;
  }
  Value result = createEmpty(rewriter, loc, flat);
  for (auto [index, element] : llvm::enumerate(op.getElements()))
    result = insertWhole(rewriter, loc, fill(element, one), result,
                         {rewriter.getIndexAttr(index)});
  if (type.getRank() != 1) {
    SmallVector<ReassociationIndices> all(1);
    for (int64_t d = 0; d < type.getRank(); ++d)
      all[0].push_back(d);
    result = tensor::ExpandShapeOp::create(rewriter, loc, type, result, all);
  }
  rewriter.replaceOp(op, result);
}

static void prepareInsert(IRRewriter &rewriter, tensor::InsertOp op) {
  Location loc = op.getLoc();
  auto type = cast<RankedTensorType>(op.getType());
  SmallVector<int64_t> shape(type.getRank(), 1);
  Value empty = createEmpty(
      rewriter, loc, RankedTensorType::get(shape, type.getElementType()));
  Value filled =
      linalg::FillOp::create(rewriter, loc, op.getScalar(), empty).getResult(0);
  SmallVector<OpFoldResult> offsets(op.getIndices().begin(),
                                    op.getIndices().end());
  rewriter.replaceOp(op,
                     insertWhole(rewriter, loc, filled, op.getDest(), offsets));
}

/// An insertion of a tensor into itself reads what it writes: it gets a copy.
static void separateSource(IRRewriter &rewriter, tensor::InsertSliceOp insert) {
  if (insert.getSource() != insert.getDest())
    return;
  Value empty = createEmpty(rewriter, insert.getLoc(), insert.getType());
  auto copy = linalg::CopyOp::create(rewriter, insert.getLoc(),
                                     insert.getSource(), empty);
  auto generic = linalg::generalizeNamedOp(rewriter, copy);
  insert.getSourceMutable().assign((*generic)->getResult(0));
}

/// A body that asserts that its indices are in range reads the nearest element
/// where one is not: kernels cannot stop, and must not read outside.
static void replaceAsserts(IRRewriter &rewriter, linalg::GenericOp op) {
  SmallVector<cf::AssertOp> asserts;
  op.getBody()->walk([&](cf::AssertOp inner) { asserts.push_back(inner); });
  if (asserts.empty())
    return;
  for (cf::AssertOp inner : asserts)
    rewriter.eraseOp(inner);
  op.getBody()->walk([&](tensor::ExtractOp extract) {
    rewriter.setInsertionPoint(extract);
    Location loc = extract.getLoc();
    auto constant = [&](int64_t value) -> Value {
      return arith::ConstantIndexOp::create(rewriter, loc, value);
    };
    ArrayRef<int64_t> shape = extract.getTensor().getType().getShape();
    for (auto [index, size] : llvm::zip(extract.getIndicesMutable(), shape)) {
      if (ShapedType::isDynamic(size) ||
          index.get().getDefiningOp<linalg::IndexOp>())
        continue;
      Value low =
          arith::MaxSIOp::create(rewriter, loc, index.get(), constant(0));
      index.set(arith::MinSIOp::create(rewriter, loc, low, constant(size - 1)));
    }
  });
}

LogicalResult mp::prepareTensorOps(Operation *root) {
  SmallVector<Operation *> ops;
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    ops.push_back(op);
    return isa<linalg::LinalgOp, tensor::PadOp, tensor::GenerateOp>(op)
               ? WalkResult::skip()
               : WalkResult::advance();
  });
  IRRewriter rewriter(root->getContext());
  for (Operation *op : ops) {
    rewriter.setInsertionPoint(op);
    LogicalResult result = success();
    if (auto pad = dyn_cast<tensor::PadOp>(op))
      result = preparePad(rewriter, pad);
    else if (auto concat = dyn_cast<tensor::ConcatOp>(op))
      prepareConcat(rewriter, concat);
    else if (auto cast = dyn_cast<mp::CastOp>(op))
      prepareCast(rewriter, cast);
    else if (auto generate = dyn_cast<tensor::GenerateOp>(op))
      result = prepareGenerate(rewriter, generate);
    else if (auto elements = dyn_cast<tensor::FromElementsOp>(op))
      prepareFromElements(rewriter, elements);
    else if (auto insert = dyn_cast<tensor::InsertOp>(op))
      prepareInsert(rewriter, insert);
    else if (auto insert = dyn_cast<tensor::InsertSliceOp>(op))
      separateSource(rewriter, insert);
    else if (auto splat = dyn_cast<tensor::SplatOp>(op))
      rewriter.replaceOpWithNewOp<linalg::FillOp>(
          splat, splat.getInput(),
          createEmpty(rewriter, splat.getLoc(), splat.getType()));
    else if (auto generic = dyn_cast<linalg::GenericOp>(op))
      replaceAsserts(rewriter, generic);
    else if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
             linalgOp && !isa<linalg::GenericOp, linalg::FillOp>(op) &&
             linalgOp.hasPureTensorSemantics())
      if (failed(linalg::generalizeNamedOp(rewriter, linalgOp)))
        result = op->emitOpError("has no form as a linalg.generic");
    if (failed(result))
      return failure();
  }
  return success();
}
