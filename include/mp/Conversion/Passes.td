#ifndef MP_CONVERSION_PASSES_TD
#define MP_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertStableHLOToLinalgPass
    : Pass<"mp-convert-stablehlo-to-linalg", "::mlir::ModuleOp"> {
  let summary = "lower StableHLO and CHLO to tensor programs (F1 or F2 to F3)";
  let description = [{
    Turns every `stablehlo` and `chlo` op into `linalg.generic` on tensors,
    `tensor`, `scf`, `arith` and `math` ops, `mp.gemm`, `mp.conv`,
    `mp.library_call`, or, where no tensor op has the right access pattern
    (scatter, sort, windows, padding), into an `mp.launch` of a kernel written
    here.

    Integers become signless; arguments and results of functions whose element
    type was unsigned keep its spelling in `mp.type`. Numerics are those of the
    op as written: contractions accumulate in f32, or f64 for f64 operands, and
    round once to their result type; nothing else changes precision.

    An op that has no lowering, or a shape that is not static, is an error at
    that op.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::complex::ComplexDialect",
    "::mlir::func::FuncDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect",
    "::mlir::mp::MPDialect"
  ];
}

#endif // MP_CONVERSION_PASSES_TD
