//===- ReduceWindow.cpp - reductions over sliding windows -----------------===//

#include "KernelLoops.h"
#include "ScalarOps.h"
#include "StableHLOToLinalg.h"
#include "WindowDims.h"

#include "mp/StableHLO/StableHLO.h"

using namespace mlir;
using namespace mlir::mp;

namespace {

struct ReduceWindowLowering : KernelPattern<shlo::ReduceWindowOp> {
  using KernelPattern::KernelPattern;

  /// What the kernel emitters below work on.
  struct Emitter {
    shlo::ReduceWindowOp op;
    const KernelFunction &kernel;
    KernelLoops &b;
    SmallVector<Type> elements; // signless, of the region
    LogicalResult inlined = success();

    size_t count() const { return elements.size(); }
    ValueRange inputs() const { return kernel.inputs.take_front(count()); }
    ValueRange inits() const { return kernel.inputs.drop_front(count()); }

    SmallVector<Value> load(ValueRange memrefs, Value at, bool promote) {
      SmallVector<Value> values;
      for (auto [i, memref] : llvm::enumerate(memrefs)) {
        Type source = promote
                          ? getElementTypeOrSelf(op.getInputs()[i].getType())
                          : elements[i];
        Value value = b.load(memref, at, getSignlessElementType(source));
        values.push_back(
            promoteScalar(b, b.getLoc(), value, source, elements[i]));
      }
      return values;
    }

    /// output[to] = region(accumulators, values)
    void combine(ValueRange accumulators, ValueRange values, Value to) {
      SmallVector<Value> scalars(accumulators), results;
      llvm::append_range(scalars, values);
      if (failed(inlined) ||
          failed(inlineScalarRegion(op.getBody(), scalars, b, results))) {
        inlined = failure();
        return;
      }
      for (auto [value, output] : llvm::zip_equal(results, kernel.outputs))
        b.store(value, output, to);
    }
  };

  /// A dimension along which the window covers all elements before (or after)
  /// the current one, as the cumulative sums are written; -1 if there is none.
  static int64_t getScanDim(ArrayRef<WindowDim> dims, bool &reverse) {
    int64_t scan = -1;
    for (auto [d, dim] : llvm::enumerate(dims)) {
      if (dim.isIdentity())
        continue;
      bool covers = dim.window == dim.inputSize && dim.stride == 1 &&
                    dim.dilation == 1 && dim.base == 1 &&
                    dim.resultSize == dim.inputSize &&
                    (dim.low == 0 || dim.low == dim.inputSize - 1);
      if (!covers || scan >= 0)
        return -1;
      scan = d;
      reverse = dim.low == 0;
    }
    return scan;
  }

  /// Each element of the result from its neighbour: linear work where the
  /// windows would take quadratic. Items are the positions in all other
  /// dimensions.
  static void emitScan(Emitter &e, int64_t size, int64_t innerSize,
                       bool reverse) {
    KernelLoops &b = e.b;
    SmallVector<Value> inits;
    for (auto [init, element] : llvm::zip_equal(e.inits(), e.elements))
      inits.push_back(b.load(init, {}, element));
    // Items of one outer position are adjacent, so they are the inner loop.
    b.loop(b.floorDiv(e.kernel.begin, innerSize),
           b.ceilDiv(e.kernel.end, innerSize), [&](Value outer) {
             Value origin = b.mul(outer, innerSize);
             Value low = b.sub(b.max(origin, e.kernel.begin), origin);
             Value high =
                 b.min(b.sub(e.kernel.end, origin), b.index(innerSize));
             Value base = b.mul(outer, size * innerSize);
             auto rowAt = [&](Value j) {
               if (reverse)
                 j = b.sub(b.index(size - 1), j);
               return b.add(base, b.mul(j, innerSize));
             };
             Value first = rowAt(b.index(0));
             b.loop(low, high, [&](Value i) {
               Value at = b.add(first, i);
               e.combine(inits, e.load(e.inputs(), at, true), at);
             });
             b.loop(b.index(1), b.index(size), [&](Value j) {
               Value row = rowAt(j);
               Value before = rowAt(b.sub(j, b.index(1)));
               b.loop(low, high, [&](Value i) {
                 Value at = b.add(row, i);
                 SmallVector<Value> sums =
                     e.load(e.kernel.outputs, b.add(before, i), false);
                 SmallVector<Value> values = e.load(e.inputs(), at, true);
                 if (reverse)
                   std::swap(sums, values);
                 e.combine(sums, values, at);
               });
             });
           });
  }

  /// Item = row of the result. Each window position is added to the whole row
  /// at once, over the part of the row that it meets.
  static void emitWindows(Emitter &e, ArrayRef<WindowDim> dims) {
    KernelLoops &b = e.b;
    const WindowDim last = dims.back();
    ArrayRef<WindowDim> outer = dims.drop_back();
    SmallVector<int64_t> inputStrides = getStrides(getInputShape(dims));
    SmallVector<int64_t> outerWindow = llvm::map_to_vector(
        outer, [](const WindowDim &dim) { return dim.window; });
    b.loop(e.kernel.begin, e.kernel.end, [&](Value row) {
      Value rowStart = b.mul(row, last.resultSize);
      SmallVector<Value> at = b.delinearize(row, getResultShape(outer));
      for (size_t i = 0; i < e.count(); ++i) {
        Value init = b.load(e.inits()[i], {}, e.elements[i]);
        b.loop(b.index(0), b.index(last.resultSize), [&](Value x) {
          b.store(init, e.kernel.outputs[i], b.add(rowStart, x));
        });
      }
      b.loopOver(outerWindow, [&](ValueRange window) {
        Value inside;
        SmallVector<Value> inputAt;
        for (auto [dim, x, w] : llvm::zip_equal(outer, at, window)) {
          if (dim.isIdentity()) {
            inputAt.push_back(x);
            continue;
          }
          Value position =
              b.sub(b.add(b.mul(x, dim.stride), b.mul(w, dim.dilation)),
                    b.index(dim.low));
          auto [test, coordinate] = toInput(b, dim, position);
          inside = inside ? b.both(inside, test) : test;
          inputAt.push_back(coordinate);
        }
        inputAt.push_back(b.index(0));
        auto accumulate = [&] {
          Value inputRow = b.linearize(inputAt, inputStrides);
          if (last.window == 1)
            accumulateRow(e, last, rowStart, inputRow, b.index(0));
          else
            b.loop(b.index(0), b.index(last.window), [&](Value w) {
              accumulateRow(e, last, rowStart, inputRow, w);
            });
        };
        if (inside)
          b.when(inside, accumulate);
        else
          accumulate();
      });
    });
  }

  /// Whether `position`, in the dilated input, is an element, and which.
  static std::pair<Value, Value> toInput(KernelLoops &b, const WindowDim &dim,
                                         Value position) {
    Value test =
        b.both(b.compare(arith::CmpIPredicate::sge, position, b.index(0)),
               b.less(position, b.index((dim.inputSize - 1) * dim.base + 1)));
    if (dim.base == 1)
      return {test, position};
    Value rest = arith::RemSIOp::create(b, position, b.index(dim.base));
    test = b.both(test, b.compare(arith::CmpIPredicate::eq, rest, b.index(0)));
    return {test, arith::DivSIOp::create(b, position, b.index(dim.base))};
  }

  /// Adds the elements that window position `w` meets along the last dimension.
  static void accumulateRow(Emitter &e, const WindowDim &dim, Value rowStart,
                            Value inputRow, Value w) {
    KernelLoops &b = e.b;
    // Position of x = 0; x meets the input while it is in [0, extent).
    Value shift = b.sub(b.mul(w, dim.dilation), b.index(dim.low));
    int64_t extent = (dim.inputSize - 1) * dim.base + 1;
    Value low =
        b.max(b.index(0), b.ceilDiv(b.sub(b.index(0), shift), dim.stride));
    Value high = b.min(b.index(dim.resultSize),
                       b.ceilDiv(b.sub(b.index(extent), shift), dim.stride));
    b.loop(low, high, [&](Value x) {
      Value position = b.add(b.mul(x, dim.stride), shift);
      auto accumulate = [&](Value coordinate) {
        Value to = b.add(rowStart, x);
        SmallVector<Value> sums = e.load(e.kernel.outputs, to, false);
        e.combine(sums, e.load(e.inputs(), b.add(inputRow, coordinate), true),
                  to);
      };
      if (dim.base == 1)
        return accumulate(position);
      auto [test, coordinate] = toInput(b, dim, position);
      b.when(test, [&, at = coordinate] { accumulate(at); });
    });
  }

  LogicalResult
  matchAndRewrite(shlo::ReduceWindowOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto inputType = cast<RankedTensorType>(adaptor.getInputs()[0].getType());
    auto resultShape = cast<ShapedType>(op->getResult(0).getType()).getShape();
    SmallVector<Value> inputs;
    for (Value input : adaptor.getInputs())
      inputs.push_back(flatten(rewriter, loc, input));
    llvm::append_range(inputs, adaptor.getInitValues());
    SmallVector<RankedTensorType> types;
    SmallVector<Type> elements;
    for (Value result : op->getResults()) {
      types.push_back(flatten(getSignlessType(*getTypeConverter(), result)));
      elements.push_back(types.back().getElementType());
    }
    if (inputType.getNumElements() == 0) {
      SmallVector<Value> splats;
      for (auto [result, init] :
           llvm::zip_equal(op->getResults(), adaptor.getInitValues()))
        splats.push_back(createSplat(
            rewriter, loc, getSignlessType(*getTypeConverter(), result), init));
      rewriter.replaceOp(op, splats);
      return success();
    }

    SmallVector<WindowDim> dims = mergeIdentityDims(getWindowDims(
        inputType, resultShape, op.getWindowDimensions(), op.getWindowStrides(),
        op.getWindowDilations(), op.getBaseDilations(), op.getPadding()));
    KernelFunction kernel = createKernelFunction(symbols, loc, "reduce_window",
                                                 getTensorTypes(inputs), types);
    KernelLoops b(kernel);
    Emitter emitter{op, kernel, b, elements};

    int64_t extent, itemElements;
    bool reverse = false;
    if (int64_t scan = getScanDim(dims, reverse); scan >= 0) {
      SmallVector<int64_t> shape = getInputShape(dims);
      int64_t innerSize = getProduct(ArrayRef(shape).drop_front(scan + 1));
      emitScan(emitter, shape[scan], innerSize, reverse);
      itemElements = shape[scan];
      extent = getProduct(shape) / shape[scan];
    } else {
      emitWindows(emitter, dims);
      itemElements = dims.back().resultSize;
      for (const WindowDim &dim : dims)
        itemElements *= dim.window;
      extent = types[0].getNumElements() / dims.back().resultSize;
    }
    if (failed(emitter.inlined)) {
      symbols.erase(kernel.func);
      return failure();
    }
    int64_t grain =
        std::max<int64_t>(1, getCopyGrain(elements[0]) / itemElements);
    LaunchOp launch =
        createLaunch(rewriter, loc, kernel.func, inputs, types, extent, grain);
    SmallVector<Value> results;
    for (Value result : launch.getResults())
      results.push_back(createReshape(rewriter, loc, result, resultShape));
    rewriter.replaceOp(op, results);
    return success();
  }
};

} // namespace

void mp::populateReduceWindowPatterns(TypeConverter &converter,
                                      SymbolTable &symbols,
                                      RewritePatternSet &patterns) {
  patterns.add<ReduceWindowLowering>(converter, patterns.getContext(), symbols);
}
