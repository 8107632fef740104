//===- PlanMemory.cpp - a place in memory for every tensor ----------------===//

#include "ArenaLayout.h"
#include "BufferClasses.h"
#include "IsolatingCopies.h"
#include "LiveRanges.h"
#include "mp/IR/MPOps.h"
#include "mp/Program/Passes.h"
#include "mp/Program/ProgramForm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPPLANMEMORYPASS
#include "mp/Program/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

/// Marks the ops that write a buffer with its place. Views, arguments of
/// regions and results of control flow have the place of what they stand for.
static void annotate(func::FuncOp func, const BufferClasses &classes,
                     const ArenaLayout &layout) {
  MLIRContext *context = func.getContext();
  func.walk([&](Operation *op) {
    if (!isa<LaunchOp, LibraryCallOp, CopyOp, tensor::EmptyOp>(op) &&
        !isLargeSplat(op))
      return;
    SmallVector<Attribute> buffers;
    for (Value result : op->getResults()) {
      unsigned id = classes.getClassOf(result);
      BufferAttr buffer = classes.getClass(id).fixed;
      if (!buffer)
        buffer =
            BufferAttr::get(context, BufferSpace::Arena, layout.offsets[id]);
      buffers.push_back(buffer);
    }
    op->setAttr(kBuffersAttrName, ArrayAttr::get(context, buffers));
  });
}

static LogicalResult planFunction(func::FuncOp func) {
  expandTensorSelects(func);
  if (failed(verifyProgram(func)))
    return failure();
  FailureOr<IsolatingCopies> copies = insertIsolatingCopies(func);
  if (failed(copies))
    return failure();
  LiveRanges ranges(func, copies->groups);
  FailureOr<BufferClasses> classes =
      BufferClasses::create(func, *copies, ranges);
  if (failed(classes))
    return failure();
  classes->coalesce(func, *copies);
  classes->sequentialize(*copies);
  ArenaLayout layout = layOutArena(*classes, ranges.getNumPositions());
  if (layout.bytes > kMaxBufferBytes)
    return func.emitError("expected temporaries of at most 2^47 bytes, but '")
           << func.getName() << "' needs " << layout.bytes;
  annotate(func, *classes, layout);

  OpBuilder builder(func.getContext());
  func->setAttr(kArenaBytesAttrName, builder.getI64IntegerAttr(layout.bytes));
  for (auto [result, arg] : llvm::enumerate(classes->getDonations()))
    if (arg >= 0 && !func.getResultAttr(result, kBufferAttrName))
      func.setResultAttr(result, kDonatedToAttrName,
                         builder.getI64IntegerAttr(arg));
  return success();
}

namespace {
class PlanMemoryPass : public mp::impl::MPPlanMemoryPassBase<PlanMemoryPass> {
  using Base::Base;

  void runOnOperation() override {
    for (func::FuncOp func : getProgramFunctions(getOperation()))
      if (failed(planFunction(func)))
        return signalPassFailure();
  }
};
} // namespace
