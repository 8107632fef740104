#include "mp/Training/Passes.h"

#include "TrainStepBuilder.h"
#include "mp/IR/MPOps.h"
#include "mp/Training/Roles.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Regex.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPBUILDTRAINSTEPPASS
#include "mp/Training/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

namespace {
class BuildTrainStepPass
    : public mp::impl::MPBuildTrainStepPassBase<BuildTrainStepPass> {
  using Base::Base;

  void runOnOperation() override;

private:
  InFlightDiagnostic fail() { return getOperation().emitError(); }
  FailureOr<TrainStepSettings> readSettings();
  FailureOr<FloatType> readFormat(StringRef option, StringRef name);
  LogicalResult readLowStates(TrainStepSettings &settings);
  LogicalResult checkSettings(const TrainStepParts &parts,
                              const TrainStepSettings &settings);
  LogicalResult checkMicroBatches(const TrainStepParts &parts);
  LogicalResult checkPerLoss(const TrainStepParts &parts,
                             const TrainStepSettings &settings);
  LogicalResult checkLowStates(const TrainStepParts &parts,
                               const TrainStepSettings &settings);
  LogicalResult keepWholeStep(const TrainStepSettings &settings);
};
} // namespace

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

FailureOr<FloatType> BuildTrainStepPass::readFormat(StringRef option,
                                                    StringRef name) {
  MLIRContext *context = &getContext();
  if (name == "f32")
    return FloatType(Float32Type::get(context));
  if (name == "bf16")
    return FloatType(BFloat16Type::get(context));
  if (name == "f16")
    return FloatType(Float16Type::get(context));
  return fail() << "expected " << option << " to be f32, bf16 or f16, but got '"
                << name << "'";
}

LogicalResult BuildTrainStepPass::readLowStates(TrainStepSettings &settings) {
  if (lowStates.empty()) {
    if (!stateFormat.empty())
      return fail() << "state-format needs low-states";
    return success();
  }
  auto pattern = std::make_shared<llvm::Regex>(lowStates);
  std::string message;
  if (!pattern->isValid(message))
    return fail() << "low-states '" << lowStates
                  << "' is not a regular expression: " << message;
  std::string name = stateFormat.empty() ? "bf16" : stateFormat.getValue();
  FailureOr<FloatType> format = readFormat("state-format", name);
  if (failed(format))
    return failure();
  settings.stateFormat = *format;
  settings.isLowState = [pattern](StringRef name) {
    return pattern->match(name);
  };
  return success();
}

FailureOr<TrainStepSettings> BuildTrainStepPass::readSettings() {
  TrainStepSettings settings;
  FailureOr<Scaler> scaler =
      resolveScaler({lossScale, preset, initScale, growth, backoff, interval,
                     minimum, maximum, hysteresis, consecutiveHysteresis},
                    [&] { return fail(); });
  if (failed(scaler))
    return failure();
  settings.scaler = *scaler;
  settings.perLoss = perLoss;
  if (perLoss && scaler->kind != Scaler::Kind::Dynamic)
    return fail()
           << "per-loss needs loss-scale=dynamic, but the loss scale is '"
           << lossScale << "'";
  settings.accumulate = accumulate;
  if (accumulate < 1)
    return fail() << "expected accumulate to be at least 1, but got "
                  << accumulate.getValue();
  FailureOr<FloatType> format = readFormat("masters", masters);
  if (failed(format) || failed(readLowStates(settings)))
    return failure();
  if (!format->isF32())
    settings.masters = *format;
  return settings;
}

//===----------------------------------------------------------------------===//
// What the functions allow
//===----------------------------------------------------------------------===//

LogicalResult
BuildTrainStepPass::checkMicroBatches(const TrainStepParts &parts) {
  func::FuncOp loss = parts.lossAndGrads;
  bool samples = false;
  for (unsigned input : parts.inputs) {
    auto type = dyn_cast<RankedTensorType>(loss.getArgumentTypes()[input]);
    if (!type || !type.hasStaticShape())
      return loss.emitError()
             << "argument " << input << " of '" << loss.getName() << "' is "
             << loss.getArgumentTypes()[input]
             << "; accumulating over micro-batches needs static shapes";
    StringRef role = getArgRole(loss, input);
    samples |= (role == "batch" || role == "label") && type.getRank() > 0;
  }
  if (!samples)
    return loss.emitError() << "accumulating over micro-batches needs "
                               "arguments with role 'batch' or 'label'";
  return success();
}

/// With a scaler for each loss it must be known which one a gradient carries.
LogicalResult
BuildTrainStepPass::checkPerLoss(const TrainStepParts &parts,
                                 const TrainStepSettings &settings) {
  if (!settings.perLoss)
    return success();
  func::FuncOp function = parts.lossAndGrads;
  if (parts.lossScales.size() < 2)
    return function.emitError()
           << "per-loss needs an argument with role 'loss_scale' for each loss "
              "of '"
           << function.getName() << "', but it has " << parts.lossScales.size();
  llvm::StringSet<> names;
  for (unsigned scale : parts.lossScales)
    if (StringRef name = getArgName(function, scale);
        name.empty() || !names.insert(name).second)
      return function.emitError()
             << "argument " << scale << " of '" << function.getName()
             << "' has the role 'loss_scale'; per-loss needs a name that no "
                "other has, but got '"
             << name << "'";
  Operation *end = function.getBody().front().getTerminator();
  for (unsigned i = 0; i < function.getNumResults(); ++i) {
    StringRef role = getResultRole(function, i);
    unsigned count = llvm::popcount(parts.scalesOfResult[i]);
    if (role != "grad" && (role != "loss" || count == 0))
      continue;
    if (count != 1)
      return emitError(end->getOperand(i).getLoc())
             << "result " << i << " of '" << function.getName() << "', '"
             << getResultName(function, i) << "', is computed from " << count
             << " loss scales; per-loss needs exactly one, and without it all "
                "losses have the same";
  }
  return success();
}

LogicalResult
BuildTrainStepPass::checkLowStates(const TrainStepParts &parts,
                                   const TrainStepSettings &settings) {
  if (!settings.isLowState)
    return success();
  std::string known;
  for (const OptimizerParts &optimizer : parts.optimizers)
    for (auto [arg, _] : optimizer.states) {
      StringRef name = getArgName(optimizer.function, arg);
      if (settings.isLowState(name))
        return success();
      known += (known.empty() ? "'" : ", '") + name.str() + "'";
    }
  return fail() << "low-states '" << lowStates
                << "' matches no optimizer state; there are: "
                << (known.empty() ? "none" : known);
}

LogicalResult
BuildTrainStepPass::checkSettings(const TrainStepParts &parts,
                                  const TrainStepSettings &settings) {
  func::FuncOp loss = parts.lossAndGrads;
  if (settings.scaler.kind != Scaler::Kind::None && parts.lossScales.empty())
    return loss.emitError()
           << "'" << loss.getName()
           << "' has no argument with role 'loss_scale', so its gradients "
              "cannot be scaled; export it with one, or ask for "
              "loss-scale=none";
  if ((settings.accumulate > 1 && failed(checkMicroBatches(parts))) ||
      failed(checkPerLoss(parts, settings)))
    return failure();
  if (settings.masters)
    getOperation().emitWarning()
        << "parameters are kept in " << settings.masters
        << " between steps, so updates below half a unit of its last place "
           "are lost; masters=f32 keeps them";
  return checkLowStates(parts, settings);
}

//===----------------------------------------------------------------------===//
// Form B
//===----------------------------------------------------------------------===//

static bool isWholeStep(func::FuncOp function) {
  bool hasLoss = false, hasParameter = false;
  for (unsigned i = 0; i < function.getNumResults(); ++i) {
    hasLoss |= getResultRole(function, i) == "loss";
    hasParameter |= getResultRole(function, i) == "param";
  }
  return hasLoss && hasParameter && !function.isPrivate();
}

/// The one function that returns a loss and new parameters.
static func::FuncOp findWholeStep(ModuleOp module) {
  func::FuncOp found;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!isWholeStep(function))
      continue;
    if (found)
      return {};
    found = function;
  }
  return found;
}

LogicalResult
BuildTrainStepPass::keepWholeStep(const TrainStepSettings &settings) {
  func::FuncOp step = findWholeStep(getOperation());
  if (!step)
    return fail()
           << "expected the functions 'loss_and_grads' and "
              "'apply_updates', or one train step with results of "
              "roles 'loss' and 'param'; export the loss with its gradients, "
              "multiplied by an argument with role 'loss_scale', and "
              "the optimizer's update as two functions";
  if (settings.scaler.kind != Scaler::Kind::None)
    return step.emitError()
           << "the whole train step '" << step.getName()
           << "' has no place for a loss scale, which f16 needs; export the "
              "functions 'loss_and_grads' (with an argument of role "
              "'loss_scale' that multiplies the loss) and 'apply_updates', or "
              "ask for loss-scale=none";
  const std::pair<StringRef, bool> ofParts[] = {
      {"accumulate", settings.accumulate > 1},
      {"per-loss", settings.perLoss},
      {"masters", bool(settings.masters)},
      {"low-states", bool(settings.isLowState)}};
  for (auto [name, given] : ofParts)
    if (given)
      return step.emitError()
             << name << " needs the functions 'loss_and_grads' and "
             << "'apply_updates', but there is one whole train step '"
             << step.getName() << "'";
  if (failed(verifyWholeStep(step)))
    return failure();
  step.setName("train_step");
  return success();
}

void BuildTrainStepPass::runOnOperation() {
  ModuleOp module = getOperation();
  FailureOr<TrainStepSettings> settings = readSettings();
  if (failed(settings))
    return signalPassFailure();
  for (auto function : module.getOps<func::FuncOp>())
    if (failed(verifyRoles(function)))
      return signalPassFailure();
  auto loss = module.lookupSymbol<func::FuncOp>("loss_and_grads");
  SmallVector<func::FuncOp> updates;
  for (auto function : module.getOps<func::FuncOp>())
    if (function.getName() == "apply_updates" ||
        function.getName().starts_with("apply_updates_"))
      updates.push_back(function);
  if (!loss || updates.empty()) {
    if (failed(keepWholeStep(*settings)))
      signalPassFailure();
    return;
  }
  FailureOr<TrainStepParts> parts = matchTrainStepParts(loss, updates);
  if (failed(parts) || failed(checkSettings(*parts, *settings)))
    return signalPassFailure();
  TrainStepBuilder(*parts, *settings).build();
  loss.erase();
  for (func::FuncOp update : updates)
    update.erase();
}
