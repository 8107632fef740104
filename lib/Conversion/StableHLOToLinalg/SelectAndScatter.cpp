//===- SelectAndScatter.cpp - the gradient of pooling ---------------------===//

#include "KernelLoops.h"
#include "ScalarOps.h"
#include "StableHLOToLinalg.h"
#include "WindowDims.h"

#include "mp/StableHLO/StableHLO.h"

using namespace mlir;
using namespace mlir::mp;

namespace {

/// Windows may overlap, so their order matters; threads share the largest
/// dimension along which they do not move.
struct SelectAndScatterLowering : KernelPattern<shlo::SelectAndScatterOp> {
  using KernelPattern::KernelPattern;
  LogicalResult
  matchAndRewrite(shlo::SelectAndScatterOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = getSignlessType(*getTypeConverter(), op);
    auto source = cast<RankedTensorType>(adaptor.getSource().getType());
    SmallVector<WindowDim> dims = getWindowDims(
        type, source.getShape(), op.getWindowDimensions(),
        op.getWindowStrides(), std::nullopt, std::nullopt, op.getPadding());
    SmallVector<Value> inputs = {
        createSplat(rewriter, loc, type, adaptor.getInitValue()),
        adaptor.getOperand(), adaptor.getSource()};
    if (source.getNumElements() == 0) {
      rewriter.replaceOp(op, inputs[0]);
      return success();
    }
    int64_t sharedDim = -1;
    for (auto [d, dim] : llvm::enumerate(dims))
      if (dim.isIdentity() &&
          (sharedDim < 0 || dim.inputSize >= dims[sharedDim].inputSize))
        sharedDim = d;

    KernelFunction kernel = createKernelFunction(
        symbols, loc, "select_and_scatter", getTensorTypes(inputs), type);
    KernelLoops b(kernel);
    LogicalResult inlined = success();
    SmallVector<Value> at;
    std::function<void()> nest = [&] {
      size_t d = at.size();
      if (d == dims.size()) {
        if (failed(emitWindow(op, kernel, b, dims, at)))
          inlined = failure();
        return;
      }
      bool shared = static_cast<int64_t>(d) == sharedDim;
      b.loop(shared ? kernel.begin : b.index(0),
             shared ? kernel.end : b.index(dims[d].resultSize), [&](Value x) {
               at.push_back(x);
               nest();
               at.pop_back();
             });
    };
    nest();
    if (failed(inlined)) {
      symbols.erase(kernel.func);
      return failure();
    }
    int64_t extent = sharedDim < 0 ? 1 : dims[sharedDim].inputSize;
    int64_t itemElements = type.getNumElements() / extent;
    int64_t grain = std::max<int64_t>(1, getCopyGrain(type.getElementType()) /
                                             (4 * itemElements));
    LaunchOp launch = createLaunch(rewriter, loc, kernel.func, inputs, type,
                                   extent, grain, /*tied=*/{0});
    rewriter.replaceOp(op, launch.getResults());
    return success();
  }

private:
  /// Finds the selected element of the window at `at` and scatters to it.
  static LogicalResult emitWindow(shlo::SelectAndScatterOp op,
                                  const KernelFunction &kernel, KernelLoops &b,
                                  ArrayRef<WindowDim> dims, ValueRange at) {
    Type element = getSignlessElementType(op.getType().getElementType());
    SmallVector<int64_t> shape = getInputShape(dims);
    SmallVector<Value> coordinates;
    LogicalResult inlined = success();

    // Carried through the loops: whether an element was found, its value and
    // coordinates.
    Value none = arith::ConstantOp::create(b, b.getBoolAttr(false));
    SmallVector<Value> carried = {
        none, b.load(kernel.inputs[1],
                     SmallVector<Value>(dims.size(), b.index(0)), element)};
    carried.append(dims.size(), b.index(0));

    std::function<SmallVector<Value>(SmallVector<Value>)> nest =
        [&](SmallVector<Value> state) -> SmallVector<Value> {
      size_t d = coordinates.size();
      if (d == dims.size())
        return visit(op, kernel, b, element, coordinates, state, inlined);
      const WindowDim &dim = dims[d];
      if (dim.isIdentity()) {
        coordinates.push_back(at[d]);
        state = nest(state);
        coordinates.pop_back();
        return state;
      }
      Value start = b.sub(b.mul(at[d], dim.stride), b.index(dim.low));
      Value low = b.max(start, b.index(0));
      Value high = b.min(b.add(start, dim.window), b.index(dim.inputSize));
      auto loop = scf::ForOp::create(b, low, high, b.index(1), state);
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(loop.getBody());
      coordinates.push_back(loop.getInductionVar());
      SmallVector<Value> next =
          nest(llvm::to_vector_of<Value>(loop.getRegionIterArgs()));
      coordinates.pop_back();
      scf::YieldOp::create(b, next);
      return llvm::to_vector_of<Value>(loop.getResults());
    };
    SmallVector<Value> found = nest(carried);
    if (failed(inlined))
      return failure();

    b.when(found[0], [&] {
      ValueRange to = ValueRange(found).drop_front(2);
      SmallVector<Value> results;
      SmallVector<Value> scalars = {b.load(kernel.outputs[0], to, element),
                                    b.load(kernel.inputs[2], at, element)};
      if (failed(inlineScalarRegion(op.getScatter(), scalars, b, results)))
        inlined = failure();
      else
        b.store(results[0], kernel.outputs[0], to);
    });
    return inlined;
  }

  /// The carried values after one element: it is taken if nothing was found
  /// yet, or if the region does not prefer what was found.
  static SmallVector<Value> visit(shlo::SelectAndScatterOp op,
                                  const KernelFunction &kernel, KernelLoops &b,
                                  Type element, ValueRange coordinates,
                                  ArrayRef<Value> state,
                                  LogicalResult &inlined) {
    Value value = b.load(kernel.inputs[1], coordinates, element);
    SmallVector<Value> results;
    if (failed(inlineScalarRegion(op.getSelect(), {state[1], value}, b,
                                  results))) {
      inlined = failure();
      return llvm::to_vector(state);
    }
    Value yes = arith::ConstantOp::create(b, b.getBoolAttr(true));
    Value keep = b.both(state[0], results[0]);
    SmallVector<Value> candidate = {yes, value};
    llvm::append_range(candidate, coordinates);
    SmallVector<Value> next;
    for (auto [old, now] : llvm::zip_equal(state, candidate))
      next.push_back(arith::SelectOp::create(b, keep, old, now));
    return next;
  }
};

} // namespace

void mp::populateSelectAndScatterPatterns(TypeConverter &converter,
                                          SymbolTable &symbols,
                                          RewritePatternSet &patterns) {
  patterns.add<SelectAndScatterLowering>(converter, patterns.getContext(),
                                         symbols);
}
