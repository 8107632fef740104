#include "mp/Pipelines/TrainStep.h"

#include "mp/Pipelines/Autocast.h"
#include "mp/Policy/Policy.h"
#include "mp/StableHLO/Passes.h"
#include "mp/Training/Passes.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/Format.h"

using namespace mlir;
using namespace mlir::mp;

/// What a policy says about the scale holds where the user says nothing.
static void applyLossScale(const std::optional<LossScale> &scale,
                           TrainStepOptions &options) {
  if (!scale || !options.lossScale.empty() || !options.preset.empty())
    return;
  auto toText = [](double number) {
    std::string text;
    llvm::raw_string_ostream(text) << llvm::format("%.17g", number);
    return text;
  };
  if (scale->kind != "dynamic") {
    options.lossScale =
        scale->kind == "static" ? toText(*scale->init) : scale->kind;
    return;
  }
  options.lossScale = "dynamic";
  const std::pair<std::optional<double>,
                  TrainStepOptions::Option<std::string> &>
      constants[] = {{scale->init, options.initScale},
                     {scale->growth, options.growth},
                     {scale->backoff, options.backoff},
                     {scale->min, options.minimum},
                     {scale->max, options.maximum}};
  for (auto &[constant, option] : constants)
    if (constant && option.empty())
      option = toText(*constant);
  if (scale->interval && options.interval.empty())
    options.interval = std::to_string(int64_t(*scale->interval));
}

/// The policy that stands for a format, and the format that a policy computes
/// in. A policy that cannot be read is reported where it is applied.
static LogicalResult
resolvePolicy(TrainStepOptions &options,
              llvm::function_ref<LogicalResult(const Twine &)> emitError) {
  const std::string &compute = options.compute;
  if (!compute.empty() && compute != "bf16" && compute != "f16" &&
      compute != "tf32" && compute != "f32")
    return emitError(
        "expected compute to be bf16, f16, tf32 or f32, but got '" + compute +
        "'");
  if (options.policy.empty()) {
    if (compute.empty())
      options.compute = "bf16";
    if (options.compute == "f32")
      return success();
    options.policy = options.compute;
  }
  auto policy = loadPolicy(options.policy, [](const PolicyDiagnostic &) {});
  if (!policy)
    return success();
  StringRef format = stringify(policy->compute);
  if (!compute.empty() && compute != format)
    return emitError("the policy '" + options.policy + "' computes in " +
                     format + ", but compute=" + compute + " is asked for");
  bool isLow = policy->compute != Format::F32 && isStored(policy->compute);
  options.compute = isLow ? format.str() : "f32"; // what values are stored in
  if (isLow && policy->saved == Storage::Low)
    options.activations = options.compute;
  applyLossScale(policy->lossScale, options);
  return success();
}

LogicalResult mp::resolveTrainStep(
    TrainStepOptions &options,
    llvm::function_ref<LogicalResult(const Twine &)> emitError) {
  if (failed(resolvePolicy(options, emitError)))
    return failure();
  if (options.lossScale.empty())
    options.lossScale = options.compute == "f16" ? "dynamic" : "none";
  if (options.masters == "none")
    options.masters = options.compute;
  const std::pair<const char *, bool> ofPolicy[] = {
      {"explain", !options.explain.empty()},
      {"target", !options.target.empty()},
      {"ranges", !options.ranges.empty()},
      {"lock", !options.lock.empty()},
      {"write-lock", !options.writeLock.empty()}};
  for (auto [name, given] : ofPolicy)
    if (given && options.policy.empty())
      return emitError(name + Twine(" needs a policy or a low compute format"));
  return success();
}

void mp::addTrainStepPasses(OpPassManager &pm,
                            const TrainStepOptions &options) {
  if (!options.roles.empty())
    pm.addPass(createMPAssignRolesPass({options.roles}));
  pm.addPass(createMPImportPass());
  MPBuildTrainStepPassOptions step;
  step.lossScale = options.lossScale;
  step.preset = options.preset;
  step.initScale = options.initScale;
  step.growth = options.growth;
  step.backoff = options.backoff;
  step.interval = options.interval;
  step.minimum = options.minimum;
  step.maximum = options.maximum;
  step.hysteresis = options.hysteresis;
  step.consecutiveHysteresis = options.consecutiveHysteresis;
  step.perLoss = options.perLoss;
  step.accumulate = options.accumulate;
  step.masters = options.masters;
  step.lowStates = options.lowStates;
  step.stateFormat = options.stateFormat;
  pm.addPass(createMPBuildTrainStepPass(step));
}

void mp::addTrainStepAutocast(OpPassManager &pm,
                              const TrainStepOptions &options) {
  AutocastOptions autocast;
  autocast.policy = options.policy;
  autocast.target = options.target;
  autocast.explain = options.explain;
  autocast.ranges = options.ranges;
  autocast.lock = options.lock;
  autocast.writeLock = options.writeLock;
  buildAutocastPipeline(pm, autocast);
  if (options.activations.empty())
    return;
  // Exporters write the same value again for each of its derivatives; what is
  // one value is kept once.
  pm.addPass(createCSEPass());
  MPKeepActivationsPassOptions keep;
  keep.format = options.activations;
  pm.addPass(createMPKeepActivationsPass(keep));
}

void mp::buildTrainStepPipeline(OpPassManager &pm,
                                const TrainStepOptions &options) {
  addTrainStepPasses(pm, options);
  if (!options.policy.empty())
    addTrainStepAutocast(pm, options);
}

// Not a PassPipelineRegistration, which has no way to refuse options.
void mp::registerTrainStepPipeline() {
  using Handler = llvm::function_ref<LogicalResult(const Twine &)>;
  registerPassPipeline(
      "mp-train-step",
      "Make one mixed-precision train step of loss_and_grads and apply_updates",
      [](OpPassManager &pm, StringRef text, Handler emitError) {
        TrainStepOptions options;
        if (failed(options.parseFromString(text)) ||
            failed(resolveTrainStep(options, emitError)))
          return failure();
        buildTrainStepPipeline(pm, options);
        return success();
      },
      [](llvm::function_ref<void(const detail::PassOptions &)> visit) {
        visit(TrainStepOptions());
      });
}
