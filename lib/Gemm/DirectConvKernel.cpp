//===- DirectConvKernel.cpp - any convolution, by its definition ----------===//
//
// A work item is one pixel of the result. Output channels are the filter's
// inner dimension, so they fill the vectors; taps that fall into the padding
// or between dilated input are skipped. With one channel for each group
// (depthwise) the vectors run over the groups.
//
//===----------------------------------------------------------------------===//
#include "GemmKernels.h"

using namespace mlir;
using namespace mlir::mp;

namespace {
class ConvEmitter {
public:
  ConvEmitter(KernelBuilder &kb, ConvOp op, const KernelFunction &kernel)
      : kb(kb), op(op), kernel(kernel), input(kernel.inputs[0]),
        filter(kernel.inputs[1]),
        inputShape(op.getInput().getType().getShape()),
        filterShape(op.getFilter().getType().getShape()),
        resultShape(op.getType().getShape()), spatial(op.getStrides().size()) {
    size_t next = 2;
    stage.epilogue = op.getEpilogue();
    if (op.getBias())
      stage.bias = kernel.inputs[next++];
    if (op.getResidual())
      stage.residual = kernel.inputs[next++];
    stage.result = kernel.outputs[0];
    groupInputs = filterShape[spatial];
    groups = op.getGroups();
    groupOutputs = filterShape[spatial + 1] / groups;
    depthwise = groupInputs == 1 && groupOutputs == 1;
    if (depthwise) {
      groupOutputs = groups;
      groups = 1;
    }
  }
  void emit();

private:
  void emitChannels(Value group, Value channel, int64_t vectors, int64_t count);
  SmallVector<Value> emitTaps(int64_t dimension, ValueRange sums);

  KernelBuilder &kb;
  ConvOp op;
  const KernelFunction &kernel;
  Value input, filter;
  ArrayRef<int64_t> inputShape, filterShape, resultShape;
  int64_t spatial, groups, groupInputs, groupOutputs;
  bool depthwise;
  StoreStage stage;

  SmallVector<Value> pixel;       // of the result, batch first
  SmallVector<Value> tap, source; // positions in filter and input
  Value firstInput, firstOutput;  // channels
  int64_t count;                  // channels in one vector
};
} // namespace

/// Loops over the filter's positions from spatial `dimension` on, then over
/// the input channels.
SmallVector<Value> ConvEmitter::emitTaps(int64_t dimension, ValueRange sums) {
  if (dimension == spatial) {
    return kb.accumulate(
        kb.index(0), kb.index(groupInputs), 1, sums,
        [&](Value channel, ValueRange before) {
          SmallVector<Value> at = source;
          at.push_back(kb.add(firstInput, channel));
          Value a;
          if (!depthwise)
            a = kb.loadSplat(input, at, count);
          SmallVector<Value> total;
          for (auto [j, sum] : llvm::enumerate(before)) {
            Value output = kb.add(firstOutput, j * count);
            SmallVector<Value> weight = tap;
            weight.append({channel, output});
            if (depthwise) {
              at.back() = output;
              a = kb.load(input, at, count);
            }
            total.push_back(kb.fma(a, kb.load(filter, weight, count), sum));
          }
          return total;
        });
  }
  int64_t stride = op.getStrides()[dimension];
  int64_t dilation = op.getRhsDilation()[dimension];
  int64_t inputDilation = op.getLhsDilation()[dimension];
  int64_t low = op.getPadding()[2 * dimension];
  return kb.accumulate(
      kb.index(0), kb.index(filterShape[dimension]), 1, sums,
      [&](Value position, ValueRange before) {
        Value at = kb.sub(kb.add(kb.mul(pixel[dimension + 1], stride),
                                 kb.mul(position, dilation)),
                          kb.index(low));
        // A position left of the input is a huge unsigned number.
        auto is = [&](arith::CmpIPredicate predicate, Value lhs,
                      int64_t rhs) -> Value {
          return arith::CmpIOp::create(kb, predicate, lhs, kb.index(rhs));
        };
        Value element = kb.div(at, inputDilation);
        Value inside =
            is(arith::CmpIPredicate::ult, element, inputShape[dimension + 1]);
        if (inputDilation > 1) {
          Value negative = is(arith::CmpIPredicate::slt, at, 0);
          Value outside = arith::XOrIOp::create(
              kb, inside, arith::ConstantIntOp::create(kb, 1, 1));
          outside = arith::OrIOp::create(kb, outside, negative);
          Value between =
              is(arith::CmpIPredicate::ne, kb.rem(at, inputDilation), 0);
          outside = arith::OrIOp::create(kb, outside, between);
          inside = arith::XOrIOp::create(
              kb, outside, arith::ConstantIntOp::create(kb, 1, 1));
        }
        auto branch = scf::IfOp::create(kb, before.getTypes(), inside,
                                        /*withElseRegion=*/true);
        OpBuilder::InsertionGuard guard(kb);
        kb.setInsertionPointToStart(branch.thenBlock());
        tap.push_back(position);
        source.push_back(element);
        scf::YieldOp::create(kb, emitTaps(dimension + 1, before));
        tap.pop_back();
        source.pop_back();
        kb.setInsertionPointToStart(branch.elseBlock());
        scf::YieldOp::create(kb, before);
        return SmallVector<Value>(branch.getResults());
      });
}

void ConvEmitter::emitChannels(Value group, Value channel, int64_t vectors,
                               int64_t width) {
  count = width;
  firstInput = kb.mul(group, groupInputs);
  firstOutput = kb.add(kb.mul(group, groupOutputs), channel);
  source = {pixel[0]};
  SmallVector<Value> init(vectors, kb.splat(0.0, count));
  SmallVector<Value> sums = emitTaps(0, init);
  for (int64_t j = 0; j < vectors; ++j) {
    SmallVector<Value> place = pixel;
    place.push_back(kb.add(firstOutput, j * count));
    stage.finish(kb, sums[j], place, count);
  }
}

void ConvEmitter::emit() {
  kb.forEach(kernel.begin, kernel.end, 1, [&](Value item) {
    pixel.assign(spatial + 1, Value());
    for (int64_t i = spatial; i >= 1; --i) {
      pixel[i] = kb.rem(item, resultShape[i]);
      item = kb.div(item, resultShape[i]);
    }
    pixel[0] = item;
    kb.forEach(kb.index(0), kb.index(groups), 1, [&](Value group) {
      constexpr int64_t vectors = 4;
      int64_t step = vectors * kb.lanes;
      Value wide = kb.index(groupOutputs / step * step);
      kb.forEach(kb.index(0), wide, step, [&](Value channel) {
        emitChannels(group, channel, vectors, kb.lanes);
      });
      kb.forEachVector(wide, kb.index(groupOutputs), kb.lanes,
                       [&](Value channel, int64_t width) {
                         emitChannels(group, channel, 1, width);
                       });
    });
  });
}

KernelLaunch mp::createDirectConvKernel(SymbolTable &symbols, ConvOp op,
                                        const CpuClass &cpu) {
  SmallVector<RankedTensorType> inputs;
  for (Type type : op->getOperandTypes())
    inputs.push_back(cast<RankedTensorType>(type));
  KernelFunction kernel = createKernelFunction(
      symbols, op.getLoc(), "conv_direct", inputs, {op.getType()});
  KernelBuilder kb(kernel.func, cpu, cast<FloatType>(op.getAccumulator()));
  ConvEmitter(kb, op, kernel).emit();
  ArrayRef<int64_t> filter = op.getFilter().getType().getShape();
  int64_t extent = op.getType().getNumElements() / filter.back();
  double flops = 2.0;
  for (int64_t size : filter)
    flops *= size;
  return {kernel.func, extent,
          std::clamp<int64_t>(4e5 / std::max(flops, 1.0), 1, extent), 0};
}
