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

  /// The partner of the `ordinal`-th value of a role, named `name`.
  FailureOr<unsigned> partner(StringRef name, unsigned ordinal, Type type,
                              StringRef purpose) const {
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
    if (typeOf(found) != type)
      return function.emitError()
             << purpose << " of '" << name << "' in '" << function.getName()
             << "' is " << typeOf(found) << ", expected " << type;
    return found;
  }

  ArrayRef<unsigned> getIndices() const { return indices; }

private:
  mutable func::FuncOp function;
  bool results;
  StringRef role;
  SmallVector<unsigned> indices;
  llvm::StringMap<unsigned> byStem;
};

} // namespace

static LogicalResult matchParameters(TrainStepParts &parts) {
  RoleIndex params(parts.applyUpdates, false, "param");
  RoleIndex newParams(parts.applyUpdates, true, "param");
  RoleIndex gradientArgs(parts.applyUpdates, false, "grad");
  RoleIndex lossParams(parts.lossAndGrads, false, "param");
  RoleIndex gradients(parts.lossAndGrads, true, "grad");
  if (params.getIndices().empty())
    return parts.applyUpdates.emitError()
           << "expected arguments with role 'param' in '"
           << parts.applyUpdates.getName()
           << "'; give the roles as attributes (mp.role) or in a sidecar";
  if (lossParams.getIndices().size() != params.getIndices().size())
    return parts.lossAndGrads.emitError()
           << "'" << parts.lossAndGrads.getName() << "' has "
           << lossParams.getIndices().size() << " parameters, but '"
           << parts.applyUpdates.getName() << "' has "
           << params.getIndices().size();
  for (auto [ordinal, arg] : llvm::enumerate(params.getIndices())) {
    StringRef name = params.nameOf(arg);
    Type type = params.typeOf(arg);
    auto updated = newParams.partner(name, ordinal, type, "the new value");
    auto lossArg = lossParams.partner(name, ordinal, type, "the use");
    auto gradient = gradients.partner(name, ordinal, type, "the gradient");
    auto gradientArg =
        gradientArgs.partner(name, ordinal, type, "the gradient");
    if (failed(updated) || failed(lossArg) || failed(gradient) ||
        failed(gradientArg))
      return failure();
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
  func::FuncOp update = parts.applyUpdates;
  for (unsigned i = 0; i < update.getNumArguments(); ++i) {
    StringRef role = getArgRole(update, i);
    if (role != "param" && role != "opt_state" && role != "grad")
      return update.emitError()
             << "argument " << i << " of '" << update.getName()
             << "' has the role '" << role
             << "'; expected 'param', 'opt_state' or 'grad'";
  }
  return success();
}

FailureOr<TrainStepParts> mp::matchTrainStepParts(func::FuncOp lossAndGrads,
                                                  func::FuncOp applyUpdates) {
  TrainStepParts parts;
  parts.lossAndGrads = lossAndGrads;
  parts.applyUpdates = applyUpdates;
  if (failed(matchParameters(parts)) ||
      failed(matchStates(applyUpdates, "opt_state", parts.optimizerStates)) ||
      failed(matchStates(lossAndGrads, "state", parts.states)) ||
      failed(matchRest(parts)))
    return failure();
  return parts;
}
