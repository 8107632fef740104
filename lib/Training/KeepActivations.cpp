//===- KeepActivations.cpp - the format of what the backward pass reads ---===//

#include "mp/Training/Passes.h"

#include "mp/IR/Storage.h"
#include "mp/StableHLO/StableHLO.h"
#include "mp/Training/Roles.h"

#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPKEEPACTIVATIONSPASS
#include "mp/Training/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

namespace {
/// One function with a loss.
class ActivationKeeper {
public:
  ActivationKeeper(func::FuncOp func, FloatType format)
      : block(func.front()), func(func), format(format) {}

  void run();

private:
  void findDataOps();
  Operation *findLoss();
  bool isAfterLoss(OpOperand &use) const;
  bool isKeepable(Value value) const;
  bool isAtHand(Value value) const;
  void findMissing(Value value, SetVector<Value> &missing, unsigned depth = 0);
  void choose(ArrayRef<Value> values,
              function_ref<void(Value, Value)> oneMissing);
  Value makeKept(Value value);
  Value getLate(OpBuilder &b, Value value);
  void replaceLateUses(Value value);

  Block &block;
  func::FuncOp func;
  FloatType format;
  DenseSet<Operation *> onData;
  /// The last op of the forward pass that reads more than one number.
  Operation *loss = nullptr;
  /// Tensors with fewer elements stay as they are.
  int64_t smallest = 0;
  SetVector<Value> chosen;
  /// What is kept, in the low format.
  DenseMap<Value, Value> kept;
};
} // namespace

static int64_t countElements(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.hasStaticShape() ? type.getNumElements() : 0;
}

static SetVector<Value> getInputs(Operation &op) {
  SetVector<Value> inputs(op.operand_begin(), op.operand_end());
  getUsedValuesDefinedAbove(op.getRegions(), inputs);
  return inputs;
}

/// Ops that depend on anything but parameters and the optimizer's state.
void ActivationKeeper::findDataOps() {
  auto depends = [&](Value value) {
    if (Operation *op = value.getDefiningOp())
      return onData.contains(op);
    StringRef role =
        getArgRole(func, cast<BlockArgument>(value).getArgNumber());
    return role != "param" && role != "opt_state" && role != "scaler" &&
           role != "loss_scale";
  };
  for (Operation &op : block)
    if (llvm::any_of(getInputs(op), depends))
      onData.insert(&op);
}

Operation *ActivationKeeper::findLoss() {
  SmallVector<Operation *> work;
  for (unsigned i = 0, e = func.getNumResults(); i < e; ++i)
    if (getResultRole(func, i) == "loss")
      if (Operation *op = block.getTerminator()->getOperand(i).getDefiningOp())
        work.push_back(op);
  Operation *last = nullptr;
  DenseSet<Operation *> seen(work.begin(), work.end());
  while (!work.empty()) {
    Operation *op = work.pop_back_val();
    for (Value input : getInputs(*op)) {
      Operation *source = input.getDefiningOp();
      if (source && onData.contains(source) && countElements(input) > 1 &&
          (!last || last->isBeforeInBlock(op)))
        last = op;
      if (source && seen.insert(source).second)
        work.push_back(source);
    }
  }
  return last;
}

bool ActivationKeeper::isAfterLoss(OpOperand &use) const {
  return loss->isBeforeInBlock(block.findAncestorOpInBlock(*use.getOwner()));
}

/// Whether it is made of data before the loss is, in f32. A loop over
/// micro-batches makes the loss and all gradients at once: none is kept.
bool ActivationKeeper::isKeepable(Value value) const {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  Operation *op = value.getDefiningOp();
  return type && type.hasStaticShape() && type.getElementType().isF32() &&
         onData.contains(op) && op->getBlock() == &block &&
         op->isBeforeInBlock(loss);
}

/// Adds what has to be at hand so that `value` can be made again by a few
/// operations that cost less than reading it from memory. More than
/// `kMostSteps` operations in a row count as too many.
void ActivationKeeper::findMissing(Value value, SetVector<Value> &missing,
                                   unsigned depth) {
  constexpr unsigned kMostSteps = 6;
  if (isAtHand(value))
    return;
  Operation *op = value.getDefiningOp();
  if (depth == kMostSteps ||
      !isa<shlo::AddOp, shlo::SubtractOp, shlo::MultiplyOp, shlo::NegateOp,
           shlo::BroadcastInDimOp, shlo::ConvertOp, shlo::ReshapeOp>(op)) {
    missing.insert(value);
    return;
  }
  for (Value operand : op->getOperands())
    findMissing(operand, missing, depth + 1);
}

/// Chooses what is kept among `values`, in order: what cannot be made again
/// from what is kept already. Calls `oneMissing` with a value and the one other
/// value that it could be made from.
void ActivationKeeper::choose(ArrayRef<Value> values,
                              function_ref<void(Value, Value)> oneMissing) {
  chosen.clear();
  for (Value value : values) {
    SetVector<Value> missing;
    findMissing(value, missing);
    if (missing.empty())
      continue;
    chosen.insert(value);
    if (missing.size() == 1 && missing.front() != value)
      oneMissing(value, missing.front());
  }
}

/// What needs no making: arguments, constants, what is small, what is kept.
bool ActivationKeeper::isAtHand(Value value) const {
  Operation *op = value.getDefiningOp();
  return !op || op->hasTrait<OpTrait::ConstantLike>() || !onData.contains(op) ||
         chosen.contains(value) || countElements(value) < smallest;
}

/// `value` as later readers see it, made at the builder's place.
Value ActivationKeeper::getLate(OpBuilder &b, Value value) {
  if (Value low = kept.lookup(value))
    return shlo::ConvertOp::create(b, value.getLoc(), value.getType(), low);
  if (isAtHand(value))
    return value;
  SmallVector<Value> operands;
  Operation *op = value.getDefiningOp();
  for (Value operand : op->getOperands())
    operands.push_back(getLate(b, operand));
  Operation *again = b.clone(*op);
  again->setOperands(operands);
  return again->getResult(0);
}

/// Converts `value` where it is made. Readers that want it in this format have
/// it converted already.
Value ActivationKeeper::makeKept(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  Type low = type.clone(format);
  OpBuilder b(func.getContext());
  b.setInsertionPointAfterValue(value);
  Operation *narrow = nullptr;
  for (Operation *user : value.getUsers())
    if (isa<shlo::ConvertOp>(user) && user->getResult(0).getType() == low &&
        user->getBlock() == &block && user->isBeforeInBlock(loss))
      narrow = user;
  if (!narrow)
    narrow = shlo::ConvertOp::create(b, value.getLoc(), low, value);
  narrow->setAttr(kStoredAttrName, b.getUnitAttr());
  return narrow->getResult(0);
}

void ActivationKeeper::replaceLateUses(Value value) {
  SmallVector<OpOperand *> uses;
  Operation *first = nullptr;
  for (OpOperand &use : value.getUses()) {
    if (!isAfterLoss(use) || isa<func::ReturnOp>(use.getOwner()))
      continue;
    uses.push_back(&use);
    Operation *op = block.findAncestorOpInBlock(*use.getOwner());
    if (!first || op->isBeforeInBlock(first))
      first = op;
  }
  if (uses.empty())
    return;
  OpBuilder b(first);
  Value low = kept.lookup(value), late = getLate(b, value);
  for (OpOperand *use : uses) {
    auto narrowed = dyn_cast<shlo::ConvertOp>(use->getOwner());
    if (low && narrowed && narrowed.getType() == low.getType())
      narrowed.replaceAllUsesWith(low);
    else
      use->set(late);
  }
}

void ActivationKeeper::run() {
  findDataOps();
  loss = findLoss();
  if (!loss)
    return;
  SmallVector<Value> candidates;
  int64_t largest = 0;
  for (Operation &op : block)
    for (Value result : op.getResults())
      if (isKeepable(result) &&
          llvm::any_of(result.getUses(),
                       [&](OpOperand &use) { return isAfterLoss(use); })) {
        candidates.push_back(result);
        largest = std::max(largest, countElements(result));
      }
  constexpr int64_t kSmall = 32;
  smallest = std::max<int64_t>(largest / kSmall, 2);
  llvm::erase_if(candidates,
                 [&](Value value) { return countElements(value) < smallest; });
  // One value from which several can be made is kept in their place.
  llvm::MapVector<Value, unsigned> sources;
  choose(candidates, [&](Value value, Value source) {
    if (isKeepable(source) && countElements(source) <= countElements(value))
      ++sources[source];
  });
  SmallVector<Value> values(candidates);
  for (auto [source, count] : sources)
    if (count > 1 && !llvm::is_contained(candidates, source))
      values.push_back(source);
  llvm::sort(values, [](Value a, Value b) {
    Operation *first = a.getDefiningOp(), *second = b.getDefiningOp();
    return first == second ? cast<OpResult>(a).getResultNumber() <
                                 cast<OpResult>(b).getResultNumber()
                           : first->isBeforeInBlock(second);
  });
  choose(values, [](Value, Value) {});
  for (Value value : chosen)
    kept[value] = makeKept(value);
  for (Value value : candidates)
    replaceLateUses(value);
}

namespace {
class KeepActivationsPass
    : public mp::impl::MPKeepActivationsPassBase<KeepActivationsPass> {
  using Base::Base;

  void runOnOperation() override {
    Builder b(&getContext());
    FloatType type;
    if (format == "bf16")
      type = b.getBF16Type();
    else if (format == "f16")
      type = b.getF16Type();
    else {
      getOperation().emitError()
          << "expected format to be bf16 or f16, but got '" << format << "'";
      return signalPassFailure();
    }
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (!func.isPrivate() && !func.isExternal())
        ActivationKeeper(func, type).run();
  }
};
} // namespace
