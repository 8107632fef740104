//===- KernelBuilder.h - emitting kernel code -------------------*- C++ -*-===//
//
// The vocabulary in which the product kernels are written: loops, index
// arithmetic, and vectors of exactly one register. Wider vectors are scalarised
// by LLVM when they are carried through a loop.
//
//===----------------------------------------------------------------------===//
#ifndef MP_LIB_GEMM_KERNELBUILDER_H
#define MP_LIB_GEMM_KERNELBUILDER_H

#include "mp/Gemm/CpuClass.h"
#include "mp/IR/MPOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::mp {

class KernelBuilder : public ImplicitLocOpBuilder {
public:
  /// Inserts before the terminator of `func`'s entry block. Sums are kept in
  /// `accumulator` (f32 or f64).
  KernelBuilder(func::FuncOp func, const CpuClass &cpu, FloatType accumulator);

  const CpuClass &cpu;
  FloatType accumulator;
  const int64_t lanes; // accumulators in one register

  // --- index arithmetic, folded where it can be
  Value index(int64_t value);
  Value add(Value lhs, Value rhs);
  Value add(Value lhs, int64_t rhs) { return add(lhs, index(rhs)); }
  Value sub(Value lhs, Value rhs);
  Value mul(Value lhs, int64_t rhs);
  Value div(Value lhs, int64_t rhs);
  Value rem(Value lhs, int64_t rhs);
  Value min(Value lhs, Value rhs);
  Value max(Value lhs, Value rhs);
  Value roundDown(Value value, int64_t multiple) {
    return mul(div(value, multiple), multiple);
  }
  Value roundUp(Value value, int64_t multiple) {
    return roundDown(add(value, multiple - 1), multiple);
  }

  // --- loops
  void forEach(Value from, Value to, int64_t step,
               llvm::function_ref<void(Value)> body);
  SmallVector<Value>
  accumulate(Value from, Value to, int64_t step, ValueRange init,
             llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body);
  /// Covers [from, to) with steps of `width`, then single steps: `body` gets
  /// the index and the number of elements from there.
  void forEachVector(Value from, Value to, int64_t width,
                     llvm::function_ref<void(Value, int64_t)> body);
  void ifThen(Value condition, llvm::function_ref<void()> body);

  // --- values
  VectorType vector(Type element, int64_t count) {
    return VectorType::get({count}, element);
  }
  Value splat(double value, int64_t count);
  Value splatInt(int64_t value, unsigned bits, int64_t count);
  Value fma(Value a, Value b, Value c);
  /// The sum of all lanes, as a vector of one.
  Value sumLanes(Value value);

  // --- memory
  /// A typed view of `scratch` from byte `offset`.
  Value view(Value scratch, int64_t offset, ArrayRef<int64_t> shape,
             Type element);
  /// One element, widened and repeated.
  Value loadSplat(Value memref, ValueRange indices, int64_t count);
  /// `count` consecutive elements of any supported format, widened exactly.
  Value load(Value memref, ValueRange indices, int64_t count);
  /// Stores accumulators, each rounded once to the memref's format.
  void store(Value value, Value memref, ValueRange indices);
  void prefetch(Value memref, ValueRange indices, unsigned locality);

  // --- formats (Formats.cpp)
  /// From a storage format to the accumulator, exactly.
  Value widen(Value value);
  /// Pairs of bf16: every second value, as an accumulator.
  Value widenSecondBf16(Value pairs);
  /// From the accumulator to `format`, to nearest even, overflow to infinity
  /// (NaN where the format has none).
  Value narrow(Value value, FloatType format);

  // --- activations (Epilogue.cpp)
  Value activate(Value value, Epilogue epilogue);

private:
  Value widenF16(Value value);
  Value narrowToSmall(Value value, FloatType format);
  Value narrowToBf16(Value value);
  Value roundToOdd(Value value);
};

/// Whether products can read and write `type`.
bool isSupportedFormat(Type type);

} // namespace mlir::mp

#endif // MP_LIB_GEMM_KERNELBUILDER_H
