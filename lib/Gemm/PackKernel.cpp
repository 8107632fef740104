//===- PackKernel.cpp - B into panels -------------------------------------===//
//
// A launch of its own: where B is a constant or a parameter it is invariant,
// and the program computes it once.
//
//===----------------------------------------------------------------------===//
#include "GemmKernels.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::mp;

namespace {
class PackEmitter {
public:
  PackEmitter(KernelBuilder &kb, const GemmSpec &spec, const PanelPlan &plan,
              const KernelFunction &kernel)
      : kb(kb), spec(spec), plan(plan), kernel(kernel),
        source(kernel.inputs[0]), packed(kernel.outputs[0]) {}

  void emit();

private:
  /// Values (k, column...) or, transposed, (column, k...), in the packed
  /// format's bits.
  Value readValues(Value k, Value column, int64_t count);
  /// Elements of a row of the packed panel: neighbouring columns, or,
  /// transposed, neighbouring rows. Only `values` of each element are there.
  Value read(Value row, Value column, int64_t count, int64_t values);
  void write(Value elements, Value row, Value column);
  void copyPlain(Value columns, bool full);
  void copyTransposed(Value columns, bool full);
  void copyScalars(Value fromRow, Value toRow, Value columns, int64_t values);
  void fill(Value fromRow, Value toRow, Value fromColumn, Value toColumn);
  SmallVector<Value> transpose(SmallVector<Value> rows);

  KernelBuilder &kb;
  const GemmSpec &spec;
  const PanelPlan &plan;
  const KernelFunction &kernel;
  Value source, packed, batch, panel, firstColumn;
};
} // namespace

Value PackEmitter::readValues(Value k, Value column, int64_t count) {
  Value global = kb.add(firstColumn, column);
  if (spec.window)
    global = kb.add(global, kb.mul(batch, spec.n));
  SmallVector<Value> place;
  if (spec.isBatched())
    place.push_back(batch);
  if (spec.transposeB)
    place.append({global, k});
  else
    place.append({k, global});
  Type element = spec.b.getElementType();
  Value value =
      vector::LoadOp::create(kb, kb.vector(element, count), source, place);
  if (element != plan.packedFormat)
    value = kb.narrow(kb.widen(value), plan.packedFormat);
  Type bits = kb.getIntegerType(FloatType(plan.packedFormat).getWidth());
  return arith::BitcastOp::create(kb, kb.vector(bits, count), value);
}

Value PackEmitter::read(Value row, Value column, int64_t count,
                        int64_t values) {
  Value k = kb.mul(row, plan.depth);
  if (plan.depth == 1)
    return readValues(k, column, count);
  VectorType words = kb.vector(kb.getI32Type(), count);
  if (spec.transposeB && values == plan.depth)
    return vector::BitCastOp::create(kb, words,
                                     readValues(k, column, count * values));
  Value result;
  for (int64_t i = 0; i < values; ++i) {
    Value part = arith::ExtUIOp::create(
        kb, words, readValues(kb.add(k, i), column, count));
    if (i == 0) {
      result = part;
      continue;
    }
    part = arith::ShLIOp::create(kb, part, kb.splatInt(16 * i, 32, count));
    result = arith::OrIOp::create(kb, result, part);
  }
  return result;
}

void PackEmitter::write(Value elements, Value row, Value column) {
  int64_t count = cast<VectorType>(elements.getType()).getDimSize(0);
  elements = vector::BitCastOp::create(
      kb, kb.vector(plan.packedElement, count * plan.depth), elements);
  vector::StoreOp::create(kb, elements, packed,
                          ValueRange{batch, panel,
                                     kb.add(row, plan.leadingRows),
                                     kb.mul(column, plan.depth)});
}

void PackEmitter::copyScalars(Value fromRow, Value toRow, Value columns,
                              int64_t values) {
  kb.forEach(fromRow, toRow, 1, [&](Value row) {
    kb.forEach(kb.index(0), columns, 1, [&](Value column) {
      write(read(row, column, 1, values), row, column);
    });
  });
}

void PackEmitter::copyPlain(Value columns, bool full) {
  int64_t width = kb.lanes;
  kb.forEach(kb.index(0), kb.index(spec.k / plan.depth), 1, [&](Value row) {
    auto copy = [&](Value column, int64_t count) {
      write(read(row, column, count, plan.depth), row, column);
    };
    if (full) {
      for (int64_t j = 0; j < plan.panelWidth; j += width)
        copy(kb.index(j), width);
      return;
    }
    kb.forEachVector(kb.index(0), columns, width, copy);
  });
}

/// A square of vectors, turned by exchanging ever smaller blocks.
SmallVector<Value> PackEmitter::transpose(SmallVector<Value> rows) {
  int64_t n = rows.size();
  for (int64_t distance = n / 2; distance >= 1; distance /= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t lane = 0; lane < n; ++lane) {
      bool first = !(lane & distance);
      low.push_back(first ? lane : n + lane - distance);
      high.push_back(first ? lane + distance : n + lane);
    }
    for (int64_t i = 0; i < n; ++i) {
      if (i & distance)
        continue;
      Value a = rows[i], b = rows[i + distance];
      rows[i] = vector::ShuffleOp::create(kb, a, b, low);
      rows[i + distance] = vector::ShuffleOp::create(kb, a, b, high);
    }
  }
  return rows;
}

void PackEmitter::copyTransposed(Value columns, bool full) {
  Value allRows = kb.index(spec.k / plan.depth);
  if (!full) {
    copyScalars(kb.index(0), allRows, columns, plan.depth);
    return;
  }
  unsigned packedBits = plan.packedElement.getIntOrFloatBitWidth() * plan.depth;
  int64_t side = std::min<int64_t>(kb.cpu.lanes(packedBits),
                                   packedBits == 16 ? 8 : plan.panelWidth);
  while (plan.panelWidth % side)
    side /= 2;
  Value whole = kb.index(spec.k / plan.depth / side * side);
  kb.forEach(kb.index(0), whole, side, [&](Value row) {
    for (int64_t j = 0; j < plan.panelWidth; j += side) {
      SmallVector<Value> rows;
      for (int64_t i = 0; i < side; ++i)
        rows.push_back(read(row, kb.index(j + i), side, plan.depth));
      rows = transpose(std::move(rows));
      for (int64_t i = 0; i < side; ++i)
        write(rows[i], kb.add(row, i), kb.index(j));
    }
  });
  copyScalars(whole, allRows, columns, plan.depth);
}

void PackEmitter::fill(Value fromRow, Value toRow, Value fromColumn,
                       Value toColumn) {
  Value zero = kb.splatInt(
      0, plan.packedElement.getIntOrFloatBitWidth() * plan.depth, 1);
  kb.forEach(fromRow, toRow, 1, [&](Value row) {
    kb.forEach(fromColumn, toColumn, 1,
               [&](Value column) { write(zero, row, column); });
  });
}

void PackEmitter::emit() {
  Value wholeRows = kb.index(spec.k / plan.depth);
  Value usedRows = kb.index(llvm::divideCeil(spec.k, plan.depth));
  kb.forEach(kernel.begin, kernel.end, 1, [&](Value item) {
    batch = kb.div(item, plan.panels);
    panel = kb.rem(item, plan.panels);
    firstColumn = kb.mul(panel, plan.panelWidth);
    Value width = kb.index(plan.panelWidth);
    Value columns = kb.min(kb.sub(kb.index(spec.n), firstColumn), width);
    auto copy = [&](bool full) {
      spec.transposeB ? copyTransposed(columns, full)
                      : copyPlain(columns, full);
      if (int64_t rest = spec.k % plan.depth)
        copyScalars(wholeRows, usedRows, columns, rest);
    };
    Value whole =
        arith::CmpIOp::create(kb, arith::CmpIPredicate::eq, columns, width);
    kb.ifThen(whole, [&] { copy(/*full=*/true); });
    if (spec.n % plan.panelWidth) {
      Value partial =
          arith::CmpIOp::create(kb, arith::CmpIPredicate::ne, columns, width);
      kb.ifThen(partial, [&] {
        copy(/*full=*/false);
        fill(kb.index(0), usedRows, columns, width);
      });
    }
    fill(usedRows, kb.index(plan.paddedK / plan.depth), kb.index(0), width);
  });
}

KernelLaunch mp::createPackKernel(SymbolTable &symbols, Location loc,
                                  const GemmSpec &spec, const PanelPlan &plan,
                                  const CpuClass &cpu) {
  KernelFunction kernel =
      createKernelFunction(symbols, loc, plan.getPackName(spec), {spec.b},
                           {plan.getPackedType(spec)});
  KernelBuilder kb(kernel.func, cpu, spec.accumulator);
  PackEmitter(kb, spec, plan, kernel).emit();
  // About 64 KiB for each piece of work.
  int64_t bytes = plan.panelRows() * plan.rowSize() *
                  plan.packedElement.getIntOrFloatBitWidth() / 8;
  return {kernel.func, spec.batch * plan.panels,
          std::max<int64_t>(1, 65536 / std::max<int64_t>(bytes, 1)), 0};
}
