//===- RowKernel.cpp - products without packing
//-----------------------------===//
//
// A work item is one row of the result. B is read where it is: along its rows,
// or, where k is its inner dimension, as dot products.
//
//===----------------------------------------------------------------------===//
#include "GemmKernels.h"

using namespace mlir;
using namespace mlir::mp;

namespace {
class RowEmitter {
public:
  RowEmitter(KernelBuilder &kb, const GemmSpec &spec,
             const KernelFunction &kernel)
      : kb(kb), spec(spec), kernel(kernel), operands(kb, spec, kernel) {}
  void emit();

private:
  Value splatA(Value k, int64_t count) {
    auto place = spec.transposeA ? operands.at(batch, k, row)
                                 : operands.at(batch, row, k);
    return kb.loadSplat(operands.a, place, count);
  }
  /// `vectors` x `count` neighbouring columns, B's inner dimension.
  void emitColumns(Value column, int64_t vectors, int64_t count);
  /// One column, k being B's inner dimension.
  void emitDot(Value column);

  KernelBuilder &kb;
  const GemmSpec &spec;
  const KernelFunction &kernel;
  GemmOperands operands;
  Value batch, row;
};
} // namespace

void RowEmitter::emitColumns(Value column, int64_t vectors, int64_t count) {
  auto place = [&](int64_t j) { return kb.add(column, j * count); };
  SmallVector<Value> init(vectors, kb.splat(0.0, count));
  SmallVector<Value> sums = init;
  if (spec.k != 0)
    sums = kb.accumulate(kb.index(0), kb.index(spec.k), 1, init,
                         [&](Value k, ValueRange before) {
                           Value a = splatA(k, count);
                           SmallVector<Value> total;
                           for (int64_t j = 0; j < vectors; ++j) {
                             Value b = kb.load(operands.b,
                                               operands.at(batch, k, place(j)),
                                               count);
                             total.push_back(kb.fma(a, b, before[j]));
                           }
                           return total;
                         });
  for (int64_t j = 0; j < vectors; ++j)
    operands.finish(sums[j], batch, row, place(j), count);
}

void RowEmitter::emitDot(Value column) {
  constexpr int64_t chains = 4;
  int64_t width = spec.transposeA ? 1 : kb.lanes;
  auto b = [&](Value k, int64_t count) {
    return kb.load(operands.b, operands.at(batch, column, k), count);
  };
  auto a = [&](Value k, int64_t count) {
    if (spec.transposeA)
      return splatA(k, 1);
    return kb.load(operands.a, operands.at(batch, row, k), count);
  };
  Value zero = kb.index(0), middle = kb.index(spec.k / width * width);
  Value blocked = kb.index(spec.k / (width * chains) * width * chains);
  SmallVector<Value> init(chains, kb.splat(0.0, width));
  SmallVector<Value> sums = kb.accumulate(
      zero, blocked, width * chains, init, [&](Value k, ValueRange before) {
        SmallVector<Value> total;
        for (int64_t c = 0; c < chains; ++c) {
          Value at = kb.add(k, c * width);
          total.push_back(kb.fma(a(at, width), b(at, width), before[c]));
        }
        return total;
      });
  Value first = arith::AddFOp::create(kb, sums[0], sums[1]);
  Value second = arith::AddFOp::create(kb, sums[2], sums[3]);
  Value sum = arith::AddFOp::create(kb, first, second);
  sum = kb.accumulate(
      blocked, middle, width, sum, [&](Value k, ValueRange before) {
        return SmallVector<Value>{kb.fma(a(k, width), b(k, width), before[0])};
      })[0];
  sum = kb.sumLanes(sum);
  sum = kb.accumulate(
      middle, kb.index(spec.k), 1, sum, [&](Value k, ValueRange before) {
        return SmallVector<Value>{kb.fma(a(k, 1), b(k, 1), before[0])};
      })[0];
  operands.finish(sum, batch, row, column, 1);
}

void RowEmitter::emit() {
  kb.forEach(kernel.begin, kernel.end, 1, [&](Value item) {
    batch = kb.div(item, spec.m);
    row = kb.rem(item, spec.m);
    if (spec.transposeB && spec.k != 0) {
      kb.forEach(kb.index(0), kb.index(spec.n), 1,
                 [&](Value column) { emitDot(column); });
      return;
    }
    constexpr int64_t vectors = 4;
    Value wide = kb.index(spec.n / (vectors * kb.lanes) * vectors * kb.lanes);
    kb.forEach(kb.index(0), wide, vectors * kb.lanes,
               [&](Value column) { emitColumns(column, vectors, kb.lanes); });
    kb.forEachVector(
        wide, kb.index(spec.n), kb.lanes,
        [&](Value column, int64_t count) { emitColumns(column, 1, count); });
  });
}

KernelLaunch mp::createRowKernel(SymbolTable &symbols, Location loc,
                                 const GemmSpec &spec, const CpuClass &cpu) {
  KernelFunction kernel =
      createKernelFunction(symbols, loc, spec.getName("gemm_rows"),
                           spec.getInputs(spec.b), {spec.result});
  KernelBuilder kb(kernel.func, cpu, spec.accumulator);
  RowEmitter(kb, spec, kernel).emit();
  int64_t extent = spec.batch * spec.m;
  double itemFlops = std::max(spec.flops() / extent, 1.0);
  int64_t grain = std::clamp<int64_t>(4e5 / itemFlops, 1, extent);
  return {kernel.func, extent, grain, 0};
}
