#include "mp-train/Options.h"

#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <map>

using namespace mp::train_tool;

const char *const mp::train_tool::usage =
    R"(usage: mp-train MODEL --data=FILE --batch=N --epochs=N [options]

Trains a compiled train step (.so), or a .mlir file with the functions
loss_and_grads and apply_updates (or one whole train step), which is first
compiled by mp-compile --train into a cache.

mp options:
  --data=FILE       safetensors file: `<arg>_train` for each batch and label
                    argument (first axis = samples), init/<param>, optional
                    init_opt/<name> and batch_order [epochs, n]
  --batch=N         samples in a step: the batch size the model was exported for
  --epochs=N        passes over the samples
  --seed=N          of the shuffle where there is no batch_order (default 0)
  --checkpoint=DIR  where to keep step-<n>.safetensors and `latest`
  --every=N         steps between checkpoints (default: only at the end)
  --resume          go on from DIR/latest, if there is one
  --fall-back       with --resume: if that checkpoint is damaged, go on from the
                    newest whole one
  --metrics=FILE    a line of JSON for each step
  --patience=N      give up after N overflows in a row with the scale at its
                    minimum (default 10)
  --initial-scale=S loss scale of the first step (default: the train step's)
  --function=NAME   the train step in a compiled model
  --threads=N       threads to use (default: MP_RT_THREADS, else all CPUs)
  --quiet           no progress bar

for a .mlir file, given to mp-compile:
  --policy=P        make it mixed precision by this policy
  --loss-scale=S    dynamic, none or a number (default: dynamic for f16, else
                    none)
  --train-step=OPTS further options of mp-opt --mp-train-step, such as
                    "preset=megatron accumulate=4"
  --target=T, --lock=FILE
  --roles=FILE      names and roles of arguments and results (JSON)

Ctrl-C and SIGTERM finish the step, write a checkpoint and stop; a second one
stops at once.
)";

static int64_t parseInteger(const std::string &name, const std::string &text,
                            int64_t least, int64_t most) {
  char *end = nullptr;
  errno = 0;
  long long value = std::strtoll(text.c_str(), &end, 10);
  if (text.empty() || errno || *end || value < least || value > most)
    throw Error("expected --" + name + " to be an integer from " +
                std::to_string(least) + " to " + std::to_string(most) +
                ", but got '" + text + "'");
  return value;
}

static double parseScale(const std::string &name, const std::string &text) {
  char *end = nullptr;
  double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end || !std::isfinite(value) || value <= 0)
    throw Error("expected --" + name + " to be a positive number, but got '" +
                text + "'");
  return value;
}

Options mp::train_tool::parseOptions(const std::vector<std::string> &args) {
  Options o;
  constexpr int64_t most = std::numeric_limits<int64_t>::max();
  auto text = [](std::string &field) {
    return [&field](const std::string &value) { field = value; };
  };
  auto integer = [](const char *name, auto &field, int64_t least,
                    int64_t most) {
    return [=, &field](const std::string &value) {
      field = parseInteger(name, value, least, most);
    };
  };
  const std::map<std::string, std::function<void(const std::string &)>> valued =
      {{"function", text(o.function)},
       {"data", text(o.data)},
       {"roles", text(o.roles)},
       {"policy", text(o.policy)},
       {"target", text(o.target)},
       {"lock", text(o.lock)},
       {"train-step", text(o.trainStep)},
       {"checkpoint", text(o.checkpoint)},
       {"metrics", text(o.metrics)},
       {"loss-scale",
        [&](const std::string &value) {
          if (value != "dynamic" && value != "none")
            parseScale("loss-scale", value);
          o.lossScale = value;
        }},
       {"batch", integer("batch", o.batch, 1, most)},
       {"epochs", integer("epochs", o.epochs, 1, most)},
       {"every", integer("every", o.every, 1, most)},
       {"patience", integer("patience", o.patience, 1, most)},
       {"seed", integer("seed", o.seed, 0, most)},
       {"threads", integer("threads", o.threads, 1, 1024)},
       {"initial-scale", [&](const std::string &value) {
          o.initialScale = parseScale("initial-scale", value);
        }}};
  const std::map<std::string, bool *> flags = {{"resume", &o.resume},
                                               {"fall-back", &o.fallBack},
                                               {"quiet", &o.quiet},
                                               {"help", &o.help}};

  for (size_t i = 0; i < args.size(); ++i) {
    const std::string &arg = args[i];
    if (arg.size() < 2 || arg[0] != '-') {
      if (!o.model.empty())
        throw Error("expected one model, but got '" + o.model + "' and '" +
                    arg + "'");
      o.model = arg;
      continue;
    }
    size_t start = arg[1] == '-' ? 2 : 1, equals = arg.find('=');
    std::string name =
        arg.substr(start, equals == arg.npos ? arg.npos : equals - start);
    if (auto flag = flags.find(name); flag != flags.end()) {
      if (equals != arg.npos)
        throw Error("option --" + name + " takes no value");
      *flag->second = true;
      continue;
    }
    auto option = valued.find(name);
    if (option == valued.end())
      throw Error("unknown option '" + arg + "'; see mp-train --help");
    std::string value;
    if (equals != arg.npos)
      value = arg.substr(equals + 1);
    else if (i + 1 < args.size())
      value = args[++i];
    if (value.empty())
      throw Error("option --" + name + " needs a value");
    option->second(value);
  }
  if (o.help)
    return o;
  if (o.model.empty())
    throw Error("expected a model; see mp-train --help");
  if (o.data.empty() || !o.batch || !o.epochs)
    throw Error("expected --data, --batch and --epochs; see mp-train --help");
  if (o.resume && o.checkpoint.empty())
    throw Error("--resume needs --checkpoint=DIR");
  if (o.fallBack && !o.resume)
    throw Error("--fall-back needs --resume");
  if (o.every && o.checkpoint.empty())
    throw Error("--every needs --checkpoint=DIR");
  return o;
}
