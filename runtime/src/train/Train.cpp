#include "mp_rt/mp_train.h"

#include "train/Checkpoint.h"
#include "train/Dataset.h"
#include "train/Metrics.h"

#include <chrono>
#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

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
  void record(double loss, double usedScale, bool finite);
  void watchScale(double before, bool finite);
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
  double lastEpochLoss = 0;
  double rate = 0;
  Clock::time_point windowStart;
  int64_t windowSteps = 0;
};

} // namespace

static void setScalar(Slot *slot, const void *value, size_t size) {
  if (slot && slot->bytes == size)
    std::memcpy(slot->data.get(), value, size);
}

void Run::start() {
  data.initialise(step);
  setScalar(scale, &options.initial_scale, sizeof(float));
  setScalar(step.findState("scaler/hysteresis_left"), &options.hysteresis,
            sizeof(int32_t));
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

void Run::record(double loss, double usedScale, bool finite) {
  int64_t epoch = (at.step - 1) / data.stepsPerEpoch();
  if (finite) {
    at.epochLoss += loss;
    ++at.epochClean;
  } else {
    ++at.skipped;
  }
  if (metrics)
    metrics->write({at.step, epoch, loss, usedScale, finite, !finite,
                    finite ? "" : step.parameterName(step.culprit())});
  if (at.step % data.stepsPerEpoch() == 0) {
    lastEpochLoss = at.epochClean ? at.epochLoss / double(at.epochClean) : 0;
    at.epochLoss = 0;
    at.epochClean = 0;
  }
}

/// A scale that cannot fall any more while gradients keep overflowing will
/// never train again: say so, and where it comes from, instead of going on.
void Run::watchScale(double before, bool finite) {
  bool fell = currentScale() < before;
  at.stuck = finite || fell ? 0 : at.stuck + 1;
  if (finite || at.stuck < options.patience)
    return;
  if (metrics)
    metrics->flush();
  throw Error("the last " + std::to_string(at.stuck) +
              " steps overflowed while the loss scale is " +
              std::to_string(currentScale()) +
              " and cannot fall any more; the first bad gradient is that of '" +
              step.parameterName(step.culprit()) + "' (step " +
              std::to_string(at.step) + ")");
}

bool Run::doStep() {
  int64_t epoch = at.step / data.stepsPerEpoch();
  double usedScale = currentScale();
  data.load(epoch, at.step % data.stepsPerEpoch());
  step.run();
  ++at.step;
  bool finite = step.finite();
  double loss = step.loss();
  record(loss, usedScale, finite);
  watchScale(usedScale, finite);

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
  options->initial_scale = 65536;
  options->hysteresis = 1;
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
