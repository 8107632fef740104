//===- KeepWorkingCopies.cpp - copies made where masters are --------------===//

#include "mp/IR/KeptValues.h"
#include "mp/IR/MPOps.h"
#include "mp/StableHLO/StableHLO.h"
#include "mp/Training/Passes.h"
#include "mp/Training/Roles.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPKEEPWORKINGCOPIESPASS
#include "mp/Training/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

static constexpr StringLiteral kAliasAttrName = "tf.aliasing_output";

namespace {
/// The low-precision copy of a parameter, and the result that replaces the
/// parameter.
struct WorkingCopy {
  Operation *op;
  unsigned argument, result;
};
} // namespace

static bool isNarrowing(Operation *op) {
  if (!isa<shlo::ConvertOp, WorkingCopyOp, CastOp>(op))
    return false;
  auto from = cast<RankedTensorType>(op->getOperand(0).getType());
  auto to = cast<RankedTensorType>(op->getResult(0).getType());
  return isa<FloatType>(from.getElementType()) &&
         isa<FloatType>(to.getElementType()) &&
         to.getElementTypeBitWidth() < from.getElementTypeBitWidth();
}

/// The first narrowing of each parameter that the function replaces.
static SmallVector<WorkingCopy> findWorkingCopies(func::FuncOp func) {
  SmallVector<WorkingCopy> copies;
  Block &body = func.front();
  for (BlockArgument arg : body.getArguments()) {
    unsigned index = arg.getArgNumber();
    auto alias = func.getArgAttrOfType<IntegerAttr>(index, kAliasAttrName);
    if (!alias || getArgRole(func, index) != "param" || alias.getInt() < 0 ||
        alias.getInt() >= int64_t(func.getNumResults()))
      continue;
    Operation *first = nullptr;
    for (Operation *user : arg.getUsers())
      if (user->getBlock() == &body && isNarrowing(user) &&
          (!first || user->isBeforeInBlock(first)))
        first = user;
    if (first)
      copies.push_back({first, index, unsigned(alias.getInt())});
  }
  return copies;
}

/// A function of the arguments that makes the copies.
static func::FuncOp createMaker(func::FuncOp func,
                                ArrayRef<WorkingCopy> copies) {
  OpBuilder builder(func.getContext());
  SmallVector<Type> types;
  for (const WorkingCopy &copy : copies)
    types.push_back(copy.op->getResult(0).getType());
  auto maker = func::FuncOp::create(
      builder, func.getLoc(), (func.getName() + ".kept").str(),
      builder.getFunctionType(func.getArgumentTypes(), types));
  maker.setPrivate();
  builder.setInsertionPointToStart(maker.addEntryBlock());
  SmallVector<Value> made;
  for (const WorkingCopy &copy : copies) {
    IRMapping map;
    map.map(copy.op->getOperand(0), maker.getArgument(copy.argument));
    made.push_back(builder.clone(*copy.op, map)->getResult(0));
  }
  func::ReturnOp::create(builder, func.getLoc(), made);
  return maker;
}

namespace {
/// What a parameter and its copy were before the step.
struct Replacement {
  Value parameter, copy;
};
} // namespace

/// The copy of each `next` parameter, which its op makes where the parameter
/// is made: in the branch that updates it, not in one that leaves it alone.
static SmallVector<Value> copyReplaced(Operation *terminator,
                                       ArrayRef<Value> next,
                                       ArrayRef<Replacement> old,
                                       ArrayRef<WorkingCopy> copies) {
  SmallVector<Value> results(next.size());
  // Those that leave one branch op are made in its branches together.
  llvm::MapVector<Operation *, SmallVector<unsigned>> byBranch;
  OpBuilder builder(terminator);
  for (auto [i, value] : llvm::enumerate(next)) {
    Operation *def = value.getDefiningOp();
    if (value == old[i].parameter) {
      results[i] = old[i].copy;
    } else if (isa_and_nonnull<shlo::IfOp>(def) &&
               def->getBlock() == terminator->getBlock()) {
      byBranch[def].push_back(i);
    } else {
      IRMapping map;
      map.map(copies[i].op->getOperand(0), value);
      if (def && def->getBlock() == terminator->getBlock())
        builder.setInsertionPointAfter(def);
      else
        builder.setInsertionPoint(terminator);
      results[i] = builder.clone(*copies[i].op, map)->getResult(0);
    }
  }
  for (auto &[branch, indices] : byBranch) {
    SmallVector<Type> types(branch->getResultTypes());
    SmallVector<WorkingCopy> ofBranch;
    SmallVector<Replacement> oldOfBranch;
    for (unsigned i : indices) {
      types.push_back(copies[i].op->getResult(0).getType());
      ofBranch.push_back(copies[i]);
      oldOfBranch.push_back(old[i]);
    }
    builder.setInsertionPoint(branch);
    auto wider = shlo::IfOp::create(builder, branch->getLoc(), types,
                                    cast<shlo::IfOp>(branch).getPred());
    wider->setDiscardableAttrs(branch->getDiscardableAttrDictionary());
    for (auto [region, from] :
         llvm::zip(wider->getRegions(), branch->getRegions())) {
      Operation *yield = from.front().getTerminator();
      SmallVector<Value> yielded;
      for (unsigned i : indices)
        yielded.push_back(
            yield->getOperand(cast<OpResult>(next[i]).getResultNumber()));
      SmallVector<Value> made =
          copyReplaced(yield, yielded, oldOfBranch, ofBranch);
      yield->insertOperands(yield->getNumOperands(), made);
      region.takeBody(from);
    }
    unsigned before = branch->getNumResults();
    for (auto [place, i] : llvm::enumerate(indices))
      results[i] = wider->getResult(before + place);
    branch->replaceAllUsesWith(wider->getResults().take_front(before));
    branch->erase();
  }
  return results;
}

static LogicalResult keepWorkingCopies(func::FuncOp func,
                                       SymbolTable &symbols) {
  SmallVector<WorkingCopy> copies = findWorkingCopies(func);
  if (copies.empty())
    return success();
  func::FuncOp maker = createMaker(func, copies);
  StringAttr name = symbols.insert(maker, ++Block::iterator(func));
  Builder builder(func.getContext());
  func->setAttr(kKeptByAttrName, FlatSymbolRefAttr::get(name));

  Operation *terminator = func.front().getTerminator();
  SmallVector<Replacement> old;
  SmallVector<Value> next;
  for (auto [i, copy] : llvm::enumerate(copies)) {
    Value made = copy.op->getResult(0);
    unsigned index = func.getNumArguments();
    auto alias = builder.getNamedAttr(
        kAliasAttrName, builder.getI32IntegerAttr(func.getNumResults() + i));
    if (failed(func.insertArgument(index, made.getType(),
                                   builder.getDictionaryAttr(alias),
                                   made.getLoc())))
      return failure();
    BlockArgument kept = func.getArgument(index);
    made.replaceAllUsesWith(kept);
    old.push_back({func.getArgument(copy.argument), kept});
    next.push_back(terminator->getOperand(copy.result));
  }
  SmallVector<Value> made = copyReplaced(terminator, next, old, copies);
  for (Value value : made)
    if (failed(func.insertResult(func.getNumResults(), value.getType(), {})))
      return failure();
  terminator->insertOperands(terminator->getNumOperands(), made);
  for (const WorkingCopy &copy : copies)
    copy.op->erase();
  return success();
}

namespace {
class KeepWorkingCopiesPass
    : public mp::impl::MPKeepWorkingCopiesPassBase<KeepWorkingCopiesPass> {
  using Base::Base;

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<func::FuncOp> functions;
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (!func.isPrivate() && !func.isExternal() &&
          llvm::hasSingleElement(func.getBody()))
        functions.push_back(func);
    for (func::FuncOp func : functions)
      if (failed(keepWorkingCopies(func, symbols)))
        return signalPassFailure();
  }
};
} // namespace
