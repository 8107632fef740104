//===- MemoryUses.h - what the values of a program are for ------*- C++ -*-===//
#ifndef MP_LIB_PROGRAM_MEMORYUSES_H
#define MP_LIB_PROGRAM_MEMORYUSES_H

#include "KernelSlice.h"
#include "LiveRanges.h"
#include "mp/Program/MemoryReport.h"

namespace mlir::mp {

/// Tells what each value is for from how it is computed: by then nothing else
/// is left of forward, backward and optimizer. An op counts as a whole, with
/// its regions.
class MemoryUses {
public:
  explicit MemoryUses(func::FuncOp func);

  /// Of `value`, which begins at `begin`.
  MemoryUse get(Value value, int64_t begin, const LiveRanges &ranges) const;
  /// Where the forward pass ends; nothing if there is no backward pass.
  std::optional<int64_t> getLossPosition(const LiveRanges &ranges) const;

private:
  void findInputs();
  void findForward();
  SmallVector<Value> getSources(Value value, KernelSlices &slices);
  void findGradients();
  void addGradient(Value value);
  Operation *getTopLevel(Value value) const;
  bool dependsOnData(Value value) const;

  mutable func::FuncOp func;
  /// What each top-level op reads, views looked through.
  DenseMap<Operation *, SmallVector<Value>> inputs;
  DenseSet<Operation *> onData, onParameters, onState, forward;
  DenseSet<Value> gradients;
  /// The last op of the forward pass that reads more than one number of what
  /// the data led to: later ones only scale the loss.
  Operation *loss = nullptr;
};

} // namespace mlir::mp

#endif // MP_LIB_PROGRAM_MEMORYUSES_H
