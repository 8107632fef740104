//===- RowKernel.cpp - products without packing ---------------------------===//
//
// A work item is one row of the result, or, where there are few rows, a group
// of columns of all of them, so that B is read once and by many threads. B is
// read where it is: along its rows, or, where k is its inner dimension, as dot
// products.
//
//===----------------------------------------------------------------------===//
#include "GemmKernels.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::mp;

namespace {
/// How the result is cut.
struct RowPlan {
  int64_t rows = 1; // of an item
  int64_t columns;  // of an item
  int64_t rowItems, columnItems;
  int64_t vectors; // of columns side by side
  int64_t chains;  // sums of one dot product, a power of two

  RowPlan(const GemmSpec &spec, int64_t lanes) {
    constexpr int64_t fewRows = 4;
    if (spec.m <= fewRows)
      rows = spec.m;
    rowItems = spec.m / rows;
    // At most 8 sums in registers.
    vectors = rows <= 2 ? 4 : 2;
    chains = fewRows / rows;
    columns = spec.n;
    if (rowItems == 1) {
      // Some tens of microseconds for each item.
      double columnWork = 2.0 * rows * std::max<int64_t>(spec.k, 1);
      int64_t wanted = std::max<int64_t>(1, 4e5 / columnWork);
      columns = std::min<int64_t>(
          spec.n, llvm::alignTo(wanted, spec.transposeB ? 1 : vectors * lanes));
    }
    columnItems = llvm::divideCeil(spec.n, columns);
  }
};

class RowEmitter {
public:
  RowEmitter(KernelBuilder &kb, const GemmSpec &spec, const RowPlan &plan,
             const KernelFunction &kernel)
      : kb(kb), spec(spec), plan(plan), kernel(kernel),
        operands(kb, spec, kernel) {}
  void emit();

private:
  Value loadA(int64_t row, Value k, int64_t count, bool isSplat) {
    Value at = kb.add(firstRow, row);
    auto place =
        spec.transposeA ? operands.at(batch, k, at) : operands.at(batch, at, k);
    return isSplat ? kb.loadSplat(operands.a, place, count)
                   : kb.load(operands.a, place, count);
  }
  void finish(int64_t row, Value sum, Value column, int64_t count) {
    operands.finish(sum, batch, kb.add(firstRow, row), column, count);
  }
  /// `vectors` x `count` neighbouring columns, B's inner dimension.
  void emitColumns(Value column, int64_t vectors, int64_t count);
  /// One column, k being B's inner dimension.
  void emitDots(Value column);

  KernelBuilder &kb;
  const GemmSpec &spec;
  const RowPlan &plan;
  const KernelFunction &kernel;
  GemmOperands operands;
  Value batch, firstRow;
};
} // namespace

void RowEmitter::emitColumns(Value column, int64_t vectors, int64_t count) {
  auto place = [&](int64_t j) { return kb.add(column, j * count); };
  SmallVector<Value> sums(plan.rows * vectors, kb.splat(0.0, count));
  if (spec.k != 0)
    sums = kb.accumulate(
        kb.index(0), kb.index(spec.k), 1, sums,
        [&](Value k, ValueRange before) {
          SmallVector<Value> columns, total;
          for (int64_t j = 0; j < vectors; ++j)
            columns.push_back(
                kb.load(operands.b, operands.at(batch, k, place(j)), count));
          for (int64_t i = 0; i < plan.rows; ++i) {
            Value a = loadA(i, k, count, /*isSplat=*/true);
            for (int64_t j = 0; j < vectors; ++j)
              total.push_back(kb.fma(a, columns[j], before[i * vectors + j]));
          }
          return total;
        });
  for (int64_t i = 0; i < plan.rows; ++i)
    for (int64_t j = 0; j < vectors; ++j)
      finish(i, sums[i * vectors + j], place(j), count);
}

void RowEmitter::emitDots(Value column) {
  int64_t width = spec.transposeA ? 1 : kb.lanes;
  int64_t rows = plan.rows, chains = plan.chains;
  // Adds the products of `parts` x `count` values of k.
  auto run = [&](Value from, Value to, int64_t parts, int64_t count,
                 ValueRange init) {
    return kb.accumulate(
        from, to, parts * count, init, [&](Value k, ValueRange before) {
          SmallVector<Value> total = llvm::to_vector(before);
          for (int64_t c = 0; c < parts; ++c) {
            Value at = kb.add(k, c * count);
            Value b =
                kb.load(operands.b, operands.at(batch, column, at), count);
            for (int64_t i = 0; i < rows; ++i) {
              Value &sum = total[c * rows + i];
              sum = kb.fma(loadA(i, at, count, /*isSplat=*/false), b, sum);
            }
          }
          return total;
        });
  };
  auto wholeSteps = [&](int64_t step) {
    return kb.index(spec.k / step * step);
  };
  Value blocked = wholeSteps(width * chains), middle = wholeSteps(width);
  SmallVector<Value> sums(chains * rows, kb.splat(0.0, width));
  sums = run(kb.index(0), blocked, chains, width, sums);
  for (int64_t half = chains / 2; half >= 1; half /= 2)
    for (int64_t i = 0; i < half * rows; ++i)
      sums[i] = arith::AddFOp::create(kb, sums[i], sums[i + half * rows]);
  sums.resize(rows);
  sums = run(blocked, middle, 1, width, sums);
  for (Value &sum : sums)
    sum = kb.sumLanes(sum);
  sums = run(middle, kb.index(spec.k), 1, 1, sums);
  for (int64_t i = 0; i < rows; ++i)
    finish(i, sums[i], column, 1);
}

void RowEmitter::emit() {
  kb.forEach(kernel.begin, kernel.end, 1, [&](Value item) {
    Value group = kb.rem(item, plan.columnItems);
    Value rest = kb.div(item, plan.columnItems);
    batch = kb.div(rest, plan.rowItems);
    firstRow = kb.mul(kb.rem(rest, plan.rowItems), plan.rows);
    Value first = kb.mul(group, plan.columns);
    Value last = kb.min(kb.add(first, plan.columns), kb.index(spec.n));
    if (spec.transposeB && spec.k != 0) {
      kb.forEach(first, last, 1, [&](Value column) { emitDots(column); });
      return;
    }
    int64_t step = plan.vectors * kb.lanes;
    Value wide = kb.add(first, kb.roundDown(kb.sub(last, first), step));
    kb.forEach(first, wide, step, [&](Value column) {
      emitColumns(column, plan.vectors, kb.lanes);
    });
    kb.forEachVector(wide, last, kb.lanes, [&](Value column, int64_t count) {
      emitColumns(column, 1, count);
    });
  });
}

KernelLaunch mp::createRowKernel(SymbolTable &symbols, Location loc,
                                 const GemmSpec &spec, const CpuClass &cpu) {
  KernelFunction kernel =
      createKernelFunction(symbols, loc, spec.getName("gemm_rows"),
                           spec.getInputs(spec.b), {spec.result});
  KernelBuilder kb(kernel.func, cpu, spec.accumulator);
  RowPlan plan(spec, kb.lanes);
  RowEmitter(kb, spec, plan, kernel).emit();
  int64_t extent = spec.batch * plan.rowItems * plan.columnItems;
  double itemFlops = std::max(spec.flops() / extent, 1.0);
  int64_t grain = std::clamp<int64_t>(4e5 / itemFlops, 1, extent);
  return {kernel.func, extent, grain, 0};
}
