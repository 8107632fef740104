//===- NarrowFloats.h - arithmetic on formats the CPU lacks -----*- C++ -*-===//
#ifndef MP_LIB_KERNELS_NARROWFLOATS_H
#define MP_LIB_KERNELS_NARROWFLOATS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlir::mp {

/// Rewrites the arithmetic of `func` on floats narrower than f32: operands are
/// widened exactly, the op is done in f32 and rounded once, and conversions
/// become integer code that loops can vectorise. f16 conversions stay where
/// the target has them (`hasF16C`).
LogicalResult legalizeNarrowFloats(func::FuncOp func, bool hasF16C);

} // namespace mlir::mp

#endif // MP_LIB_KERNELS_NARROWFLOATS_H
