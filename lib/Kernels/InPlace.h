//===- InPlace.h - results that may take an input's memory ------*- C++ -*-===//
#ifndef MP_LIB_KERNELS_INPLACE_H
#define MP_LIB_KERNELS_INPLACE_H

#include "Grouping.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlir::mp {

/// For each of `outputs` the position in `inputs` of a tensor that the kernel
/// reads only at the element that it writes next, or -1.
SmallVector<int64_t> findReusable(const KernelPlan &plan,
                                  ArrayRef<Value> inputs,
                                  ArrayRef<Value> outputs);

/// Marks the loops and accesses of a kernel in which no iteration reads what
/// another writes, and the arguments that may share memory.
void markInPlace(func::FuncOp kernel, ArrayRef<int64_t> reusable,
                 unsigned numInputs);

/// On loops and accesses: iterations are independent even where two arguments
/// share their memory.
constexpr StringLiteral kParallelAttrName = "mp.parallel";

} // namespace mlir::mp

#endif // MP_LIB_KERNELS_INPLACE_H
