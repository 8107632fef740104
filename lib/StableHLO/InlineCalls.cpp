#include "Import.h"

#include "mp/StableHLO/StableHLO.h"

#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::shlo;

namespace {
/// Inlines callees into callers, callees first.
class CallInliner {
public:
  CallInliner(ModuleOp module, int64_t maxOps)
      : symbols(module), maxOps(maxOps) {}

  LogicalResult run(func::FuncOp entry);

private:
  /// A function on the way from the entry to the one at work.
  struct Frame {
    func::FuncOp function;
    SmallVector<Operation *> calls;
    size_t next = 0;
  };

  FailureOr<func::FuncOp> getCallee(Operation *call);
  LogicalResult reportCycle(Operation *call, func::FuncOp callee);
  LogicalResult finish(Frame &frame);
  void inlineCall(Operation *call, func::FuncOp callee);
  Location getInlinedLoc(Location callee, Location call) const;

  SymbolTable symbols;
  int64_t maxOps;
  SmallVector<Frame> stack;
  DenseSet<Operation *> active;
  /// The number of ops of functions whose calls have been inlined.
  DenseMap<Operation *, int64_t> sizes;
};
} // namespace

static StringRef getCalleeName(Operation *op) {
  if (auto call = dyn_cast<func::CallOp>(op))
    return call.getCallee();
  if (auto composite = dyn_cast<CompositeOp>(op))
    return composite.getDecomposition();
  return {};
}

static SmallVector<Operation *> getCalls(func::FuncOp function) {
  SmallVector<Operation *> calls;
  function.walk([&](Operation *op) {
    if (isa<func::CallOp, CompositeOp>(op))
      calls.push_back(op);
  });
  return calls;
}

FailureOr<func::FuncOp> CallInliner::getCallee(Operation *call) {
  StringRef name = getCalleeName(call);
  auto callee = symbols.lookup<func::FuncOp>(name);
  if (!callee)
    return call->emitError() << "expected '@" << name << "' to be a function";
  if (callee.isExternal())
    return call->emitError()
           << "call of function '@" << name << "', which has no body";
  if (!callee.getBody().hasOneBlock())
    return call->emitError() << "call of function '@" << name
                             << "', which has more than one block";
  if (TypeRange(callee.getArgumentTypes()) != call->getOperandTypes() ||
      TypeRange(callee.getResultTypes()) != call->getResultTypes())
    return call->emitError()
           << "expected a call of type " << callee.getFunctionType();
  return callee;
}

LogicalResult CallInliner::reportCycle(Operation *call, func::FuncOp callee) {
  InFlightDiagnostic error = call->emitError()
                             << "recursive calls cannot be compiled: ";
  auto *first = llvm::find_if(
      stack, [&](const Frame &frame) { return frame.function == callee; });
  for (Frame &frame : llvm::make_range(first, stack.end()))
    error << "@" << frame.function.getName() << " -> ";
  return error << "@" << callee.getName();
}

LogicalResult CallInliner::run(func::FuncOp entry) {
  if (sizes.contains(entry))
    return success();
  auto push = [&](func::FuncOp function) {
    active.insert(function);
    stack.push_back({function, getCalls(function)});
  };
  push(entry);
  while (!stack.empty()) {
    Frame &frame = stack.back();
    if (frame.next == frame.calls.size()) {
      if (failed(finish(frame)))
        return failure();
      active.erase(frame.function);
      stack.pop_back();
      continue;
    }
    Operation *call = frame.calls[frame.next++];
    FailureOr<func::FuncOp> callee = getCallee(call);
    if (failed(callee))
      return failure();
    if (active.contains(*callee))
      return reportCycle(call, *callee);
    if (!sizes.contains(*callee))
      push(*callee);
  }
  return success();
}

LogicalResult CallInliner::finish(Frame &frame) {
  int64_t size = 0;
  frame.function.walk([&](Operation *) { ++size; });
  for (Operation *call : frame.calls) {
    auto callee = symbols.lookup<func::FuncOp>(getCalleeName(call));
    // No function is larger than the limit, so the sum cannot overflow.
    size += sizes.lookup(callee);
    if (size > maxOps)
      return call->emitError() << "inlining this call makes function '@"
                               << frame.function.getName() << "' larger than "
                               << maxOps << " operations";
  }
  for (Operation *call : frame.calls)
    inlineCall(call, symbols.lookup<func::FuncOp>(getCalleeName(call)));
  sizes[frame.function] = size;
  return success();
}

Location CallInliner::getInlinedLoc(Location callee, Location call) const {
  if (isa<UnknownLoc>(callee))
    return call;
  if (isa<UnknownLoc>(call))
    return callee;
  return CallSiteLoc::get(callee, call);
}

void CallInliner::inlineCall(Operation *call, func::FuncOp callee) {
  Block &body = callee.getBody().front();
  IRMapping mapping;
  mapping.map(body.getArguments(), call->getOperands());
  OpBuilder builder(call);
  // Inlined ops share few locations; each pair is made once.
  DenseMap<Location, Location> locations;
  Location callLoc = call->getLoc();
  for (Operation &op : body.without_terminator()) {
    Operation *clone = builder.clone(op, mapping);
    clone->walk([&](Operation *nested) {
      auto [entry, isNew] =
          locations.try_emplace(nested->getLoc(), nested->getLoc());
      if (isNew)
        entry->second = getInlinedLoc(entry->first, callLoc);
      nested->setLoc(entry->second);
    });
  }
  for (auto [result, value] :
       llvm::zip_equal(call->getResults(), body.getTerminator()->getOperands()))
    result.replaceAllUsesWith(mapping.lookupOrDefault(value));
  call->erase();
}

LogicalResult mlir::mp::shlo::inlineCalls(ModuleOp module,
                                          ArrayRef<func::FuncOp> entries,
                                          int64_t maxOps) {
  CallInliner inliner(module, maxOps);
  for (func::FuncOp entry : entries)
    if (!entry.isExternal() && failed(inliner.run(entry)))
      return failure();
  return success();
}
