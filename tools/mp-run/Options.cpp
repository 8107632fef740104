#include "mp-run/Options.h"

#include "common/Error.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>

using namespace mp::run;

const char *const mp::run::usage =
    R"(usage: mp-run MODEL [options]

Runs a function of a compiled model (.so), or of a .mlir file, which is first
compiled by mp-compile into a cache.

mp options:
  --function=NAME   function to run (default: main, or the only one)
  --inputs=FILE     safetensors file, keyed by argument name or arg0, arg1, ...
                    (complex ones as pairs arg0_re, arg0_im)
  --outputs=FILE    safetensors file to write result0, result1, ... to
  --expect=FILE     safetensors file to compare the results with
  --rtol=R, --atol=A
                    |result - expected| <= A + R * |expected| (default 1e-5
                    each); integers and booleans must be equal
  --max-error=E     instead: ||result - expected|| <= E * ||expected||, and the
                    same elements are infinite or NaN
  --check-finite    name the first op whose result is infinite or NaN while all
                    that it reads is finite, and fail; a .so must have been
                    compiled with this option
  --record-ranges=FILE
                    add the range of every value to this file (JSON), for
                    policies to use; a .so must have been compiled with
                    --observe
  --compare-policy=P
                    run FP32 (or what --policy says), then by this policy, and
                    tell which op adds how much error; with --max-error, fail
                    if a result is further off
  --bench=N         run N times after warming up, report the time of one run
  --threads=N       threads to use (default: MP_RT_THREADS, else all CPUs)
  --device=NAME     cpu, null (checks, computes nothing) or cuda
  --json            print one JSON object instead of tables
  --quiet           print errors only

for a .mlir file, given to mp-compile:
  --policy=P        make it mixed precision by this policy
  --ranges=FILE     recorded ranges for the policy to use (--record-ranges)
  --target=T        compile for this target (default: this machine)
  --roles=FILE      names and roles of arguments and results (JSON)
  --lock=FILE       precision decisions to replay

environment:
  MP_COMPILE        the mp-compile to use (default: beside mp-run, then PATH)
  MP_CACHE_DIR      where compiled models are kept (default:
                    XDG_CACHE_HOME/mp, then ~/.cache/mp)
  MP_RT_THREADS, MP_RT_DEVICE, MP_RT_VERBOSE=1
)";

static int64_t parseCount(const std::string &name, const std::string &text,
                          int64_t max) {
  char *end = nullptr;
  errno = 0;
  long long value = std::strtoll(text.c_str(), &end, 10);
  if (text.empty() || errno || *end || value < 1 || value > max)
    throw Error("expected --" + name + " to be a count from 1 to " +
                std::to_string(max) + ", but got '" + text + "'");
  return value;
}

static double parseTolerance(const std::string &name, const std::string &text) {
  char *end = nullptr;
  double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end || !std::isfinite(value) || value < 0)
    throw Error("expected --" + name +
                " to be a number that is not negative, but got '" + text + "'");
  return value;
}

Options mp::run::parseOptions(const std::vector<std::string> &args) {
  Options options;
  struct Text {
    const char *name;
    std::string *value;
  };
  const Text texts[] = {{"function", &options.function},
                        {"inputs", &options.inputs},
                        {"outputs", &options.outputs},
                        {"expect", &options.expect},
                        {"device", &options.device},
                        {"roles", &options.roles},
                        {"policy", &options.policy},
                        {"ranges", &options.ranges},
                        {"target", &options.target},
                        {"lock", &options.lock},
                        {"record-ranges", &options.recordRanges},
                        {"compare-policy", &options.comparePolicy}};
  struct Flag {
    const char *name;
    bool *value;
  };
  const Flag flags[] = {{"json", &options.json},
                        {"quiet", &options.quiet},
                        {"check-finite", &options.checkFinite},
                        {"help", &options.help},
                        {"version", &options.version}};

  bool onlyOperands = false;
  for (size_t i = 0; i < args.size(); ++i) {
    const std::string &arg = args[i];
    if (onlyOperands || arg.size() < 2 || arg[0] != '-') {
      if (!options.model.empty())
        throw Error("expected one model, but got '" + options.model +
                    "' and '" + arg + "'");
      options.model = arg;
      continue;
    }
    if (arg == "--") {
      onlyOperands = true;
      continue;
    }
    // As in LLVM's tools, one dash is as good as two.
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
    bool number = name == "rtol" || name == "atol" || name == "max-error" ||
                  name == "bench" || name == "threads";
    if (text == std::end(texts) && !number)
      throw Error("unknown option '" + arg + "'; see mp-run --help");
    std::string value;
    if (equals != arg.npos)
      value = arg.substr(equals + 1);
    else if (i + 1 < args.size())
      value = args[++i];
    if (value.empty())
      throw Error("option --" + name + " needs a value");
    if (text != std::end(texts))
      *text->value = value;
    else if (name == "rtol")
      options.tolerance.rtol = parseTolerance(name, value);
    else if (name == "atol")
      options.tolerance.atol = parseTolerance(name, value);
    else if (name == "max-error")
      options.tolerance.maxError = parseTolerance(name, value);
    else if (name == "bench")
      options.bench = parseCount(name, value, 1'000'000'000);
    else
      options.threads = static_cast<int32_t>(parseCount(name, value, 1024));
  }
  if (!options.comparePolicy.empty() &&
      (options.bench || options.checkFinite ||
       !(options.recordRanges + options.expect + options.outputs + options.lock)
            .empty()))
    throw Error("--compare-policy compares two runs of its own: expected no "
                "--bench, --check-finite, --record-ranges, --expect, "
                "--outputs or --lock beside it");
  if (options.bench && !options.recordRanges.empty())
    throw Error("--bench and --record-ranges exclude each other: what is "
                "recorded takes time");
  if (options.model.empty() && !options.help && !options.version)
    throw Error("expected a model; see mp-run --help");
  return options;
}
