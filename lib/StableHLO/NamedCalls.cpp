#include "Import.h"

#include "mp/StableHLO/CHLO.h"
#include "mp/StableHLO/Sdy.h"
#include "mp/StableHLO/StableHLO.h"

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::shlo;

// Makes the chlo op `name` of the operands; null where it is no op of this
// dialect, or not one for these types.
static Operation *createFunction(OpBuilder &builder, Operation *call,
                                 StringRef name) {
  auto operation = RegisteredOperationName::lookup(name, builder.getContext());
  if (!operation || operation->getDialectNamespace() != "chlo" ||
      !operation->hasTrait<OpTrait::OneResult>() || call->getNumResults() != 1)
    return nullptr;
  size_t arity = operation->hasTrait<OpTrait::OneOperand>()           ? 1
                 : operation->hasTrait<OpTrait::NOperands<2>::Impl>() ? 2
                                                                      : 0;
  Type type = call->getResult(0).getType();
  if (arity == 0 || call->getNumOperands() != arity ||
      !isTensorOf(type, kFloatElement) ||
      llvm::any_of(call->getOperandTypes(),
                   [&](Type operand) { return operand != type; }))
    return nullptr;
  OperationState state(call->getLoc(), *operation);
  state.addOperands(call->getOperands());
  state.addTypes(type);
  return builder.create(state);
}

// The parameter `k` of a top-k of the largest, or nothing.
static std::optional<int64_t> getTopK(DictionaryAttr parameters) {
  if (!parameters)
    return std::nullopt;
  auto k = parameters.getAs<IntegerAttr>("k");
  auto largest = parameters.getAs<BoolAttr>("largest");
  if (!k || (largest && !largest.getValue()))
    return std::nullopt;
  return k.getInt();
}

static Operation *createTopK(OpBuilder &builder, Operation *call,
                             DictionaryAttr parameters) {
  std::optional<int64_t> k = getTopK(parameters);
  if (!k || call->getNumOperands() != 1 || call->getNumResults() != 2)
    return nullptr;
  auto operand = dyn_cast<RankedTensorType>(call->getOperand(0).getType());
  auto values = dyn_cast<RankedTensorType>(call->getResult(0).getType());
  auto indices = dyn_cast<RankedTensorType>(call->getResult(1).getType());
  if (!operand || !values || !indices || operand.getRank() == 0 || *k < 0 ||
      *k > operand.getShape().back() ||
      values.getElementType() != operand.getElementType() ||
      !indices.getElementType().isSignlessInteger(32))
    return nullptr;
  SmallVector<int64_t> shape(operand.getShape());
  shape.back() = *k;
  if (values.getShape() != ArrayRef(shape) ||
      indices.getShape() != ArrayRef(shape))
    return nullptr;
  return chlo::TopKOp::create(builder, call->getLoc(), values, indices,
                              call->getOperand(0), *k);
}

static Operation *createNamed(OpBuilder &builder, CompositeOp composite) {
  if (composite.getName() == "chlo.top_k")
    return createTopK(builder, composite, composite.getCompositeAttributes());
  return createFunction(builder, composite, composite.getName());
}

static Operation *createNamed(OpBuilder &builder, CustomCallOp call) {
  StringRef target = call.getCallTargetName();
  if (target == "mhlo.topk")
    return createTopK(builder, call,
                      call->getAttrOfType<DictionaryAttr>("mhlo.attributes"));
  if (target.consume_front("mhlo."))
    return createFunction(builder, call, ("chlo." + target).str());
  return nullptr;
}

// Says where something lies, and computes nothing.
static bool isAnnotation(CustomCallOp call) {
  bool isNamed =
      llvm::is_contained({"Sharding", "SPMDFullToShardShape",
                          "SPMDShardToFullShape", "annotate_device_placement"},
                         call.getCallTargetName());
  return isNamed && call.getNumOperands() == 1 && call.getNumResults() == 1 &&
         call.getOperand(0).getType() == call.getResult(0).getType();
}

LogicalResult mlir::mp::shlo::replaceNamedCalls(ModuleOp module) {
  SmallVector<Operation *> dead;
  module.walk([&](Operation *op) {
    OpBuilder builder(op);
    Operation *named = nullptr;
    if (auto composite = dyn_cast<CompositeOp>(op))
      named = createNamed(builder, composite);
    else if (auto call = dyn_cast<CustomCallOp>(op)) {
      if (isAnnotation(call)) {
        op->replaceAllUsesWith(op->getOperands());
        dead.push_back(op);
        return;
      }
      named = createNamed(builder, call);
    } else if (isa<sdy::ShardingConstraintOp, sdy::ReshardOp>(op)) {
      op->replaceAllUsesWith(op->getOperands());
      dead.push_back(op);
    } else if (isa<sdy::ShardingGroupOp>(op)) {
      dead.push_back(op);
    }
    if (named) {
      op->replaceAllUsesWith(named);
      dead.push_back(op);
    }
  });
  for (Operation *op : dead)
    op->erase();
  return success();
}
