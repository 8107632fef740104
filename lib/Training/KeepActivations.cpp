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
/// One block with a loss: of a function, or of a loop that adds up losses.
class ActivationKeeper {
public:
  /// `isData`: of values from outside of the block's ops, whether they depend
  /// on anything but parameters and the optimizer's state. `losses` are what
  /// the terminator returns as such.
  ActivationKeeper(Block &block, SmallVector<Value> losses,
                   function_ref<bool(Value)> isData, FloatType format)
      : block(block), losses(std::move(losses)), isData(isData),
        format(format) {}

  void run();

private:
  void findDataOps();
  void findStatistics();
  void findForward();
  void follow(SmallVectorImpl<Value> &work,
              function_ref<void(Operation *, Value)> visit);
  bool dependsOnData(Value value) const;
  void runInLoop(shlo::WhileOp loop);
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
  SmallVector<Value> losses;
  function_ref<bool(Value)> isData;
  FloatType format;
  DenseSet<Operation *> onData;
  /// What this loss or, in a loop, a later one is computed from.
  DenseSet<Value> forward;
  /// The last op of the forward pass that reads more than one number.
  Operation *loss = nullptr;
  /// Sums, means and the like, which stay as they are.
  DenseSet<Value> statistics;
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

bool ActivationKeeper::dependsOnData(Value value) const {
  Operation *op = value.getDefiningOp();
  return op && op->getBlock() == &block ? onData.contains(op) : isData(value);
}

void ActivationKeeper::findDataOps() {
  for (Operation &op : block)
    if (llvm::any_of(getInputs(op),
                     [&](Value value) { return dependsOnData(value); }))
      onData.insert(&op);
}

/// Reductions and what is computed from them alone. They cost little to keep,
/// and one that is rounded puts a whole row wrong in the same direction: with a
/// rounded sum the gradient of a softmax is not 0 where the prediction is
/// right.
void ActivationKeeper::findStatistics() {
  for (Operation &op : block) {
    bool reduces = isa<shlo::ReduceOp>(op);
    if (!reduces && !op.hasTrait<shlo::Elementwise>() &&
        !isa<shlo::BroadcastInDimOp, shlo::ReshapeOp, shlo::ConvertOp>(op))
      continue;
    int64_t most = 0;
    bool ofStatistics = true;
    for (Value operand : op.getOperands()) {
      if (!dependsOnData(operand))
        continue;
      ofStatistics &= statistics.contains(operand);
      most = std::max(most, countElements(operand));
    }
    for (Value result : op.getResults()) {
      int64_t count = countElements(result);
      if (reduces ? count < most : ofStatistics && count <= most)
        statistics.insert(result);
    }
  }
}

/// Calls `visit` for what `work` is computed from in this block: with an op of
/// it and each value that the op reads.
void ActivationKeeper::follow(SmallVectorImpl<Value> &work,
                              function_ref<void(Operation *, Value)> visit) {
  DenseSet<Operation *> seen;
  while (!work.empty()) {
    Value value = work.pop_back_val();
    forward.insert(value);
    Operation *op = value.getDefiningOp();
    if (!op || op->getBlock() != &block || !seen.insert(op).second)
      continue;
    for (Value input : getInputs(*op)) {
      visit(op, input);
      if (!forward.contains(input))
        work.push_back(input);
    }
  }
}

/// The loss is its last op, of this run of the block, that reads more than one
/// number of what the data led to.
void ActivationKeeper::findForward() {
  SmallVector<Value> work(losses);
  follow(work, [&](Operation *op, Value input) {
    if (dependsOnData(input) && countElements(input) > 1 &&
        (!loss || loss->isBeforeInBlock(op)))
      loss = op;
  });
  // What a loop hands on to its next run is forward there.
  auto loop = dyn_cast<shlo::WhileOp>(block.getParentOp());
  if (!loop)
    return;
  Operation *end = block.getTerminator();
  DenseSet<Value> handedOn;
  bool changed = true;
  while (changed) {
    changed = false;
    for (auto [arg, value] :
         llvm::zip(block.getArguments(), end->getOperands()))
      if (forward.contains(arg) && handedOn.insert(value).second) {
        changed = true;
        work.push_back(value);
        follow(work, [](Operation *, Value) {});
      }
  }
}

/// What begins as data, or becomes it; a count of runs is none.
void ActivationKeeper::runInLoop(shlo::WhileOp loop) {
  Block &body = loop.getBody().front();
  ValueRange next = body.getTerminator()->getOperands();
  auto isDataInside = [&](Value value) {
    auto arg = dyn_cast<BlockArgument>(value);
    if (!arg || arg.getOwner() != &body)
      return dependsOnData(value);
    unsigned index = arg.getArgNumber();
    return dependsOnData(loop->getOperand(index)) ||
           (next[index] != arg && countElements(arg) > 1);
  };
  SmallVector<Value> returned;
  for (auto [result, value] : llvm::zip(loop->getResults(), next))
    if (forward.contains(result))
      returned.push_back(value);
  ActivationKeeper(body, returned, isDataInside, format).run();
}

bool ActivationKeeper::isAfterLoss(OpOperand &use) const {
  Operation *op = block.findAncestorOpInBlock(*use.getOwner());
  return loss->isBeforeInBlock(op) &&
         llvm::none_of(op->getResults(),
                       [&](Value value) { return forward.contains(value); });
}

/// Whether it is made of data before the loss is, in f32.
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

/// What needs no making: arguments, constants, statistics, what is small, what
/// is kept.
bool ActivationKeeper::isAtHand(Value value) const {
  Operation *op = value.getDefiningOp();
  return !op || op->hasTrait<OpTrait::ConstantLike>() || !onData.contains(op) ||
         chosen.contains(value) || statistics.contains(value) ||
         countElements(value) < smallest;
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
  OpBuilder b(value.getContext());
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
    if (!isAfterLoss(use) || use.getOwner() == block.getTerminator())
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
  findForward();
  if (!loss)
    return;
  // A loop that makes the loss makes the gradients too.
  if (auto loop = dyn_cast<shlo::WhileOp>(loss))
    return runInLoop(loop);
  findStatistics();
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
  llvm::erase_if(candidates, [&](Value value) {
    return statistics.contains(value) || countElements(value) < smallest;
  });
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

static void keepActivations(func::FuncOp func, FloatType format) {
  auto isData = [&](Value value) {
    auto arg = dyn_cast<BlockArgument>(value);
    if (!arg || arg.getOwner() != &func.front())
      return false;
    StringRef role = getArgRole(func, arg.getArgNumber());
    return role != "param" && role != "opt_state" && role != "scaler" &&
           role != "loss_scale";
  };
  SmallVector<Value> losses;
  for (auto [i, value] :
       llvm::enumerate(func.front().getTerminator()->getOperands()))
    if (getResultRole(func, i) == "loss")
      losses.push_back(value);
  ActivationKeeper(func.front(), losses, isData, format).run();
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
        keepActivations(func, type);
  }
};
} // namespace
