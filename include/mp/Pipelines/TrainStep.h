//===- TrainStep.h - the way to a mixed train step --------------*- C++ -*-===//
#ifndef MP_PIPELINES_TRAINSTEP_H
#define MP_PIPELINES_TRAINSTEP_H

#include "mlir/Pass/PassOptions.h"

namespace mlir {
class OpPassManager;
namespace mp {

struct TrainStepOptions : public PassPipelineOptions<TrainStepOptions> {
  Option<std::string> compute{
      *this, "compute",
      llvm::cl::desc("Format of forward and backward: bf16, f16, tf32 or f32 "
                     "(default: the policy's, else bf16)")};
  Option<std::string> policy{
      *this, "policy",
      llvm::cl::desc("A shipped policy, or the path of a policy file (default: "
                     "the one named like the format)")};
  Option<std::string> target{
      *this, "target",
      llvm::cl::desc("Refuse what this target cannot do (cpu, sm_90, ...)")};
  Option<std::string> explain{
      *this, "explain",
      llvm::cl::desc("Write every decision and cast to this file, as JSON")};
  Option<std::string> ranges{
      *this, "ranges",
      llvm::cl::desc("Ranges that `mp-run --record-ranges` has recorded")};
  Option<std::string> lock{
      *this, "lock", llvm::cl::desc("Replay the decisions in this lock file")};
  Option<std::string> writeLock{
      *this, "write-lock",
      llvm::cl::desc("Write the decisions to this file; beside 'lock', decide "
                     "anew what that has no entry for")};
  Option<std::string> roles{
      *this, "roles",
      llvm::cl::desc("Names and roles of arguments and results (JSON)")};
  Option<std::string> lossScale{
      *this, "loss-scale",
      llvm::cl::desc("dynamic, none or a number (default: dynamic where the "
                     "compute format is f16, else none)")};
  Option<std::string> preset{
      *this, "preset",
      llvm::cl::desc("Constants of the dynamic scaler: torch (the default), "
                     "apex, deepspeed or megatron")};
  Option<std::string> initScale{*this, "init-scale",
                                llvm::cl::desc("Scale to start from")};
  Option<std::string> growth{
      *this, "growth",
      llvm::cl::desc("Factor after `interval` clean steps in a row")};
  Option<std::string> backoff{
      *this, "backoff", llvm::cl::desc("Factor after a step with overflow")};
  Option<std::string> interval{
      *this, "interval", llvm::cl::desc("Clean steps before the scale grows")};
  Option<std::string> minimum{
      *this, "min", llvm::cl::desc("The scale never falls below this")};
  Option<std::string> maximum{
      *this, "max", llvm::cl::desc("The scale never grows above this")};
  Option<std::string> hysteresis{
      *this, "hysteresis",
      llvm::cl::desc("Steps with overflow that lower the scale once")};
  Option<bool> consecutiveHysteresis{
      *this, "consecutive-hysteresis",
      llvm::cl::desc("Only overflows in a row count for the hysteresis"),
      llvm::cl::init(false)};
  Option<bool> perLoss{
      *this, "per-loss",
      llvm::cl::desc("A scaler for each argument of role loss_scale"),
      llvm::cl::init(false)};
  Option<int64_t> accumulate{*this, "accumulate",
                             llvm::cl::desc("Micro-batches in a step"),
                             llvm::cl::init(1)};
  Option<std::string> masters{
      *this, "masters",
      llvm::cl::desc("Format in which parameters are kept between steps: f32 "
                     "(the default), bf16, f16, or none: the compute format"),
      llvm::cl::init("f32")};
  Option<std::string> lowStates{
      *this, "low-states",
      llvm::cl::desc("Regular expression for the names of optimizer states to "
                     "keep in `state-format`")};
  Option<std::string> stateFormat{
      *this, "state-format",
      llvm::cl::desc("Format of the `low-states`: bf16 (the default) or f16")};

  /// The format that activations are kept in for the backward pass, where the
  /// policy says so. No option: `resolveTrainStep` sets it.
  std::string activations;
};

/// Fills in what follows from other options: the policy, the loss scale and the
/// masters' format. What contradicts each other is told to `emitError`.
LogicalResult
resolveTrainStep(TrainStepOptions &options,
                 llvm::function_ref<LogicalResult(const Twine &)> emitError);

/// Roles, import and the train step. The options are resolved.
void addTrainStepPasses(OpPassManager &pm, const TrainStepOptions &options);

/// Autocast over all of the train step, by the policy of the options, which may
/// also have activations kept low for the backward pass.
void addTrainStepAutocast(OpPassManager &pm, const TrainStepOptions &options);

/// Both, if there is a policy.
void buildTrainStepPipeline(OpPassManager &pm, const TrainStepOptions &options);

/// Registers `mp-train-step`.
void registerTrainStepPipeline();

} // namespace mp
} // namespace mlir

#endif // MP_PIPELINES_TRAINSTEP_H
