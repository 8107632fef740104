#include "mp-train/Options.h"

using namespace mp;
using namespace mp::train_tool;

static void checkTogether(const Options &o) {
  if (o.data.empty() || !o.batch || !o.epochs)
    throw Error("expected --data, --batch and --epochs; see mp-train --help");
  if (o.resume && o.checkpoint.empty())
    throw Error("--resume needs --checkpoint=DIR");
  if (o.fallBack && !o.resume)
    throw Error("--fall-back needs --resume");
  if (o.every && o.checkpoint.empty())
    throw Error("--every needs --checkpoint=DIR");
  if (o.evalData.empty() && !o.evalModel.empty())
    throw Error("--eval-model needs --eval-data=FILE");
  if (o.evalModel.empty() && !o.evalRoles.empty())
    throw Error("--eval-roles needs --eval-model=MODEL");
}

tool::Command mp::train_tool::commandLine(Options &o) {
  using namespace tool;
  Command c("mp-train", "model", o.model);
  c.usage("MODEL --data=FILE --batch=N --epochs=N [options]")
      .note(R"(
Trains a compiled train step (.so), or a .mlir file with the functions
loss_and_grads and apply_updates (or one whole train step), which is first
compiled by mp-compile --train into a cache.)")
      .section("mp options:")
      .value("data", "FILE", text(o.data),
             "safetensors file: `<arg>_train` for each batch and label "
             "argument (first axis = samples), init/<param>, optional "
             "init_opt/<name> and batch_order [epochs, n]")
      .value("batch", "N", count(o.batch),
             "samples in a step: the batch size the model was exported for")
      .value("epochs", "N", count(o.epochs), "passes over the samples")
      .value("seed", "N", count(o.seed, 0),
             "of the shuffle where there is no batch_order (default 0)")
      .value("checkpoint", "DIR", text(o.checkpoint),
             "where to keep step-<n>.safetensors and `latest`")
      .value("every", "N", count(o.every),
             "steps between checkpoints (default: only at the end)")
      .flag("resume", o.resume, "go on from DIR/latest, if there is one")
      .flag("fall-back", o.fallBack,
            "with --resume: if that checkpoint is damaged, go on from the "
            "newest whole one")
      .value("metrics", "FILE", text(o.metrics), "a line of JSON for each step")
      .value(
          "schedule", "FILE", text(o.schedule),
          "learning rate and other scalars by step (JSON): a number, a list, "
          "or steps, linear, cosine or exponential, with a warm-up")
      .value("eval-data", "FILE", text(o.evalData),
             "safetensors file with `<arg>_test`: each epoch ends with a call "
             "of the function `evaluate` on it")
      .value("eval-model", "MODEL", text(o.evalModel),
             "the model with that function (default: the one that is trained)")
      .value("eval-roles", "FILE", text(o.evalRoles),
             "its names and roles, if it is a .mlir file (JSON)")
      .value("patience", "N", count(o.patience),
             "give up after N overflows in a row with the scale at its minimum "
             "(default 10)")
      .value("initial-scale", "S", positive(o.initialScale),
             "loss scale of the first step (default: the train step's)")
      .value("function", "NAME", text(o.function),
             "the train step in a compiled model")
      .value("threads", "N", count(o.threads, 1, 1024),
             "threads to use (default: MP_RT_THREADS, else all CPUs)")
      .flag("check-finite", o.checkFinite,
            "name the op that first made numbers that are not finite, in the "
            "metrics and errors; a .so must have been compiled with this "
            "option")
      .flag("json", o.json, "print one JSON object at the end")
      .flag("quiet", o.quiet, "no progress bar, no memory table")
      .section("for a .mlir file, given to mp-compile:")
      .value("policy", "P", text(o.policy),
             "make it mixed precision by this policy")
      .value(
          "loss-scale", "S",
          [&o](const std::string &option, const std::string &value) {
            if (value != "dynamic" && value != "none")
              parsePositive(option, value);
            o.lossScale = value;
          },
          "dynamic, none or a number (default: dynamic for f16, else none)")
      .value("train-step", "OPTS", text(o.trainStep),
             "further options of mp-opt --mp-train-step, such as "
             "\"preset=megatron accumulate=4\"")
      .value("ranges", "FILE", text(o.ranges),
             "recorded ranges for the policy to use")
      .value("report", "FILE", text(o.report),
             "page with the memory table and plan, decisions and casts (HTML)")
      .value("target", "T", text(o.target),
             "compile for this target (default: this machine)")
      .value("lock", "FILE", text(o.lock), "precision decisions to replay")
      .value("roles", "FILE", text(o.roles),
             "names and roles of arguments and results (JSON)")
      .note(R"(
Ctrl-C and SIGTERM finish the step, write a checkpoint and stop; a second one
stops at once.)")
      .elsewhere({"compute", "preset", "init-scale", "growth", "backoff",
                  "interval", "min", "max", "hysteresis",
                  "consecutive-hysteresis", "accumulate", "masters",
                  "low-states", "state-format", "per-loss", "explain",
                  "write-lock"},
                 "it is part of the compiled step: --train-step=")
      .check([&o] { checkTogether(o); });
  return c;
}
