//===- Convolutions.cpp - convolution -------------------------------------===//
//
// Every convolution is brought into one layout, batch and channels around the
// spatial dimensions and the filter's output channels last, by transposes that
// vanish where the layout is that already. Groups of the batch become groups of
// channels. Floats then are an `mp.conv`; integers and complex numbers, and
// more than three spatial dimensions, a padded `linalg.generic`.
//
//===----------------------------------------------------------------------===//

#include "KernelLoops.h"
#include "StableHLOToLinalg.h"

#include "mp/IR/MPOps.h"
#include "mp/StableHLO/StableHLO.h"

using namespace mlir;
using namespace mlir::mp;

namespace {

/// A convolution in the common layout: input [N, X.., C], filter
/// [W.., C / groups, O], result [N, Y.., O].
struct Window {
  Value input, filter;
  RankedTensorType resultType;
  SmallVector<int64_t> strides, padding, lhsDilation, rhsDilation;
  int64_t groups;

  int64_t rank() const { return strides.size(); }
};

SmallVector<int64_t> getOrder(int64_t first, ArrayRef<int64_t> spatial,
                              int64_t last) {
  SmallVector<int64_t> order = {first};
  llvm::append_range(order, spatial);
  order.push_back(last);
  return order;
}

SmallVector<int64_t> permute(ArrayRef<int64_t> shape, ArrayRef<int64_t> order) {
  return llvm::map_to_vector(order, [&](int64_t dim) { return shape[dim]; });
}

/// [G * N, X.., C] -> [N, X.., G * C]: what belongs to one group of the batch
/// becomes a group of channels.
Value moveBatchGroups(OpBuilder &builder, Location loc, Value input,
                      int64_t groups) {
  auto shape = cast<RankedTensorType>(input.getType()).getShape();
  SmallVector<int64_t> split = {groups, shape[0] / groups};
  llvm::append_range(split, shape.drop_front());
  // G becomes the last dimension but one.
  SmallVector<int64_t> order =
      llvm::to_vector(llvm::seq<int64_t>(1, split.size() - 1));
  order.append({0, static_cast<int64_t>(split.size()) - 1});
  input = createReshape(builder, loc, input, split);
  input = createTranspose(builder, loc, input, order);
  SmallVector<int64_t> merged(shape);
  merged.front() /= groups;
  merged.back() *= groups;
  return createReshape(builder, loc, input, merged);
}

/// Products of types without a gemm-like kernel, as one reduction over the
/// padded input.
Value lowerToGeneric(OpBuilder &builder, Location loc, SymbolTable &symbols,
                     const Window &conv, Type lhsSource, Type rhsSource) {
  auto inputType = cast<RankedTensorType>(conv.input.getType());
  auto filterType = cast<RankedTensorType>(conv.filter.getType());
  int64_t rank = conv.rank();
  int64_t channels = filterType.getDimSize(rank);
  int64_t outputs = filterType.getDimSize(rank + 1) / conv.groups;

  // Pad and dilate, so that every window lies inside.
  SmallVector<int64_t> low(rank + 2, 0), interior(rank + 2, 0);
  SmallVector<int64_t> padded(inputType.getShape());
  for (int64_t d = 0; d < rank; ++d) {
    int64_t size = padded[d + 1];
    low[d + 1] = conv.padding[2 * d];
    interior[d + 1] = conv.lhsDilation[d] - 1;
    padded[d + 1] =
        std::max<int64_t>(0, (size - 1) * conv.lhsDilation[d] + 1 +
                                 conv.padding[2 * d] + conv.padding[2 * d + 1]);
  }
  Type inputElement = inputType.getElementType();
  Value zero = createSplatConstant(builder, loc,
                                   RankedTensorType::get({}, inputElement), 0);
  Value input =
      createPad(builder, loc, symbols, conv.input, zero,
                RankedTensorType::get(padded, inputElement), low, interior);

  // Split channels into groups.
  SmallVector<int64_t> inputShape(ArrayRef(padded).drop_back());
  inputShape.append({conv.groups, channels});
  SmallVector<int64_t> filterShape(filterType.getShape().drop_back());
  filterShape.append({conv.groups, outputs});
  SmallVector<int64_t> resultShape(conv.resultType.getShape().drop_back());
  resultShape.append({conv.groups, outputs});
  input = createReshape(builder, loc, input, inputShape);
  Value filter = createReshape(builder, loc, conv.filter, filterShape);

  // Loops: batch, spatial, group, output | window, channel.
  int64_t parallel = rank + 3, loops = parallel + rank + 1;
  auto dim = [&](int64_t d) { return builder.getAffineDimExpr(d); };
  AffineExpr group = dim(rank + 1), output = dim(rank + 2),
             channel = dim(loops - 1);
  SmallVector<AffineExpr> inputExprs = {dim(0)}, filterExprs;
  for (int64_t d = 0; d < rank; ++d) {
    inputExprs.push_back(dim(1 + d) * conv.strides[d] +
                         dim(parallel + d) * conv.rhsDilation[d]);
    filterExprs.push_back(dim(parallel + d));
  }
  inputExprs.append({group, channel});
  filterExprs.append({channel, group, output});
  MLIRContext *context = builder.getContext();
  SmallVector<AffineMap> maps = {
      AffineMap::get(loops, 0, inputExprs, context),
      AffineMap::get(loops, 0, filterExprs, context),
      AffineMap::getMultiDimIdentityMap(loops, context)
          .getMajorSubMap(parallel)};
  SmallVector<utils::IteratorType> iterators(parallel,
                                             utils::IteratorType::parallel);
  iterators.resize(loops, utils::IteratorType::reduction);

  Type element = conv.resultType.getElementType();
  auto type = RankedTensorType::get(resultShape, element);
  auto generic = linalg::GenericOp::create(
      builder, loc, type, ValueRange{input, filter},
      createSplatConstant(builder, loc, type, 0), maps, iterators,
      [&](OpBuilder &b, Location l, ValueRange args) {
        Value x = promoteScalar(b, l, args[0], lhsSource, element);
        Value y = promoteScalar(b, l, args[1], rhsSource, element);
        linalg::YieldOp::create(b, l, createMultiplyAdd(b, l, x, y, args[2]));
      });
  return createReshape(builder, loc, generic.getResult(0),
                       conv.resultType.getShape());
}

struct ConvolutionLowering : KernelPattern<shlo::ConvolutionOp> {
  using KernelPattern::KernelPattern;
  LogicalResult
  matchAndRewrite(shlo::ConvolutionOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    shlo::ConvDimensionNumbersAttr dims = op.getDimensionNumbers();
    RankedTensorType resultType = getSignlessType(*getTypeConverter(), op);
    SmallVector<int64_t> resultOrder = getOrder(
        dims.getOutputBatchDimension(), dims.getOutputSpatialDimensions(),
        dims.getOutputFeatureDimension());
    Window conv = getWindow(op, adaptor, rewriter);
    conv.resultType =
        RankedTensorType::get(permute(resultType.getShape(), resultOrder),
                              resultType.getElementType());
    if (conv.rank() == 0)
      addUnitDimension(rewriter, loc, conv);

    Type lhsSource = op.getLhs().getType().getElementType();
    Type rhsSource = op.getRhs().getType().getElementType();
    Type element = resultType.getElementType();
    bool floats = isa<FloatType>(lhsSource) && isa<FloatType>(rhsSource) &&
                  isa<FloatType>(element);
    Value result;
    if (isEmptyProduct(conv)) {
      result = createSplatConstant(rewriter, loc, conv.resultType, 0);
    } else if (floats && conv.rank() <= 3) {
      bool f64 = lhsSource.isF64() || rhsSource.isF64() || element.isF64();
      result = ConvOp::create(
          rewriter, loc, conv.resultType, conv.input, conv.filter,
          /*bias=*/Value(), /*residual=*/Value(), conv.strides, conv.padding,
          conv.lhsDilation, conv.rhsDilation, conv.groups, Epilogue::None,
          f64 ? rewriter.getF64Type() : rewriter.getF32Type());
    } else if (floats && element.getIntOrFloatBitWidth() < 32) {
      return reject(op)
             << "more than three spatial dimensions in a type below f32";
    } else {
      result =
          lowerToGeneric(rewriter, loc, symbols, conv, lhsSource, rhsSource);
    }

    SmallVector<int64_t> back(resultOrder.size());
    for (auto [position, dim] : llvm::enumerate(resultOrder))
      back[dim] = position;
    result = createReshape(rewriter, loc, result,
                           permute(resultType.getShape(), resultOrder));
    rewriter.replaceOp(op, createTranspose(rewriter, loc, result, back));
    return success();
  }

private:
  static Window getWindow(shlo::ConvolutionOp op, OpAdaptor adaptor,
                          OpBuilder &builder) {
    Location loc = op.getLoc();
    shlo::ConvDimensionNumbersAttr dims = op.getDimensionNumbers();
    Window conv;
    conv.input = createTranspose(builder, loc, adaptor.getLhs(),
                                 getOrder(dims.getInputBatchDimension(),
                                          dims.getInputSpatialDimensions(),
                                          dims.getInputFeatureDimension()));
    SmallVector<int64_t> filterOrder(dims.getKernelSpatialDimensions());
    filterOrder.append({dims.getKernelInputFeatureDimension(),
                        dims.getKernelOutputFeatureDimension()});
    conv.filter = createTranspose(builder, loc, adaptor.getRhs(), filterOrder);
    if (std::optional<ArrayRef<bool>> reversal = op.getWindowReversal()) {
      SmallVector<int64_t> reversed;
      for (auto [d, flag] : llvm::enumerate(*reversal))
        if (flag)
          reversed.push_back(d);
      conv.filter = createReverse(builder, loc, conv.filter, reversed);
    }
    conv.groups = op.getFeatureGroupCount();
    if (op.getBatchGroupCount() > 1) {
      conv.groups = op.getBatchGroupCount();
      conv.input = moveBatchGroups(builder, loc, conv.input, conv.groups);
    }

    size_t rank = dims.getInputSpatialDimensions().size();
    auto orOnes = [&](std::optional<ArrayRef<int64_t>> list) {
      return list ? llvm::to_vector(*list) : SmallVector<int64_t>(rank, 1);
    };
    conv.strides = orOnes(op.getWindowStrides());
    conv.lhsDilation = orOnes(op.getLhsDilation());
    conv.rhsDilation = orOnes(op.getRhsDilation());
    conv.padding.assign(2 * rank, 0);
    if (std::optional<DenseIntElementsAttr> padding = op.getPadding())
      conv.padding = llvm::to_vector(padding->getValues<int64_t>());
    return conv;
  }

  /// A convolution without spatial dimensions has one of size 1.
  static void addUnitDimension(OpBuilder &builder, Location loc, Window &conv) {
    auto insert = [](ArrayRef<int64_t> shape, size_t at) {
      SmallVector<int64_t> longer(shape);
      longer.insert(longer.begin() + at, 1);
      return longer;
    };
    auto input = cast<RankedTensorType>(conv.input.getType());
    auto filter = cast<RankedTensorType>(conv.filter.getType());
    conv.input =
        createReshape(builder, loc, conv.input, insert(input.getShape(), 1));
    conv.filter =
        createReshape(builder, loc, conv.filter, insert(filter.getShape(), 0));
    conv.resultType =
        RankedTensorType::get(insert(conv.resultType.getShape(), 1),
                              conv.resultType.getElementType());
    conv.strides = conv.lhsDilation = conv.rhsDilation = {1};
    conv.padding = {0, 0};
  }

  static bool isEmptyProduct(const Window &conv) {
    return cast<ShapedType>(conv.input.getType()).getNumElements() == 0 ||
           cast<ShapedType>(conv.filter.getType()).getNumElements() == 0;
  }
};

} // namespace

void mp::populateConvolutionPatterns(TypeConverter &converter,
                                     SymbolTable &symbols,
                                     RewritePatternSet &patterns) {
  patterns.add<ConvolutionLowering>(converter, patterns.getContext(), symbols);
}
