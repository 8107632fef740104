//===- DataMovement.cpp - concatenate, pad, dynamic slices ----------------===//
//
// These write runs of adjacent elements, so they are kernels over the flat
// result: dimensions that move as a whole are merged first, and what is left is
// a copy or a fill for each run.
//
//===----------------------------------------------------------------------===//

#include "KernelLoops.h"
#include "StableHLOToLinalg.h"

#include "mp/StableHLO/StableHLO.h"

using namespace mlir;
using namespace mlir::mp;

namespace {

//===----------------------------------------------------------------------===//
// Concatenate
//===----------------------------------------------------------------------===//

struct ConcatenateLowering : KernelPattern<shlo::ConcatenateOp> {
  using KernelPattern::KernelPattern;
  LogicalResult
  matchAndRewrite(shlo::ConcatenateOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = getSignlessType(*getTypeConverter(), op);
    SmallVector<Value> inputs;
    for (Value input : adaptor.getInputs())
      if (cast<ShapedType>(input.getType()).getNumElements() != 0)
        inputs.push_back(input);
    if (inputs.size() == 1) {
      rewriter.replaceOp(op, inputs[0]);
      return success();
    }

    // Row r of the result is row r of each input, one after the other.
    int64_t rows = getProduct(type.getShape().take_front(op.getDimension()));
    int64_t rowSize = type.getNumElements() / rows;
    SmallVector<RankedTensorType> types;
    for (Value &input : inputs) {
      input = flatten(rewriter, loc, input);
      types.push_back(cast<RankedTensorType>(input.getType()));
    }
    RankedTensorType flat = flatten(type);
    KernelFunction kernel =
        createKernelFunction(symbols, loc, "concatenate", types, flat);
    KernelLoops b(kernel);
    b.loop(b.floorDiv(kernel.begin, rowSize), b.ceilDiv(kernel.end, rowSize),
           [&](Value row) {
             Value position = b.mul(row, rowSize);
             for (Value input : kernel.inputs) {
               int64_t size =
                   cast<MemRefType>(input.getType()).getNumElements() / rows;
               Value next = b.add(position, size);
               // From the position in the result to that in the input.
               Value shift = b.sub(b.mul(row, size), position);
               b.copy(input, shift, kernel.outputs[0], b.index(0),
                      b.max(position, kernel.begin), b.min(next, kernel.end));
               position = next;
             }
           });
    LaunchOp launch = createLaunch(rewriter, loc, kernel.func, inputs, flat,
                                   type.getNumElements(),
                                   getCopyGrain(type.getElementType()));
    rewriter.replaceOp(
        op, createReshape(rewriter, loc, launch.getResult(0), type.getShape()));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Pad
//===----------------------------------------------------------------------===//

/// One dimension of a pad, all in elements of the merged dimensions inside it.
struct PadDim {
  int64_t inputSize, outputSize, low, interior;
  bool isWhole() const { return inputSize == outputSize && low == 0; }
};

/// Merges dimensions that are not padded into the one outside them.
SmallVector<PadDim> mergePadDims(ArrayRef<int64_t> inputShape,
                                 ArrayRef<int64_t> outputShape,
                                 ArrayRef<int64_t> low,
                                 ArrayRef<int64_t> interior) {
  SmallVector<PadDim> dims;
  for (size_t d = 0; d < inputShape.size(); ++d) {
    PadDim dim{inputShape[d], outputShape[d], low[d],
               inputShape[d] > 1 ? interior[d] : 0};
    if (dim.isWhole() && !dims.empty() && dims.back().interior == 0) {
      dims.back().inputSize *= dim.inputSize;
      dims.back().outputSize *= dim.inputSize;
      dims.back().low *= dim.inputSize;
      continue;
    }
    dims.push_back(dim);
  }
  if (dims.empty())
    dims.push_back({1, 1, 0, 0});
  return dims;
}

struct PadLowering : KernelPattern<shlo::PadOp> {
  using KernelPattern::KernelPattern;
  LogicalResult
  matchAndRewrite(shlo::PadOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(
        op, createPad(rewriter, op.getLoc(), symbols, adaptor.getOperand(),
                      adaptor.getPaddingValue(),
                      getSignlessType(*getTypeConverter(), op),
                      op.getEdgePaddingLow(), op.getInteriorPadding()));
    return success();
  }
};

/// The body of the pad kernel for one row of the result, `row` being its
/// coordinates in all merged dimensions but the last.
void padRow(KernelLoops &b, const KernelFunction &kernel, ArrayRef<PadDim> dims,
            Value position, ValueRange row) {
  Value input = kernel.inputs[0], output = kernel.outputs[0];
  Value padding = memref::LoadOp::create(b, kernel.inputs[1], ValueRange());
  const PadDim &last = dims.back();

  // Which row of the input this is, if any.
  Value isInput;
  SmallVector<Value> coordinates;
  SmallVector<int64_t> inputShape;
  for (auto [dim, coordinate] : llvm::zip(dims.drop_back(), row)) {
    inputShape.push_back(dim.inputSize);
    if (dim.isWhole()) {
      coordinates.push_back(coordinate);
      continue;
    }
    Value shifted = b.sub(coordinate, b.index(dim.low));
    Value inside = b.both(
        b.compare(arith::CmpIPredicate::sge, shifted, b.index(0)),
        b.less(shifted, b.index((dim.inputSize - 1) * (dim.interior + 1) + 1)));
    if (dim.interior != 0) {
      Value step = b.index(dim.interior + 1);
      Value rest = arith::RemSIOp::create(b, shifted, step);
      inside =
          b.both(inside, b.compare(arith::CmpIPredicate::eq, rest, b.index(0)));
      shifted = arith::DivSIOp::create(b, shifted, step);
    }
    coordinates.push_back(shifted);
    isInput = isInput ? b.both(isInput, inside) : inside;
  }
  Value inputRow =
      b.mul(b.linearize(coordinates, getStrides(inputShape)), last.inputSize);

  Value begin = b.max(position, kernel.begin);
  Value end = b.min(b.add(position, last.outputSize), kernel.end);
  Value origin = b.add(position, last.low);
  auto writeInput = [&] {
    if (last.interior != 0) {
      // Element i of the input goes to origin + i * step.
      int64_t step = last.interior + 1;
      b.fill(padding, output, begin, end);
      Value first = b.max(b.ceilDiv(b.sub(begin, origin), step), b.index(0));
      Value limit =
          b.min(b.ceilDiv(b.sub(end, origin), step), b.index(last.inputSize));
      b.loop(first, limit, [&](Value i) {
        Value value = memref::LoadOp::create(b, input, b.add(inputRow, i));
        memref::StoreOp::create(b, value, output,
                                b.add(origin, b.mul(i, step)));
      });
      return;
    }
    Value inputEnd = b.add(origin, last.inputSize);
    b.fill(padding, output, begin, b.min(origin, end));
    b.copy(input, b.sub(inputRow, origin), output, b.index(0),
           b.max(origin, begin), b.min(inputEnd, end));
    b.fill(padding, output, b.max(inputEnd, begin), end);
  };
  if (!isInput)
    return writeInput();
  auto ifOp = scf::IfOp::create(b, isInput, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(ifOp.thenBlock());
  writeInput();
  b.setInsertionPointToStart(ifOp.elseBlock());
  b.fill(padding, output, begin, end);
}

} // namespace

Value mp::createPad(OpBuilder &builder, Location loc, SymbolTable &symbols,
                    Value input, Value padding, RankedTensorType type,
                    ArrayRef<int64_t> low, ArrayRef<int64_t> interior) {
  auto inputType = cast<RankedTensorType>(input.getType());
  if (inputType == type && llvm::all_of(low, [](int64_t l) { return l == 0; }))
    return input;
  if (inputType.getNumElements() == 0)
    return createSplat(builder, loc, type, padding);

  SmallVector<PadDim> dims =
      mergePadDims(inputType.getShape(), type.getShape(), low, interior);
  SmallVector<int64_t> rowShape;
  for (const PadDim &dim : ArrayRef(dims).drop_back())
    rowShape.push_back(dim.outputSize);
  int64_t rowSize = dims.back().outputSize;

  RankedTensorType flat = flatten(type);
  auto paddingType = cast<RankedTensorType>(padding.getType());
  KernelFunction kernel = createKernelFunction(
      symbols, loc, "pad", {flatten(inputType), paddingType}, flat);
  KernelLoops b(kernel);
  b.loop(b.floorDiv(kernel.begin, rowSize), b.ceilDiv(kernel.end, rowSize),
         [&](Value row) {
           padRow(b, kernel, dims, b.mul(row, rowSize),
                  b.delinearize(row, rowShape));
         });
  LaunchOp launch = createLaunch(
      builder, loc, kernel.func, {flatten(builder, loc, input), padding}, flat,
      type.getNumElements(), getCopyGrain(type.getElementType()));
  return createReshape(builder, loc, launch.getResult(0), type.getShape());
}

//===----------------------------------------------------------------------===//
// Dynamic slices
//===----------------------------------------------------------------------===//

namespace {

/// A slice that moves inside a tensor, with the dimensions that the slice
/// spans merged into the one outside them; `scale` is the size of what was
/// merged into each.
struct MovingSlice {
  SmallVector<int64_t> shape, sizes, scale;
  SmallVector<unsigned> dims; // the original dimension that moves

  MovingSlice(ArrayRef<int64_t> fullShape, ArrayRef<int64_t> fullSizes) {
    for (size_t d = 0; d < fullShape.size(); ++d) {
      if (!shape.empty() && fullSizes[d] == fullShape[d]) {
        shape.back() *= fullShape[d];
        sizes.back() *= fullShape[d];
        scale.back() *= fullShape[d];
        continue;
      }
      dims.push_back(d);
      shape.push_back(fullShape[d]);
      sizes.push_back(fullSizes[d]);
      scale.push_back(1);
    }
    if (shape.empty())
      dims.push_back(0), shape.push_back(1), sizes.push_back(1),
          scale.push_back(1);
  }

  /// Where the slice begins, clamped so that it lies inside, in each merged
  /// dimension.
  SmallVector<Value> getStarts(KernelLoops &b, ValueRange indices,
                               ValueRange original) const {
    SmallVector<Value> starts;
    for (auto [d, dim] : llvm::enumerate(dims)) {
      if (shape[d] == sizes[d]) {
        starts.push_back(b.index(0));
        continue;
      }
      bool isUnsigned =
          getElementTypeOrSelf(original[dim].getType()).isUnsignedInteger();
      Value start = b.loadIndex(indices[dim], {}, isUnsigned);
      start = b.min(b.max(start, b.index(0)),
                    b.index((shape[d] - sizes[d]) / scale[d]));
      starts.push_back(b.mul(start, scale[d]));
    }
    return starts;
  }

  /// Loops over the runs of the slice that meet [begin, end) of it, flattened.
  /// The body gets the run's position in the slice and in the whole tensor.
  void forEachRun(KernelLoops &b, const KernelFunction &kernel,
                  ValueRange starts,
                  llvm::function_ref<void(Value, Value)> body) const {
    int64_t run = sizes.back();
    SmallVector<int64_t> strides = getStrides(shape);
    b.loop(b.floorDiv(kernel.begin, run), b.ceilDiv(kernel.end, run),
           [&](Value i) {
             SmallVector<Value> at =
                 b.delinearize(i, ArrayRef(sizes).drop_back());
             at.push_back(b.index(0));
             for (auto [coordinate, start] : llvm::zip_equal(at, starts))
               coordinate = b.add(coordinate, start);
             body(b.mul(i, run), b.linearize(at, strides));
           });
  }
};

struct DynamicSliceLowering : KernelPattern<shlo::DynamicSliceOp> {
  using KernelPattern::KernelPattern;
  LogicalResult
  matchAndRewrite(shlo::DynamicSliceOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = getSignlessType(*getTypeConverter(), op);
    auto from = cast<RankedTensorType>(adaptor.getOperand().getType());
    if (from == type) { // Nowhere to move.
      rewriter.replaceOp(op, adaptor.getOperand());
      return success();
    }
    MovingSlice slice(from.getShape(), op.getSliceSizes());
    SmallVector<Value> inputs = {flatten(rewriter, loc, adaptor.getOperand())};
    llvm::append_range(inputs, adaptor.getStartIndices());
    RankedTensorType flat = flatten(type);
    KernelFunction kernel = createKernelFunction(symbols, loc, "dynamic_slice",
                                                 getTensorTypes(inputs), flat);
    KernelLoops b(kernel);
    SmallVector<Value> starts =
        slice.getStarts(b, kernel.inputs.drop_front(), op.getStartIndices());
    slice.forEachRun(b, kernel, starts, [&](Value inSlice, Value inTensor) {
      Value end = b.add(inSlice, slice.sizes.back());
      b.copy(kernel.inputs[0], b.sub(inTensor, inSlice), kernel.outputs[0],
             b.index(0), b.max(inSlice, kernel.begin), b.min(end, kernel.end));
    });
    LaunchOp launch = createLaunch(rewriter, loc, kernel.func, inputs, flat,
                                   type.getNumElements(),
                                   getCopyGrain(type.getElementType()));
    rewriter.replaceOp(
        op, createReshape(rewriter, loc, launch.getResult(0), type.getShape()));
    return success();
  }
};

struct DynamicUpdateSliceLowering : KernelPattern<shlo::DynamicUpdateSliceOp> {
  using KernelPattern::KernelPattern;
  LogicalResult
  matchAndRewrite(shlo::DynamicUpdateSliceOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = getSignlessType(*getTypeConverter(), op);
    auto update = cast<RankedTensorType>(adaptor.getUpdate().getType());
    if (update == type || update.getNumElements() == 0) {
      rewriter.replaceOp(op, update == type ? adaptor.getUpdate()
                                            : adaptor.getOperand());
      return success();
    }
    MovingSlice slice(type.getShape(), update.getShape());
    SmallVector<Value> inputs = {flatten(rewriter, loc, adaptor.getOperand()),
                                 flatten(rewriter, loc, adaptor.getUpdate())};
    llvm::append_range(inputs, adaptor.getStartIndices());
    RankedTensorType flat = flatten(type);
    KernelFunction kernel = createKernelFunction(
        symbols, loc, "dynamic_update_slice", getTensorTypes(inputs), flat);
    KernelLoops b(kernel);
    SmallVector<Value> starts =
        slice.getStarts(b, kernel.inputs.drop_front(2), op.getStartIndices());
    slice.forEachRun(b, kernel, starts, [&](Value inSlice, Value inTensor) {
      Value end = b.add(inSlice, slice.sizes.back());
      b.copy(kernel.inputs[1], b.index(0), kernel.outputs[0],
             b.sub(inTensor, inSlice), b.max(inSlice, kernel.begin),
             b.min(end, kernel.end));
    });
    LaunchOp launch = createLaunch(rewriter, loc, kernel.func, inputs, flat,
                                   update.getNumElements(),
                                   getCopyGrain(type.getElementType()),
                                   /*tied=*/{0});
    rewriter.replaceOp(
        op, createReshape(rewriter, loc, launch.getResult(0), type.getShape()));
    return success();
  }
};

} // namespace

void mp::populateDataMovementPatterns(TypeConverter &converter,
                                      SymbolTable &symbols,
                                      RewritePatternSet &patterns) {
  patterns.add<ConcatenateLowering, PadLowering, DynamicSliceLowering,
               DynamicUpdateSliceLowering>(converter, patterns.getContext(),
                                           symbols);
}
