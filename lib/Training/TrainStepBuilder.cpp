#include "TrainStepBuilder.h"

#include "mp/IR/MPOps.h"
#include "mp/Training/Roles.h"

#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace mlir::mp;

TrainStepBuilder::TrainStepBuilder(TrainStepParts &parts,
                                   const TrainStepSettings &settings)
    : parts(parts), settings(settings),
      context(parts.lossAndGrads.getContext()),
      loc(parts.lossAndGrads.getLoc()), builder(parts.lossAndGrads) {
  makeGroups();
}

void TrainStepBuilder::makeGroups() {
  llvm::DenseMap<Operation *, unsigned> position;
  Block &body = parts.lossAndGrads.getBody().front();
  for (auto [i, op] : llvm::enumerate(body))
    position[&op] = i + 1;
  auto made = [&](const OptimizerParts::Parameter &parameter) {
    Value gradient = body.getTerminator()->getOperand(parameter.gradient);
    return position.lookup(gradient.getDefiningOp());
  };
  for (auto [i, optimizer] : llvm::enumerate(parts.optimizers)) {
    const auto &parameters = optimizer.parameters;
    for (unsigned scaler = 0; scaler < numScalers(); ++scaler) {
      Group group{unsigned(i), scaler, {}};
      for (unsigned p = 0; p < parameters.size(); ++p)
        if (scalerOf(parameters[p].gradient) == scaler)
          group.parameters.push_back(p);
      llvm::sort(group.parameters, [&](unsigned a, unsigned b) {
        return std::make_pair(made(parameters[a]), a) <
               std::make_pair(made(parameters[b]), b);
      });
      if (!group.parameters.empty())
        groups.push_back(std::move(group));
    }
  }
}

//===----------------------------------------------------------------------===//
// Forward and backward
//===----------------------------------------------------------------------===//

/// `value` with the element type of the tensor type `like`.
Value TrainStepBuilder::toElement(Value value, Type like) {
  return emitter->convert(value, cast<RankedTensorType>(like).getElementType());
}

/// What the step computes with, where its type is not that of the master.
void TrainStepBuilder::makeWorkingCopies() {
  auto types = parts.lossAndGrads.getArgumentTypes();
  for (const OptimizerParts &optimizer : parts.optimizers)
    for (const auto &parameter : optimizer.parameters) {
      Value master = argumentAt(workingCopies.size());
      auto from = cast<RankedTensorType>(master.getType());
      auto to = cast<RankedTensorType>(types[parameter.lossArgument]);
      bool narrower =
          from.getElementTypeBitWidth() > to.getElementTypeBitWidth();
      if (narrower && isa<Float32Type, Float64Type>(from.getElementType()))
        workingCopies.push_back(
            WorkingCopyOp::create(emitter->builder(), to, master));
      else
        workingCopies.push_back(toElement(master, to));
    }
}

/// Copies the body of `function` to the builder's place; the ops carry `role`.
SmallVector<Value> TrainStepBuilder::inlineBody(func::FuncOp function,
                                                ArrayRef<Value> operands,
                                                StringRef role) {
  IRMapping map;
  Block &body = function.getBody().front();
  map.map(body.getArguments(), ValueRange(operands));
  for (Operation &op : body.without_terminator()) {
    Operation *copy = emitter->builder().clone(op, map);
    if (!role.empty())
      copy->setDiscardableAttr(kRoleAttrName, builder.getStringAttr(role));
  }
  SmallVector<Value> returned;
  for (Value value : body.getTerminator()->getOperands())
    returned.push_back(map.lookupOrDefault(value));
  return returned;
}

TrainStepBuilder::Outcome TrainStepBuilder::runOnce(ArrayRef<Value> states,
                                                    ArrayRef<Value> inputs) {
  func::FuncOp loss = parts.lossAndGrads;
  SmallVector<Value> operands(loss.getNumArguments());
  auto copy = workingCopies.begin();
  for (const OptimizerParts &optimizer : parts.optimizers)
    for (const auto &parameter : optimizer.parameters)
      operands[parameter.lossArgument] = *copy++;
  for (auto [pair, value] : llvm::zip(parts.states, states))
    operands[pair.first] = value;
  for (auto [input, value] : llvm::zip(parts.inputs, inputs))
    operands[input] = value;
  for (auto [i, argument] : llvm::enumerate(parts.lossScales))
    operands[argument] = toElement(scales[settings.perLoss ? i : 0],
                                   loss.getArgumentTypes()[argument]);
  for (auto [argument, schedule] : parts.lossSchedules)
    operands[argument] = argumentAt(firstSchedule + schedule);
  SmallVector<Value> returned = inlineBody(loss, operands, "");

  Outcome outcome;
  for (unsigned index : parts.losses)
    outcome.losses.push_back(returned[index]);
  for (const OptimizerParts &optimizer : parts.optimizers)
    for (const auto &parameter : optimizer.parameters)
      outcome.gradients.push_back(returned[parameter.gradient]);
  for (auto [_, index] : parts.states)
    outcome.states.push_back(returned[index]);
  for (unsigned index : parts.auxiliary)
    outcome.auxiliary.push_back(returned[index]);
  return outcome;
}

Value TrainStepBuilder::takeMicroBatch(Value input, unsigned which,
                                       Value index) {
  auto whole = cast<RankedTensorType>(input.getType());
  auto part =
      cast<RankedTensorType>(parts.lossAndGrads.getArgumentTypes()[which]);
  if (whole == part)
    return input;
  StableHLOEmitter &e = *emitter;
  auto count = cast<RankedTensorType>(index.getType());
  SmallVector<int64_t> sizes(whole.getShape());
  sizes[0] /= settings.accumulate;
  SmallVector<Value> starts(whole.getRank(), e.constant(count, 0));
  starts[0] = e.multiply(index, e.constant(count, sizes[0]));
  Value slice = shlo::DynamicSliceOp::create(e.builder(), whole.clone(sizes),
                                             input, starts, sizes);
  return e.reshape(slice, part);
}

/// A loop over the micro-batches that adds up losses and gradients in f32.
TrainStepBuilder::Outcome TrainStepBuilder::accumulate() {
  StableHLOEmitter &e = *emitter;
  ImplicitLocOpBuilder &b = e.builder();
  SmallVector<Value> inputs, states;
  for (size_t i = 0; i < parts.inputs.size(); ++i)
    inputs.push_back(argumentAt(firstInput + i));
  for (size_t i = 0; i < parts.states.size(); ++i)
    states.push_back(argumentAt(firstState + i));
  if (settings.accumulate == 1)
    return runOnce(states, inputs);

  auto count = RankedTensorType::get({}, b.getI32Type());
  func::FuncOp function = parts.lossAndGrads;
  auto sumOf = [&](unsigned result) {
    return cast<RankedTensorType>(function.getResultTypes()[result])
        .clone(b.getF32Type());
  };
  SmallVector<Value> initial{e.constant(count, 0)};
  for (unsigned index : parts.losses)
    initial.push_back(e.constant(sumOf(index), 0));
  for (const OptimizerParts &optimizer : parts.optimizers)
    for (const auto &parameter : optimizer.parameters)
      initial.push_back(e.constant(sumOf(parameter.gradient), 0));
  size_t sums = initial.size() - 1;
  llvm::append_range(initial, states);
  for (unsigned index : parts.auxiliary)
    initial.push_back(e.zero(function.getResultTypes()[index]));

  auto loop = shlo::WhileOp::create(b, TypeRange(ValueRange(initial)), initial);
  SmallVector<Location> locations(initial.size(), loc);
  OpBuilder::InsertionGuard guard(b);
  Block *condition = b.createBlock(&loop.getCond(), {},
                                   TypeRange(ValueRange(initial)), locations);
  shlo::ReturnOp::create(b, e.compare(shlo::ComparisonDirection::LT,
                                      condition->getArgument(0),
                                      e.constant(count, settings.accumulate)));

  Block *body = b.createBlock(&loop.getBody(), {},
                              TypeRange(ValueRange(initial)), locations);
  Value index = body->getArgument(0);
  ValueRange carried = body->getArguments();
  for (auto [value, which] : llvm::zip(inputs, parts.inputs))
    value = takeMicroBatch(value, which, index);
  Outcome once =
      runOnce(llvm::to_vector(carried.slice(1 + sums, states.size())), inputs);
  SmallVector<Value> next{e.add(index, e.constant(count, 1))};
  for (Value term : llvm::concat<Value>(once.losses, once.gradients))
    next.push_back(
        e.add(carried[next.size()], e.convert(term, b.getF32Type())));
  llvm::append_range(next, once.states);
  llvm::append_range(next, once.auxiliary);
  shlo::ReturnOp::create(b, next);

  ValueRange sum = loop.getResults();
  Outcome outcome;
  size_t losses = parts.losses.size();
  outcome.losses = llvm::to_vector(sum.slice(1, losses));
  outcome.gradients = llvm::to_vector(sum.slice(1 + losses, sums - losses));
  outcome.states = llvm::to_vector(sum.slice(1 + sums, states.size()));
  outcome.auxiliary = llvm::to_vector(sum.drop_front(1 + sums + states.size()));
  return outcome;
}

//===----------------------------------------------------------------------===//
// Check, update, scale
//===----------------------------------------------------------------------===//

size_t TrainStepBuilder::firstParameter(size_t optimizer) const {
  size_t first = 0;
  for (size_t i = 0; i < optimizer; ++i)
    first += parts.optimizers[i].parameters.size();
  return first;
}

/// An f32 tensor that is finite where the f64 `gradient` is: narrowing would
/// make infinities of numbers.
Value TrainStepBuilder::surrogate(Value gradient) {
  StableHLOEmitter &e = *emitter;
  auto type = e.like(gradient, builder.getF32Type());
  return e.select(e.isFinite(gradient), e.constant(type, 0),
                  e.constant(type, std::numeric_limits<double>::infinity()));
}

/// Unscales and checks the gradients of one group. The culprit so far gives way
/// to one of this group: they are checked from the last to the first.
void TrainStepBuilder::checkGroup(size_t which, Outcome &outcome,
                                  Check &check) {
  StableHLOEmitter &e = *emitter;
  const Group &group = groups[which];
  Value scale = gradientScales[group.scaler];
  size_t first = 0, total = outcome.gradients.size(),
         parameter = firstParameter(group.optimizer);
  for (size_t i = 0; i < which; ++i)
    first += groups[i].parameters.size();
  SmallVector<Value> gradients;
  SmallVector<Type> types;
  auto isWide = [&](Value gradient) {
    return e.typeOf(gradient).getElementType().isF64();
  };
  for (unsigned p : group.parameters) {
    Value gradient = outcome.gradients[parameter + p];
    gradients.push_back(isWide(gradient) ? surrogate(gradient) : gradient);
    types.push_back(e.like(gradient, builder.getF32Type()));
  }
  auto flag = RankedTensorType::get({}, builder.getI1Type());
  auto index = RankedTensorType::get({}, builder.getI32Type());
  auto op = UnscaleAndCheckOp::create(e.builder(), types, flag, index,
                                      gradients, scale);
  for (auto [i, p] : llvm::enumerate(group.parameters)) {
    Value &gradient = outcome.gradients[parameter + p];
    gradient =
        isWide(gradient)
            ? e.divide(gradient,
                       e.broadcast(e.convert(scale, builder.getF64Type()),
                                   e.typeOf(gradient), {}))
            : op.getUnscaled()[i];
  }
  auto join = [&](Value &all) {
    all = all ? e.logicalAnd(op.getFinite(), all) : op.getFinite();
  };
  join(check.finite[group.optimizer]);
  if (numScalers() > 1)
    join(check.scalerFinite[group.scaler]);
  bool last = !check.allFinite;
  join(check.allFinite);
  if (last)
    check.culprit = op.getCulprit();
  if (last && first == 0)
    return;
  // Gradients are counted over all groups, and behind them the scale.
  Value scaleIsBad = e.compare(shlo::ComparisonDirection::EQ, op.getCulprit(),
                               e.constant(index, gradients.size()));
  Value counted = e.select(scaleIsBad, e.constant(index, total),
                           e.add(op.getCulprit(), e.constant(index, first)));
  check.culprit = e.select(op.getFinite(), check.culprit, counted);
}

TrainStepBuilder::Check TrainStepBuilder::checkGradients(Outcome &outcome) {
  Check check;
  check.finite.resize(parts.optimizers.size());
  check.scalerFinite.resize(numScalers());
  for (size_t i = groups.size(); i-- > 0;)
    checkGroup(i, outcome, check);
  // All gradients carry the one scale; and a scale that no gradient carries
  // has nothing to overflow.
  for (Value &finite : check.scalerFinite)
    if (!finite)
      finite = check.allFinite;
  return check;
}

/// How many of the weights that the optimizer moved from `old` to `next` are
/// `kept` as they were, since the format they are kept in has no such step.
Value TrainStepBuilder::countStuck(Value old, Value next, Value kept) {
  StableHLOEmitter &e = *emitter;
  Type element = e.typeOf(next).getElementType();
  Value moved = e.compare(shlo::ComparisonDirection::NE, next, old);
  Value stayed =
      e.compare(shlo::ComparisonDirection::EQ, e.convert(kept, element), old);
  return e.count(e.logicalAnd(moved, stayed));
}

/// The optimizer's new parameters and states, in the formats they are kept in;
/// behind them how many weights are stuck, where they have no masters.
SmallVector<Value> TrainStepBuilder::update(size_t which,
                                            const Outcome &outcome) {
  OptimizerParts &optimizer = parts.optimizers[which];
  size_t parameter = firstParameter(which), state = firstOptimizerState;
  for (size_t i = 0; i < which; ++i)
    state += parts.optimizers[i].states.size();
  func::FuncOp function = optimizer.function;
  auto types = function.getArgumentTypes();
  SmallVector<Value> operands(types.size());
  for (auto [i, p] : llvm::enumerate(optimizer.parameters)) {
    operands[p.argument] =
        toElement(argumentAt(parameter + i), types[p.argument]);
    operands[p.gradientArgument] =
        toElement(outcome.gradients[parameter + i], types[p.gradientArgument]);
  }
  for (auto [i, pair] : llvm::enumerate(optimizer.states))
    operands[pair.first] = toElement(argumentAt(state + i), types[pair.first]);
  for (auto [argument, schedule] : optimizer.schedules)
    operands[argument] = argumentAt(firstSchedule + schedule);
  SmallVector<Value> returned = inlineBody(function, operands, "optimizer");
  SmallVector<Value> next;
  Value stuck;
  for (auto [i, p] : llvm::enumerate(optimizer.parameters)) {
    next.push_back(
        toElement(returned[p.result], arguments[parameter + i].type));
    if (!settings.masters)
      continue;
    Value count =
        countStuck(operands[p.argument], returned[p.result], next.back());
    stuck = stuck ? emitter->add(stuck, count) : count;
  }
  for (auto [i, pair] : llvm::enumerate(optimizer.states))
    next.push_back(toElement(returned[pair.second], arguments[state + i].type));
  if (stuck)
    next.push_back(stuck);
  return next;
}

/// What `next` builds, or `state` in a step whose gradients are not finite.
SmallVector<Value>
TrainStepBuilder::guard(Value finite, ArrayRef<Value> state,
                        function_ref<SmallVector<Value>()> next) {
  ImplicitLocOpBuilder &b = emitter->builder();
  auto guarded =
      GuardedUpdateOp::create(b, TypeRange(ValueRange(state)), finite, state);
  OpBuilder::InsertionGuard insertion(b);
  b.createBlock(&guarded.getBody());
  YieldOp::create(b, next());
  return SmallVector<Value>(guarded.getResults());
}

/// Returns how many weights are stuck, null where they have masters.
Value TrainStepBuilder::updateAll(const Outcome &outcome, const Check &check) {
  SmallVector<Value> parameters, states;
  size_t parameter = 0, state = firstOptimizerState;
  Value stuck, none;
  if (settings.masters)
    none = emitter->constant(
        RankedTensorType::get({}, builder.getIntegerType(64)), 0);
  for (auto [i, optimizer] : llvm::enumerate(parts.optimizers)) {
    SmallVector<Value> old;
    for (size_t p = 0; p < optimizer.parameters.size(); ++p)
      old.push_back(argumentAt(parameter++));
    for (size_t s = 0; s < optimizer.states.size(); ++s)
      old.push_back(argumentAt(state++));
    if (none)
      old.push_back(none);
    // Statistics of the forward pass move with the first optimizer's guard if
    // there is only one, so that a step has one condition.
    bool withStates = parts.optimizers.size() == 1;
    if (withStates)
      for (size_t s = 0; s < parts.states.size(); ++s)
        old.push_back(argumentAt(firstState + s));
    SmallVector<Value> next = guard(check.finite[i], old, [&, i = i] {
      SmallVector<Value> updated = update(i, outcome);
      if (withStates)
        llvm::append_range(updated, outcome.states);
      return updated;
    });
    ArrayRef<Value> moved(next);
    llvm::append_range(parameters,
                       moved.take_front(optimizer.parameters.size()));
    moved = moved.drop_front(optimizer.parameters.size());
    llvm::append_range(states, moved.take_front(optimizer.states.size()));
    moved = moved.drop_front(optimizer.states.size());
    if (none) {
      stuck = stuck ? emitter->add(stuck, moved.front()) : moved.front();
      moved = moved.drop_front();
    }
    llvm::append_range(states, moved);
  }
  if (parts.optimizers.size() > 1 && !parts.states.empty()) {
    SmallVector<Value> old;
    for (size_t s = 0; s < parts.states.size(); ++s)
      old.push_back(argumentAt(firstState + s));
    llvm::append_range(
        states, guard(check.allFinite, old, [&] { return outcome.states; }));
  }
  for (Value value : llvm::concat<Value>(parameters, states)) {
    const Described &old = arguments[results.size() - 1];
    result(value, old.name, old.role);
  }
  return stuck;
}

/// The losses of the mean over micro-batches, without their scales.
SmallVector<Value> TrainStepBuilder::reportedLosses(const Outcome &outcome) {
  StableHLOEmitter &e = *emitter;
  SmallVector<Value> losses;
  for (auto [index, loss] : llvm::zip(parts.losses, outcome.losses)) {
    auto type = e.typeOf(loss);
    Value reported = loss;
    if (isScaled() && parts.scalesOfResult[index])
      reported = e.divide(
          reported, e.convert(scales[scalerOf(index)], type.getElementType()));
    if (settings.accumulate > 1)
      reported = e.divide(reported, e.constant(type, settings.accumulate));
    losses.push_back(reported);
  }
  return losses;
}

void TrainStepBuilder::moveScale(unsigned which, Value finite) {
  const Scaler &scaler = settings.scaler;
  unsigned first = firstScaler + 3 * which;
  Value scale = argumentAt(first), tracker = argumentAt(first + 1),
        left = argumentAt(first + 2);
  auto moved = UpdateScaleOp::create(
      emitter->builder(), scale.getType(), tracker.getType(), left.getType(),
      scale, tracker, left, finite, builder.getF64FloatAttr(scaler.growth),
      builder.getF64FloatAttr(scaler.backoff),
      builder.getI32IntegerAttr(scaler.interval),
      builder.getF32FloatAttr(scaler.minimum),
      builder.getF32FloatAttr(scaler.maximum),
      builder.getI32IntegerAttr(scaler.hysteresis),
      scaler.consecutive ? builder.getUnitAttr() : UnitAttr());
  for (auto [i, value] : llvm::enumerate(moved->getResults()))
    result(value, arguments[first + i].name, "scaler");
}

void TrainStepBuilder::makeScales() {
  StableHLOEmitter &e = *emitter;
  auto scalar = RankedTensorType::get({}, builder.getF32Type());
  for (unsigned scaler = 0; scaler < numScalers(); ++scaler) {
    scales.push_back(isDynamic() ? argumentAt(firstScaler + 3 * scaler)
                                 : e.constant(scalar, settings.scaler.initial));
    gradientScales.push_back(
        settings.accumulate > 1
            ? e.multiply(scales.back(), e.constant(scalar, settings.accumulate))
            : scales.back());
  }
}

func::FuncOp TrainStepBuilder::build() {
  declareArguments();
  SmallVector<Type> types;
  for (const Described &argument : arguments)
    types.push_back(argument.type);
  auto step = func::FuncOp::create(builder, loc, "train_step",
                                   FunctionType::get(context, types, {}));
  entry = step.addEntryBlock();
  builder.setInsertionPointToStart(entry);
  StableHLOEmitter &e = emitter.emplace(builder, loc);

  makeScales();
  makeWorkingCopies();
  Outcome outcome = accumulate();
  Check check = checkGradients(outcome);
  SmallVector<Value> losses = reportedLosses(outcome);
  Value sum = losses.front();
  for (Value loss : ArrayRef<Value>(losses).drop_front())
    sum = e.add(sum, e.convert(loss, e.typeOf(sum).getElementType()));
  result(sum, "loss", "loss");
  Value stuck = updateAll(outcome, check);
  if (isDynamic())
    for (unsigned scaler = 0; scaler < numScalers(); ++scaler)
      moveScale(scaler, check.scalerFinite[scaler]);
  result(check.allFinite, "finite", "aux");
  result(check.culprit, "culprit", "aux");
  if (stuck)
    result(stuck, "stuck_weights", "aux");
  if (losses.size() > 1)
    for (auto [value, index] : llvm::zip(losses, parts.losses))
      result(value, getResultName(parts.lossAndGrads, index), "aux");
  for (auto [value, index] : llvm::zip(outcome.auxiliary, parts.auxiliary))
    result(value, getResultName(parts.lossAndGrads, index), "aux");
  func::ReturnOp::create(e.builder(), values);
  describe(step);
  return step;
}
