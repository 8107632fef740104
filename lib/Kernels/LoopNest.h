//===- LoopNest.h - tensor ops as loops over linear addresses ---*- C++ -*-===//
//
// What the outliner knows of one op: a rectangular iteration space and, for
// each operand, the linear address of the element that an iteration touches.
// Strides replace shapes here, so merging loops, finding the contiguous loop
// and comparing the rows of two ops are all integer arithmetic.
//
//===----------------------------------------------------------------------===//
#ifndef MP_LIB_KERNELS_LOOPNEST_H
#define MP_LIB_KERNELS_LOOPNEST_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Operation.h"
#include <optional>

namespace mlir::mp {

/// Element `offset + sum(coefs[d] * iv[d]) + sum(value * factor)` of `tensor`.
struct NestAccess {
  Value tensor;
  SmallVector<int64_t> coefs;
  int64_t offset = 0;
  SmallVector<std::pair<Value, int64_t>> dynamic;
};

/// Where a block argument of the body comes from: a constant, a scalar of the
/// program, or one element of a tensor.
struct NestSource {
  Attribute constant; // typed, or the two parts of a complex number
  Value scalar;
  NestAccess access;

  bool isTensor() const { return !constant && !scalar && access.tensor; }
};

/// One result of a nest. `access.tensor` is the result itself.
struct NestOutput {
  NestAccess access;
  /// What the body's output argument is before the first iteration; nothing
  /// if the body does not read it.
  std::optional<NestSource> init;
  /// The tensor that the result starts as a copy of, if the nest writes only
  /// some of its elements.
  Value tied;
};

struct LoopNest {
  Operation *op = nullptr;
  SmallVector<int64_t> sizes;
  SmallVector<bool> reduction; // for each loop
  SmallVector<NestSource, 2> inputs;
  SmallVector<NestOutput, 1> outputs;
  /// Computes one element; null copies input 0 to output 0.
  Block *body = nullptr;
  /// For each loop of the original op the loop that now counts it, or -1 if it
  /// runs once. Loops that `linalg.index` reads are never merged.
  SmallVector<int64_t> originalLoops;
  SmallVector<bool> indexed; // for each loop: read by linalg.index

  unsigned getNumLoops() const { return sizes.size(); }
  int64_t getIterations() const;
  bool hasReduction() const { return llvm::is_contained(reduction, true); }
  /// Calls `fn` for every access to memory, inputs before outputs.
  void forEachAccess(llvm::function_ref<void(NestAccess &, bool isOutput)> fn);
  void forEachAccess(
      llvm::function_ref<void(const NestAccess &, bool isOutput)> fn) const;
  /// Whether some reduction loop leaves the address of `output` unchanged.
  bool isAccumulated(const NestOutput &output) const;
};

/// The loops of `op` (a linalg op in generic form, a fill, a slice op), sorted
/// so that the first result is written in order, loops of one iteration
/// dropped; failure with a diagnostic where there is no such form.
FailureOr<LoopNest> buildLoopNest(Operation *op);

/// Whether `buildLoopNest` is meant for this op.
bool isLoopNestOp(Operation *op);

/// The tensor of which `tensor` is a view of another shape. Both have the same
/// elements at the same linear addresses.
Value getRootTensor(Value tensor);

/// Merges neighbouring loops in [first, last) wherever every address allows it.
void mergeLoops(LoopNest &nest, unsigned first = 0, unsigned last = ~0u);

/// The loop that should run innermost, from `first` on: the one along which
/// the most accesses are contiguous; -1 if no loop is left.
struct InnermostLoop {
  int64_t loop = -1;
  double cost = 0;
};
InnermostLoop chooseInnermost(const LoopNest &nest, unsigned first = 0);

/// Rough time of the whole nest on one core, in nanoseconds.
double estimateTime(const LoopNest &nest);

} // namespace mlir::mp

#endif // MP_LIB_KERNELS_LOOPNEST_H
