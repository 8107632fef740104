//===- MemoryReport.h - what the memory of a program holds ------*- C++ -*-===//
//
// Reads the plan that mp-plan-memory left on a function and says, for each
// moment, which bytes are in use and what for. Nothing is planned here.
//
//===----------------------------------------------------------------------===//
#ifndef MP_PROGRAM_MEMORYREPORT_H
#define MP_PROGRAM_MEMORYREPORT_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/JSON.h"
#include <array>

namespace mlir::mp {

/// What a tensor in the arena is for.
enum class MemoryUse {
  Weights,     // made of parameters alone: copies in another format or layout
  Activations, // made on the way to the loss, or to the results if there is
               // none
  Gradients,   // of parameters, in every format that they go through
  Other        // gradients of activations, scratch, constants that are filled
};
constexpr size_t kNumMemoryUses = 4;
StringRef getMemoryUseName(MemoryUse use);
using BytesByUse = std::array<int64_t, kNumMemoryUses>;

/// A tensor in the arena. Positions count the ops of the function, and the
/// tensor is in use from `begin` to `end`, both included.
struct ArenaTensor {
  int64_t begin, end;
  int64_t offset, bytes;
  MemoryUse use;
  RankedTensorType type;
  Location loc;
};

struct MemoryReport {
  std::string function;
  /// Arguments by role, in bytes; "" where there is none.
  std::vector<std::pair<std::string, int64_t>> arguments;
  /// Elements of all parameters.
  int64_t parameterCount = 0;
  /// Results that do not take an argument's buffer.
  int64_t results = 0;
  int64_t arena = 0, persistent = 0;
  /// Bytes in use at the position where most are, and what for. The arena is
  /// larger where its tensors leave gaps.
  int64_t peakPosition = 0;
  BytesByUse atPeak{};
  /// Activations that the backward pass reads: the most that are in use at
  /// once.
  int64_t keptActivations = 0;
  int64_t numPositions = 0;
  std::vector<ArenaTensor> tensors;

  int64_t peak() const;
  int64_t argumentBytes(StringRef role) const;
  /// Everything but the tensors and positions.
  llvm::json::Value toJSON() const;
};

/// Of a function that has been planned.
MemoryReport reportMemory(func::FuncOp func);

} // namespace mlir::mp

#endif // MP_PROGRAM_MEMORYREPORT_H
