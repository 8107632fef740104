//===- GatherScatter.cpp - gather and scatter -----------------------------===//

#include "KernelLoops.h"
#include "ScalarOps.h"
#include "StableHLOToLinalg.h"

#include "mp/StableHLO/StableHLO.h"

using namespace mlir;
using namespace mlir::mp;

namespace {

/// The tensor of index vectors that gather and scatter share. Its dimensions
/// but `vectorDim` are the batch: they count the slices.
struct IndexTensor {
  SmallVector<int64_t> batchShape, batchStrides;
  int64_t vectorStride = 1;
  bool isUnsigned;

  IndexTensor(RankedTensorType type, int64_t vectorDim)
      : isUnsigned(type.getElementType().isUnsignedInteger()) {
    SmallVector<int64_t> strides = getStrides(type.getShape());
    for (int64_t d = 0; d < type.getRank(); ++d) {
      if (d == vectorDim) {
        vectorStride = strides[d];
        continue;
      }
      batchShape.push_back(type.getDimSize(d));
      batchStrides.push_back(strides[d]);
    }
  }

  /// Entry `entry` of the index vector at `batch`; `indices` is flat.
  Value load(KernelLoops &b, Value indices, ValueRange batch,
             int64_t entry) const {
    Value at = b.add(b.linearize(batch, batchStrides), entry * vectorStride);
    return b.loadIndex(indices, at, isUnsigned);
  }

  /// The number, among the batch dimensions, of dimension `dim`.
  static int64_t toBatchDim(int64_t dim, int64_t vectorDim) {
    return dim < vectorDim ? dim : dim - 1;
  }
};

//===----------------------------------------------------------------------===//
// Gather
//===----------------------------------------------------------------------===//

/// Where each dimension of the result and of the operand comes from.
struct GatherPlan {
  ArrayRef<int64_t> operandShape, sliceSizes, resultShape;
  SmallVector<int64_t> batchDims;     // of the result, in order
  SmallVector<int64_t> offsetOperand; // result dim -> operand dim, or -1
  /// The innermost result dimensions, `runRank` of them and `runSize` elements,
  /// that are adjacent in the operand as well.
  int64_t runRank = 0, runSize = 1;

  GatherPlan(shlo::GatherOp op)
      : operandShape(op.getOperand().getType().getShape()),
        sliceSizes(op.getSliceSizes()), resultShape(op.getType().getShape()) {
    shlo::GatherDimensionNumbersAttr dims = op.getDimensionNumbers();
    SmallVector<int64_t> kept;
    for (int64_t d = 0, e = operandShape.size(); d < e; ++d)
      if (!llvm::is_contained(dims.getCollapsedSliceDims(), d) &&
          !llvm::is_contained(dims.getOperandBatchingDims(), d))
        kept.push_back(d);
    offsetOperand.assign(resultShape.size(), -1);
    for (auto [offsetDim, operandDim] : llvm::zip(dims.getOffsetDims(), kept))
      offsetOperand[offsetDim] = operandDim;
    for (int64_t d = 0, e = resultShape.size(); d < e; ++d)
      if (offsetOperand[d] < 0)
        batchDims.push_back(d);

    int64_t next = operandShape.size() - 1;
    for (int64_t d = resultShape.size() - 1; d >= 0; --d) {
      while (next >= 0 && operandShape[next] == 1 && next != offsetOperand[d])
        --next;
      if (next < 0 || offsetOperand[d] != next)
        break;
      ++runRank;
      runSize *= resultShape[d];
      if (sliceSizes[next] != operandShape[next])
        break;
      --next;
    }
  }
};

struct GatherLowering : KernelPattern<shlo::GatherOp> {
  using KernelPattern::KernelPattern;
  LogicalResult
  matchAndRewrite(shlo::GatherOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    shlo::GatherDimensionNumbersAttr dims = op.getDimensionNumbers();
    GatherPlan plan(op);
    IndexTensor indexTensor(op.getStartIndices().getType(),
                            dims.getIndexVectorDim());
    SmallVector<int64_t> strides = getStrides(plan.operandShape);

    RankedTensorType type = getSignlessType(*getTypeConverter(), op);
    RankedTensorType flat = flatten(type);
    SmallVector<Value> inputs = {
        flatten(rewriter, loc, adaptor.getOperand()),
        flatten(rewriter, loc, adaptor.getStartIndices())};
    KernelFunction kernel = createKernelFunction(symbols, loc, "gather",
                                                 getTensorTypes(inputs), flat);
    KernelLoops b(kernel);

    // Each run of the result is one range of the operand.
    auto writeRun = [&](Value run) {
      SmallVector<Value> at =
          b.delinearize(run, plan.resultShape.drop_back(plan.runRank));
      at.append(plan.runRank, b.index(0));
      SmallVector<Value> batch = llvm::map_to_vector(
          plan.batchDims, [&](int64_t dim) { return at[dim]; });

      SmallVector<Value> coordinates(plan.operandShape.size());
      for (auto [entry, dim] : llvm::enumerate(dims.getStartIndexMap())) {
        Value last = b.index(plan.operandShape[dim] - plan.sliceSizes[dim]);
        Value start = indexTensor.load(b, kernel.inputs[1], batch, entry);
        coordinates[dim] = b.min(b.max(start, b.index(0)), last);
      }
      for (auto [dim, indexDim] :
           llvm::zip_equal(dims.getOperandBatchingDims(),
                           dims.getStartIndicesBatchingDims()))
        coordinates[dim] =
            batch[IndexTensor::toBatchDim(indexDim, dims.getIndexVectorDim())];
      for (auto [resultDim, dim] : llvm::enumerate(plan.offsetOperand))
        if (dim >= 0)
          coordinates[dim] = coordinates[dim]
                                 ? b.add(coordinates[dim], at[resultDim])
                                 : at[resultDim];
      for (Value &coordinate : coordinates)
        if (!coordinate)
          coordinate = b.index(0);

      Value source = b.linearize(coordinates, strides);
      Value target = b.mul(run, plan.runSize);
      b.copy(kernel.inputs[0], b.sub(source, target), kernel.outputs[0],
             b.index(0), b.max(target, kernel.begin),
             b.min(b.add(target, plan.runSize), kernel.end));
    };
    b.loop(b.floorDiv(kernel.begin, plan.runSize),
           b.ceilDiv(kernel.end, plan.runSize), writeRun);

    LaunchOp launch = createLaunch(rewriter, loc, kernel.func, inputs, flat,
                                   type.getNumElements(),
                                   getCopyGrain(type.getElementType()));
    rewriter.replaceOp(
        op, createReshape(rewriter, loc, launch.getResult(0), type.getShape()));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Scatter
//===----------------------------------------------------------------------===//

/// Updates are applied in order of their indices. Where they have window
/// dimensions, the largest of these is what the threads share: each does all
/// updates for its part of the window, so the order at any element, and with it
/// the result, does not depend on their number.
struct ScatterLowering : KernelPattern<shlo::ScatterOp> {
  using KernelPattern::KernelPattern;

  struct Plan {
    SmallVector<int64_t> operandShape, updateShape;
    SmallVector<int64_t> scatterDims;   // of the updates, not of the window
    SmallVector<int64_t> windowOperand; // update dim -> operand dim, or -1
    SmallVector<int64_t> windowDims;    // of the updates
    int64_t sharedDim = -1;             // one of windowDims

    Plan(shlo::ScatterOp op) {
      shlo::ScatterDimensionNumbersAttr dims = op.getScatterDimensionNumbers();
      operandShape = llvm::to_vector(
          cast<ShapedType>(op.getInputs()[0].getType()).getShape());
      updateShape = llvm::to_vector(
          cast<ShapedType>(op.getUpdates()[0].getType()).getShape());
      SmallVector<int64_t> kept;
      for (int64_t d = 0, e = operandShape.size(); d < e; ++d)
        if (!llvm::is_contained(dims.getInsertedWindowDims(), d) &&
            !llvm::is_contained(dims.getInputBatchingDims(), d))
          kept.push_back(d);
      windowOperand.assign(updateShape.size(), -1);
      for (auto [dim, operandDim] :
           llvm::zip(dims.getUpdateWindowDims(), kept)) {
        windowOperand[dim] = operandDim;
        windowDims.push_back(dim);
        if (sharedDim < 0 || updateShape[dim] >= updateShape[sharedDim])
          sharedDim = dim;
      }
      for (int64_t d = 0, e = updateShape.size(); d < e; ++d)
        if (windowOperand[d] < 0)
          scatterDims.push_back(d);
    }
  };

  LogicalResult
  matchAndRewrite(shlo::ScatterOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Plan plan(op);
    size_t count = op.getInputs().size();
    if (llvm::is_contained(plan.updateShape, 0)) {
      rewriter.replaceOp(op, adaptor.getInputs());
      return success();
    }

    SmallVector<Value> inputs = llvm::to_vector(adaptor.getInputs());
    inputs.push_back(flatten(rewriter, loc, adaptor.getScatterIndices()));
    llvm::append_range(inputs, adaptor.getUpdates());
    SmallVector<RankedTensorType> types = getTensorTypes(adaptor.getInputs());
    KernelFunction kernel = createKernelFunction(symbols, loc, "scatter",
                                                 getTensorTypes(inputs), types);
    KernelLoops b(kernel);
    LogicalResult inlined = success();
    SmallVector<int64_t> scatterShape = llvm::map_to_vector(
        plan.scatterDims, [&](int64_t dim) { return plan.updateShape[dim]; });
    b.loopOver(scatterShape, [&](ValueRange batch) {
      emitUpdate(op, plan, kernel, b, batch, inlined);
    });
    if (failed(inlined)) {
      symbols.erase(kernel.func);
      return failure();
    }

    SmallVector<int64_t> tied = llvm::to_vector(llvm::seq<int64_t>(0, count));
    int64_t extent = plan.sharedDim < 0 ? 1 : plan.updateShape[plan.sharedDim];
    LaunchOp launch = createLaunch(rewriter, loc, kernel.func, inputs, types,
                                   extent, /*grain=*/64, tied);
    rewriter.replaceOp(op, launch.getResults());
    return success();
  }

private:
  /// One window of updates. Elements outside the operand are skipped by
  /// cutting the loops, so the loops themselves are free of tests.
  static void emitUpdate(shlo::ScatterOp op, const Plan &plan,
                         const KernelFunction &kernel, KernelLoops &b,
                         ValueRange batch, LogicalResult &inlined) {
    shlo::ScatterDimensionNumbersAttr dims = op.getScatterDimensionNumbers();
    size_t count = op.getInputs().size();
    IndexTensor indexTensor(op.getScatterIndices().getType(),
                            dims.getIndexVectorDim());
    SmallVector<Value> starts(plan.operandShape.size());
    for (auto [entry, dim] :
         llvm::enumerate(dims.getScatterDimsToOperandDims()))
      starts[dim] = indexTensor.load(b, kernel.inputs[count], batch, entry);
    for (auto [dim, indexDim] : llvm::zip_equal(
             dims.getInputBatchingDims(), dims.getScatterIndicesBatchingDims()))
      starts[dim] =
          batch[IndexTensor::toBatchDim(indexDim, dims.getIndexVectorDim())];

    // Dimensions without a window are inside or outside as a whole.
    Value inside;
    for (auto [dim, start] : llvm::enumerate(starts)) {
      if (!start || llvm::is_contained(plan.windowOperand, dim))
        continue;
      Value test = b.compare(arith::CmpIPredicate::ult, start,
                             b.index(plan.operandShape[dim]));
      inside = inside ? b.both(inside, test) : test;
    }

    SmallVector<Value> updateAt(plan.updateShape.size());
    for (auto [dim, coordinate] : llvm::zip_equal(plan.scatterDims, batch))
      updateAt[dim] = coordinate;
    SmallVector<Value> operandAt(plan.operandShape.size());
    for (auto [dim, start] : llvm::enumerate(starts))
      operandAt[dim] = start ? start : b.index(0);

    std::function<void(ArrayRef<int64_t>)> nest =
        [&](ArrayRef<int64_t> windowDims) {
          if (windowDims.empty()) {
            if (failed(combine(op, kernel, b, operandAt, updateAt)))
              inlined = failure();
            return;
          }
          int64_t dim = windowDims.front();
          int64_t operandDim = plan.windowOperand[dim];
          bool shared = dim == plan.sharedDim;
          Value low = shared ? kernel.begin : b.index(0);
          Value high = shared ? kernel.end : b.index(plan.updateShape[dim]);
          Value start = starts[operandDim];
          if (start) {
            low = b.max(low, b.sub(b.index(0), start));
            high = b.min(high,
                         b.sub(b.index(plan.operandShape[operandDim]), start));
          }
          b.loop(low, high, [&](Value i) {
            updateAt[dim] = i;
            operandAt[operandDim] = start ? b.add(start, i) : i;
            nest(windowDims.drop_front());
          });
        };
    if (inside)
      b.when(inside, [&] { nest(plan.windowDims); });
    else
      nest(plan.windowDims);
  }

  static LogicalResult combine(shlo::ScatterOp op, const KernelFunction &kernel,
                               KernelLoops &b, ValueRange operandAt,
                               ValueRange updateAt) {
    size_t count = op.getInputs().size();
    SmallVector<Value> scalars, results;
    for (Value output : kernel.outputs)
      scalars.push_back(b.load(output, operandAt,
                               getSignlessElementType(getElementTypeOrSelf(
                                   op.getInputs()[scalars.size()].getType()))));
    for (auto [i, update] :
         llvm::enumerate(kernel.inputs.drop_front(count + 1))) {
      Type source = getElementTypeOrSelf(op.getUpdates()[i].getType());
      Value value = b.load(update, updateAt, getSignlessElementType(source));
      scalars.push_back(
          promoteScalar(b, b.getLoc(), value, source, scalars[i].getType()));
    }
    if (failed(
            inlineScalarRegion(op.getUpdateComputation(), scalars, b, results)))
      return failure();
    for (auto [value, output] : llvm::zip_equal(results, kernel.outputs))
      b.store(value, output, operandAt);
    return success();
  }
};

} // namespace

void mp::populateGatherScatterPatterns(TypeConverter &converter,
                                       SymbolTable &symbols,
                                       RewritePatternSet &patterns) {
  patterns.add<GatherLowering, ScatterLowering>(converter,
                                                patterns.getContext(), symbols);
}
