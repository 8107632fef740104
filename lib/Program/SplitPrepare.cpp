//===- SplitPrepare.cpp - work done once for all calls --------------------===//

#include "mp/IR/KeptValues.h"
#include "mp/IR/MPOps.h"
#include "mp/Program/Passes.h"
#include "mp/Program/ProgramForm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPSPLITPREPAREPASS
#include "mp/Program/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

namespace {
/// Everything `op` reads: its operands and what its regions capture.
SetVector<Value> getInputs(Operation *op) {
  SetVector<Value> inputs(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), inputs);
  return inputs;
}

/// The split of one function: which ops could be done once, and which values
/// of theirs the rest reads from the persistent block.
class PrepareSplit {
public:
  explicit PrepareSplit(func::FuncOp func) : func(func) {
    findInvariantOps();
    findPersistentValues();
  }

  ArrayRef<Value> getPersistentValues() const { return persistent; }
  func::FuncOp makePrepareFunction(StringRef name);

private:
  bool isInvariant(Value value) const;
  bool isWorthKeeping(Operation *op) const;
  void findInvariantOps();
  void findPersistentValues();

  func::FuncOp func;
  DenseSet<Operation *> invariantOps;
  SmallVector<Value> persistent;
};
} // namespace

bool PrepareSplit::isInvariant(Value value) const {
  if (auto arg = dyn_cast<BlockArgument>(value))
    return isInvariantArgument(func, arg.getArgNumber());
  return invariantOps.contains(value.getDefiningOp());
}

void PrepareSplit::findInvariantOps() {
  for (Operation &op : func.front().without_terminator())
    if (isPureProgramOp(&op) &&
        llvm::all_of(getInputs(&op), [&](Value v) { return isInvariant(v); }))
      invariantOps.insert(&op);
}

/// Constants and views cost nothing; scalars have no buffer; a result much
/// larger than what it is made of is made again.
bool PrepareSplit::isWorthKeeping(Operation *op) const {
  constexpr int64_t kLargestGrowth = 4;
  if (op->hasTrait<OpTrait::ConstantLike>() || getViewSource(op))
    return false;
  int64_t read = 0, written = 0;
  for (Value input : getInputs(op))
    if (isa<RankedTensorType>(input.getType()))
      read += getBufferBytes(op->getLoc(), input.getType()).value_or(0);
  for (Type type : op->getResultTypes()) {
    if (!isa<RankedTensorType>(type))
      return false;
    written += getBufferBytes(op->getLoc(), type).value_or(0);
  }
  return written > 0 && written / kLargestGrowth <= read && read > 0;
}

void PrepareSplit::findPersistentValues() {
  // Backwards, so that all readers of a value have been seen before its maker.
  DenseSet<Value> needed;
  SetVector<Value> kept;
  for (Operation &op : llvm::reverse(func.front())) {
    bool invariant = invariantOps.contains(&op);
    if (invariant && llvm::none_of(op.getResults(),
                                   [&](Value v) { return needed.contains(v); }))
      continue;
    if (invariant && isWorthKeeping(&op)) {
      for (Value result : op.getResults())
        if (needed.contains(result))
          kept.insert(result);
      continue;
    }
    needed.insert_range(getInputs(&op));
  }
  persistent.assign(kept.rbegin(), kept.rend());
}

func::FuncOp PrepareSplit::makePrepareFunction(StringRef name) {
  // What the kept values are made of, in the order of the program.
  DenseSet<Operation *> wanted;
  SmallVector<Value> worklist(persistent);
  while (!worklist.empty()) {
    Operation *op = worklist.pop_back_val().getDefiningOp();
    if (op && wanted.insert(op).second)
      llvm::append_range(worklist, getInputs(op));
  }

  OpBuilder builder(func.getContext());
  builder.setInsertionPointAfter(func);
  auto type = builder.getFunctionType(func.getArgumentTypes(),
                                      ValueRange(persistent).getTypes());
  auto prepare = func::FuncOp::create(builder, func.getLoc(), name, type);
  prepare.setPrivate();
  builder.setInsertionPointToStart(prepare.addEntryBlock());
  IRMapping mapping;
  mapping.map(func.getArguments(), prepare.getArguments());
  for (Operation &op : func.front())
    if (wanted.contains(&op))
      builder.clone(op, mapping);
  SmallVector<Value> results;
  for (Value value : persistent)
    results.push_back(mapping.lookup(value));
  func::ReturnOp::create(builder, func.getLoc(), results);
  return prepare;
}

namespace {
/// Gives values places in the persistent block of a function.
class PersistentBlock {
public:
  explicit PersistentBlock(func::FuncOp func) : func(func) {}

  FailureOr<BufferAttr> add(Type type) {
    FailureOr<int64_t> bytes = getBufferBytes(func.getLoc(), type);
    if (failed(bytes))
      return failure();
    auto buffer =
        BufferAttr::get(func.getContext(), BufferSpace::Persistent, size);
    size += alignBuffer(*bytes);
    if (size > kMaxBufferBytes)
      return func.emitError("expected prepared parameters of at most 2^47 "
                            "bytes, but they are larger");
    return buffer;
  }
  int64_t getSize() const { return size; }

private:
  func::FuncOp func;
  int64_t size = 0;
};
} // namespace

static DictionaryAttr getBufferAttrs(BufferAttr buffer) {
  MLIRContext *context = buffer.getContext();
  return DictionaryAttr::get(
      context,
      NamedAttribute(StringAttr::get(context, kBufferAttrName), buffer));
}

/// Makes the entry function read the values in the persistent block.
static LogicalResult placePersistentValues(func::FuncOp func,
                                           func::FuncOp prepare,
                                           ArrayRef<Value> values,
                                           PersistentBlock &block) {
  // All at once: each change of a signature makes another function type.
  SmallVector<Type> types;
  SmallVector<DictionaryAttr> attrs;
  SmallVector<Location> locs;
  for (Value value : values) {
    FailureOr<BufferAttr> buffer = block.add(value.getType());
    if (failed(buffer))
      return failure();
    types.push_back(value.getType());
    attrs.push_back(getBufferAttrs(*buffer));
    locs.push_back(value.getLoc());
  }
  unsigned first = func.getNumArguments();
  SmallVector<unsigned> places(values.size(), first);
  if (failed(func.insertArguments(places, types, attrs, locs)))
    return failure();
  for (auto [i, kept] : llvm::enumerate(values)) {
    Value value = kept;
    value.replaceAllUsesWith(func.getArgument(first + i));
  }
  // Behind them are what the function keeps for its next call.
  for (unsigned i = values.size(), e = prepare.getNumResults(); i != e; ++i)
    attrs.push_back(prepare.getResultAttrDict(i));
  prepare.setAllResultAttrs(attrs);
  return success();
}

/// What the function keeps for its next call: `prepare` makes it for the first
/// one as `maker` does.
static LogicalResult placeKeptValues(func::FuncOp func, func::FuncOp prepare,
                                     func::FuncOp maker,
                                     PersistentBlock &block) {
  unsigned count = maker.getNumResults();
  unsigned firstArg = maker.getNumArguments();
  unsigned firstResult = func.getNumResults() - count;
  if (firstArg + count != func.getNumArguments() ||
      func.getNumResults() < count)
    return func.emitError("expected the values that '")
           << maker.getName() << "' makes as last arguments and results";
  IRMapping mapping;
  for (BlockArgument arg : maker.getArguments())
    mapping.map(arg, prepare.getArgument(arg.getArgNumber()));
  Operation *end = prepare.front().getTerminator();
  OpBuilder builder(end);
  for (Operation &op : maker.front().without_terminator())
    builder.clone(op, mapping);
  SmallVector<Type> types;
  SmallVector<DictionaryAttr> attrs;
  SmallVector<Value> kept;
  for (auto [i, made] :
       llvm::enumerate(maker.front().getTerminator()->getOperands())) {
    FailureOr<BufferAttr> buffer = block.add(made.getType());
    if (failed(buffer))
      return failure();
    types.push_back(made.getType());
    attrs.push_back(getBufferAttrs(*buffer));
    kept.push_back(mapping.lookup(made));
    func.setArgAttr(firstArg + i, kBufferAttrName, *buffer);
    func.setResultAttr(firstResult + i, kBufferAttrName, *buffer);
  }
  unsigned place = prepare.getNumResults();
  SmallVector<unsigned> places(types.size(), place);
  if (failed(prepare.insertResults(places, types, attrs)))
    return failure();
  end->insertOperands(place, kept);
  return success();
}

static void eraseDeadOps(func::FuncOp func) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(func.front())))
    if (op.use_empty() && !op.hasTrait<OpTrait::IsTerminator>() &&
        isPureProgramOp(&op))
      op.erase();
}

namespace {
class SplitPreparePass
    : public mp::impl::MPSplitPreparePassBase<SplitPreparePass> {
  using Base::Base;

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<func::FuncOp> functions = getProgramFunctions(getOperation());
    llvm::MapVector<Operation *, func::FuncOp> makers;
    for (func::FuncOp func : functions)
      if (auto name = func->getAttrOfType<FlatSymbolRefAttr>(kKeptByAttrName))
        makers[func] = symbols.lookup<func::FuncOp>(name.getValue());
    for (func::FuncOp func : functions) {
      expandTensorSelects(func);
      if (failed(verifyProgram(func)))
        return signalPassFailure();
    }
    for (func::FuncOp func : functions)
      if (failed(splitFunction(func, makers.lookup(func), symbols)))
        return signalPassFailure();
    for (auto [func, maker] : makers) {
      func->removeAttr(kKeptByAttrName);
      if (maker)
        symbols.erase(maker);
    }
  }

  LogicalResult splitFunction(func::FuncOp func, func::FuncOp maker,
                              SymbolTable &symbols) {
    PrepareSplit split(func);
    if (split.getPersistentValues().empty() && !maker)
      return success();
    func::FuncOp prepare =
        split.makePrepareFunction((func.getName() + ".prepare").str());
    symbols.insert(prepare);
    func->setAttr(kPrepareAttrName, SymbolRefAttr::get(prepare));
    PersistentBlock block(func);
    if (maker && failed(placeKeptValues(func, prepare, maker, block)))
      return failure();
    if (failed(placePersistentValues(func, prepare, split.getPersistentValues(),
                                     block)))
      return failure();
    auto type = IntegerType::get(func.getContext(), 64);
    func->setAttr(kPersistentBytesAttrName,
                  IntegerAttr::get(type, block.getSize()));
    eraseDeadOps(func);
    return success();
  }
};
} // namespace
