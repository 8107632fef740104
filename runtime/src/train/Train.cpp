#include "mp_rt/mp_train.h"

#include "train/Checkpoint.h"
#include "train/Dataset.h"
#include "train/Evaluation.h"
#include "train/Metrics.h"
#include "train/Scalers.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

using namespace mp::train;

static thread_local std::string lastError, lastEvaluation;

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// One run of the loop.
class Run {
public:
  explicit Run(const mp_train_options &options)
      : options(options),
        step(options.model, options.function, options.threads),
        schedules(options.schedule ? Schedules(options.schedule, step.inputs())
                                   : Schedules()),
        data(options.data, step, options.batch, options.epochs, options.seed,
             schedules),
        scalers(step) {
    total = data.stepsPerEpoch() * options.epochs;
    schedules.checkLengths(total);
    if (options.eval_data)
      evaluation.emplace(
          options.eval_model ? options.eval_model : options.model,
          evaluationFunction(), options.eval_data, step, options.threads);
  }

  mp_train_summary train();

private:
  /// In a model of its own it may have any name.
  const char *evaluationFunction() const {
    return options.eval_function || options.eval_model ? options.eval_function
                                                       : "evaluate";
  }
  void start();
  void resume(const std::function<void(const std::string &)> &fallBack);
  bool doStep();
  using Scales = std::map<std::string, double>;
  std::optional<StepFault> describeFault(double loss);
  void record(double loss, const Scales &used,
              const std::optional<StepFault> &fault);
  void watchScale(const Scales &before, const std::optional<StepFault> &fault);
  [[noreturn]] void giveUp(const StepFault &fault);
  void checkWeights();
  void evaluate(int64_t epoch);
  void warnOfStuckWeights();
  void save();
  RunOptions runOptions() const;
  void warn(const std::string &text) const;

  const mp_train_options &options;
  TrainStep step;
  Schedules schedules;
  Dataset data;
  Scalers scalers;
  std::optional<Evaluation> evaluation;
  std::optional<Checkpoints> checkpoints;
  std::optional<MetricsFile> metrics;
  Position at;
  int64_t total = 0, saved = -1;
  /// Of the steps skipped in a row, each once.
  std::vector<GradientInfo> culprits;
  double lastEpochLoss = 0;
  std::string evaluated; // of the epoch that ended with the last step
  double rate = 0;
  Clock::time_point windowStart;
  int64_t windowSteps = 0;
};

} // namespace

void Run::start() {
  step.initialise();
  data.initialise(step);
  if (options.initial_scale > 0) {
    if (scalers.empty())
      throw Error("an initial scale needs dynamic loss scaling, which this "
                  "train step does not have");
    scalers.set(options.initial_scale);
  }
  if (evaluation && evaluation->leftOut() > 0)
    warn("the last " + std::to_string(evaluation->leftOut()) + " samples of '" +
         options.eval_data + "' do not fill a batch and are not evaluated");
  if (options.checkpoint) {
    checkpoints.emplace(options.checkpoint, runOptions());
    std::function<void(const std::string &)> fallBack;
    if (options.fall_back)
      fallBack = [&](const std::string &damage) { warn(damage); };
    if (options.resume)
      resume(fallBack);
  }
  if (options.metrics)
    metrics.emplace(options.metrics, at.step);
}

void Run::resume(const std::function<void(const std::string &)> &fallBack) {
  if (!checkpoints->restore(step, at, fallBack)) {
    warn("there is no checkpoint in '" + std::string(options.checkpoint) +
         "' yet; the training begins anew");
    return;
  }
  if (at.step > total)
    throw Error("the checkpoint in '" + std::string(options.checkpoint) +
                "' is of step " + std::to_string(at.step) +
                ", but this run has " + std::to_string(total) + " steps");
  saved = at.step;
}

/// The name of a policy, which may be a path; null is none.
static std::string baseName(const nlohmann::json &policy) {
  if (!policy.is_string())
    return "none";
  std::string path = policy.get<std::string>();
  return path.substr(path.rfind('/') + 1);
}

/// A resumed run has the bits of one that was never stopped only if these are
/// the same.
RunOptions Run::runOptions() const {
  RunOptions list = {{"batch", std::to_string(options.batch)},
                     {"samples", std::to_string(data.numSamples())}};
  if (data.isShuffled())
    list.emplace_back("seed", std::to_string(options.seed));
  list.emplace_back("schedule", schedules.digest());
  auto manifest = nlohmann::json::parse(step.manifest(), nullptr, false);
  if (manifest.is_object()) {
    list.emplace_back("policy", baseName(manifest["policy"]));
    list.emplace_back("loss-scale", baseName(manifest["loss_scale"]));
  }
  return list;
}

void Run::warn(const std::string &text) const {
  if (options.warning)
    options.warning(options.progress_user, text.c_str());
}

void Run::record(double loss, const Scales &used,
                 const std::optional<StepFault> &fault) {
  int64_t epoch = (at.step - 1) / data.stepsPerEpoch();
  if (!fault) {
    at.epochLoss += loss;
    ++at.epochClean;
  } else if (fault->skipped) {
    ++at.skipped;
  }
  if (metrics)
    metrics->write({at.step, epoch, loss, used, schedules.values(at.step - 1),
                    step.stuckWeights(), fault});
  if (at.step % data.stepsPerEpoch() == 0) {
    lastEpochLoss = at.epochClean ? at.epochLoss / double(at.epochClean) : 0;
    at.epochLoss = 0;
    at.epochClean = 0;
  }
}

/// Which gradient was bad first, and from which part of the step the bad value
/// came as far as its results tell. A step without a guard is looked at from
/// outside.
std::optional<StepFault> Run::describeFault(double loss) {
  if (step.isGuarded() ? step.finite() : std::isfinite(loss))
    return std::nullopt;
  StepFault fault;
  if (step.isGuarded()) {
    int64_t culprit = step.culprit();
    fault.gradient = step.info().gradient(culprit);
    fault.origin = !std::isfinite(loss)           ? "forward"
                   : step.info().isScale(culprit) ? "scale"
                                                  : "backward";
  } else {
    fault.gradient.name = "loss";
    fault.origin = "forward";
    fault.skipped = false;
  }
  fault.op = step.findFaultyOp();
  return fault;
}

/// Weights that are lost are not trained further, and not saved over good ones.
/// Only a step without a guard can lose them.
void Run::checkWeights() {
  if (step.isGuarded())
    return;
  const Slot *bad = step.findBadParameter();
  if (!bad)
    return;
  if (metrics)
    metrics->flush();
  std::string op = step.findFaultyOp();
  throw Error("after step " + std::to_string(at.step) + " the parameter '" +
              bad->name + "' is not finite" + (op.empty() ? "" : ": " + op) +
              "; this train step does not guard its updates, as one made of "
              "loss_and_grads and apply_updates does");
}

/// A scale that cannot fall any more while gradients keep overflowing will
/// never train again: say so, and where it comes from, instead of going on.
void Run::watchScale(const Scales &before,
                     const std::optional<StepFault> &fault) {
  if (!fault) {
    at.stuck = 0;
    culprits.clear();
    return;
  }
  // At its floor, or static; without a known floor, if it did not fall.
  double floor = step.info().minimumScale,
         used = scalers.of(fault->gradient, before),
         now = scalers.of(fault->gradient, scalers.values());
  bool canFall = !scalers.empty() && (floor > 0 ? used > floor : now < used);
  at.stuck = canFall ? 0 : at.stuck + 1;
  if (std::find(culprits.begin(), culprits.end(), fault->gradient) ==
      culprits.end())
    culprits.push_back(fault->gradient);
  if (at.stuck >= options.patience)
    giveUp(*fault);
}

void Run::giveUp(const StepFault &fault) {
  if (metrics)
    metrics->flush();
  std::string names;
  for (const GradientInfo &culprit : culprits) {
    names += (names.empty() ? "'" : ", '") + culprit.name + "'";
    if (!culprit.location.empty())
      names += " at " + culprit.location;
  }
  std::ostringstream text;
  text << "the last " << at.stuck << " steps overflowed while ";
  if (scalers.empty())
    text << "there is no loss scale that could fall";
  else
    text << "the loss scale is at its minimum, "
         << scalers.of(fault.gradient, scalers.values());
  text << "; the first bad gradient of a step is " << names << " (step "
       << at.step << ", " << fault.origin << ")";
  if (!fault.op.empty())
    text << "; " << fault.op;
  throw Error(text.str());
}

void Run::evaluate(int64_t epoch) {
  evaluated.clear();
  if (!evaluation || at.step % data.stepsPerEpoch() != 0)
    return;
  std::vector<Measure> measures = evaluation->run();
  if (metrics)
    metrics->write(at.step, epoch, evaluation->samples(), measures);
  nlohmann::ordered_json json;
  std::ostringstream text;
  for (const Measure &measure : measures) {
    text << (text.tellp() > 0 ? ", " : "") << measure.name << " "
         << measure.value;
    json[measure.name] = std::isfinite(measure.value)
                             ? nlohmann::ordered_json(measure.value)
                             : nlohmann::ordered_json();
  }
  evaluated = text.str();
  lastEvaluation = json.dump(-1, ' ', false,
                             nlohmann::ordered_json::error_handler_t::replace);
}

/// Told after the first epoch, when it is not too late, and at the end.
void Run::warnOfStuckWeights() {
  int64_t stuck = step.stuckWeights();
  if (stuck > 0)
    warn("in step " + std::to_string(at.step) + " " + std::to_string(stuck) +
         " of " + std::to_string(step.numParameters()) +
         " weights stay where they are, since their updates are below half a "
         "unit of their format; masters=f32 among the options of the train "
         "step lets them move");
}

bool Run::doStep() {
  int64_t epoch = at.step / data.stepsPerEpoch();
  Scales used = scalers.values();
  schedules.set(at.step);
  data.load(epoch, at.step % data.stepsPerEpoch());
  step.run();
  ++at.step;
  double loss = step.loss();
  std::optional<StepFault> fault = describeFault(loss);
  record(loss, used, fault);
  if (fault)
    checkWeights();
  watchScale(used, fault);
  evaluate(epoch);
  if (at.step == data.stepsPerEpoch() || at.step == total)
    warnOfStuckWeights();

  ++windowSteps;
  double elapsed = secondsSince(windowStart);
  if (elapsed > 1 || rate == 0) {
    rate = double(windowSteps * options.batch) / elapsed;
    windowStart = Clock::now();
    windowSteps = 0;
  }
  if (!options.progress)
    return true;
  mp_train_progress progress{};
  progress.struct_size = sizeof(progress);
  progress.step = at.step;
  progress.total_steps = total;
  progress.epoch = epoch;
  progress.epochs = options.epochs;
  progress.loss = loss;
  progress.scale = leastOf(used);
  progress.skipped = at.skipped;
  progress.samples_per_second = rate;
  progress.evaluation = evaluated.empty() ? nullptr : evaluated.c_str();
  return options.progress(options.progress_user, &progress) == 0;
}

void Run::save() {
  if (!checkpoints || saved == at.step)
    return;
  checkWeights();
  if (metrics)
    metrics->flush();
  checkpoints->save(step, at);
  saved = at.step;
}

mp_train_summary Run::train() {
  start();
  mp_train_summary summary{};
  summary.struct_size = sizeof(summary);
  int64_t first = at.step;
  auto begin = windowStart = Clock::now();
  while (at.step < total) {
    bool goOn = doStep();
    if (!goOn || (options.every > 0 && at.step % options.every == 0))
      save();
    if (!goOn && at.step < total) {
      summary.stopped = 1;
      break;
    }
  }
  summary.seconds = secondsSince(begin);
  save();
  if (metrics)
    metrics->flush();
  summary.steps = at.step;
  summary.skipped = at.skipped;
  summary.last_epoch_loss = lastEpochLoss;
  summary.state_bytes = step.stateBytes();
  summary.peak_bytes = step.peakBytes();
  summary.samples_per_second =
      summary.seconds > 0
          ? double((at.step - first) * options.batch) / summary.seconds
          : 0;
  summary.stuck_weights = step.stuckWeights();
  summary.parameters = step.numParameters();
  summary.evaluation = lastEvaluation.c_str();
  return summary;
}

//===----------------------------------------------------------------------===//
// C API
//===----------------------------------------------------------------------===//

void mp_train_options_init(mp_train_options *options) {
  *options = {};
  options->struct_size = sizeof(*options);
  options->batch = 1;
  options->epochs = 1;
  options->patience = 10;
}

mp_rt_status mp_train_run(const mp_train_options *options,
                          mp_train_summary *outSummary) {
  try {
    if (!options || options->struct_size != sizeof(*options) ||
        !options->model || !options->data)
      throw Error("expected options with a model and data, set up by "
                  "mp_train_options_init");
    if (options->batch < 1 || options->epochs < 1 || options->every < 0 ||
        options->patience < 1)
      throw Error("expected batch, epochs and patience of at least 1 and every "
                  "of at least 0");
    if (options->resume && !options->checkpoint)
      throw Error("resuming needs a checkpoint directory");
    if (!options->eval_data && (options->eval_model || options->eval_function))
      throw Error("an evaluation needs data");
    lastEvaluation.clear();
    Run run(*options);
    mp_train_summary summary = run.train();
    if (outSummary)
      *outSummary = summary;
    return 0;
  } catch (const std::bad_alloc &) {
    lastError = "out of memory";
    return MP_RT_OUT_OF_MEMORY;
  } catch (const std::exception &error) {
    lastError = error.what();
    return MP_RT_INVALID_ARGUMENT;
  }
}

const char *mp_train_last_error(void) { return lastError.c_str(); }
