//===- PanelKernel.cpp - products with packed B ---------------------------===//
//
// A work item is a block of rows times a group of panels. For each block of k
// it widens its rows of A into scratch; then, panel by panel, register tiles
// run down the rows. Sums go through scratch to one store stage, so edges,
// formats and activations appear once, outside of the hot loop; only where k is
// short and nothing expensive follows are they stored from registers.
//
//===----------------------------------------------------------------------===//
#include "PanelEmitter.h"

using namespace mlir;
using namespace mlir::mp;

/// Tiles that share the work of fetching the next panel.
static constexpr int64_t kPrefetchTiles = 8;
/// How far ahead of itself a lone tile fetches, in rows of the panel for each
/// of its own rows.
static constexpr int64_t kAheadRows = 64;

/// Widens this item's rows of A for the current block of k; zeros follow
/// where k is padded, so that the hot loop has no remainder.
void PanelEmitter::packRows() {
  Value zero = kb.splat(0.0, 1);
  Value inside =
      kb.min(sizeK, kb.sub(kb.max(kb.index(spec.k), firstK), firstK));
  auto copy = [&](Value row, Value k, int64_t count) {
    Value globalRow = kb.add(firstRow, row), globalK = kb.add(firstK, k);
    if (spec.transposeA)
      kb.store(
          kb.load(operands.a, operands.at(batch, globalK, globalRow), count),
          rows, {k, row});
    else
      kb.store(
          kb.load(operands.a, operands.at(batch, globalRow, globalK), count),
          rows, {row, k});
  };
  if (spec.transposeA) {
    kb.forEach(kb.index(0), inside, 1, [&](Value k) {
      kb.forEachVector(kb.index(0), numRows, kb.lanes,
                       [&](Value row, int64_t count) { copy(row, k, count); });
    });
    kb.forEach(inside, sizeK, 1, [&](Value k) {
      kb.forEach(kb.index(0), numRows, 1,
                 [&](Value row) { kb.store(zero, rows, {k, row}); });
    });
    return;
  }
  kb.forEach(kb.index(0), numRows, 1, [&](Value row) {
    kb.forEachVector(kb.index(0), inside, kb.lanes,
                     [&](Value k, int64_t count) { copy(row, k, count); });
    kb.forEach(inside, sizeK, 1,
               [&](Value k) { kb.store(zero, rows, {row, k}); });
  });
}

Value PanelEmitter::getPanelBase(Value which) {
  Value row =
      kb.mul(kb.add(kb.mul(batch, plan.panels), which), plan.panelRows());
  return kb.add(kb.mul(kb.add(row, plan.leadingRows), plan.rowSize()),
                kb.mul(firstK, plan.panelWidth));
}

void PanelEmitter::selectPanel(Value stream) {
  panel = kb.add(streamPanel, stream);
  if (plan.streams > 1)
    panel = kb.min(panel, kb.sub(lastPanel, kb.index(1)));
  sumPanel = plan.numBlocksK > 1 ? kb.sub(panel, firstPanel) : stream;
}

void PanelEmitter::forEachPanel(llvm::function_ref<void()> body) {
  kb.forEach(kb.index(0), kb.index(plan.streams), 1, [&](Value stream) {
    selectPanel(stream);
    body();
  });
}

/// While the tiles of one panel run, each fetches its share of the next panel,
/// which would otherwise come from memory while the first tile waits. With a
/// single tile, the memory just ahead is what is needed.
Value PanelEmitter::getPrefetchBase(Value tile) {
  if (plan.tiles == 1)
    return kb.add(getPanelBase(panel), kAheadRows * spec.m * plan.panelWidth);
  Value next = kb.min(kb.add(panel, 1), kb.index(plan.panels - 1));
  int64_t share = plan.blockK * plan.panelWidth / kPrefetchTiles;
  return kb.add(getPanelBase(next),
                kb.mul(kb.rem(kb.sub(tile, firstTile), kPrefetchTiles), share));
}

void PanelEmitter::prefetchB(Value k, Value base) {
  Value here = kb.mul(k, plan.panelWidth);
  if (plan.tiles > 1) {
    kb.prefetch(flatB, kb.add(base, kb.div(here, kPrefetchTiles)), 2);
    return;
  }
  // Several streams, and values as wide as the sums, arrive as fast or faster
  // without help (measured).
  if (plan.streams > 1 ||
      FloatType(plan.packedFormat).getWidth() == kb.accumulator.getWidth())
    return;
  auto last = kb.index(cast<MemRefType>(flatB.getType()).getNumElements() - 1);
  int64_t line = 512 / plan.packedElement.getIntOrFloatBitWidth();
  for (int64_t i = 0; i < plan.panelWidth * plan.unroll; i += line)
    kb.prefetch(flatB, kb.min(kb.add(kb.add(base, here), i), last), 3);
}

/// One vector of the row of packed B at `row`, widened: the `place`th k of the
/// row.
Value PanelEmitter::loadB(Value row, int64_t place, int64_t column) {
  auto load = [&](int64_t offset) -> Value {
    return vector::LoadOp::create(
        kb, kb.vector(plan.packedElement, kb.lanes * plan.depth), flatB,
        kb.add(row, offset));
  };
  if (plan.depth == 2)
    return kb.widenSecondBf16(load(column * 2 + place - 1));
  Value raw = load(column);
  if (plan.packedElement != plan.packedFormat)
    raw = arith::BitcastOp::create(kb, kb.vector(plan.packedFormat, kb.lanes),
                                   raw);
  return kb.widen(raw);
}

/// The hot loop: `tileRows` x tileVectors sums in registers.
void PanelEmitter::emitTile(int64_t tileRows, Value tile) {
  Value row = kb.sub(rowOfTile(tile), firstRow);
  SmallVector<Value> panelBases;
  for (int64_t s = 0; s < plan.streams; ++s) {
    selectPanel(kb.index(s));
    panelBases.push_back(getPanelBase(panel));
  }
  Value prefetchBase = getPrefetchBase(tile);
  int64_t vectors = plan.tileVectors * plan.streams;
  int64_t numSums = tileRows * vectors;
  // The sums of the current panel, and where they are in scratch.
  auto forEachSum =
      [&](int64_t stream,
          llvm::function_ref<void(int64_t, int64_t, int64_t)> body) {
        for (int64_t i = 0; i < tileRows; ++i)
          for (int64_t j = 0; j < plan.tileVectors; ++j)
            body(i, j, i * vectors + stream * plan.tileVectors + j);
      };
  auto place = [&](int64_t i, int64_t j) -> SmallVector<Value> {
    return {sumPanel, kb.add(row, i), kb.index(j * kb.lanes)};
  };
  SmallVector<Value> init(numSums * plan.chains, kb.splat(0.0, kb.lanes));
  if (plan.numBlocksK > 1)
    for (int64_t s = 0; s < plan.streams; ++s) {
      selectPanel(kb.index(s));
      forEachSum(s, [&](int64_t i, int64_t j, int64_t which) {
        init[which] = kb.load(sums, place(i, j), kb.lanes);
      });
    }

  SmallVector<Value> result = kb.accumulate(
      kb.index(0), sizeK, plan.unroll, init, [&](Value k, ValueRange before) {
        SmallVector<Value> total = llvm::to_vector(before);
        prefetchB(k, prefetchBase);
        for (int64_t u = 0; u < plan.unroll; ++u) {
          Value step = kb.add(k, u);
          int64_t inRow = u % plan.depth;
          Value line = kb.mul(kb.add(k, u - inRow), plan.panelWidth);
          SmallVector<Value> columns;
          for (Value base : panelBases)
            for (int64_t j = 0; j < plan.tileVectors; ++j)
              columns.push_back(loadB(kb.add(base, line), inRow, j * kb.lanes));
          int64_t chain = u % plan.chains * numSums;
          for (int64_t i = 0; i < tileRows; ++i) {
            Value a =
                spec.transposeA
                    ? kb.loadSplat(rows, {step, kb.add(row, i)}, kb.lanes)
                    : kb.loadSplat(rows, {kb.add(row, i), step}, kb.lanes);
            for (int64_t j = 0; j < vectors; ++j) {
              Value &sum = total[chain + i * vectors + j];
              sum = kb.fma(a, columns[j], sum);
            }
          }
        }
        return total;
      });

  for (int64_t c = 1; c < plan.chains; ++c)
    for (int64_t s = 0; s < numSums; ++s)
      result[s] = arith::AddFOp::create(kb, result[s], result[c * numSums + s]);
  for (int64_t s = 0; s < plan.streams; ++s) {
    selectPanel(kb.index(s));
    auto keep = [&] {
      forEachSum(s, [&](int64_t i, int64_t j, int64_t which) {
        kb.store(result[which], sums, place(i, j));
      });
    };
    if (!finishesTiles) {
      keep();
      continue;
    }
    Value firstColumn = kb.mul(panel, plan.panelWidth);
    kb.ifThen(isWholePanel(), [&] {
      forEachSum(s, [&](int64_t i, int64_t j, int64_t which) {
        operands.finish(result[which], batch, kb.add(firstRow, kb.add(row, i)),
                        kb.add(firstColumn, j * kb.lanes), kb.lanes);
      });
    });
    if (spec.n % plan.panelWidth)
      kb.ifThen(isPartialPanel(), keep);
  }
}

void PanelEmitter::emitTiles() {
  Value boundary = kb.index(plan.longTiles);
  auto run = [&](Value from, Value to, int64_t tileRows) {
    kb.forEach(from, to, 1, [&](Value tile) { emitTile(tileRows, tile); });
  };
  if (plan.longTiles)
    run(firstTile, kb.min(lastTile, boundary), plan.shortRows + 1);
  if (plan.longTiles < plan.tiles && plan.shortRows)
    run(kb.max(firstTile, boundary), lastTile, plan.shortRows);
}

void PanelEmitter::clearSums() {
  Value zero = kb.splat(0.0, kb.lanes);
  kb.forEach(kb.index(0), numRows, 1, [&](Value row) {
    for (int64_t j = 0; j < plan.tileVectors; ++j)
      kb.store(zero, sums, {sumPanel, row, kb.index(j * kb.lanes)});
  });
}

Value PanelEmitter::isWholePanel() {
  return arith::CmpIOp::create(kb, arith::CmpIPredicate::ult, panel,
                               kb.index(spec.n / plan.panelWidth));
}

Value PanelEmitter::isPartialPanel() {
  return arith::CmpIOp::create(kb, arith::CmpIPredicate::eq, panel,
                               kb.index(spec.n / plan.panelWidth));
}

void PanelEmitter::finishPanel() {
  Value firstColumn = kb.mul(panel, plan.panelWidth);
  auto finish = [&](Value row, Value column, int64_t count) {
    Value sum = kb.load(sums, {sumPanel, row, column}, count);
    operands.finish(sum, batch, kb.add(firstRow, row),
                    kb.add(firstColumn, column), count);
  };
  if (!finishesTiles)
    kb.ifThen(isWholePanel(), [&] {
      kb.forEach(kb.index(0), numRows, 1, [&](Value row) {
        for (int64_t j = 0; j < plan.tileVectors; ++j)
          finish(row, kb.index(j * kb.lanes), kb.lanes);
      });
    });
  if (int64_t rest = spec.n % plan.panelWidth) {
    kb.ifThen(isPartialPanel(), [&] {
      kb.forEach(kb.index(0), numRows, 1, [&](Value row) {
        kb.forEachVector(
            kb.index(0), kb.index(rest), kb.lanes,
            [&](Value column, int64_t count) { finish(row, column, count); });
      });
    });
  }
}

void PanelEmitter::emitItem(Value item) {
  Value group = kb.rem(item, plan.columnItems);
  Value rest = kb.div(item, plan.columnItems);
  batch = kb.div(rest, plan.rowItems);
  firstTile = kb.mul(kb.rem(rest, plan.rowItems), plan.tilesPerItem);
  lastTile = kb.min(kb.add(firstTile, plan.tilesPerItem), kb.index(plan.tiles));
  firstRow = rowOfTile(firstTile);
  numRows = kb.sub(rowOfTile(lastTile), firstRow);
  firstPanel = kb.mul(group, plan.panelsPerItem);
  lastPanel =
      kb.min(kb.add(firstPanel, plan.panelsPerItem), kb.index(plan.panels));

  kb.forEach(kb.index(0), kb.index(plan.numBlocksK), 1, [&](Value block) {
    firstK = kb.mul(block, plan.blockK);
    sizeK =
        kb.min(kb.index(plan.blockK), kb.sub(kb.index(plan.paddedK), firstK));
    spec.window ? packWindows() : packRows();
    kb.forEach(firstPanel, lastPanel, plan.streams, [&](Value index) {
      streamPanel = index;
      auto isBlock = [&](int64_t which) -> Value {
        return arith::CmpIOp::create(kb, arith::CmpIPredicate::eq, block,
                                     kb.index(which));
      };
      bool blocked = plan.numBlocksK > 1;
      if (blocked)
        kb.ifThen(isBlock(0), [&] { forEachPanel([&] { clearSums(); }); });
      emitTiles();
      auto finish = [&] { forEachPanel([&] { finishPanel(); }); };
      if (blocked)
        kb.ifThen(isBlock(plan.numBlocksK - 1), finish);
      else
        finish();
    });
  });
}

void PanelEmitter::emit() {
  rows = kb.view(kernel.scratch, 0, rowShape, kb.accumulator);
  sums = kb.view(kernel.scratch, sumOffset, sumShape, kb.accumulator);
  flatB = memref::CollapseShapeOp::create(
      kb, operands.b, ArrayRef<ReassociationIndices>{{0, 1, 2, 3}});
  kb.forEach(kernel.begin, kernel.end, 1, [&](Value item) { emitItem(item); });
}

KernelLaunch mp::createPanelKernel(SymbolTable &symbols, Location loc,
                                   const GemmSpec &spec, const PanelPlan &plan,
                                   const CpuClass &cpu) {
  KernelFunction kernel = createKernelFunction(
      symbols, loc, spec.getName("gemm"),
      spec.getInputs(plan.getPackedType(spec)), {spec.result});
  KernelBuilder kb(kernel.func, cpu, spec.accumulator);
  PanelEmitter emitter(kb, spec, plan, kernel);
  emitter.emit();
  int64_t extent = spec.batch * plan.rowItems * plan.columnItems;
  // Pieces of some tens of microseconds.
  double itemFlops = spec.flops() / extent;
  int64_t grain =
      std::clamp<int64_t>(2e6 / std::max(itemFlops, 1.0), 1, extent);
  return {kernel.func, extent, grain, emitter.scratchBytes};
}
