//===- ProductConverter.h - one product into launches -----------*- C++ -*-===//
#ifndef MP_LIB_GEMM_PRODUCTCONVERTER_H
#define MP_LIB_GEMM_PRODUCTCONVERTER_H

#include "ChoiceTable.h"

#include "llvm/ADT/StringMap.h"

namespace mlir::mp {

/// Replaces `mp.gemm` and `mp.conv` ops of one module. Equal products share
/// their kernels.
class ProductConverter {
public:
  ProductConverter(ModuleOp module, const CpuClass &cpu, LibraryUse library)
      : symbols(module), cpu(cpu), library(library) {}

  /// `isInvariant`: B (the filter) keeps its value between calls.
  void convert(GemmOp op, bool isInvariant);
  void convert(ConvOp op, bool isInvariant);

private:
  using Create = llvm::function_ref<KernelLaunch()>;
  KernelLaunch get(StringRef name, Create create);

  Choice choose(Operation *op, const GemmSpec &spec, bool isInvariant,
                bool libraryCan);
  /// `inputs` are A (or a convolution's input), B, then bias and residual where
  /// they are; without A and B for an empty sum.
  Value createPanels(OpBuilder &builder, Location loc, const GemmSpec &spec,
                     SmallVector<Value> inputs);
  Value createRows(OpBuilder &builder, Location loc, const GemmSpec &spec,
                   ValueRange inputs);
  Value createWindows(OpBuilder &builder, ConvOp op, const GemmSpec &spec);
  Value createEmptyConv(OpBuilder &builder, ConvOp op, GemmSpec spec);
  Value createDirect(OpBuilder &builder, ConvOp op);
  /// The library's product of A and B, and what is left to do after it.
  Value createLibrary(OpBuilder &builder, Operation *op, StringRef routine,
                      ArrayRef<int64_t> config, Value bias, Value residual,
                      Epilogue epilogue);

  SymbolTable symbols;
  CpuClass cpu;
  LibraryUse library;
  llvm::StringMap<KernelLaunch> kernels;
};

} // namespace mlir::mp

#endif // MP_LIB_GEMM_PRODUCTCONVERTER_H
