#include "mp/Training/Passes.h"

#include "StableHLOEmitter.h"
#include "TrainStepRoles.h"
#include "mp/IR/MPOps.h"
#include "mp/Training/Roles.h"

#include "mlir/IR/IRMapping.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPBUILDTRAINSTEPPASS
#include "mp/Training/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

namespace {

/// The constants of `mp.update_scale` and the scale to start from.
struct Scaler {
  enum Kind { None, Static, Dynamic } kind = Dynamic;
  float initial = 65536.0f;
};

/// Writes @train_step argument by argument and result by result, so that the
/// names and roles stay beside the values they describe.
class TrainStepBuilder {
public:
  TrainStepBuilder(TrainStepParts &parts, Scaler scaler)
      : parts(parts), scaler(scaler), context(parts.lossAndGrads.getContext()),
        loc(parts.lossAndGrads.getLoc()) {}

  struct Options {
    float growth, backoff, minimum, maximum;
    int32_t interval, hysteresis;
  };
  func::FuncOp build(const Options &options);

private:
  struct Described {
    Type type;
    std::string name, role;
  };
  unsigned argument(Type type, StringRef name, StringRef role) {
    arguments.push_back({type, name.str(), role.str()});
    return arguments.size() - 1;
  }
  void result(Value value, StringRef name, StringRef role) {
    values.push_back(value);
    results.push_back({value.getType(), name.str(), role.str()});
  }
  void declareArguments();
  SmallVector<Value> inlineBody(OpBuilder &b, func::FuncOp function,
                                ArrayRef<Value> operands);
  void describe(func::FuncOp step);

  TrainStepParts &parts;
  Scaler scaler;
  MLIRContext *context;
  Location loc;
  SmallVector<Described> arguments, results;
  SmallVector<Value> values;
  unsigned firstState = 0, firstInput = 0, firstScaler = 0;
};

} // namespace

void TrainStepBuilder::declareArguments() {
  func::FuncOp update = parts.applyUpdates, loss = parts.lossAndGrads;
  for (const auto &p : parts.parameters)
    argument(update.getArgumentTypes()[p.updateArg],
             getArgName(update, p.updateArg), "param");
  for (auto [arg, _] : parts.optimizerStates)
    argument(update.getArgumentTypes()[arg], getArgName(update, arg),
             "opt_state");
  firstState = arguments.size();
  for (auto [arg, _] : parts.states)
    argument(loss.getArgumentTypes()[arg], getArgName(loss, arg), "state");
  firstScaler = arguments.size();
  if (scaler.kind == Scaler::Dynamic) {
    auto count = RankedTensorType::get({}, IntegerType::get(context, 32));
    argument(RankedTensorType::get({}, Float32Type::get(context)),
             "scaler/scale", "scaler");
    argument(count, "scaler/growth_tracker", "scaler");
    argument(count, "scaler/hysteresis_left", "scaler");
  }
  firstInput = arguments.size();
  for (unsigned arg : parts.inputs)
    argument(loss.getArgumentTypes()[arg], getArgName(loss, arg),
             getArgRole(loss, arg));
}

SmallVector<Value> TrainStepBuilder::inlineBody(OpBuilder &b,
                                                func::FuncOp function,
                                                ArrayRef<Value> operands) {
  IRMapping map;
  Block &body = function.getBody().front();
  map.map(body.getArguments(), ValueRange(operands));
  for (Operation &op : body.without_terminator())
    b.clone(op, map);
  SmallVector<Value> returned;
  for (Value value : body.getTerminator()->getOperands())
    returned.push_back(map.lookupOrDefault(value));
  return returned;
}

func::FuncOp TrainStepBuilder::build(const Options &options) {
  declareArguments();
  SmallVector<Type> types;
  for (const Described &argument : arguments)
    types.push_back(argument.type);
  OpBuilder b(parts.lossAndGrads);
  auto step = func::FuncOp::create(b, loc, "train_step",
                                   FunctionType::get(context, types, {}));
  Block *entry = step.addEntryBlock();
  b.setInsertionPointToStart(entry);
  StableHLOEmitter e(b, loc);
  auto scalar = RankedTensorType::get({}, b.getF32Type());
  size_t count = parts.parameters.size();

  // Forward and backward, on the scaled loss.
  Value scale;
  if (scaler.kind == Scaler::Dynamic)
    scale = entry->getArgument(firstScaler);
  else
    scale = e.constant(scalar,
                       scaler.kind == Scaler::Static ? scaler.initial : 1.0f);
  SmallVector<Value> operands(parts.lossAndGrads.getNumArguments());
  for (auto [i, p] : llvm::enumerate(parts.parameters))
    operands[p.lossArg] = entry->getArgument(i);
  for (auto [i, pair] : llvm::enumerate(parts.states))
    operands[pair.first] = entry->getArgument(firstState + i);
  for (auto [i, arg] : llvm::enumerate(parts.inputs))
    operands[arg] = entry->getArgument(firstInput + i);
  if (parts.lossScale)
    operands[*parts.lossScale] = scale;
  b.setInsertionPointToEnd(entry);
  SmallVector<Value> outcome = inlineBody(b, parts.lossAndGrads, operands);

  // Unscale and look for overflow.
  SmallVector<Value> gradients;
  for (const auto &p : parts.parameters)
    gradients.push_back(outcome[p.gradient]);
  StableHLOEmitter tail(b, loc);
  Value finite, culprit;
  if (scaler.kind != Scaler::None) {
    SmallVector<Type> unscaledTypes;
    for (Value gradient : gradients)
      unscaledTypes.push_back(e.like(gradient, b.getF32Type()));
    auto flag = RankedTensorType::get({}, b.getI1Type());
    auto index = RankedTensorType::get({}, b.getI32Type());
    auto check = UnscaleAndCheckOp::create(b, loc, unscaledTypes, flag, index,
                                           gradients, scale);
    gradients.assign(check.getUnscaled().begin(), check.getUnscaled().end());
    finite = check.getFinite();
    culprit = check.getCulprit();
  } else {
    finite = tail.constant(RankedTensorType::get({}, b.getI1Type()), 1);
    culprit = tail.constant(RankedTensorType::get({}, b.getI32Type()), -1);
  }

  // The optimizer, on masters, only if the gradients are finite.
  SmallVector<Value> state;
  for (size_t i = 0; i < count + parts.optimizerStates.size(); ++i)
    state.push_back(entry->getArgument(i));
  for (size_t i = 0; i < parts.states.size(); ++i)
    state.push_back(entry->getArgument(firstState + i));
  auto update = [&](OpBuilder &inner) {
    SmallVector<Value> args(parts.applyUpdates.getNumArguments());
    for (auto [i, p] : llvm::enumerate(parts.parameters)) {
      args[p.updateArg] = entry->getArgument(i);
      args[p.gradientArg] = gradients[i];
    }
    for (auto [i, pair] : llvm::enumerate(parts.optimizerStates))
      args[pair.first] = entry->getArgument(count + i);
    SmallVector<Value> updated = inlineBody(inner, parts.applyUpdates, args);
    SmallVector<Value> next;
    for (const auto &p : parts.parameters)
      next.push_back(updated[p.updateResult]);
    for (auto [_, result] : parts.optimizerStates)
      next.push_back(updated[result]);
    for (auto [_, result] : parts.states)
      next.push_back(outcome[result]);
    return next;
  };
  SmallVector<Value> next;
  if (scaler.kind == Scaler::None) {
    next = update(b);
  } else {
    auto guarded = GuardedUpdateOp::create(b, loc, TypeRange(ValueRange(state)),
                                           finite, state);
    OpBuilder inner(context);
    inner.setInsertionPointToStart(&guarded.getBody().emplaceBlock());
    YieldOp::create(inner, loc, update(inner));
    next.assign(guarded.getResults().begin(), guarded.getResults().end());
  }

  Value loss = outcome[parts.loss];
  if (parts.lossIsScaled && scaler.kind != Scaler::None)
    loss =
        tail.divide(loss, tail.convert(scale, e.typeOf(loss).getElementType()));
  result(loss, "loss", "loss");
  for (auto [i, value] : llvm::enumerate(next))
    result(value, arguments[i].name, arguments[i].role);
  if (scaler.kind == Scaler::Dynamic) {
    auto f32 = [&](float value) { return b.getF32FloatAttr(value); };
    auto i32 = [&](int32_t value) { return b.getI32IntegerAttr(value); };
    auto moved = UpdateScaleOp::create(
        b, loc, scale.getType(), entry->getArgument(firstScaler + 1).getType(),
        entry->getArgument(firstScaler + 2).getType(), scale,
        entry->getArgument(firstScaler + 1),
        entry->getArgument(firstScaler + 2), finite, f32(options.growth),
        f32(options.backoff), i32(options.interval), f32(options.minimum),
        f32(options.maximum), i32(options.hysteresis));
    for (auto [i, value] : llvm::enumerate(moved->getResults()))
      result(value, arguments[firstScaler + i].name, "scaler");
  }
  result(finite, "finite", "aux");
  result(culprit, "culprit", "aux");
  for (unsigned i : parts.auxiliary)
    result(outcome[i], getResultName(parts.lossAndGrads, i), "aux");
  func::ReturnOp::create(b, loc, values);
  describe(step);
  return step;
}

void TrainStepBuilder::describe(func::FuncOp step) {
  SmallVector<Type> types;
  for (const Described &result : results)
    types.push_back(result.type);
  step.setType(FunctionType::get(context, step.getArgumentTypes(), types));
  Builder b(context);
  for (auto [i, arg] : llvm::enumerate(arguments)) {
    if (!arg.name.empty())
      step.setArgAttr(i, kNameAttrName, b.getStringAttr(arg.name));
    step.setArgAttr(i, kRoleAttrName, b.getStringAttr(arg.role));
  }
  for (auto [i, result] : llvm::enumerate(results)) {
    if (!result.name.empty())
      step.setResultAttr(i, kNameAttrName, b.getStringAttr(result.name));
    step.setResultAttr(i, kRoleAttrName, b.getStringAttr(result.role));
  }
}

//===----------------------------------------------------------------------===//
// Pass
//===----------------------------------------------------------------------===//

namespace {

class BuildTrainStepPass
    : public mp::impl::MPBuildTrainStepPassBase<BuildTrainStepPass> {
  using Base::Base;

  FailureOr<Scaler> readScaler() {
    Scaler scaler;
    scaler.initial = initScale;
    if (lossScale == "none") {
      scaler.kind = Scaler::None;
    } else if (lossScale != "dynamic") {
      scaler.kind = Scaler::Static;
      if (StringRef(lossScale).getAsDouble(staticScale) || !(staticScale > 0))
        return getOperation().emitError()
               << "expected loss-scale to be 'dynamic', 'none' or a positive "
                  "number, "
                  "but got '"
               << lossScale << "'";
      scaler.initial = staticScale;
    }
    return scaler;
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto loss = module.lookupSymbol<func::FuncOp>("loss_and_grads");
    auto update = module.lookupSymbol<func::FuncOp>("apply_updates");
    FailureOr<Scaler> scaler = readScaler();
    if (failed(scaler))
      return signalPassFailure();
    if (!loss || !update) {
      module.emitError()
          << "expected the functions 'loss_and_grads' and 'apply_updates'; "
             "export the "
             "loss with its gradients, multiplied by an argument with role "
             "'loss_scale', and the optimizer's update as two functions";
      return signalPassFailure();
    }
    FailureOr<TrainStepParts> parts = matchTrainStepParts(loss, update);
    if (failed(parts))
      return signalPassFailure();
    if (scaler->kind != Scaler::None && !parts->lossScale) {
      loss.emitError()
          << "'loss_and_grads' has no argument with role 'loss_scale', so "
             "its gradients cannot be scaled; export it with one, or ask "
             "for loss-scale=none";
      return signalPassFailure();
    }
    TrainStepBuilder(*parts, *scaler)
        .build({growth, backoff, minimum, maximum, interval, hysteresis});
    loss.erase();
    update.erase();
  }

  double staticScale = 1;
};

} // namespace
