#ifndef MP_GEMM_PASSES_TD
#define MP_GEMM_PASSES_TD

include "mlir/Pass/PassBase.td"

def MPConvertGemmToKernelsPass : Pass<"mp-convert-gemm-to-kernels", "::mlir::ModuleOp"> {
  let summary = "turn products and convolutions into kernels and library calls";
  let description = [{
    Replaces every `mp.gemm` and `mp.conv` by launches of kernel functions that
    this pass writes, or by `mp.library_call`s. Which of them is decided by a
    table keyed by the class of the CPU, the formats and the shape.

    Packing of B is a launch of its own, so that later passes compute it once
    where B does not change between calls. Equal products share one kernel.

    Values: as `mp.gemm` and `mp.conv` document; the order of the sums depends
    on the class of the CPU, never on the number of threads.
    Reports: remark `product` for each product: the code and why; missed where
    that is the slow exact path. Errors name formats that have no code.

    [example: test/Gemm/convert-gemm-to-kernels.mlir]
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::mp::MPDialect", "::mlir::scf::SCFDialect",
    "::mlir::tensor::TensorDialect", "::mlir::vector::VectorDialect"
  ];
  let options = [
    Option<"features", "features", "std::string", /*default=*/"\"host\"",
           "LLVM names of the CPU's features, comma-separated, beyond those of every x86-64; host: this machine's">,
    Option<"library", "library", "std::string", /*default=*/"\"auto\"",
           "Use of oneDNN: auto (by the table), never, always (where it can)">
  ];
}

#endif // MP_GEMM_PASSES_TD
