//===- PanelEmitter.h - code of one product with packed B -------*- C++ -*-===//
#ifndef MP_LIB_GEMM_PANELEMITTER_H
#define MP_LIB_GEMM_PANELEMITTER_H

#include "GemmKernels.h"

#include "llvm/Support/MathExtras.h"

namespace mlir::mp {

class PanelEmitter {
public:
  PanelEmitter(KernelBuilder &kb, const GemmSpec &spec, const PanelPlan &plan,
               const KernelFunction &kernel)
      : kb(kb), spec(spec), plan(plan), kernel(kernel),
        operands(kb, spec, kernel) {
    int64_t rows = plan.shortRows + (plan.longTiles ? 1 : 0);
    maxRows = plan.tilesPerItem * rows;
    int64_t width = kb.accumulator.getWidth() / 8;
    finishesTiles = plan.numBlocksK == 1 && (spec.epilogue == Epilogue::None ||
                                             spec.epilogue == Epilogue::Relu);
    // Rows of a power of two would fall into the same lines of the cache.
    if (spec.transposeA)
      rowShape = {plan.blockK,
                  static_cast<int64_t>(llvm::alignTo(maxRows, kb.lanes))};
    else
      rowShape = {maxRows,
                  static_cast<int64_t>(llvm::alignTo(plan.blockK, 16)) + 16};
    sumShape = {plan.numBlocksK > 1 ? plan.panelsPerItem : plan.streams,
                maxRows, plan.panelWidth};
    sumOffset = llvm::alignTo(rowShape[0] * rowShape[1] * width, 64);
    scratchBytes = sumOffset + sumShape[0] * sumShape[1] * sumShape[2] * width;
  }

  void emit();
  int64_t scratchBytes;

private:
  void emitItem(Value item);
  void packRows();
  void packWindows();
  void emitTile(int64_t tileRows, Value tile);
  void emitTiles();
  Value loadB(Value row, int64_t place, int64_t column);
  /// Fetches memory that is read soon, one line in each turn of the hot loop.
  void prefetchB(Value k, Value prefetchBase);
  Value getPrefetchBase(Value tile);
  /// Where `which` panel begins for the current block of k, in packed B.
  Value getPanelBase(Value which);
  /// Makes the panel of `stream` the current one. Streams without a panel of
  /// their own compute the last one again.
  void selectPanel(Value stream);
  void forEachPanel(llvm::function_ref<void()> body);
  void clearSums();
  Value isWholePanel();
  Value isPartialPanel();
  void finishPanel();
  Value rowOfTile(Value tile) {
    return kb.add(kb.mul(tile, plan.shortRows),
                  kb.min(tile, kb.index(plan.longTiles)));
  }

  KernelBuilder &kb;
  const GemmSpec &spec;
  const PanelPlan &plan;
  const KernelFunction &kernel;
  GemmOperands operands;
  int64_t maxRows, sumOffset;
  /// Whole panels leave the registers finished, not through scratch.
  bool finishesTiles;
  SmallVector<int64_t> rowShape, sumShape;

  Value flatB;                                         // packed B as one line
  Value rows, sums;                                    // views of scratch
  Value batch, firstTile, lastTile, firstRow, numRows; // of the item
  Value firstK, sizeK;                                 // of the block of k
  Value firstPanel, lastPanel;                         // of the item
  Value streamPanel;                                   // of the first stream
  Value panel, sumPanel;                               // of the panel
};

} // namespace mlir::mp

#endif // MP_LIB_GEMM_PANELEMITTER_H
