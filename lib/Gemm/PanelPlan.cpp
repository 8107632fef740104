//===- PanelPlan.cpp - blocking of panel products -------------------------===//
#include "GemmKernels.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::mp;

static int64_t divideCeil(int64_t a, int64_t b) {
  return llvm::divideCeil(a, b);
}

namespace {
/// The sizes that depend on the CPU class only.
struct Blocking {
  int64_t tileRows, tileVectors;
  int64_t blockK;    // one panel's block of k should stay in the first cache
  int64_t blockRows; // rows of A, which should stay in the second cache
};
} // namespace

static Blocking getBlocking(const CpuClass &cpu) {
  // 24 sums, 3 vectors of B, one of A: 28 of 32 registers.
  if (cpu.registerBits == 512)
    return {8, 3, 1024, 128};
  // 12 sums, 2 vectors of B, one of A: 15 of 16 registers.
  if (cpu.hasFma)
    return {6, 2, 384, 72};
  // Without fused operations a product needs a register of its own.
  return {4, 2, 384, 64};
}

PanelPlan PanelPlan::get(const GemmSpec &spec, const CpuClass &cpu) {
  Blocking blocking = getBlocking(cpu);
  PanelPlan plan;
  plan.tileRows = blocking.tileRows;
  plan.tileVectors = blocking.tileVectors;
  plan.panelWidth =
      plan.tileVectors * cpu.lanes(FloatType(spec.accumulator).getWidth());
  plan.panels = divideCeil(spec.n, plan.panelWidth);

  // Rows are spread evenly: 9 rows are two tiles of 5 and 4, not 6 and 3.
  plan.tiles = divideCeil(spec.m, plan.tileRows);
  plan.shortRows = spec.m / plan.tiles;
  plan.longTiles = spec.m % plan.tiles;
  int64_t rows = plan.shortRows + (plan.longTiles ? 1 : 0);

  // A tile of few rows has too few sums to hide the latency of an addition. A
  // lone one adds those of neighbouring panels: each is a stream of its own,
  // and the hardware fetches ahead in several at a time.
  int64_t sums = plan.tileRows * plan.tileVectors;
  auto fill = [&](int64_t atMost) {
    int64_t count = std::clamp<int64_t>(
        llvm::bit_floor<uint64_t>(sums / (rows * plan.tileVectors)), 1, atMost);
    sums /= count;
    return count;
  };
  plan.streams = plan.tiles == 1 ? fill(std::min<int64_t>(4, plan.panels)) : 1;
  plan.chains = fill(4);
  // On a core that two threads share, every instruction of the loop takes the
  // place of a multiply-add: four steps for each count and jump.
  plan.unroll = 4;
  plan.paddedK = llvm::alignTo(spec.k, plan.unroll);

  // With one tile nothing of a panel is used twice, so k is only blocked to
  // bound the scratch memory.
  constexpr int64_t loneBlockK = 16384;
  plan.numBlocksK =
      divideCeil(plan.paddedK, plan.tiles == 1 ? loneBlockK : blocking.blockK);
  plan.blockK =
      llvm::alignTo(divideCeil(plan.paddedK, plan.numBlocksK), plan.unroll);
  plan.numBlocksK = divideCeil(plan.paddedK, plan.blockK);

  int64_t tilesPerBlock = std::max<int64_t>(1, blocking.blockRows / rows);
  plan.rowItems = divideCeil(plan.tiles, tilesPerBlock);
  plan.tilesPerItem = divideCeil(plan.tiles, plan.rowItems);

  // Enough work items to keep many threads busy, but not so many that packing
  // A again for each of them counts.
  int64_t minPanels = divideCeil(256, plan.panelWidth);
  constexpr int64_t wantedItems = 16;
  int64_t columnItems = divideCeil(wantedItems, spec.batch * plan.rowItems);
  columnItems =
      std::min(columnItems, std::max<int64_t>(1, plan.panels / minPanels));
  plan.panelsPerItem = divideCeil(plan.panels, columnItems);
  // The partial sums of an item live in scratch when k is blocked.
  if (plan.numBlocksK > 1)
    plan.panelsPerItem =
        std::min(plan.panelsPerItem, divideCeil(1024, plan.panelWidth));
  plan.columnItems = divideCeil(plan.panels, plan.panelsPerItem);

  // 8-bit values are packed as the f16 that holds them exactly.
  auto format = cast<FloatType>(spec.b.getElementType());
  MLIRContext *context = format.getContext();
  plan.packedFormat =
      format.getWidth() == 8 ? FloatType(Float16Type::get(context)) : format;
  plan.packedElement = plan.packedFormat;
  if (plan.packedFormat.getWidth() == 16)
    plan.packedElement = IntegerType::get(context, 16);
  // A bf16 in the high half of a word is an f32 once the low half is cleared:
  // one instruction, load included. In pairs every second value is there, and
  // read one value earlier, every other one.
  plan.depth = plan.packedFormat.isBF16() ? 2 : 1;
  plan.leadingRows = plan.depth - 1;
  return plan;
}

RankedTensorType PanelPlan::getPackedType(const GemmSpec &spec) const {
  return RankedTensorType::get({spec.batch, panels, panelRows(), rowSize()},
                               packedElement);
}

std::string PanelPlan::getPackName(const GemmSpec &spec) const {
  std::string name;
  llvm::raw_string_ostream os(name);
  os << (spec.window ? "pack_filter_" : "pack_") << spec.batch << 'x' << spec.k
     << 'x' << spec.n << '_' << spec.b.getElementType()
     << (spec.transposeB ? "t" : "") << "_to_" << panels << 'x' << paddedK
     << 'x' << panelWidth;
  return name;
}
