#include "TrainStepRoles.h"

#include "mp/Training/Roles.h"

#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace mlir::mp;

namespace {

/// The name without its first component: `grads/dense0/bias` and
/// `params/dense0/bias` belong together.
StringRef stem(StringRef name) {
  auto [first, rest] = name.split('/');
  return rest.empty() ? first : rest;
}

/// Indices of one function's arguments or results that have one role, found by
/// the stem of their names, or in order where they have no names.
class RoleIndex {
public:
  RoleIndex(func::FuncOp function, bool results, StringRef role)
      : function(function), results(results), role(role) {
    unsigned count =
        results ? function.getNumResults() : function.getNumArguments();
    for (unsigned i = 0; i < count; ++i) {
      if ((results ? getResultRole(function, i) : getArgRole(function, i)) !=
          role)
        continue;
      indices.push_back(i);
      StringRef name = nameOf(i);
      if (!name.empty())
        byStem.try_emplace(stem(name), i);
    }
  }

  StringRef nameOf(unsigned i) const {
    return results ? getResultName(function, i) : getArgName(function, i);
  }
  Type typeOf(unsigned i) const {
    return results ? function.getResultTypes()[i]
                   : function.getArgumentTypes()[i];
  }

  /// The partner of the `ordinal`-th value of a role, named `name`. It has the
  /// same type, or at least, if `anyFloat`, the same shape of floats.
  FailureOr<unsigned> partner(StringRef name, unsigned ordinal, Type type,
                              StringRef purpose, bool anyFloat = false) const {
    unsigned found;
    auto it = name.empty() ? byStem.end() : byStem.find(stem(name));
    if (it != byStem.end())
      found = it->second;
    else if (byStem.empty() && ordinal < indices.size())
      found = indices[ordinal];
    else
      return function.emitError()
             << "expected " << (results ? "a result" : "an argument") << " of '"
             << function.getName() << "' with role '" << role << "' as "
             << purpose << " of '" << name << "', but there is none";
    if (typeOf(found) != type && !(anyFloat && agree(typeOf(found), type)))
      return function.emitError()
             << purpose << " of '" << name << "' in '" << function.getName()
             << "' is " << typeOf(found) << ", expected " << type;
    return found;
  }

  ArrayRef<unsigned> getIndices() const { return indices; }

private:
  static bool agree(Type a, Type b) {
    auto first = dyn_cast<RankedTensorType>(a);
    auto second = dyn_cast<RankedTensorType>(b);
    return first && second && first.getShape() == second.getShape() &&
           isa<FloatType>(first.getElementType()) &&
           isa<FloatType>(second.getElementType());
  }

  mutable func::FuncOp function;
  bool results;
  StringRef role;
  SmallVector<unsigned> indices;
  llvm::StringMap<unsigned> byStem;
};

} // namespace

/// Matches the parameters of one optimizer; `taken` are the parameters of
/// loss_and_grads that an optimizer moves already.
static LogicalResult matchParameters(func::FuncOp lossAndGrads,
                                     OptimizerParts &parts,
                                     llvm::SmallDenseSet<unsigned> &taken) {
  func::FuncOp function = parts.function;
  RoleIndex params(function, false, "param"), results(function, true, "param");
  RoleIndex gradientArgs(function, false, "grad");
  RoleIndex lossParams(lossAndGrads, false, "param");
  RoleIndex gradients(lossAndGrads, true, "grad");
  if (params.getIndices().empty())
    return function.emitError()
           << "expected arguments with role 'param' in '" << function.getName()
           << "'; give the roles as attributes (mp.role) or in a sidecar";
  for (auto [ordinal, arg] : llvm::enumerate(params.getIndices())) {
    StringRef name = params.nameOf(arg);
    Type type = params.typeOf(arg);
    auto updated = results.partner(name, ordinal, type, "the new value");
    auto lossArg = lossParams.partner(name, ordinal, type, "the use", true);
    auto gradient =
        gradients.partner(name, ordinal, type, "the gradient", true);
    auto gradientArg =
        gradientArgs.partner(name, ordinal, type, "the gradient", true);
    if (failed(updated) || failed(lossArg) || failed(gradient) ||
        failed(gradientArg))
      return failure();
    if (!taken.insert(*lossArg).second)
      return function.emitError()
             << "the parameter '" << name << "' of '" << function.getName()
             << "' is updated already";
    parts.parameters.push_back(
        {arg, *updated, *lossArg, *gradient, *gradientArg});
  }
  return success();
}

static LogicalResult
matchStates(func::FuncOp function, StringRef role,
            SmallVector<std::pair<unsigned, unsigned>> &pairs) {
  RoleIndex args(function, false, role), results(function, true, role);
  for (auto [ordinal, arg] : llvm::enumerate(args.getIndices())) {
    auto result = results.partner(args.nameOf(arg), ordinal, args.typeOf(arg),
                                  "the new value");
    if (failed(result))
      return failure();
    pairs.push_back({arg, *result});
  }
  return success();
}

/// Whether result `index` is computed from argument `arg`, regions included.
static bool dependsOn(func::FuncOp function, unsigned index, unsigned arg) {
  Value source = function.getArgument(arg);
  SmallVector<Value> work{
      function.getBody().front().getTerminator()->getOperand(index)};
  llvm::SmallDenseSet<Value> seen;
  while (!work.empty()) {
    Value value = work.pop_back_val();
    if (value == source)
      return true;
    Operation *op = value.getDefiningOp();
    if (!op || !seen.insert(value).second)
      continue;
    llvm::append_range(work, op->getOperands());
    op->walk([&](Operation *inner) {
      llvm::append_range(work, inner->getOperands());
    });
  }
  return false;
}

static LogicalResult matchRest(TrainStepParts &parts) {
  func::FuncOp function = parts.lossAndGrads;
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    StringRef role = getArgRole(function, i);
    if (role == "loss_scale")
      parts.lossScale = i;
    else if (role != "param" && role != "state")
      parts.inputs.push_back(i);
  }
  bool hasLoss = false;
  for (unsigned i = 0; i < function.getNumResults(); ++i) {
    StringRef role = getResultRole(function, i);
    if (role == "loss") {
      parts.loss = i;
      hasLoss = true;
    } else if (role != "grad" && role != "state") {
      parts.auxiliary.push_back(i);
    }
  }
  if (!hasLoss)
    return function.emitError() << "expected a result of '"
                                << function.getName() << "' with role 'loss'";
  parts.lossIsScaled =
      parts.lossScale && dependsOn(function, parts.loss, *parts.lossScale);
  return success();
}

static LogicalResult matchOptimizer(TrainStepParts &parts,
                                    func::FuncOp function,
                                    llvm::SmallDenseSet<unsigned> &taken) {
  OptimizerParts &optimizer = parts.optimizers.emplace_back();
  optimizer.function = function;
  if (failed(matchParameters(parts.lossAndGrads, optimizer, taken)) ||
      failed(matchStates(function, "opt_state", optimizer.states)))
    return failure();
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    StringRef role = getArgRole(function, i);
    if (role != "param" && role != "opt_state" && role != "grad")
      return function.emitError()
             << "argument " << i << " of '" << function.getName()
             << "' has the role '" << role
             << "'; expected 'param', 'opt_state' or 'grad'";
  }
  return success();
}

FailureOr<TrainStepParts>
mp::matchTrainStepParts(func::FuncOp lossAndGrads,
                        ArrayRef<func::FuncOp> updates) {
  TrainStepParts parts;
  parts.lossAndGrads = lossAndGrads;
  llvm::SmallDenseSet<unsigned> taken;
  for (func::FuncOp update : updates)
    if (failed(matchOptimizer(parts, update, taken)))
      return failure();
  RoleIndex params(lossAndGrads, false, "param");
  for (unsigned arg : params.getIndices())
    if (!taken.contains(arg))
      return lossAndGrads.emitError()
             << "no optimizer updates the parameter '" << params.nameOf(arg)
             << "' (argument " << arg << " of '" << lossAndGrads.getName()
             << "')";
  if (failed(matchStates(lossAndGrads, "state", parts.states)) ||
      failed(matchRest(parts)))
    return failure();
  return parts;
}
