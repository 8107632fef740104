//===- KernelFunction.h - the shape of a kernel function --------*- C++ -*-===//
//
// Every room that writes kernels (outlining, GEMM, scatter, sort, ...) makes
// their functions here, so the signature that `mp.launch` documents is spelled
// once.
//
//===----------------------------------------------------------------------===//
#ifndef MP_IR_KERNELFUNCTION_H
#define MP_IR_KERNELFUNCTION_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/SymbolTable.h"
#include "mp/IR/MPOps.h"

namespace mlir::mp {

/// The memref through which a kernel sees `tensor`: static, identity layout,
/// i1 stored as i8 (0 or 1).
MemRefType getKernelMemRefType(RankedTensorType tensor);

/// A kernel function and the block arguments of its signature.
struct KernelFunction {
  func::FuncOp func;
  ValueRange inputs;
  ValueRange outputs;
  Value begin, end; // index: the range of work items to do
  Value scratch;    // memref<?xi8>, private to the thread
};

/// Adds a private kernel function to the symbol table's module under `name`
/// (made unique), with an entry block that holds only a `func.return`. Insert
/// the body before that terminator.
KernelFunction createKernelFunction(SymbolTable &symbols, Location loc,
                                    StringRef name,
                                    ArrayRef<RankedTensorType> inputs,
                                    ArrayRef<RankedTensorType> outputs);

/// On arguments of a kernel that may share memory with another one.
constexpr StringLiteral kMayAliasAttrName = "mp.may_alias";

/// Launches `kernel` on `inputs`; `outputs` are the result types. The two
/// lists default to all -1 when empty.
LaunchOp createLaunch(OpBuilder &builder, Location loc, func::FuncOp kernel,
                      ValueRange inputs, ArrayRef<RankedTensorType> outputs,
                      int64_t extent, int64_t grain,
                      ArrayRef<int64_t> tied = {},
                      ArrayRef<int64_t> reusable = {},
                      int64_t scratchBytes = 0);

} // namespace mlir::mp

#endif // MP_IR_KERNELFUNCTION_H
