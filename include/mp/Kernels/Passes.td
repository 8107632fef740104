#ifndef MP_KERNELS_PASSES_TD
#define MP_KERNELS_PASSES_TD

include "mlir/Pass/PassBase.td"

def MPRaiseProductsPass : Pass<"mp-raise-products"> {
  let summary = "turn linalg contractions and convolutions into mp.gemm and mp.conv";
  let description = [{
    Named and generic contractions of two float tensors over one dimension,
    with at most one batch dimension, become `mp.gemm`. Transposes of the
    operands of an `mp.gemm` become its flags, also of one that is there
    already. Named convolutions become `mp.conv`, zeros padded around their
    input its padding. Others are left alone.

    Values: sums of formats narrower than f32 are kept in f32 and rounded once.
    Reports: nothing.

    [example: test/Kernels/raise-products.mlir]
  }];
  let dependentDialects = [
    "::mlir::linalg::LinalgDialect", "::mlir::mp::MPDialect",
    "::mlir::tensor::TensorDialect"];
}

def MPFuseElementwisePass : Pass<"mp-fuse-elementwise"> {
  let summary = "fuse elementwise ops into their readers";
  let description = [{
    A linalg op whose result has one reader becomes part of it, reductions
    included. With several readers it is recomputed in each if it is cheap and
    reads no more bytes than it writes, single elements not counted. Readers in
    branches count as readers. Division, math functions and gathers are never
    repeated. Views move behind elementwise ops that do not need
    their dimensions apart.

    Values: unchanged, bit for bit.
    Reports: errors for tensor ops that have no form as a linalg op.

    [example: test/Kernels/fuse-elementwise.mlir]
  }];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

def MPOrientProductsPass : Pass<"mp-orient-products"> {
  let summary = "make products in the orientation in which they are read";
  let description = [{
    Where all readers of an `mp.gemm` go through its result transposed, or do
    not care (a sum of all elements), its operands change places, and the
    readers see rows for columns. So the gradient of a weight, which exporters
    compute transposed, is written as the optimizer reads it. Runs after
    `mp-fuse-elementwise`, which moves transposes into the readers.

    Values: those of the transposed product, whose sums are the same.
    Reports: nothing.

    [example: test/Kernels/orient-products.mlir]
  }];
  let dependentDialects = [
    "::mlir::linalg::LinalgDialect", "::mlir::mp::MPDialect"];
}

def MPFuseEpiloguesPass : Pass<"mp-fuse-epilogues"> {
  let summary = "move what follows a product into it";
  let description = [{
    Bias and residual additions, ReLU, both kinds of GELU, SiLU and the final
    conversion move from the generic that alone reads an `mp.gemm` or `mp.conv`
    into that op, which stays where it was, or moves behind what it takes in.
    Activations are recognised by their values, however they are written. Runs
    after `mp-fuse-elementwise`.

    Values: the sums and the activation are computed in the accumulator's
    format, and the result is rounded once instead of after each step.
    Reports: nothing.

    [example: test/Kernels/fuse-epilogues.mlir]
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::mp::MPDialect", "::mlir::tensor::TensorDialect"];
}

def MPSplitReductionsPass : Pass<"mp-split-reductions"> {
  let summary = "make partial results of large reductions, then combine them";
  let description = [{
    A reduction of many elements to few results is work for one thread. Its
    outermost reduction loop becomes parallel, and a second op combines what
    each iteration of it has reduced; a loop that is alone is cut into 16 to 64
    parts first. The parts depend on the shapes only, never on the number of
    threads.

    Values: sums and products of floats are taken in another order.
    Reports: nothing.

    [example: test/Kernels/split-reductions.mlir]
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::tensor::TensorDialect"];
}

def MPOutlineKernelsPass : Pass<"mp-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "turn tensor ops into kernel functions and launches";
  let description = [{
    Each linalg op, slice, pad and concatenation on tensors becomes an
    `mp.launch` of a kernel function over memrefs. Loops are merged and ordered
    so that the innermost one is contiguous for most operands; the work is cut
    along the outer parallel loops, and small kernels are not cut at all.
    Scalars that a kernel reads are computed inside it.

    Values: unchanged, but sums and products of f32 and f64 are taken in an
    unspecified order.
    Reports: errors for ops with dynamic shapes or non-linear indexing maps.

    [example: test/Kernels/outline-kernels.mlir]
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::complex::ComplexDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::memref::MemRefDialect",
    "::mlir::mp::MPDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"];
}

def MPDeduplicateKernelsPass
    : Pass<"mp-deduplicate-kernels", "::mlir::ModuleOp"> {
  let summary = "share kernels that do the same";
  let description = [{
    Kernel functions that differ only in their names and locations become one,
    so that the layers of a network are compiled once.

    Values: unchanged.
    Reports: nothing.

    [example: test/Kernels/deduplicate-kernels.mlir]
  }];
}

def MPConvertKernelsToLLVMPass
    : Pass<"mp-convert-kernels-to-llvm", "::mlir::ModuleOp"> {
  let summary = "lower kernel functions to the LLVM dialect";
  let description = [{
    Each kernel function becomes an internal `llvm.func` on bare pointers that
    do not alias, and one of the kernel's name with the signature of
    `mp_rt_kernel` that calls it. Stack memory is taken once in a call.
    Arithmetic on floats narrower than f32 is done in f32 and rounded once.

    Values: unchanged; each math function states its own error bound.
    Reports: what the conversions to LLVM report.

    [example: test/Kernels/convert-kernels-to-llvm.mlir]
  }];
  let options = [
    Option<"f16c", "f16c", "bool", /*default=*/"true",
           "The target converts between f16 and f32 in hardware">];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::cf::ControlFlowDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

#endif // MP_KERNELS_PASSES_TD
