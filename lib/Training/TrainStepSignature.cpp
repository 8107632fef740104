#include "TrainStepBuilder.h"

#include "mp/IR/MPOps.h"
#include "mp/Training/Roles.h"
#include "mp/Training/TrainStepInfo.h"

using namespace mlir;
using namespace mlir::mp;

void TrainStepBuilder::argument(Type type, StringRef name, StringRef role,
                                Attribute initial) {
  arguments.push_back({type, name.str(), role.str(), initial});
}

void TrainStepBuilder::result(Value value, StringRef name, StringRef role) {
  values.push_back(value);
  results.push_back({value.getType(), name.str(), role.str(), {}});
}

/// `type` with its floats kept in `format`, if there is one.
static Type storedAs(Type type, FloatType format) {
  auto tensor = cast<RankedTensorType>(type);
  if (!format || !isa<FloatType>(tensor.getElementType()))
    return type;
  return tensor.clone(format);
}

/// Batches and labels hold the micro-batches one behind the other; random keys
/// have an axis for them.
Type TrainStepBuilder::inputType(unsigned input) const {
  auto type =
      cast<RankedTensorType>(parts.lossAndGrads.getArgumentTypes()[input]);
  if (settings.accumulate == 1)
    return type;
  StringRef role = getArgRole(parts.lossAndGrads, input);
  SmallVector<int64_t> shape(type.getShape());
  if (role == "rng")
    shape.insert(shape.begin(), settings.accumulate);
  else if ((role == "batch" || role == "label") && !shape.empty())
    shape[0] *= settings.accumulate;
  return type.clone(shape);
}

std::string TrainStepBuilder::scalerName(unsigned scaler,
                                         StringRef what) const {
  if (!settings.perLoss)
    return ("scaler/" + what).str();
  StringRef name = getArgName(parts.lossAndGrads, parts.lossScales[scaler]);
  name.consume_front("loss_scale/");
  return ("scaler/" + (name.empty() ? Twine(scaler) : Twine(name)) + "/" + what)
      .str();
}

void TrainStepBuilder::declareScaler(unsigned which) {
  const Scaler &scaler = settings.scaler;
  auto count = RankedTensorType::get({}, IntegerType::get(context, 32));
  argument(RankedTensorType::get({}, Float32Type::get(context)),
           scalerName(which, "scale"), "scaler",
           builder.getF32FloatAttr(scaler.initial));
  argument(count, scalerName(which, "growth_tracker"), "scaler");
  argument(count, scalerName(which, "hysteresis_left"), "scaler",
           builder.getI32IntegerAttr(scaler.hysteresis));
}

void TrainStepBuilder::declareArguments() {
  func::FuncOp loss = parts.lossAndGrads;
  for (OptimizerParts &optimizer : parts.optimizers)
    for (const auto &parameter : optimizer.parameters)
      argument(
          storedAs(optimizer.function.getArgumentTypes()[parameter.argument],
                   settings.masters),
          getArgName(optimizer.function, parameter.argument), "param");
  firstOptimizerState = arguments.size();
  for (OptimizerParts &optimizer : parts.optimizers)
    for (auto [arg, _] : optimizer.states) {
      StringRef name = getArgName(optimizer.function, arg);
      bool low = settings.isLowState && settings.isLowState(name);
      argument(storedAs(optimizer.function.getArgumentTypes()[arg],
                        low ? settings.stateFormat : FloatType()),
               name, "opt_state");
    }
  firstState = arguments.size();
  for (auto [arg, _] : parts.states)
    argument(loss.getArgumentTypes()[arg], getArgName(loss, arg), "state");
  firstScaler = arguments.size();
  if (isDynamic())
    for (unsigned scaler = 0; scaler < numScalers(); ++scaler)
      declareScaler(scaler);
  firstInput = arguments.size();
  for (unsigned input : parts.inputs)
    argument(inputType(input), getArgName(loss, input),
             getArgRole(loss, input));
  firstSchedule = arguments.size();
  for (const auto &schedule : parts.schedules)
    argument(schedule.type, schedule.name, "schedule");
}

/// The place where a value is made, for people: names, then the file.
static std::string toText(Location location) {
  std::string names, file;
  location->walk([&](Location inner) {
    if (auto name = dyn_cast<NameLoc>(inner)) {
      names += (names.empty() ? "" : " ") + name.getName().str();
    } else if (auto line = dyn_cast<FileLineColLoc>(inner);
               line && file.empty())
      file = (line.getFilename().getValue() + ":" + Twine(line.getLine()) +
              ":" + Twine(line.getColumn()))
                 .str();
    return WalkResult::advance();
  });
  if (names.empty() || file.empty())
    return names + file;
  return names + " (" + file + ")";
}

Attribute TrainStepBuilder::describeGradients() const {
  Builder b(context);
  SmallVector<Attribute> gradients;
  Operation *end = parts.lossAndGrads.getBody().front().getTerminator();
  for (const Group &group : groups) {
    const OptimizerParts &optimizer = parts.optimizers[group.optimizer];
    for (unsigned p : group.parameters) {
      const auto &parameter = optimizer.parameters[p];
      StringRef name = getArgName(optimizer.function, parameter.argument);
      Location made = end->getOperand(parameter.gradient).getLoc();
      SmallVector<NamedAttribute> info{
          b.getNamedAttr("location", b.getStringAttr(toText(made))),
          b.getNamedAttr("name", b.getStringAttr(name))};
      if (settings.perLoss)
        info.push_back(b.getNamedAttr(
            "scale", b.getStringAttr(scalerName(group.scaler, "scale"))));
      gradients.push_back(b.getDictionaryAttr(info));
    }
  }
  return b.getArrayAttr(gradients);
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
    if (arg.initial)
      step.setArgAttr(i, kInitialAttrName, arg.initial);
  }
  for (auto [i, result] : llvm::enumerate(results)) {
    if (!result.name.empty())
      step.setResultAttr(i, kNameAttrName, b.getStringAttr(result.name));
    step.setResultAttr(i, kRoleAttrName, b.getStringAttr(result.role));
  }
  SmallVector<NamedAttribute> info{
      b.getNamedAttr("gradients", describeGradients()),
      b.getNamedAttr("micro_batches",
                     b.getI64IntegerAttr(settings.accumulate))};
  if (isDynamic())
    info.push_back(b.getNamedAttr("minimum_scale",
                                  b.getF32FloatAttr(settings.scaler.minimum)));
  step->setAttr(kTrainStepAttrName, b.getDictionaryAttr(info));
}
