//===- MathFunctions.h - math ops without library calls ---------*- C++ -*-===//
#ifndef MP_LIB_KERNELS_MATHFUNCTIONS_H
#define MP_LIB_KERNELS_MATHFUNCTIONS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlir::mp {

/// Expands f32 exp, expm1, log, log1p, tanh and erf of `func` into branch-free
/// arithmetic that the loop vectoriser can widen, each within 2 units of the
/// last place, subnormals, infinities and NaN included. What LLVM has no
/// intrinsic for becomes a call of the C math library.
LogicalResult expandMathFunctions(func::FuncOp func);

} // namespace mlir::mp

#endif // MP_LIB_KERNELS_MATHFUNCTIONS_H
