#include "IsolatingCopies.h"

#include "mp/IR/MPOps.h"
#include "mp/Program/ProgramForm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::mp;

Value mp::getCopySource(Operation *member) {
  auto copy = dyn_cast<CopyOp>(member);
  return copy ? copy.getInput() : Value();
}

namespace {
class CopyInserter {
public:
  LogicalResult insert(func::FuncOp func);
  IsolatingCopies takeResult() { return std::move(copies); }

private:
  /// Replaces the tensors among `operands` by copies made before `before`, and
  /// calls `tie` with the operand's index and its copy.
  void isolate(Operation *before, MutableArrayRef<OpOperand> operands,
               function_ref<void(unsigned, Value)> tie);
  Value makeCopy(OpBuilder &builder, Location loc, Value value);
  void isolateYields(Region &region, ValueRange targets);
  void isolateWhile(scf::WhileOp loop);
  LogicalResult isolateLaunch(LaunchOp launch);
  void tie(Value a, Value b) { copies.ties.push_back({a, b}); }

  IsolatingCopies copies;
};
} // namespace

static bool isTensor(Value value) {
  return isa<RankedTensorType>(value.getType());
}

Value CopyInserter::makeCopy(OpBuilder &builder, Location loc, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  Operation *source = getRoot(value).getDefiningOp();
  if (isa_and_nonnull<tensor::EmptyOp>(source))
    return tensor::EmptyOp::create(builder, loc, type.getShape(),
                                   type.getElementType(), type.getEncoding());
  if (source == value.getDefiningOp() && isLargeSplat(source))
    return builder.clone(*source)->getResult(0);
  return CopyOp::create(builder, loc, type, value);
}

void CopyInserter::isolate(Operation *before,
                           MutableArrayRef<OpOperand> operands,
                           function_ref<void(unsigned, Value)> tieCopy) {
  OpBuilder builder(before);
  CopyGroup group;
  for (auto [i, operand] : llvm::enumerate(operands)) {
    if (!isTensor(operand.get()))
      continue;
    Value copy = makeCopy(builder, before->getLoc(), operand.get());
    operand.set(copy);
    group.push_back(copy.getDefiningOp());
    tieCopy(i, copy);
  }
  if (!group.empty())
    copies.groups.push_back(std::move(group));
}

/// The yielded values become `targets`: results of the op, or arguments of a
/// loop's next iteration.
void CopyInserter::isolateYields(Region &region, ValueRange targets) {
  if (region.empty())
    return;
  Operation *yield = region.front().getTerminator();
  isolate(yield, yield->getOpOperands(),
          [&](unsigned i, Value copy) { tie(copy, targets[i]); });
}

void CopyInserter::isolateWhile(scf::WhileOp loop) {
  isolate(loop, loop->getOpOperands(), [&](unsigned i, Value copy) {
    tie(copy, loop.getBeforeArguments()[i]);
  });
  auto condition = loop.getConditionOp();
  isolate(condition, condition.getArgsMutable(), [&](unsigned i, Value copy) {
    tie(copy, loop.getAfterArguments()[i]);
    tie(copy, loop.getResult(i));
  });
  isolateYields(loop.getAfter(), loop.getBeforeArguments());
}

LogicalResult CopyInserter::isolateLaunch(LaunchOp launch) {
  OpBuilder builder(launch);
  CopyGroup group;
  SmallVector<int64_t> seen;
  for (auto [result, operand] :
       llvm::zip_equal(launch.getOutputs(), launch.getTiedOperands())) {
    if (operand < 0)
      continue;
    if (llvm::is_contained(seen, operand))
      return launch.emitError("expected each operand to be tied to at most one "
                              "result, but operand #")
             << operand << " is tied to two";
    seen.push_back(operand);
    OpOperand &input = launch->getOpOperand(operand);
    Value copy = makeCopy(builder, launch.getLoc(), input.get());
    input.set(copy);
    group.push_back(copy.getDefiningOp());
    tie(copy, result);
  }
  if (!group.empty())
    copies.groups.push_back(std::move(group));
  return success();
}

/// Gives each op beside `constant` that reads it, or contains a reader, a
/// constant of its own, so that the filled buffer lives no longer than needed.
static void localizeLargeSplat(Operation *constant) {
  DenseMap<Operation *, Value> local;
  for (OpOperand &use :
       llvm::make_early_inc_range(constant->getResult(0).getUses())) {
    Operation *ancestor =
        constant->getBlock()->findAncestorOpInBlock(*use.getOwner());
    Value &copy = local[ancestor];
    if (!copy) {
      OpBuilder builder(ancestor);
      copy = builder.clone(*constant)->getResult(0);
    }
    use.set(copy);
  }
  constant->erase();
}

LogicalResult CopyInserter::insert(func::FuncOp func) {
  SmallVector<Operation *> ops, largeSplats;
  func.walk([&](Operation *op) {
    ops.push_back(op);
    if (isLargeSplat(op))
      largeSplats.push_back(op);
  });
  for (Operation *op : ops) {
    if (auto launch = dyn_cast<LaunchOp>(op)) {
      if (failed(isolateLaunch(launch)))
        return failure();
    } else if (auto loop = dyn_cast<scf::WhileOp>(op)) {
      isolateWhile(loop);
    } else if (auto loop = dyn_cast<scf::ForOp>(op)) {
      isolate(loop, loop.getInitArgsMutable(), [&](unsigned i, Value copy) {
        tie(copy, loop.getRegionIterArg(i));
        tie(copy, loop.getResult(i));
      });
      isolateYields(loop.getRegion(), loop.getRegionIterArgs());
    } else if (isa<scf::IfOp, scf::IndexSwitchOp>(op)) {
      for (Region &region : op->getRegions())
        isolateYields(region, op->getResults());
    } else if (isa<func::ReturnOp>(op)) {
      isolate(op, op->getOpOperands(),
              [&](unsigned, Value copy) { copies.results.push_back(copy); });
    }
  }
  for (Operation *constant : largeSplats)
    localizeLargeSplat(constant);
  return success();
}

FailureOr<IsolatingCopies> mp::insertIsolatingCopies(func::FuncOp func) {
  CopyInserter inserter;
  if (failed(inserter.insert(func)))
    return failure();
  return inserter.takeResult();
}
