#include "mp-run/Run.h"

#include "common/Cache.h"
#include "common/MemoryTable.h"
#include "mp-run/Binding.h"
#include "mp-run/ComparePolicy.h"
#include "mp-run/Ranges.h"
#include "mp-run/Report.h"
#include "mp-run/Session.h"

#include <algorithm>
#include <cstdio>

using namespace mp::run;

static bool quiet = false;

void mp::run::warn(const std::string &text) {
  if (!quiet)
    std::fprintf(stderr, "mp-run: warning: %s\n", text.c_str());
}

/// Runs once, or as a benchmark; the results are those of the last run.
static Timing execute(mp_rt_instance *instance, Function &function,
                      const Options &options) {
  auto once = [&] { call(instance, function); };
  double first = timeMs(once);
  if (options.bench)
    return benchmark(options.bench, first, once);
  Timing timing;
  timing.runs = 1;
  timing.firstMs = timing.minMs = timing.medianMs = first;
  timing.meanMs = timing.p90Ms = timing.maxMs = first;
  return timing;
}

static bool holdsNan(const Report &report) {
  return std::any_of(report.results.begin(), report.results.end(),
                     [](const mp::io::Tensor &tensor) {
                       return isFloat(tensor.type) && summarise(tensor).nans;
                     });
}

bool mp::run::run(const Options &options) {
  quiet = options.quiet;
  // A device that is not there, and files that are not right, are reported
  // before a model is compiled for them.
  if (!options.device.empty())
    check(mp_rt_device_available(options.device.c_str()));
  if (!options.comparePolicy.empty())
    return comparePolicy(options);
  auto inputs = readTensors(options.inputs);
  auto expected = readTensors(options.expect);

  bool source = tool::isSource(options.model);
  std::string path = options.model;
  if (source)
    path = tool::compiledModel(
        {"mp-run",
         options.model,
         {{"--policy=", options.policy},
          {"--ranges=", options.ranges},
          {"--target=", options.target},
          {"--roles=", options.roles},
          {"--lock=", options.lock},
          {"--check-finite=", options.checkFinite ? "true" : ""},
          {"--observe=", options.recordRanges.empty() ? "" : "true"}},
         options.quiet,
         /*tellsPlaces=*/options.checkFinite || !options.recordRanges.empty(),
         options.report});
  if (!source && !(options.policy + options.ranges + options.target +
                   options.lock + options.report)
                      .empty())
    throw Error("--policy, --ranges, --target, --lock and --report are for "
                ".mlir files; "
                "'" +
                options.model + "' is compiled already");
  ModelPtr model = loadModel(path);
  Observed observed = readObserved(model.get());
  bool recorded = !options.recordRanges.empty();
  if ((options.checkFinite || recorded) && observed.values.empty())
    throw Error("'" + options.model + "' was compiled without " +
                (recorded ? "--observe" : "--check-finite"));
  RangeRecorder ranges(observed);
  Function function =
      findFunction(model.get(), options.function, source ? "" : options.roles);
  bindArguments(function, inputs.get(), options.inputs);
  allocateResults(function);
  Observer observer;
  if (recorded)
    observer = [&](const mp_rt_observation &value) { ranges.note(value); };
  InstancePtr instance = makeInstance(model.get(), options, observer);

  Report report;
  report.model = options.model;
  report.function = function.name;
  report.device = options.device.empty() ? "cpu" : options.device;
  report.tolerance = options.tolerance;
  mp_rt_model_info info = {};
  info.struct_size = sizeof(info);
  check(mp_rt_model_query(model.get(), &info));
  report.memory.table = tool::memoryTable(info.manifest, function.name);
  report.timing = execute(instance.get(), function, options);
  report.memory.instance.struct_size = sizeof(report.memory.instance);
  check(mp_rt_instance_memory(instance.get(), &report.memory.instance));
  for (const Value &value : function.args)
    report.memory.arguments += value.bytes;
  for (const Value &value : function.results)
    report.memory.results += value.bytes;

  std::vector<Buffer> parts;
  report.results = resultTensors(function, parts);
  if (expected) {
    report.compared = true;
    report.comparisons = compare(function, report.results, *expected,
                                 options.expect, options.tolerance);
  }
  if (options.checkFinite || observed.checkFinite) {
    report.checkedFinite = true;
    report.culprit = findCulprit(instance.get(), observed);
    // An infinity that a model reads or a NaN that it hides is its own affair.
    if (report.culprit.info.kind != MP_RT_CULPRIT_OP && !holdsNan(report))
      report.culprit = {};
  }
  if (recorded) {
    ranges.mergeInto(options.recordRanges);
    if (looksMadeUp(function))
      warn("every float of the inputs lies within [-1, 1], as random numbers "
           "do; if they only stand for data, the ranges that were recorded do "
           "not tell what real data reach");
  }
  std::string error;
  if (!options.outputs.empty() &&
      !io::writeSafetensors(options.outputs, report.results, {}, error))
    throw Error(error);
  if (options.json)
    std::printf("%s\n", toJson(report).c_str());
  else if (!options.quiet)
    std::fputs(toText(report).c_str(), stdout);
  if (std::fflush(stdout) != 0)
    throw Error("cannot write to standard output");
  if (report.culprit.info.kind != MP_RT_CULPRIT_NONE)
    std::fprintf(stderr, "%s\n", culpritText(report.culprit).c_str());
  if (std::string text = failureText(report); !text.empty())
    std::fprintf(stderr, "%s\n", text.c_str());
  return report.pass();
}
