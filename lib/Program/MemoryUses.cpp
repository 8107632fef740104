//===- MemoryUses.cpp - what the values of a program are for --------------===//

#include "MemoryUses.h"

#include "mp/IR/MPOps.h"
#include "mp/Program/ProgramForm.h"

#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::mp;

MemoryUses::MemoryUses(func::FuncOp func) : func(func) {
  findInputs();
  findForward();
  if (loss)
    findGradients();
}

/// The op of the function's own block that makes `value`, null for arguments.
Operation *MemoryUses::getTopLevel(Value value) const {
  Operation *op = value.getDefiningOp();
  if (!op)
    op = value.getParentBlock()->getParentOp();
  return op == func ? nullptr : func.front().findAncestorOpInBlock(*op);
}

static StringRef roleOf(func::FuncOp func, BlockArgument arg) {
  auto role =
      func.getArgAttrOfType<StringAttr>(arg.getArgNumber(), kRoleAttrName);
  return role ? role.getValue() : StringRef();
}

void MemoryUses::findInputs() {
  for (Operation &op : func.front()) {
    SetVector<Value> read(op.operand_begin(), op.operand_end());
    getUsedValuesDefinedAbove(op.getRegions(), read);
    SmallVector<Value> &list = inputs[&op];
    for (Value value : read)
      list.push_back(getRoot(value));
    for (Value value : list) {
      if (auto arg = dyn_cast<BlockArgument>(value)) {
        StringRef role = roleOf(func, arg);
        bool prepared(func.getArgAttr(arg.getArgNumber(), kBufferAttrName));
        if (role == "param" || prepared)
          onParameters.insert(&op);
        else if (role == "opt_state")
          onState.insert(&op);
        else if (role != "scaler" && role != "loss_scale")
          onData.insert(&op);
        continue;
      }
      Operation *source = getTopLevel(value);
      for (DenseSet<Operation *> *set : {&onData, &onParameters, &onState})
        if (set->contains(source))
          set->insert(&op);
    }
  }
}

/// The values that `value` is computed from, one step back.
SmallVector<Value> MemoryUses::getSources(Value value, KernelSlices &slices) {
  Operation *op = getTopLevel(value);
  auto launch = dyn_cast_or_null<LaunchOp>(op);
  if (!launch)
    return inputs.lookup(op);
  SmallVector<Value> sources;
  llvm::BitVector used =
      slices.getOperands(launch, cast<OpResult>(value).getResultNumber());
  for (unsigned i : used.set_bits())
    sources.push_back(getRoot(launch.getInputs()[i]));
  return sources;
}

/// Everything that the loss is computed from, if there is a loss.
void MemoryUses::findForward() {
  auto returned = cast<func::ReturnOp>(func.front().getTerminator());
  KernelSlices slices;
  SmallVector<Value> work;
  DenseSet<Value> seen;
  auto push = [&](Value value) {
    if (getTopLevel(value) && seen.insert(value).second)
      work.push_back(value);
  };
  for (auto [i, value] : llvm::enumerate(returned.getOperands())) {
    auto role = func.getResultAttrOfType<StringAttr>(i, kRoleAttrName);
    if (role && role.getValue() == "loss")
      push(getRoot(value));
  }
  while (!work.empty()) {
    Value value = work.pop_back_val();
    Operation *op = getTopLevel(value);
    forward.insert(op);
    for (Value source : getSources(value, slices)) {
      push(source);
      auto type = dyn_cast<RankedTensorType>(source.getType());
      bool readsMany =
          type && type.getNumElements() > 1 && dependsOnData(source);
      if (readsMany && (!loss || loss->isBeforeInBlock(op)))
        loss = op;
    }
  }
}

bool MemoryUses::dependsOnData(Value value) const {
  Operation *op = getTopLevel(value);
  return op && onData.contains(op);
}

/// A gradient is what the optimizer reads beside parameters and its state, as
/// large as some parameter. Pointwise work in front of the optimizer
/// (unscaling, clipping) reads the same gradient, in the format that the
/// backward pass left it in.
void MemoryUses::findGradients() {
  DenseSet<int64_t> sizes;
  for (BlockArgument arg : func.getArguments())
    if (roleOf(func, arg) == "param")
      sizes.insert(cast<RankedTensorType>(arg.getType()).getNumElements());
  auto isUpdate = [&](Operation *op) {
    return onState.contains(op) || op->hasTrait<OpTrait::ReturnLike>() ||
           llvm::any_of(op->getUsers(), llvm::IsaPred<func::ReturnOp, CopyOp>);
  };
  SmallVector<Value> work;
  auto visit = [&](Value value, int64_t size) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    Operation *source = getTopLevel(value);
    if (type && source && type.getNumElements() == size &&
        sizes.contains(size) && dependsOnData(value) &&
        !forward.contains(source) && !onState.contains(source) &&
        gradients.insert(value).second)
      work.push_back(value);
  };
  for (Operation &op : func.front()) {
    if (!onData.contains(&op) || forward.contains(&op) || !isUpdate(&op))
      continue;
    for (Value value : inputs.lookup(&op))
      if (auto type = dyn_cast<RankedTensorType>(value.getType()))
        visit(value, type.getNumElements());
  }
  while (!work.empty()) {
    Value value = work.pop_back_val();
    int64_t size = cast<RankedTensorType>(value.getType()).getNumElements();
    for (Value input : inputs.lookup(getTopLevel(value)))
      visit(input, size);
  }
}

MemoryUse MemoryUses::get(Value value, int64_t begin,
                          const LiveRanges &ranges) const {
  if (gradients.contains(value))
    return MemoryUse::Gradients;
  Operation *op = getTopLevel(value);
  if (!op)
    return MemoryUse::Other;
  if (!onData.contains(op))
    return onParameters.contains(op) ? MemoryUse::Weights : MemoryUse::Other;
  std::optional<int64_t> end = getLossPosition(ranges);
  return !end || begin <= *end ? MemoryUse::Activations : MemoryUse::Other;
}

std::optional<int64_t>
MemoryUses::getLossPosition(const LiveRanges &ranges) const {
  if (!loss)
    return std::nullopt;
  return ranges.getPosition(loss);
}
