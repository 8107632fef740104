//===- ProgramForm.h - what the passes over programs share ------*- C++ -*-===//
//
// A program is a function over static tensors made of mp.launch,
// mp.library_call, mp.copy, structured control flow, views, constants and
// scalar arithmetic. See docs/Architecture.md, form F5.
//
//===----------------------------------------------------------------------===//
#ifndef MP_PROGRAM_PROGRAMFORM_H
#define MP_PROGRAM_PROGRAMFORM_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"

namespace mlir::mp {

/// Entry function -> symbol of the function that prepares its invariant part.
constexpr llvm::StringLiteral kPrepareAttrName = "mp.prepare";
/// On trailing arguments of an entry function and on results of its prepare
/// function: their #mp.buffer in the persistent block.
constexpr llvm::StringLiteral kBufferAttrName = "mp.buffer";
/// On planned functions: size of the arena and of the persistent block.
constexpr llvm::StringLiteral kArenaBytesAttrName = "mp.arena_bytes";
constexpr llvm::StringLiteral kPersistentBytesAttrName = "mp.persistent_bytes";
/// On a result of a planned function: the argument whose buffer it may take.
constexpr llvm::StringLiteral kDonatedToAttrName = "mp.donated_to";
/// On the module: the signatures and sizes of its lowered functions.
constexpr llvm::StringLiteral kFunctionsAttrName = "mp.functions";

/// Every buffer begins at a multiple of this many bytes.
constexpr int64_t kBufferAlignment = 64;
/// No buffer or arena may be larger: more is not addressable.
constexpr int64_t kMaxBufferBytes = int64_t(1) << 47;

/// Functions that are not kernels and have a body, prepare functions included.
SmallVector<func::FuncOp> getProgramFunctions(ModuleOp module);

/// The tensor that `op` reinterprets without touching an element; null if it
/// is no view.
Value getViewSource(Operation *op);

/// The value whose buffer holds `tensor`: `tensor` behind all views.
Value getRoot(Value tensor);

/// True for a constant that is cheaper to fill than to store in the model.
bool isLargeSplat(Operation *op);

/// Bytes that one element takes in a buffer; elements narrower than a byte
/// take one.
int64_t getElementBytes(Type elementType);

/// An element type as DLPack writes it; complex types have the bits of the
/// pair, and i1 is a bool of one byte.
struct DataType {
  uint8_t code, bits;
};
DataType getDataType(Type elementType);

/// Bytes of a buffer for `type`; an error at `loc` for dynamic shapes, types
/// that have no buffer, and sizes beyond what can be addressed.
FailureOr<int64_t> getBufferBytes(Location loc, Type type);

/// Rounds up to the alignment of buffers.
inline int64_t alignBuffer(int64_t bytes) {
  return (bytes + kBufferAlignment - 1) / kBufferAlignment * kBufferAlignment;
}

/// Turns choices between whole tensors, into which canonicalization makes
/// branches that compute nothing, into branches again.
void expandTensorSelects(func::FuncOp func);

/// Succeeds if `func` is a program, else says at the op why not.
LogicalResult verifyProgram(func::FuncOp func);

/// Succeeds if `op` and all inside it can be executed once instead of in each
/// call: no effect, no failure.
bool isPureProgramOp(Operation *op);

/// True for an argument whose value stays the same between calls: role
/// "param", and not given away.
bool isInvariantArgument(func::FuncOp func, unsigned index);

} // namespace mlir::mp

#endif // MP_PROGRAM_PROGRAMFORM_H
