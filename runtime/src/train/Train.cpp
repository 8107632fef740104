#include "mp_rt/mp_train.h"

#include "train/Checkpoint.h"
#include "train/Dataset.h"
#include "train/Metrics.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

using namespace mp::train;

static thread_local std::string lastError;

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
        data(options.data, step, options.batch, options.epochs, options.seed) {
    total = data.stepsPerEpoch() * options.epochs;
    scale = step.findState("scaler/scale");
  }

  mp_train_summary train();

private:
  void start();
  bool doStep();
  std::optional<StepFault> describeFault(double loss, bool finite) const;
  void record(double loss, double usedScale,
              const std::optional<StepFault> &fault);
  void watchScale(double before, const std::optional<StepFault> &fault);
  void save();
  double currentScale() const;
  RunOptions runOptions() const;
  void warn(const std::string &text) const;

  const mp_train_options &options;
  TrainStep step;
  Dataset data;
  std::optional<Checkpoints> checkpoints;
  std::optional<MetricsFile> metrics;
  Slot *scale = nullptr;
  Position at;
  int64_t total = 0, saved = -1;
  /// Of the steps skipped in a row, each once.
  std::vector<GradientInfo> culprits;
  double lastEpochLoss = 0;
  double rate = 0;
  Clock::time_point windowStart;
  int64_t windowSteps = 0;
};

} // namespace

void Run::start() {
  step.initialise();
  data.initialise(step);
  if (scale && options.initial_scale > 0)
    std::memcpy(scale->data.get(), &options.initial_scale, sizeof(float));
  if (options.checkpoint) {
    checkpoints.emplace(options.checkpoint, runOptions());
    std::function<void(const std::string &)> fallBack;
    if (options.fall_back)
      fallBack = [&](const std::string &damage) { warn(damage); };
    if (options.resume && checkpoints->restore(step, at, fallBack))
      saved = at.step;
  }
  if (options.metrics)
    metrics.emplace(options.metrics, at.step);
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

double Run::currentScale() const {
  if (!scale)
    return 1;
  float value;
  std::memcpy(&value, scale->data.get(), sizeof(value));
  return value;
}

void Run::record(double loss, double usedScale,
                 const std::optional<StepFault> &fault) {
  int64_t epoch = (at.step - 1) / data.stepsPerEpoch();
  if (!fault) {
    at.epochLoss += loss;
    ++at.epochClean;
  } else {
    ++at.skipped;
  }
  if (metrics)
    metrics->write({at.step, epoch, loss, usedScale, fault});
  if (at.step % data.stepsPerEpoch() == 0) {
    lastEpochLoss = at.epochClean ? at.epochLoss / double(at.epochClean) : 0;
    at.epochLoss = 0;
    at.epochClean = 0;
  }
}

/// Which gradient of a skipped step was bad first, and from which part of the
/// step the bad value came as far as its results tell.
std::optional<StepFault> Run::describeFault(double loss, bool finite) const {
  if (finite)
    return std::nullopt;
  int64_t culprit = step.culprit();
  const char *origin = !std::isfinite(loss)           ? "forward"
                       : step.info().isScale(culprit) ? "scale"
                                                      : "backward";
  return StepFault{step.info().gradient(culprit), origin};
}

/// A scale that cannot fall any more while gradients keep overflowing will
/// never train again: say so, and where it comes from, instead of going on.
void Run::watchScale(double before, const std::optional<StepFault> &fault) {
  if (!fault) {
    at.stuck = 0;
    culprits.clear();
    return;
  }
  // At its floor, or static; without a known floor, if it did not fall.
  double floor = step.info().minimumScale;
  bool canFall =
      scale && (floor > 0 ? before > floor : currentScale() < before);
  at.stuck = canFall ? 0 : at.stuck + 1;
  if (std::find(culprits.begin(), culprits.end(), fault->gradient) ==
      culprits.end())
    culprits.push_back(fault->gradient);
  if (at.stuck < options.patience)
    return;
  if (metrics)
    metrics->flush();
  std::string names;
  for (const GradientInfo &culprit : culprits) {
    names += (names.empty() ? "'" : ", '") + culprit.name + "'";
    if (!culprit.location.empty())
      names += " at " + culprit.location;
  }
  std::ostringstream text;
  text << "the last " << at.stuck << " steps overflowed while the loss scale "
       << (scale ? "is at its minimum, " : "does not change");
  if (scale)
    text << currentScale();
  text << "; the first bad gradient of a step is " << names << " (step "
       << at.step << ", " << fault->origin << ")";
  throw Error(text.str());
}

bool Run::doStep() {
  int64_t epoch = at.step / data.stepsPerEpoch();
  double usedScale = currentScale();
  data.load(epoch, at.step % data.stepsPerEpoch());
  step.run();
  ++at.step;
  bool finite = step.finite();
  double loss = step.loss();
  std::optional<StepFault> fault = describeFault(loss, finite);
  record(loss, usedScale, fault);
  watchScale(usedScale, fault);

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
  progress.scale = usedScale;
  progress.skipped = at.skipped;
  progress.samples_per_second = rate;
  return options.progress(options.progress_user, &progress) == 0;
}

void Run::save() {
  if (!checkpoints || saved == at.step)
    return;
  if (metrics)
    metrics->flush();
  checkpoints->save(step, at);
  saved = at.step;
}

mp_train_summary Run::train() {
  start();
  mp_train_summary summary{};
  summary.struct_size = sizeof(summary);
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
