#include "mp-train/Train.h"

#include "common/Cache.h"
#include "common/MemoryTable.h"
#include "mp-train/Progress.h"

#include "mp_rt/mp_rt.h"

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

/// The compiled form of a model that is trained or evaluated.
static std::string compiled(const Options &o, const std::string &model,
                            bool isTrained) {
  std::string onlySource = o.policy + o.target + o.lock + o.trainStep +
                           o.lossScale + o.ranges + o.report;
  if (!mp::tool::isSource(model)) {
    if (isTrained && !onlySource.empty())
      throw Error("'" + model +
                  "' is compiled already: expected no --policy, --loss-scale, "
                  "--train-step, --ranges, --report, --target or --lock, "
                  "which are for mp-compile");
    return model;
  }
  std::string check = o.checkFinite ? "true" : "";
  if (!isTrained)
    return mp::tool::compiledModel({"mp-train",
                                    model,
                                    {{"--policy=", o.policy},
                                     {"--target=", o.target},
                                     {"--roles=", o.evalRoles}},
                                    o.quiet});
  mp::tool::CompileRequest request{"mp-train",
                                   model,
                                   {{"--train=", "true"},
                                    {"--policy=", o.policy},
                                    {"--target=", o.target},
                                    {"--roles=", o.roles},
                                    {"--lock=", o.lock},
                                    {"--ranges=", o.ranges},
                                    {"--train-step=", o.trainStep},
                                    {"--loss-scale=", o.lossScale},
                                    {"--check-finite=", check}},
                                   o.quiet};
  request.report = o.report;
  // Gradients are named with their places, too.
  request.tellsPlaces = true;
  return mp::tool::compiledModel(request);
}

/// What mp-compile wrote about a model, as JSON.
static std::string manifestOf(const std::string &path) {
  mp_rt_model *model = nullptr;
  mp_rt_model_info info{};
  info.struct_size = sizeof(info);
  if (mp_rt_model_load(path.c_str(), &model) != MP_RT_OK ||
      mp_rt_model_query(model, &info) != MP_RT_OK)
    throw Error(mp_rt_last_error());
  std::string manifest = info.manifest;
  mp_rt_model_unload(model);
  return manifest;
}

static bool checksFinite(const std::string &manifest) {
  auto json = nlohmann::json::parse(manifest, nullptr, false);
  return json.is_object() && json.value("check_finite", false);
}

bool mp::train_tool::train(const Options &options) {
  std::string model = compiled(options, options.model, true), evalModel;
  if (!options.evalModel.empty())
    evalModel = compiled(options, options.evalModel, false);
  std::string manifest = manifestOf(model);
  if (options.checkFinite && !checksFinite(manifest))
    throw Error("'" + model + "' was compiled without --check-finite");
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
  run.schedule = orNull(options.schedule);
  run.eval_data = orNull(options.evalData);
  run.eval_model = orNull(evalModel);
  for (int signal : {SIGINT, SIGTERM})
    std::signal(signal, askToStop);
  mp_train_summary summary;
  if (mp_train_run(&run, &summary) != 0)
    throw Error(mp_train_last_error());
  auto memory = mp::tool::memoryTable(manifest.c_str(), options.function.empty()
                                                            ? "train_step"
                                                            : options.function);
  if (options.json)
    progress.print(summary, run.checkpoint, memory);
  else
    progress.finish(summary, run.checkpoint, memory);
  if (std::fflush(stdout) != 0)
    throw Error("cannot write to standard output");
  return true;
}
