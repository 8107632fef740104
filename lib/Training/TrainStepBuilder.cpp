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
  llvm::DenseMap<Operation *, unsigned> position;
  Block &body = parts.lossAndGrads.getBody().front();
  for (auto [i, op] : llvm::enumerate(body))
    position[&op] = i + 1;
  for (const OptimizerParts &optimizer : parts.optimizers) {
    SmallVector<std::pair<unsigned, unsigned>> order;
    for (auto [i, parameter] : llvm::enumerate(optimizer.parameters)) {
      Value gradient = body.getTerminator()->getOperand(parameter.gradient);
      order.push_back({position.lookup(gradient.getDefiningOp()), i});
    }
    llvm::sort(order);
    backwardOrder.emplace_back(llvm::make_second_range(order));
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
  if (parts.lossScale)
    operands[*parts.lossScale] =
        toElement(scale, loss.getArgumentTypes()[*parts.lossScale]);
  SmallVector<Value> returned = inlineBody(loss, operands, "");

  Outcome outcome;
  outcome.loss = returned[parts.loss];
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
  SmallVector<Value> initial{e.constant(count, 0),
                             e.constant(sumOf(parts.loss), 0)};
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
  SmallVector<Value> next{
      e.add(index, e.constant(count, 1)),
      e.add(carried[1], e.convert(once.loss, b.getF32Type()))};
  for (auto [i, gradient] : llvm::enumerate(once.gradients))
    next.push_back(e.add(carried[2 + i], e.convert(gradient, b.getF32Type())));
  llvm::append_range(next, once.states);
  llvm::append_range(next, once.auxiliary);
  shlo::ReturnOp::create(b, next);

  ValueRange sum = loop.getResults();
  Outcome outcome;
  outcome.loss = sum[1];
  outcome.gradients = llvm::to_vector(sum.slice(2, sums - 1));
  outcome.states = llvm::to_vector(sum.slice(1 + sums, states.size()));
  outcome.auxiliary = llvm::to_vector(sum.drop_front(1 + sums + states.size()));
  return outcome;
}

//===----------------------------------------------------------------------===//
// Check, update, scale
//===----------------------------------------------------------------------===//

/// Unscales and checks the gradients of one optimizer. The culprit so far gives
/// way to one of this optimizer: they are checked from the last to the first.
void TrainStepBuilder::checkOptimizer(size_t optimizer, Outcome &outcome,
                                      Check &check) {
  StableHLOEmitter &e = *emitter;
  size_t first = 0, total = outcome.gradients.size();
  for (size_t i = 0; i < optimizer; ++i)
    first += backwardOrder[i].size();
  SmallVector<Value> gradients;
  SmallVector<Type> types;
  for (unsigned p : backwardOrder[optimizer]) {
    gradients.push_back(outcome.gradients[first + p]);
    types.push_back(e.like(gradients.back(), builder.getF32Type()));
  }
  auto flag = RankedTensorType::get({}, builder.getI1Type());
  auto index = RankedTensorType::get({}, builder.getI32Type());
  auto op = UnscaleAndCheckOp::create(e.builder(), types, flag, index,
                                      gradients, lossScale);
  for (auto [i, p] : llvm::enumerate(backwardOrder[optimizer]))
    outcome.gradients[first + p] = op.getUnscaled()[i];
  check.finite[optimizer] = op.getFinite();
  if (!check.allFinite) {
    check.allFinite = op.getFinite();
    check.culprit = op.getCulprit();
    if (first == 0)
      return;
  } else {
    check.allFinite = e.logicalAnd(op.getFinite(), check.allFinite);
  }
  // Gradients are counted over all optimizers, and behind them the scale.
  Value scaleIsBad = e.compare(shlo::ComparisonDirection::EQ, op.getCulprit(),
                               e.constant(index, gradients.size()));
  Value counted = e.select(scaleIsBad, e.constant(index, total),
                           e.add(op.getCulprit(), e.constant(index, first)));
  check.culprit = e.select(op.getFinite(), check.culprit, counted);
}

TrainStepBuilder::Check TrainStepBuilder::checkGradients(Outcome &outcome) {
  StableHLOEmitter &e = *emitter;
  Check check;
  check.finite.resize(parts.optimizers.size());
  if (isScaled()) {
    for (size_t i = parts.optimizers.size(); i-- > 0;)
      checkOptimizer(i, outcome, check);
    return check;
  }
  check.allFinite =
      e.constant(RankedTensorType::get({}, builder.getI1Type()), 1);
  check.culprit =
      e.constant(RankedTensorType::get({}, builder.getI32Type()), -1);
  if (settings.accumulate > 1)
    for (Value &gradient : outcome.gradients)
      gradient = e.divide(gradient,
                          e.constant(e.typeOf(gradient), settings.accumulate));
  return check;
}

/// The optimizer's new parameters and states, in the formats they are kept in.
SmallVector<Value> TrainStepBuilder::update(size_t which,
                                            const Outcome &outcome) {
  OptimizerParts &optimizer = parts.optimizers[which];
  size_t parameter = 0, state = firstOptimizerState;
  for (size_t i = 0; i < which; ++i) {
    parameter += parts.optimizers[i].parameters.size();
    state += parts.optimizers[i].states.size();
  }
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
  SmallVector<Value> returned = inlineBody(function, operands, "optimizer");
  SmallVector<Value> next;
  for (auto [i, p] : llvm::enumerate(optimizer.parameters))
    next.push_back(
        toElement(returned[p.result], arguments[parameter + i].type));
  for (auto [i, pair] : llvm::enumerate(optimizer.states))
    next.push_back(toElement(returned[pair.second], arguments[state + i].type));
  return next;
}

/// What `next` builds, or `state` in a step whose gradients are not finite.
SmallVector<Value>
TrainStepBuilder::guard(Value finite, ArrayRef<Value> state,
                        function_ref<SmallVector<Value>()> next) {
  if (!isScaled())
    return next();
  ImplicitLocOpBuilder &b = emitter->builder();
  auto guarded =
      GuardedUpdateOp::create(b, TypeRange(ValueRange(state)), finite, state);
  OpBuilder::InsertionGuard insertion(b);
  b.createBlock(&guarded.getBody());
  YieldOp::create(b, next());
  return SmallVector<Value>(guarded.getResults());
}

void TrainStepBuilder::updateAll(const Outcome &outcome, const Check &check) {
  SmallVector<Value> parameters, states;
  size_t parameter = 0, state = firstOptimizerState;
  for (auto [i, optimizer] : llvm::enumerate(parts.optimizers)) {
    SmallVector<Value> old;
    for (size_t p = 0; p < optimizer.parameters.size(); ++p)
      old.push_back(argumentAt(parameter++));
    for (size_t s = 0; s < optimizer.states.size(); ++s)
      old.push_back(argumentAt(state++));
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
    llvm::append_range(states, moved.drop_front(optimizer.parameters.size()));
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
}

/// The loss of the mean over micro-batches, without the scale.
Value TrainStepBuilder::reportedLoss(const Outcome &outcome) {
  StableHLOEmitter &e = *emitter;
  auto type = e.typeOf(outcome.loss);
  Value loss = outcome.loss;
  if (parts.lossIsScaled && isScaled())
    loss = e.divide(loss, e.convert(scale, type.getElementType()));
  if (settings.accumulate > 1)
    loss = e.divide(loss, e.constant(type, settings.accumulate));
  return loss;
}

void TrainStepBuilder::moveScale(Value finite) {
  const Scaler &scaler = settings.scaler;
  Value tracker = argumentAt(firstScaler + 1),
        left = argumentAt(firstScaler + 2);
  auto moved = UpdateScaleOp::create(
      emitter->builder(), scale.getType(), tracker.getType(), left.getType(),
      scale, tracker, left, finite, builder.getF64FloatAttr(scaler.growth),
      builder.getF64FloatAttr(scaler.backoff),
      builder.getI32IntegerAttr(scaler.interval),
      builder.getF32FloatAttr(scaler.minimum),
      builder.getF32FloatAttr(scaler.maximum),
      builder.getI32IntegerAttr(scaler.hysteresis));
  for (auto [i, value] : llvm::enumerate(moved->getResults()))
    result(value, arguments[firstScaler + i].name, "scaler");
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

  auto scalar = RankedTensorType::get({}, builder.getF32Type());
  scale = isDynamic() ? argumentAt(firstScaler)
                      : e.constant(scalar, settings.scaler.initial);
  lossScale = scale;
  if (isScaled() && settings.accumulate > 1)
    lossScale = e.multiply(scale, e.constant(scalar, settings.accumulate));

  makeWorkingCopies();
  Outcome outcome = accumulate();
  Check check = checkGradients(outcome);
  result(reportedLoss(outcome), "loss", "loss");
  updateAll(outcome, check);
  if (isDynamic())
    moveScale(check.allFinite);
  result(check.allFinite, "finite", "aux");
  result(check.culprit, "culprit", "aux");
  for (auto [value, index] : llvm::zip(outcome.auxiliary, parts.auxiliary))
    result(value, getResultName(parts.lossAndGrads, index), "aux");
  func::ReturnOp::create(e.builder(), values);
  describe(step);
  return step;
}
