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
      if (!name.empty() && !byStem.try_emplace(stem(name), i).second)
        twice = twice ? twice : i;
    }
  }

  /// Reports the first of two values that cannot be told apart.
  LogicalResult verify() const {
    if (!twice)
      return success();
    return function.emitError()
           << kind() << "s " << byStem.lookup(stem(nameOf(*twice))) << " and "
           << *twice << " of '" << function.getName()
           << "' have both the role '" << role << "' and the name '"
           << stem(nameOf(*twice)) << "'"
           << (role == "grad" ? "; a parameter has one gradient, so return the "
                                "sum of the two"
                              : "");
  }

  /// Reports the first value of this role that is not among `used`.
  LogicalResult verifyUsed(const llvm::SmallDenseSet<unsigned> &used,
                           StringRef complaint) const {
    for (unsigned i : indices)
      if (!used.contains(i))
        return function.emitError()
               << kind() << " " << i << " of '" << function.getName()
               << "' has the role '" << role << "' and the name '" << nameOf(i)
               << "', but " << complaint;
    return success();
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
  StringRef kind() const { return results ? "result" : "argument"; }
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
  std::optional<unsigned> twice;
};

} // namespace

/// Matches the parameters of one optimizer; `taken` are the parameters of
/// loss_and_grads that an optimizer moves already, `moved` the gradients that
/// one uses.
static LogicalResult matchParameters(func::FuncOp lossAndGrads,
                                     OptimizerParts &parts,
                                     llvm::SmallDenseSet<unsigned> &taken,
                                     llvm::SmallDenseSet<unsigned> &moved) {
  func::FuncOp function = parts.function;
  RoleIndex params(function, false, "param"), results(function, true, "param");
  RoleIndex gradientArgs(function, false, "grad");
  RoleIndex lossParams(lossAndGrads, false, "param");
  RoleIndex gradients(lossAndGrads, true, "grad");
  for (const RoleIndex *index :
       {&lossParams, &gradients, &params, &gradientArgs, &results})
    if (failed(index->verify()))
      return failure();
  if (params.getIndices().empty())
    return function.emitError()
           << "expected arguments with role 'param' in '" << function.getName()
           << "'; give the roles as attributes (mp.role) or in a sidecar";
  llvm::SmallDenseSet<unsigned> usedArgs, usedResults;
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
    moved.insert(*gradient);
    usedArgs.insert(*gradientArg);
    usedResults.insert(*updated);
    parts.parameters.push_back(
        {arg, *updated, *lossArg, *gradient, *gradientArg});
  }
  if (failed(gradientArgs.verifyUsed(usedArgs, "there is no such parameter")))
    return failure();
  return results.verifyUsed(usedResults, "there is no such parameter");
}

static LogicalResult
matchStates(func::FuncOp function, StringRef role,
            SmallVector<std::pair<unsigned, unsigned>> &pairs) {
  RoleIndex args(function, false, role), results(function, true, role);
  if (failed(args.verify()) || failed(results.verify()))
    return failure();
  llvm::SmallDenseSet<unsigned> used;
  for (auto [ordinal, arg] : llvm::enumerate(args.getIndices())) {
    auto result = results.partner(args.nameOf(arg), ordinal, args.typeOf(arg),
                                  "the new value");
    if (failed(result))
      return failure();
    used.insert(*result);
    pairs.push_back({arg, *result});
  }
  return results.verifyUsed(used, "there is no such argument");
}

LogicalResult mp::verifyWholeStep(func::FuncOp step) {
  SmallVector<std::pair<unsigned, unsigned>> pairs;
  for (StringRef role : {"param", "opt_state", "state"})
    if (failed(matchStates(step, role, pairs)))
      return failure();
  return success();
}

/// Which of the loss scales each result is computed from, regions included.
static SmallVector<uint64_t> findScales(func::FuncOp function,
                                        ArrayRef<unsigned> lossScales) {
  llvm::DenseMap<Value, uint64_t> scales;
  for (auto [bit, argument] : llvm::enumerate(lossScales))
    scales[function.getArgument(argument)] = uint64_t(1) << bit;
  Block &body = function.getBody().front();
  for (Operation &op : body.without_terminator()) {
    uint64_t mask = 0;
    op.walk([&](Operation *inner) {
      for (Value operand : inner->getOperands())
        mask |= scales.lookup(operand);
    });
    if (mask)
      for (Value result : op.getResults())
        scales[result] = mask;
  }
  return llvm::map_to_vector(body.getTerminator()->getOperands(),
                             [&](Value value) { return scales.lookup(value); });
}

/// The schedule that sets argument `arg`.
static FailureOr<unsigned> findSchedule(TrainStepParts &parts,
                                        func::FuncOp function, unsigned arg) {
  StringRef name = getArgName(function, arg);
  Type type = function.getArgumentTypes()[arg];
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || tensor.getRank() != 0 || name.empty())
    return function.emitError()
           << "argument " << arg << " of '" << function.getName()
           << "' has the role 'schedule'; expected a scalar with a name, but "
              "got '"
           << name << "', " << type;
  for (auto [i, known] : llvm::enumerate(parts.schedules)) {
    if (known.name != name)
      continue;
    if (known.type == type)
      return unsigned(i);
    return function.emitError()
           << "the schedule '" << name << "' is " << type << " in '"
           << function.getName() << "', but " << known.type << " elsewhere";
  }
  parts.schedules.push_back({name.str(), type});
  return unsigned(parts.schedules.size() - 1);
}

static InFlightDiagnostic wrongRole(func::FuncOp function, StringRef kind,
                                    unsigned index, StringRef role,
                                    StringRef expected) {
  return function.emitError()
         << kind << " " << index << " of '" << function.getName()
         << "' has the role '" << role << "'; expected " << expected;
}

static LogicalResult matchArgument(TrainStepParts &parts, unsigned i) {
  func::FuncOp function = parts.lossAndGrads;
  StringRef role = getArgRole(function, i);
  if (role == "param" || role == "state")
    return success();
  if (role == "schedule") {
    FailureOr<unsigned> schedule = findSchedule(parts, function, i);
    if (succeeded(schedule))
      parts.lossSchedules.push_back({i, *schedule});
    return schedule;
  }
  if (role == "loss_scale") {
    auto type = dyn_cast<RankedTensorType>(function.getArgumentTypes()[i]);
    if (!type || type.getRank() != 0 || !isa<FloatType>(type.getElementType()))
      return function.emitError()
             << "argument " << i << " of '" << function.getName()
             << "' has the role 'loss_scale'; expected one float, but got "
             << function.getArgumentTypes()[i];
    parts.lossScales.push_back(i);
    return success();
  }
  if (!role.empty() && role != "batch" && role != "label" && role != "rng" &&
      role != "const")
    return wrongRole(function, "argument", i, role,
                     "'param', 'state', 'batch', 'label', 'rng', 'const', "
                     "'schedule' or 'loss_scale'");
  parts.inputs.push_back(i);
  return success();
}

static LogicalResult matchRest(TrainStepParts &parts) {
  func::FuncOp function = parts.lossAndGrads;
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    if (failed(matchArgument(parts, i)))
      return failure();
  if (parts.lossScales.size() > 64)
    return function.emitError()
           << "expected at most 64 arguments of role 'loss_scale', but got "
           << parts.lossScales.size();
  for (unsigned i = 0; i < function.getNumResults(); ++i) {
    StringRef role = getResultRole(function, i);
    if (role == "loss")
      parts.losses.push_back(i);
    else if (role == "param" || role == "opt_state" || role == "batch" ||
             role == "label" || role == "loss_scale" || role == "schedule")
      return wrongRole(function, "result", i, role,
                       "'loss', 'grad', 'state' or 'aux'");
    else if (role != "grad" && role != "state")
      parts.auxiliary.push_back(i);
  }
  if (parts.losses.empty())
    return function.emitError() << "expected a result of '"
                                << function.getName() << "' with role 'loss'";
  parts.scalesOfResult = findScales(function, parts.lossScales);
  return success();
}

static LogicalResult matchOptimizer(TrainStepParts &parts,
                                    func::FuncOp function,
                                    llvm::SmallDenseSet<unsigned> &taken,
                                    llvm::SmallDenseSet<unsigned> &moved) {
  OptimizerParts &optimizer = parts.optimizers.emplace_back();
  optimizer.function = function;
  if (failed(matchParameters(parts.lossAndGrads, optimizer, taken, moved)) ||
      failed(matchStates(function, "opt_state", optimizer.states)))
    return failure();
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    StringRef role = getArgRole(function, i);
    if (role == "schedule") {
      FailureOr<unsigned> schedule = findSchedule(parts, function, i);
      if (failed(schedule))
        return failure();
      optimizer.schedules.push_back({i, *schedule});
    } else if (role != "param" && role != "opt_state" && role != "grad") {
      return wrongRole(function, "argument", i, role,
                       "'param', 'opt_state', 'grad' or 'schedule'");
    }
  }
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    if (StringRef role = getResultRole(function, i);
        !role.empty() && role != "param" && role != "opt_state" &&
        role != "aux")
      return wrongRole(function, "result", i, role, "'param' or 'opt_state'");
  return success();
}

FailureOr<TrainStepParts>
mp::matchTrainStepParts(func::FuncOp lossAndGrads,
                        ArrayRef<func::FuncOp> updates) {
  TrainStepParts parts;
  parts.lossAndGrads = lossAndGrads;
  llvm::SmallDenseSet<unsigned> taken, moved;
  for (func::FuncOp update : updates)
    if (failed(matchOptimizer(parts, update, taken, moved)))
      return failure();
  if (failed(RoleIndex(lossAndGrads, false, "param")
                 .verifyUsed(taken, "no optimizer updates it")) ||
      failed(RoleIndex(lossAndGrads, true, "grad")
                 .verifyUsed(moved, "no optimizer has such a parameter")) ||
      failed(matchStates(lossAndGrads, "state", parts.states)) ||
      failed(matchRest(parts)))
    return failure();
  return parts;
}
