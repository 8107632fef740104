#include "mp_rt/mp_train.h"

#include "train/Checkpoint.h"
#include "train/Dataset.h"
#include "train/Metrics.h"

#include <chrono>
#include <cstring>
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

  const mp_train_options &options;
  TrainStep step;
  Dataset data;
  std::optional<Checkpoints> checkpoints;
  std::optional<MetricsFile> metrics;
  Slot *scale = nullptr;
  int64_t total = 0, done = 0, skipped = 0, saved = -1;
  int64_t stuck = 0; // overflows in a row that did not lower the scale
  double epochLoss = 0;
  int64_t epochClean = 0;
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
    checkpoints.emplace(options.checkpoint);
    if (options.resume && checkpoints->restore(step, done, skipped))
      saved = done;
  }
  if (options.metrics)
    metrics.emplace(options.metrics, done);
}

double Run::currentScale() const {
  if (!scale)
    return 1;
  float value;
  std::memcpy(&value, scale->data.get(), sizeof(value));
  return value;
}

void Run::record(double loss, double usedScale, bool finite) {
  int64_t epoch = (done - 1) / data.stepsPerEpoch();
  if (finite) {
    epochLoss += loss;
    ++epochClean;
  } else {
    ++skipped;
  }
  if (metrics)
    metrics->write({done, epoch, loss, usedScale, finite, !finite,
                    finite ? "" : step.parameterName(step.culprit())});
  if (done % data.stepsPerEpoch() == 0) {
    lastEpochLoss = epochClean ? epochLoss / double(epochClean) : 0;
    epochLoss = 0;
    epochClean = 0;
  }
}

/// A scale that cannot fall any more while gradients keep overflowing will
/// never train again: say so, and where it comes from, instead of going on.
void Run::watchScale(double before, bool finite) {
  bool fell = currentScale() < before;
  stuck = finite || fell ? 0 : stuck + 1;
  if (finite || stuck < options.patience)
    return;
  if (metrics)
    metrics->flush();
  throw Error("the last " + std::to_string(stuck) +
              " steps overflowed while the loss scale is " +
              std::to_string(currentScale()) +
              " and cannot fall any more; the first bad gradient is that of '" +
              step.parameterName(step.culprit()) + "' (step " +
              std::to_string(done) + ")");
}

bool Run::doStep() {
  int64_t epoch = done / data.stepsPerEpoch();
  double usedScale = currentScale();
  data.load(epoch, done % data.stepsPerEpoch());
  step.run();
  ++done;
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
  progress.step = done;
  progress.total_steps = total;
  progress.epoch = epoch;
  progress.epochs = options.epochs;
  progress.loss = loss;
  progress.scale = usedScale;
  progress.skipped = skipped;
  progress.samples_per_second = rate;
  return options.progress(options.progress_user, &progress) == 0;
}

void Run::save() {
  if (!checkpoints || saved == done)
    return;
  if (metrics)
    metrics->flush();
  checkpoints->save(step, done, skipped);
  saved = done;
}

mp_train_summary Run::train() {
  start();
  mp_train_summary summary{};
  summary.struct_size = sizeof(summary);
  auto begin = windowStart = Clock::now();
  while (done < total) {
    bool goOn = doStep();
    if (!goOn || (options.every > 0 && done % options.every == 0))
      save();
    if (!goOn && done < total) {
      summary.stopped = 1;
      break;
    }
  }
  summary.seconds = secondsSince(begin);
  save();
  if (metrics)
    metrics->flush();
  summary.steps = done;
  summary.skipped = skipped;
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
