//===- HostEmitter.h - host code of one planned function --------*- C++ -*-===//
#ifndef MP_LIB_PROGRAM_HOSTEMITTER_H
#define MP_LIB_PROGRAM_HOSTEMITTER_H

#include "BufferPlaces.h"
#include "HostGlobals.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"

namespace mlir::mp {

/// Writes a planned function as a func.func with the C signature mp_rt_entry:
/// calls and pointers are LLVM code already, scalars are still `arith`, and
/// branches `cf`.
class HostEmitter {
public:
  /// `nextCallId` numbers the library calls of a model. What a library call
  /// may keep between calls is marked only if `keepsInvariants`.
  HostEmitter(HostGlobals &globals, int32_t &nextCallId, bool keepsInvariants,
              MLIRContext *context);

  FailureOr<func::FuncOp> emit(func::FuncOp source, StringRef name);

private:
  // HostEmitter.cpp: ops.
  LogicalResult emitBlock(Block &block);
  LogicalResult emitOp(Operation *op);
  LogicalResult emitLaunch(LaunchOp launch);
  LogicalResult emitLibraryCall(LibraryCallOp call);
  LogicalResult emitCopy(CopyOp copy);
  LogicalResult emitFill(Operation *constant);
  LogicalResult emitExtract(tensor::ExtractOp extract);
  void checkStatus(Location loc, Value status);

  // HostControlFlow.cpp.
  LogicalResult emitIf(scf::IfOp op);
  LogicalResult emitSwitch(scf::IndexSwitchOp op);
  LogicalResult emitFor(scf::ForOp op);
  LogicalResult emitWhile(scf::WhileOp op);
  LogicalResult emitBranch(Region &region, Block *from, Block *next);
  Block *addBlock(ValueRange values);
  void mapScalars(ValueRange from, Block *to);
  SmallVector<Value> lookUpScalars(ValueRange values);

  // Pieces of code.
  FailureOr<Value> emitPointer(Location loc, Value tensor);
  Value emitOffset(Location loc, Value base, int64_t bytes);
  Value emitInteger(Location loc, int64_t value, unsigned width = 64);
  Value emitAddress(Location loc, FlatSymbolRefAttr symbol);
  void emitStore(Location loc, Value value, Value base, int64_t offset);
  void emitFillLoop(Location loc, Value pointer, StringRef element,
                    int64_t count);
  bool isInvariant(Value tensor);

  HostGlobals &globals;
  int32_t &nextCallId;
  bool keepsInvariants;
  OpBuilder builder;
  LLVM::LLVMPointerType pointerType;
  func::FuncOp source, target;
  BufferPlaces places;
  IRMapping scalars;
  Block *exit = nullptr;
  /// Stack space for the arguments of one launch or library call at a time.
  Value callSpace;
};

} // namespace mlir::mp

#endif // MP_LIB_PROGRAM_HOSTEMITTER_H
