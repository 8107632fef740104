#include "KernelSlice.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;
using namespace mlir::mp;

/// The memref that `memref` is a view of.
static Value getBase(Value memref) {
  while (auto view = memref.getDefiningOp<ViewLikeOpInterface>())
    memref = view.getViewSource();
  return memref;
}

namespace {
/// A walk from the stores to one memref back to all loads that may feed them.
class Slice {
public:
  explicit Slice(func::FuncOp kernel) {
    kernel.walk([&](memref::StoreOp store) {
      stores[getBase(store.getMemref())].push_back(store);
    });
  }

  /// Every memref that a value stored to `memref` may come from.
  SetVector<Value> getSources(Value memref) {
    read(memref);
    while (!work.empty())
      visit(work.pop_back_val());
    return std::move(memrefs);
  }

private:
  /// `memref` counts, with everything that is stored to it and what decides
  /// whether and where.
  void read(Value memref) {
    if (!memrefs.insert(memref))
      return;
    for (Operation *op : stores.lookup(memref))
      for (; op && !isa<func::FuncOp>(op); op = op->getParentOp())
        push(op->getOperands());
  }

  void push(ValueRange values) {
    for (Value value : values)
      if (seen.insert(value).second)
        work.push_back(value);
  }

  void visit(Value value) {
    if (isa<BaseMemRefType>(value.getType()))
      return;
    Operation *op = value.getDefiningOp();
    if (!op)
      op = value.getParentBlock()->getParentOp();
    if (isa<func::FuncOp>(op))
      return;
    push(op->getOperands());
    if (auto load = dyn_cast<memref::LoadOp>(op))
      read(getBase(load.getMemref()));
    // What a region hands out, or on to its next iteration.
    for (Region &region : op->getRegions())
      for (Block &block : region)
        if (!block.empty())
          push(block.back().getOperands());
  }

  DenseMap<Value, SmallVector<Operation *>> stores;
  SetVector<Value> memrefs;
  DenseSet<Value> seen;
  SmallVector<Value> work;
};
} // namespace

llvm::BitVector KernelSlices::getOperands(LaunchOp launch, unsigned index) {
  unsigned numInputs = launch.getInputs().size();
  auto kernel = symbols.lookupNearestSymbolFrom<func::FuncOp>(
      launch, launch.getCalleeAttr());
  llvm::BitVector all(numInputs, true);
  if (!kernel || kernel.isExternal())
    return all;
  auto [slot, isNew] = known.try_emplace({kernel, index}, all);
  if (!isNew)
    return slot->second;
  // Other accesses (vectors, products) are not followed.
  WalkResult plain = kernel.walk([](Operation *op) {
    bool follows = isa<memref::LoadOp, memref::StoreOp, memref::AllocaOp,
                       ViewLikeOpInterface, func::FuncOp>(op);
    bool touches =
        llvm::any_of(op->getOperandTypes(), llvm::IsaPred<BaseMemRefType>);
    return follows || !touches ? WalkResult::advance()
                               : WalkResult::interrupt();
  });
  if (plain.wasInterrupted())
    return all;
  SetVector<Value> sources =
      Slice(kernel).getSources(kernel.getArgument(numInputs + index));
  llvm::BitVector used(numInputs);
  for (unsigned i = 0; i < numInputs; ++i)
    used[i] = sources.contains(kernel.getArgument(i));
  return slot->second = used;
}
