//===- NestEmitter.h - loop nests inside a kernel function ------*- C++ -*-===//
#ifndef MP_LIB_KERNELS_NESTEMITTER_H
#define MP_LIB_KERNELS_NESTEMITTER_H

#include "LoopNest.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::mp {

/// Adds to `tensors` every tensor that a kernel of `nest` must be given.
/// Fails with a diagnostic if a scalar that the body reads cannot be computed
/// inside a kernel.
LogicalResult collectInputs(const LoopNest &nest,
                            llvm::SetVector<Value> &tensors);

/// Writes nests into one kernel function, at the builder's insertion point.
class NestEmitter {
public:
  /// `entry` is the kernel's first block, where constants and scalars go.
  NestEmitter(OpBuilder &builder, Block *entry)
      : builder(builder), entry(entry) {}

  /// Loads and stores of `tensor` go to `memref`.
  void bindTensor(Value tensor, Value memref);

  /// Loops over `nest`. Loops whose entry in `ivs` is set do not run, they
  /// have that value; loop `rangeLoop`, unless -1, runs over [begin, end).
  void emit(const LoopNest &nest, SmallVector<Value> ivs, int64_t rangeLoop,
            Value begin, Value end);

  Value getIndex(int64_t value);

private:
  Value getScalar(Value scalar);
  Value getAddress(Location loc, const NestAccess &access, ArrayRef<Value> ivs);
  Value load(Location loc, Value memref, Value address, Type type);
  Value load(Location loc, const NestSource &source, ArrayRef<Value> ivs,
             Type type);
  void store(Location loc, Value value, const NestAccess &access,
             ArrayRef<Value> ivs);
  SmallVector<Value> emitBody(const LoopNest &nest, ArrayRef<Value> ivs,
                              ArrayRef<Value> accumulators);
  void openLoop(const LoopNest &nest, unsigned loop,
                SmallVectorImpl<Value> &ivs);
  void emitInMemory(const LoopNest &nest, ArrayRef<unsigned> reductions,
                    unsigned innermost, SmallVectorImpl<Value> &ivs);
  void emitInRegisters(const LoopNest &nest, ArrayRef<unsigned> reductions,
                       SmallVectorImpl<Value> &ivs);

  OpBuilder &builder;
  Block *entry;
  DenseMap<Value, Value> memrefs; // rank 1
  IRMapping scalars;
  DenseMap<int64_t, Value> indices;
  Operation *lastEntryOp = nullptr;
  int64_t rangeLoop = -1;
  Value begin, end;
};

} // namespace mlir::mp

#endif // MP_LIB_KERNELS_NESTEMITTER_H
