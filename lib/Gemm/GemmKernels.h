//===- GemmKernels.h - the kernel functions of products ---------*- C++ -*-===//
#ifndef MP_LIB_GEMM_GEMMKERNELS_H
#define MP_LIB_GEMM_GEMMKERNELS_H

#include "KernelBuilder.h"
#include "mp/IR/KernelFunction.h"

namespace mlir::mp {

/// How a convolution's input becomes the matrix A: a row for each pixel of the
/// result, in it the input under the filter, position by position.
struct ConvWindow {
  SmallVector<int64_t> input, filter, result; // spatial sizes
  SmallVector<int64_t> strides, low, lhsDilation, rhsDilation;
  int64_t channels, groupChannels; // of the input
};

/// Everything about a product that its code depends on: equal specs share
/// their kernels.
struct GemmSpec {
  RankedTensorType a, b, bias, residual, result; // bias, residual may be null
  bool transposeA, transposeB;
  Epilogue epilogue;
  FloatType accumulator;
  int64_t batch, m, n, k;
  /// A convolution. `a` is [N, X1, .., Xr * C], B [K, O], the result [M, O];
  /// the batch counts groups of columns.
  std::optional<ConvWindow> window;

  static GemmSpec get(GemmOp op);
  static GemmSpec get(ConvOp op);
  bool isBatched() const { return result.getRank() == 3; }
  /// A name that tells all of it, usable as a symbol.
  std::string getName(StringRef kind) const;
  /// Of the kernel; without A and B where they have no elements (k = 0).
  SmallVector<RankedTensorType> getInputs(RankedTensorType bOperand) const;
  /// Multiply-adds times two.
  double flops() const { return 2.0 * batch * m * n * k; }
};

/// How a kernel is launched.
struct KernelLaunch {
  func::FuncOp func;
  int64_t extent = 1, grain = 1, scratchBytes = 0;
};

/// What happens to finished sums: all product kernels end with it.
struct StoreStage {
  Value bias, residual, result; // bias and residual may be null
  Epilogue epilogue;

  /// Adds bias and residual to `count` neighbouring sums, applies the
  /// activation, rounds and stores. The last of `place` is the column.
  void finish(KernelBuilder &kb, Value sum, ValueRange place,
              int64_t count) const;
};

/// The memrefs of one product inside a kernel.
class GemmOperands {
public:
  GemmOperands(KernelBuilder &builder, const GemmSpec &spec,
               const KernelFunction &kernel);

  Value a, b;

  /// (batch, row, column), or (row, column) where there is no batch.
  SmallVector<Value> at(Value batch, Value row, Value column) const;
  void finish(Value sum, Value batch, Value row, Value column, int64_t count) {
    stage.finish(kb, sum, at(batch, row, column), count);
  }

private:
  KernelBuilder &kb;
  const GemmSpec &spec;
  StoreStage stage;
};

//===----------------------------------------------------------------------===//
// Panels: B packed in panels of one tile's width, A packed by each work item
//===----------------------------------------------------------------------===//

/// The sizes of a panel product, from cache to register.
struct PanelPlan {
  int64_t tileRows, tileVectors;       // register tile, at most
  int64_t panelWidth;                  // columns of a panel
  int64_t panels, paddedK;             // of packed B
  int64_t unroll;                      // steps of k in one turn of the hot loop
  int64_t streams;                     // panels read side by side
  int64_t chains;                      // independent sums for each accumulator
  int64_t blockK, numBlocksK;          // cache block over k
  int64_t tiles, longTiles, shortRows; // the first longTiles have one row more
  int64_t tilesPerItem, rowItems;      // work items over m
  int64_t panelsPerItem, columnItems;  // work items over n
  FloatType packedFormat;
  /// Of the packed tensor: 16-bit formats are held as integers, since LLVM has
  /// no legal vectors of bfloat on most CPUs.
  Type packedElement;
  /// Values of k in one row of a packed panel: neighbours in k are neighbours
  /// in memory there.
  int64_t depth;
  int64_t leadingRows; // before the first, without values

  static PanelPlan get(const GemmSpec &spec, const CpuClass &cpu);
  RankedTensorType getPackedType(const GemmSpec &spec) const;
  int64_t panelRows() const { return leadingRows + paddedK / depth; }
  int64_t rowSize() const { return panelWidth * depth; }
  std::string getPackName(const GemmSpec &spec) const;
};

/// B [K, N] or [N, K] into [batch, panel, row, column], zeros beyond its edges.
KernelLaunch createPackKernel(SymbolTable &symbols, Location loc,
                              const GemmSpec &spec, const PanelPlan &plan,
                              const CpuClass &cpu);
KernelLaunch createPanelKernel(SymbolTable &symbols, Location loc,
                               const GemmSpec &spec, const PanelPlan &plan,
                               const CpuClass &cpu);

//===----------------------------------------------------------------------===//
// Rows: no packing, for small products and for B that changes with each call
//===----------------------------------------------------------------------===//

KernelLaunch createRowKernel(SymbolTable &symbols, Location loc,
                             const GemmSpec &spec, const CpuClass &cpu);

//===----------------------------------------------------------------------===//
// Convolutions, without oneDNN
//===----------------------------------------------------------------------===//

/// Any convolution, one pixel of the result after the other.
KernelLaunch createDirectConvKernel(SymbolTable &symbols, ConvOp op,
                                    const CpuClass &cpu);

//===----------------------------------------------------------------------===//
// After a library's product
//===----------------------------------------------------------------------===//

/// Bias, residual, activation and rounding on sums [rows, columns]; bias and
/// residual may be null.
KernelLaunch createFinishKernel(SymbolTable &symbols, Location loc,
                                RankedTensorType sums, RankedTensorType bias,
                                RankedTensorType residual,
                                RankedTensorType result, Epilogue epilogue,
                                const CpuClass &cpu);

} // namespace mlir::mp

#endif // MP_LIB_GEMM_GEMMKERNELS_H
