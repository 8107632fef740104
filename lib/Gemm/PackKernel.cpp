//===- PackKernel.cpp - B into panels -------------------------------------===//
//
// A launch of its own: where B is a constant or a parameter it is invariant,
// and the program computes it once.
//
//===----------------------------------------------------------------------===//
#include "GemmKernels.h"

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
  /// Elements (k, column...) or, transposed, (column, k...), as they are
  /// packed.
  Value read(Value k, Value column, int64_t count);
  void write(Value value, Value k, Value column);
  void copyPlain(Value columns, bool full);
  void copyTransposed(Value columns, bool full);
  void copyScalars(Value fromK, Value columns);
  SmallVector<Value> transpose(SmallVector<Value> rows);
  Value bits(Value value);
  Value unbits(Value value);

  KernelBuilder &kb;
  const GemmSpec &spec;
  const PanelPlan &plan;
  const KernelFunction &kernel;
  Value source, packed, batch, panel, firstColumn;
};
} // namespace

Value PackEmitter::bits(Value value) {
  auto type = cast<VectorType>(value.getType());
  Type integer = kb.getIntegerType(type.getElementTypeBitWidth());
  return arith::BitcastOp::create(kb, type.clone(integer), value);
}

Value PackEmitter::unbits(Value value) {
  auto type = cast<VectorType>(value.getType());
  if (type.getElementType() == plan.packedElement)
    return value;
  return arith::BitcastOp::create(kb, type.clone(plan.packedElement), value);
}

Value PackEmitter::read(Value k, Value column, int64_t count) {
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
  return bits(value);
}

void PackEmitter::write(Value value, Value k, Value column) {
  vector::StoreOp::create(kb, unbits(value), packed,
                          ValueRange{batch, panel, k, column});
}

void PackEmitter::copyScalars(Value fromK, Value columns) {
  kb.forEach(fromK, kb.index(spec.k), 1, [&](Value k) {
    kb.forEach(kb.index(0), columns, 1,
               [&](Value column) { write(read(k, column, 1), k, column); });
  });
}

void PackEmitter::copyPlain(Value columns, bool full) {
  int64_t width = kb.lanes;
  kb.forEach(kb.index(0), kb.index(spec.k), 1, [&](Value k) {
    if (full) {
      for (int64_t j = 0; j < plan.panelWidth; j += width)
        write(read(k, kb.index(j), width), k, kb.index(j));
      return;
    }
    kb.forEachVector(kb.index(0), columns, width,
                     [&](Value column, int64_t count) {
                       write(read(k, column, count), k, column);
                     });
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
  if (!full) {
    copyScalars(kb.index(0), columns);
    return;
  }
  unsigned packedBits = plan.packedElement.getIntOrFloatBitWidth();
  int64_t side = std::min<int64_t>(kb.cpu.lanes(packedBits),
                                   packedBits == 16 ? 8 : plan.panelWidth);
  while (plan.panelWidth % side)
    side /= 2;
  Value whole = kb.index(spec.k / side * side);
  kb.forEach(kb.index(0), whole, side, [&](Value k) {
    for (int64_t j = 0; j < plan.panelWidth; j += side) {
      SmallVector<Value> rows;
      for (int64_t i = 0; i < side; ++i)
        rows.push_back(read(k, kb.index(j + i), side));
      rows = transpose(std::move(rows));
      for (int64_t i = 0; i < side; ++i)
        write(rows[i], kb.add(k, i), kb.index(j));
    }
  });
  copyScalars(whole, columns);
}

void PackEmitter::emit() {
  Value zero = kb.splatInt(0, plan.packedElement.getIntOrFloatBitWidth(), 1);
  kb.forEach(kernel.begin, kernel.end, 1, [&](Value item) {
    batch = kb.div(item, plan.panels);
    panel = kb.rem(item, plan.panels);
    firstColumn = kb.mul(panel, plan.panelWidth);
    Value width = kb.index(plan.panelWidth);
    Value columns = kb.min(kb.sub(kb.index(spec.n), firstColumn), width);
    auto copy = [&](bool full) {
      spec.transposeB ? copyTransposed(columns, full)
                      : copyPlain(columns, full);
    };
    Value whole =
        arith::CmpIOp::create(kb, arith::CmpIPredicate::eq, columns, width);
    kb.ifThen(whole, [&] { copy(/*full=*/true); });
    if (spec.n % plan.panelWidth) {
      Value partial =
          arith::CmpIOp::create(kb, arith::CmpIPredicate::ne, columns, width);
      kb.ifThen(partial, [&] {
        copy(/*full=*/false);
        kb.forEach(kb.index(0), kb.index(spec.k), 1, [&](Value k) {
          kb.forEach(columns, width, 1,
                     [&](Value column) { write(zero, k, column); });
        });
      });
    }
    kb.forEach(kb.index(spec.k), kb.index(plan.paddedK), 1, [&](Value k) {
      kb.forEach(kb.index(0), width, 1,
                 [&](Value column) { write(zero, k, column); });
    });
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
  int64_t bytes = plan.paddedK * plan.panelWidth *
                  plan.packedElement.getIntOrFloatBitWidth() / 8;
  return {kernel.func, spec.batch * plan.panels,
          std::max<int64_t>(1, 65536 / std::max<int64_t>(bytes, 1)), 0};
}
