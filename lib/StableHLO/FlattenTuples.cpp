#include "Import.h"

#include "mp/StableHLO/StableHLO.h"

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::shlo;

// Aliases let a short text nest tuples into more values than memory holds.
static constexpr int64_t kMaxTupleValues = 1 << 20;

// Counts what `type` holds, tuples included, as far as `budget` goes.
static bool fitsBudget(Type type, int64_t &budget) {
  if (--budget < 0)
    return false;
  auto tuple = dyn_cast<TupleType>(type);
  return !tuple || llvm::all_of(tuple.getTypes(), [&](Type element) {
    return fitsBudget(element, budget);
  });
}

static LogicalResult verifyTupleSizes(Operation *op, TypeRange types) {
  for (Type type : types) {
    int64_t budget = kMaxTupleValues;
    if (!fitsBudget(type, budget))
      return op->emitError()
             << "expected tuples of at most " << kMaxTupleValues << " values";
  }
  return success();
}

static bool hasTuple(TypeRange types) {
  return llvm::any_of(types, llvm::IsaPred<TupleType>);
}

static SmallVector<Type> flattenTypes(TypeRange types) {
  SmallVector<Type> flat;
  for (Type type : types) {
    if (auto tuple = dyn_cast<TupleType>(type))
      tuple.getFlattenedTypes(flat);
    else
      flat.push_back(type);
  }
  return flat;
}

// Appends the values that `value` holds.
static void takeApart(OpBuilder &builder, Value value,
                      SmallVectorImpl<Value> &parts) {
  auto type = dyn_cast<TupleType>(value.getType());
  if (!type) {
    parts.push_back(value);
    return;
  }
  if (auto tuple = value.getDefiningOp<TupleOp>()) {
    for (Value element : tuple.getVal())
      takeApart(builder, element, parts);
    return;
  }
  for (auto [index, element] : llvm::enumerate(type.getTypes()))
    takeApart(builder,
              GetTupleElementOp::create(builder, value.getLoc(), element, value,
                                        uint32_t(index)),
              parts);
}

static SmallVector<Value> takeApart(OpBuilder &builder, ValueRange values) {
  SmallVector<Value> parts;
  for (Value value : values)
    takeApart(builder, value, parts);
  return parts;
}

// Puts a value of type `type` together from the first of `parts`.
static Value putTogether(OpBuilder &builder, Location loc, Type type,
                         ArrayRef<Value> &parts) {
  auto tuple = dyn_cast<TupleType>(type);
  if (!tuple) {
    Value first = parts.front();
    parts = parts.drop_front();
    return first;
  }
  SmallVector<Value> elements;
  for (Type element : tuple.getTypes())
    elements.push_back(putTogether(builder, loc, element, parts));
  return TupleOp::create(builder, loc, tuple, elements);
}

static void flattenArguments(Block &block) {
  if (!hasTuple(block.getArgumentTypes()))
    return;
  OpBuilder builder = OpBuilder::atBlockBegin(&block);
  unsigned count = block.getNumArguments();
  SmallVector<Value> parts;
  for (unsigned i = 0; i < count; ++i) {
    BlockArgument argument = block.getArgument(i);
    for (Type type : flattenTypes(argument.getType()))
      parts.push_back(block.addArgument(type, argument.getLoc()));
  }
  ArrayRef<Value> rest(parts);
  for (unsigned i = 0; i < count; ++i) {
    BlockArgument argument = block.getArgument(i);
    argument.replaceAllUsesWith(
        putTogether(builder, argument.getLoc(), argument.getType(), rest));
  }
  block.eraseArguments(0, count);
}

static void flattenOperands(Operation *op) {
  if (!hasTuple(op->getOperandTypes()))
    return;
  OpBuilder builder(op);
  op->setOperands(takeApart(builder, op->getOperands()));
}

// Rebuilds control flow whose operands or results are tuples.
static void flattenControlFlow(Operation *op) {
  for (Region &region : op->getRegions())
    for (Block &block : region) {
      flattenArguments(block);
      flattenOperands(block.getTerminator());
    }
  flattenOperands(op);
  if (!hasTuple(op->getResultTypes()))
    return;
  OpBuilder builder(op);
  OperationState state(op->getLoc(), op->getName(), op->getOperands(),
                       flattenTypes(op->getResultTypes()), op->getAttrs());
  for (Region &region : op->getRegions())
    state.addRegion()->takeBody(region);
  Operation *flat = builder.create(state);
  SmallVector<Value> parts(flat->getResults());
  ArrayRef<Value> rest(parts);
  for (OpResult result : op->getResults())
    result.replaceAllUsesWith(
        putTogether(builder, op->getLoc(), result.getType(), rest));
  op->erase();
}

// Each flattened value's attributes; those of a tuple's parts are empty.
static SmallVector<DictionaryAttr>
flattenAttributes(TypeRange types,
                  llvm::function_ref<DictionaryAttr(unsigned)> get) {
  SmallVector<DictionaryAttr> flat;
  for (auto [index, type] : llvm::enumerate(types)) {
    if (isa<TupleType>(type))
      flat.append(flattenTypes(type).size(),
                  DictionaryAttr::get(type.getContext()));
    else
      flat.push_back(get(index));
  }
  return flat;
}

LogicalResult mlir::mp::shlo::flattenTuples(func::FuncOp function) {
  FunctionType type = function.getFunctionType();
  if (failed(verifyTupleSizes(function, type.getInputs())) ||
      failed(verifyTupleSizes(function, type.getResults())))
    return failure();
  SmallVector<Operation *> controlFlow;
  WalkResult sizes = function.walk([&](Operation *op) {
    if (failed(verifyTupleSizes(op, op->getResultTypes())))
      return WalkResult::interrupt();
    if (isa<WhileOp, IfOp, CaseOp, OptimizationBarrierOp>(op))
      controlFlow.push_back(op);
    return WalkResult::advance();
  });
  if (sizes.wasInterrupted())
    return failure();
  for (Operation *op : controlFlow)
    flattenControlFlow(op);

  if (!hasTuple(type.getInputs()) && !hasTuple(type.getResults()))
    return success();
  if (function.isExternal())
    return function.emitError("expected a body for a function of tuples");
  auto argAttrs = flattenAttributes(type.getInputs(), [&](unsigned index) {
    auto attrs = function.getArgAttrDict(index);
    return attrs ? attrs : DictionaryAttr::get(function.getContext());
  });
  auto resultAttrs = flattenAttributes(type.getResults(), [&](unsigned index) {
    auto attrs = function.getResultAttrDict(index);
    return attrs ? attrs : DictionaryAttr::get(function.getContext());
  });
  flattenArguments(function.front());
  for (Block &block : function.getBody())
    if (auto terminator = dyn_cast<func::ReturnOp>(block.getTerminator()))
      flattenOperands(terminator);
  function.removeArgAttrsAttr();
  function.removeResAttrsAttr();
  function.setType(FunctionType::get(function.getContext(),
                                     flattenTypes(type.getInputs()),
                                     flattenTypes(type.getResults())));
  function.setAllArgAttrs(argAttrs);
  function.setAllResultAttrs(resultAttrs);
  return success();
}
