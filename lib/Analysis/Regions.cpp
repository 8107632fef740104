#include "mp/Analysis/Regions.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::mp;

namespace {
/// The regions of one function. Its own ops are told apart; those nested in
/// one of them go with it.
class FunctionRegions {
public:
  FunctionRegions(FunctionOpInterface function, const PatternUnits &units)
      : function(function), body(function.getFunctionBody().front()),
        units(units) {}

  llvm::DenseMap<Operation *, StringRef> run();

private:
  using OpSet = llvm::DenseSet<Operation *>;

  StringRef getArgumentRole(Value value) const;
  SmallVector<Value> getResults(ArrayRef<StringRef> roles) const;
  OpSet getSlice(ArrayRef<Value> values) const;
  bool isUpdate(Operation *op) const;
  OpSet getOptimizer(const OpSet &forward) const;
  OpSet getScaler() const;

  mutable FunctionOpInterface function; // whose readers are not const
  Block &body;
  const PatternUnits &units;
};
} // namespace

/// Values that an op or the ops inside of it read from outside.
static void visitReads(Operation *op, llvm::function_ref<void(Value)> visit) {
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      visit(operand);
  });
}

StringRef FunctionRegions::getArgumentRole(Value value) const {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || argument.getOwner() != &body)
    return "";
  auto role =
      function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "mp.role");
  return role ? role.getValue() : "";
}

SmallVector<Value>
FunctionRegions::getResults(ArrayRef<StringRef> roles) const {
  SmallVector<Value> results;
  for (OpOperand &operand : body.getTerminator()->getOpOperands()) {
    auto role = function.getResultAttrOfType<StringAttr>(
        operand.getOperandNumber(), "mp.role");
    if (role && llvm::is_contained(roles, role.getValue()))
      results.push_back(operand.get());
  }
  return results;
}

/// The ops of the body that `values` are computed from.
FunctionRegions::OpSet FunctionRegions::getSlice(ArrayRef<Value> values) const {
  OpSet slice;
  SmallVector<Value> worklist(values);
  while (!worklist.empty()) {
    Operation *op = worklist.pop_back_val().getDefiningOp();
    op = op ? body.findAncestorOpInBlock(*op) : nullptr;
    if (op && slice.insert(op).second)
      visitReads(op, [&](Value value) { worklist.push_back(value); });
  }
  return slice;
}

/// What an optimizer does with gradients: arithmetic element by element, and
/// reductions to one number.
bool FunctionRegions::isUpdate(Operation *op) const {
  auto precision = dyn_cast<PrecisionOpInterface>(op);
  if (!precision)
    return false;
  for (unsigned unit : units.getUnitsOf(op))
    if (units.get()[unit].opClass == OpClass::Optimizer)
      return true;
  switch (precision.getPrecisionClass()) {
  case OpClass::Pointwise:
  case OpClass::Transcendental:
  case OpClass::Bounded:
  case OpClass::Comparison:
  case OpClass::Constant:
  case OpClass::Conversion:
  case OpClass::Integer:
    return true;
  case OpClass::Reduction:
    return llvm::all_of(op->getResultTypes(), [](Type type) {
      auto shaped = dyn_cast<ShapedType>(type);
      return !shaped || (shaped.hasRank() && shaped.getRank() == 0);
    });
  case OpClass::DataMovement:
    switch (precision.getMeaning()) {
    case Meaning::Select:
    case Meaning::Broadcast:
    case Meaning::Reshape:
    case Meaning::Transpose:
      return true;
    default:
      return false;
    }
  default:
    return false;
  }
}

FunctionRegions::OpSet
FunctionRegions::getOptimizer(const OpSet &forward) const {
  OpSet reached;
  SmallVector<Value> worklist = getResults({"param", "opt_state"});
  while (!worklist.empty()) {
    Operation *op = worklist.pop_back_val().getDefiningOp();
    if (op && !forward.contains(op) && !reached.contains(op) && isUpdate(op)) {
      reached.insert(op);
      worklist.append(op->operand_begin(), op->operand_end());
    }
  }
  // The sum of two gradients, or a gradient in another shape, is still one.
  for (Operation &op : body) {
    auto precision = dyn_cast<PrecisionOpInterface>(op);
    if (!reached.contains(&op) || !precision)
      continue;
    Meaning meaning = precision.getMeaning();
    if (meaning != Meaning::Add && meaning != Meaning::Reshape &&
        meaning != Meaning::Transpose)
      continue;
    if (llvm::all_of(op.getOperands(), [&](Value operand) {
          Operation *source = operand.getDefiningOp();
          return source && !reached.contains(source) &&
                 !forward.contains(source) && !getConstant(operand);
        }))
      reached.erase(&op);
  }
  return reached;
}

FunctionRegions::OpSet FunctionRegions::getScaler() const {
  OpSet scaler;
  auto isScale = [&](Value value) {
    return getArgumentRole(value) == "loss_scale" ||
           (value.getDefiningOp() && scaler.contains(value.getDefiningOp()));
  };
  for (Operation &op : body) {
    if (op.hasTrait<OpTrait::IsTerminator>() || op.getNumOperands() == 0)
      continue;
    bool readsScale = llvm::any_of(op.getOperands(), [&](Value value) {
      return getArgumentRole(value) == "loss_scale";
    });
    bool isAllScale = llvm::any_of(op.getOperands(), isScale) &&
                      llvm::all_of(op.getOperands(), [&](Value value) {
                        return isScale(value) || getConstant(value);
                      });
    if (readsScale || isAllScale)
      scaler.insert(&op);
  }
  return scaler;
}

llvm::DenseMap<Operation *, StringRef> FunctionRegions::run() {
  SmallVector<Value> losses = getResults({"loss"});
  SmallVector<Value> updates = getResults({"param", "opt_state"});
  SmallVector<Value> gradients = getResults({"grad"});
  bool readsGradients = llvm::any_of(body.getArguments(), [&](Value argument) {
    return getArgumentRole(argument) == "grad";
  });
  OpSet forward = getSlice(losses), scaler = getScaler();
  OpSet optimizer = getOptimizer(forward);
  gradients.append(updates);
  OpSet backward = getSlice(gradients);
  bool isTraining = !losses.empty() && !gradients.empty();

  llvm::DenseMap<Operation *, StringRef> regions;
  for (Operation &op : body) {
    StringRef region = "forward";
    auto isOptimizerUnit = [&](unsigned unit) {
      return units.get()[unit].opClass == OpClass::Optimizer;
    };
    if (scaler.contains(&op))
      region = "scaler";
    else if (readsGradients && backward.contains(&op))
      region = "optimizer";
    else if (isTraining && optimizer.contains(&op))
      region = "optimizer";
    else if (isTraining && !forward.contains(&op) && backward.contains(&op))
      region = "backward";
    else if (!isTraining &&
             llvm::any_of(units.getUnitsOf(&op), isOptimizerUnit))
      region = "optimizer";
    regions[&op] = region;
  }
  return regions;
}

TrainingRegions::TrainingRegions(Operation *root, const PatternUnits &units) {
  root->walk([&](FunctionOpInterface function) {
    if (function.isExternal() || !function.getFunctionBody().hasOneBlock())
      return;
    for (auto [top, region] : FunctionRegions(function, units).run())
      top->walk([&, region = region](Operation *op) { regions[op] = region; });
  });
}
