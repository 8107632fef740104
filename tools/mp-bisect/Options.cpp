#include "mp-bisect/Options.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>

using namespace mp::bisect;

const char *const mp::bisect::usage =
    R"(usage: mp-bisect MODEL.mlir --policy=P -o FILE.yaml [options]

Finds a small set of ops that must stay f32 for a model to be accurate enough
under a policy, and writes it as a policy that extends this one.

mp options:
  --policy=P        policy to begin with, a shipped name or a path (default:
                    bf16)
  -o FILE           policy to write; each rule says what it is good for

what is good enough, one of:
  --inputs=FILE [--expect=FILE] --max-error=E
                    run on these tensors (safetensors, as for mp-run); for each
                    result ||result - expected|| <= E * ||expected||
  --inputs=FILE [--expect=FILE] --rtol=R --atol=A
                    the same, |result - expected| <= A + R * |expected| for each
                    element (default 1e-5 each)
                    Without --expect, the FP32 model's results are expected.
  --command=CMD     run this in a shell, {} being the compiled model's path; an
                    exit code of 0 is good enough

  --function=NAME   function to run, and whose ops are searched (default: main,
                    or the only one)
  --roles=FILE      names and roles of arguments and results (JSON)
  --target=T        compile for this target (default: this machine)
  --threads=N       threads to run with
  --max-runs=N      stop after so many runs of the model, with the best set
                    known by then (default 100)
  --state=FILE      note each run here (JSON); the same search begins again
                    where it was stopped
  --quiet           no progress

environment:
  MP_COMPILE, MP_RUN  the mp-compile and mp-run to use (default: beside
                    mp-bisect, then PATH)
  MP_CACHE_DIR      where compiled variants are kept (default:
                    XDG_CACHE_HOME/mp, then ~/.cache/mp)
)";

static void checkTolerance(const std::string &name, const std::string &text) {
  char *end = nullptr;
  double value = std::strtod(text.c_str(), &end);
  if (text.empty())
    return;
  if (*end || !std::isfinite(value) || value < 0)
    throw Error("expected --" + name +
                " to be a number that is not negative, but got '" + text + "'");
}

static uint64_t parseCount(const std::string &name, const std::string &text,
                           long long min) {
  char *end = nullptr;
  errno = 0;
  long long value = std::strtoll(text.c_str(), &end, 10);
  if (errno || *end || value < min)
    throw Error("expected --" + name + " to be a count from " +
                std::to_string(min) + ", but got '" + text + "'");
  return static_cast<uint64_t>(value);
}

static void checkTogether(const Options &options) {
  if (options.model.empty())
    throw Error("expected a model; see mp-bisect --help");
  if (options.output.empty())
    throw Error("expected -o and the path of the policy to write");
  bool measured = !(options.rtol + options.atol + options.maxError).empty();
  if (!options.command.empty()) {
    if (measured || !options.inputs.empty() || !options.expect.empty())
      throw Error("--command decides alone: expected no --inputs, --expect and "
                  "tolerances beside it");
    if (options.command.find("{}") == std::string::npos)
      throw Error("expected {} in --command, where the path of the compiled "
                  "model goes");
    return;
  }
  if (options.inputs.empty())
    throw Error("expected --inputs, or --command, to tell what to run");
  if (!measured)
    throw Error("expected --max-error, or --rtol and --atol, to tell what is "
                "good enough");
  if (!options.maxError.empty() && !(options.rtol + options.atol).empty())
    throw Error("--max-error and --rtol, --atol exclude each other");
}

Options mp::bisect::parseOptions(const std::vector<std::string> &args) {
  Options options;
  std::string maxRuns;
  struct Text {
    const char *name;
    std::string *value;
  };
  const Text texts[] = {
      {"policy", &options.policy},   {"o", &options.output},
      {"state", &options.state},     {"function", &options.function},
      {"roles", &options.roles},     {"target", &options.target},
      {"inputs", &options.inputs},   {"expect", &options.expect},
      {"command", &options.command}, {"rtol", &options.rtol},
      {"atol", &options.atol},       {"max-error", &options.maxError},
      {"threads", &options.threads}, {"max-runs", &maxRuns}};
  struct Flag {
    const char *name;
    bool *value;
  };
  const Flag flags[] = {{"quiet", &options.quiet},
                        {"help", &options.help},
                        {"version", &options.version}};
  for (size_t i = 0; i < args.size(); ++i) {
    const std::string &arg = args[i];
    if (arg.size() < 2 || arg[0] != '-') {
      if (!options.model.empty())
        throw Error("expected one model, but got '" + options.model +
                    "' and '" + arg + "'");
      options.model = arg;
      continue;
    }
    size_t start = arg[1] == '-' ? 2 : 1, equals = arg.find('=');
    std::string name =
        arg.substr(start, equals == arg.npos ? arg.npos : equals - start);
    auto flag = std::find_if(std::begin(flags), std::end(flags),
                             [&](const Flag &f) { return name == f.name; });
    if (flag != std::end(flags)) {
      if (equals != arg.npos)
        throw Error("option --" + name + " takes no value");
      *flag->value = true;
      continue;
    }
    auto text = std::find_if(std::begin(texts), std::end(texts),
                             [&](const Text &t) { return name == t.name; });
    if (text == std::end(texts))
      throw Error("unknown option '" + arg + "'; see mp-bisect --help");
    std::string value;
    if (equals != arg.npos)
      value = arg.substr(equals + 1);
    else if (i + 1 < args.size())
      value = args[++i];
    if (value.empty())
      throw Error("option --" + name + " needs a value");
    *text->value = value;
  }
  if (options.help || options.version)
    return options;
  checkTolerance("rtol", options.rtol);
  checkTolerance("atol", options.atol);
  checkTolerance("max-error", options.maxError);
  if (!options.threads.empty())
    parseCount("threads", options.threads, 1);
  if (!maxRuns.empty())
    // FP32, the policy, all that it makes low in f32, and the policy found.
    options.maxRuns = parseCount("max-runs", maxRuns, 4);
  checkTogether(options);
  return options;
}
