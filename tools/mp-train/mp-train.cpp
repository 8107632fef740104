//===- mp-train.cpp - trains compiled train steps -------------------------===//

#include "common/Cache.h"
#include "mp-train/Options.h"
#include "mp-train/Progress.h"

#include <csignal>
#include <cstdio>
#include <unistd.h>

using namespace mp::train_tool;

static volatile std::sig_atomic_t stopAsked = 0;

/// The first signal lets the step end and a checkpoint be written, the second
/// does not; a checkpoint cut short is never taken for one.
static void askToStop(int) {
  if (stopAsked)
    _exit(1);
  stopAsked = 1;
}

static void onWarning(void *, const char *text) {
  std::fprintf(stderr, "mp-train: warning: %s\n", text);
}

static int32_t onStep(void *user, const mp_train_progress *progress) {
  static_cast<Progress *>(user)->show(*progress);
  return stopAsked;
}

static bool train(const Options &options) {
  std::string model = options.model;
  if (mp::tool::isSource(model))
    model = mp::tool::compiledModel({"mp-train",
                                     model,
                                     {{"--train=", "true"},
                                      {"--policy=", options.policy},
                                      {"--target=", options.target},
                                      {"--roles=", options.roles},
                                      {"--lock=", options.lock},
                                      {"--train-step=", options.trainStep},
                                      {"--loss-scale=", options.lossScale}},
                                     options.quiet});
  auto orNull = [](const std::string &text) {
    return text.empty() ? nullptr : text.c_str();
  };
  Progress progress(options.quiet);
  mp_train_options run;
  mp_train_options_init(&run);
  run.model = model.c_str();
  run.function = orNull(options.function);
  run.data = options.data.c_str();
  run.batch = options.batch;
  run.epochs = options.epochs;
  run.seed = options.seed;
  run.checkpoint = orNull(options.checkpoint);
  run.every = options.every;
  run.resume = options.resume;
  run.metrics = orNull(options.metrics);
  run.threads = options.threads;
  run.initial_scale = float(options.initialScale);
  run.patience = options.patience;
  run.progress = onStep;
  run.progress_user = &progress;
  run.warning = onWarning;
  run.fall_back = options.fallBack;
  for (int signal : {SIGINT, SIGTERM})
    std::signal(signal, askToStop);
  mp_train_summary summary;
  if (mp_train_run(&run, &summary) != 0)
    throw Error(mp_train_last_error());
  progress.finish(summary, run.checkpoint);
  return true;
}

int main(int argc, char **argv) {
  // A file over the limit is an error of its write.
  std::signal(SIGXFSZ, SIG_IGN);
  Options options;
  return commandLine(options).run(argc, argv, [&] { return train(options); });
}
