//===- FinishKernel.cpp - the store stage after a library's product -------===//
#include "GemmKernels.h"

using namespace mlir;
using namespace mlir::mp;

KernelLaunch mp::createFinishKernel(SymbolTable &symbols, Location loc,
                                    RankedTensorType sums,
                                    RankedTensorType bias,
                                    RankedTensorType residual,
                                    RankedTensorType result, Epilogue epilogue,
                                    const CpuClass &cpu) {
  SmallVector<RankedTensorType> inputs = {sums};
  if (bias)
    inputs.push_back(bias);
  if (residual)
    inputs.push_back(residual);
  KernelFunction kernel =
      createKernelFunction(symbols, loc, "gemm_finish", inputs, {result});
  KernelBuilder kb(kernel.func, cpu, cast<FloatType>(sums.getElementType()));
  StoreStage stage{bias ? kernel.inputs[1] : Value(),
                   residual ? kernel.inputs.back() : Value(), kernel.outputs[0],
                   epilogue};
  int64_t rows = result.getDimSize(0), columns = result.getDimSize(1);
  kb.forEach(kernel.begin, kernel.end, 1, [&](Value row) {
    kb.forEachVector(kb.index(0), kb.index(columns), kb.lanes,
                     [&](Value column, int64_t count) {
                       Value sum =
                           kb.load(kernel.inputs[0], {row, column}, count);
                       stage.finish(kb, sum, {row, column}, count);
                     });
  });
  return {kernel.func, rows, std::clamp<int64_t>(32768 / columns, 1, rows), 0};
}
