#include "mp-run/ComparePolicy.h"

#include "common/Cache.h"
#include "common/Child.h"
#include "mp-run/Growth.h"
#include "mp-run/Session.h"

#include <algorithm>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

using namespace mp::run;
using nlohmann::ordered_json;
namespace tool = mp::tool;

namespace {
/// One of the two runs. The observed values and the results stay.
struct Run {
  ModelPtr model;
  Observed observed;
  Function function;
};

struct ResultError {
  std::string name;
  double error;
};

struct GrowthReport {
  const Options &options;
  std::vector<ErrorRow> rows;
  const ErrorRow *worst = nullptr; // adds the most; null if none adds any
  std::vector<ResultError> results;

  bool pass() const;
  std::string toText() const;
  std::string toJson() const;
};
} // namespace

using Note = void (ErrorGrowth::*)(const mp_rt_observation &);

static Run runObserved(const Options &options, const std::string &policy,
                       const mp::io::SafetensorsFile *inputs,
                       ErrorGrowth &growth, Note note) {
  Run run;
  run.model = loadModel(
      tool::compiledModel({"mp-run",
                           options.model,
                           {{"--policy=", policy},
                            {"--ranges=", policy.empty() ? "" : options.ranges},
                            {"--target=", options.target},
                            {"--roles=", options.roles},
                            {"--observe=", "true"}},
                           options.quiet,
                           /*tellsPlaces=*/true}));
  run.observed = readObserved(run.model.get());
  run.function = findFunction(run.model.get(), options.function, "");
  bindArguments(run.function, inputs, options.inputs);
  allocateResults(run.function);
  growth.begin(run.observed);
  Observer observer = [&](const mp_rt_observation &value) {
    (growth.*note)(value);
  };
  InstancePtr instance = makeInstance(run.model.get(), options, observer);
  call(instance.get(), run.function);
  return run;
}

/// Of results of any types, integers too.
static double relativeError(const mp::io::Tensor &was,
                            const mp::io::Tensor &is) {
  double squares = 0, errors = 0;
  uint64_t count = was.size / mp::io::bytes(was.type);
  for (uint64_t i = 0; i < count; ++i) {
    double a = toDouble(was.type, was.data, i),
           b = toDouble(is.type, is.data, i);
    if (std::isfinite(a) && std::isfinite(b)) {
      squares += a * a;
      errors += (a - b) * (a - b);
    } else if (std::isnan(a) ? !std::isnan(b) : !(a == b)) {
      errors = std::numeric_limits<double>::infinity();
    }
  }
  return errors == 0 ? 0 : std::sqrt(errors / squares);
}

bool GrowthReport::pass() const {
  double allowed = options.tolerance.maxError;
  return allowed < 0 ||
         std::all_of(
             results.begin(), results.end(),
             [&](const ResultError &r) { return r.error <= allowed; });
}

static std::string title(const ErrorRow &row) {
  return row.value.id +
         (row.value.name.empty() ? "" : " (" + row.value.name + ")");
}

std::string GrowthReport::toText() const {
  std::string text;
  char line[256];
  auto print = [&](auto... args) {
    std::snprintf(line, sizeof(line), args...);
    text += line;
  };
  print("%10s %10s %10s %10s  %-6s %s\n", "error in", "error out", "added",
        "largest", "type", "op");
  for (const ErrorRow &row : rows) {
    if (row.added == 0)
      continue;
    print("%10.3g %10.3g %10.3g %10.4g  %-6s ", row.in, row.out, row.added,
          row.largest, row.type.c_str());
    text += title(row);
    if (row.notFinite)
      print(", %.3g%% infinite or NaN", 100.0 *
                                            static_cast<double>(row.notFinite) /
                                            static_cast<double>(row.numbers));
    if (row.flushed)
      print(", %.3g%% flushed to 0", 100.0 * static_cast<double>(row.flushed) /
                                         static_cast<double>(row.numbers));
    text += "\n";
  }
  auto adding = std::count_if(rows.begin(), rows.end(),
                              [](const ErrorRow &r) { return r.added > 0; });
  print("%lld of %zu ops and casts add to the relative L2 error\n",
        static_cast<long long>(adding), rows.size());
  for (const ResultError &result : results)
    print("%s: relative L2 error %.3g\n", result.name.c_str(), result.error);
  if (worst) {
    text += "most is added by " + title(*worst);
    print(": %.3g after %.3g", worst->out, worst->in);
    text += worst->value.at.empty() ? "\n" : ", at " + worst->value.at + "\n";
  }
  return text;
}

std::string GrowthReport::toJson() const {
  // An infinite error becomes null.
  auto toObject = [](const ErrorRow &row) {
    return ordered_json{{"id", row.value.id},
                        {"op", row.value.op},
                        {"name", row.value.name},
                        {"location", row.value.location},
                        {"type", row.type},
                        {"error_in", row.in},
                        {"error_out", row.out},
                        {"added", row.added},
                        {"largest", row.largest},
                        {"numbers", row.numbers},
                        {"not_finite", row.notFinite},
                        {"flushed", row.flushed}};
  };
  ordered_json list = ordered_json::array(), ends = ordered_json::array();
  for (const ErrorRow &row : rows)
    list.push_back(toObject(row));
  for (const ResultError &result : results)
    ends.push_back({{"name", result.name}, {"rel_l2", result.error}});
  ordered_json json = {{"model", options.model},
                       {"reference_policy", options.policy},
                       {"policy", options.comparePolicy},
                       {"ops", std::move(list)},
                       {"most", worst ? toObject(*worst) : ordered_json()},
                       {"results", std::move(ends)},
                       {"pass", pass()}};
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) +
         "\n";
}

/// Lets mp-bisect find what must stay f32 for the bound to be met.
static bool writeFix(const Options &options) {
  char bound[64];
  std::snprintf(bound, sizeof(bound), "%.17g", options.tolerance.maxError);
  std::vector<std::string> args = {tool::findTool("mp-bisect", "MP_BISECT"),
                                   options.model,
                                   "--policy=" + options.comparePolicy,
                                   "--inputs=" + options.inputs,
                                   std::string("--max-error=") + bound,
                                   "-o",
                                   options.fix};
  auto add = [&](const char *flag, const std::string &value) {
    if (!value.empty())
      args.push_back(flag + value);
  };
  add("--function=", options.function);
  add("--roles=", options.roles);
  add("--ranges=", options.ranges);
  add("--target=", options.target);
  add("--threads=", options.threads ? std::to_string(options.threads) : "");
  if (options.quiet)
    args.push_back("--quiet");
  tool::ChildResult result = tool::runChild(args, /*capture=*/false);
  if (!result.started || result.signal)
    throw Error("cannot run '" + args[0] + "'");
  return result.exitCode == 0;
}

bool mp::run::comparePolicy(const Options &options) {
  if (!tool::isSource(options.model))
    throw Error("--compare-policy compiles the model itself: expected a .mlir "
                "file, but '" +
                options.model + "' is compiled already");
  auto inputs = readTensors(options.inputs);
  ErrorGrowth growth;
  Run was = runObserved(options, options.policy, inputs.get(), growth,
                        &ErrorGrowth::noteReference);
  Run is = runObserved(options, options.comparePolicy, inputs.get(), growth,
                       &ErrorGrowth::noteCompared);

  GrowthReport report{options, growth.rows(is.observed), nullptr, {}};
  for (const ErrorRow &row : report.rows) {
    if (row.added > (report.worst ? report.worst->added : 0))
      report.worst = &row;
  }
  std::vector<Buffer> parts;
  std::vector<io::Tensor> before = resultTensors(was.function, parts),
                          after = resultTensors(is.function, parts);
  for (size_t i = 0; i < std::min(before.size(), after.size()); ++i)
    report.results.push_back(
        {before[i].name, relativeError(before[i], after[i])});
  if (options.json)
    std::fputs(report.toJson().c_str(), stdout);
  else if (!options.quiet)
    std::fputs(report.toText().c_str(), stdout);
  if (std::fflush(stdout) != 0)
    throw Error("cannot write to standard output");
  if (!options.fix.empty() && !report.pass())
    return writeFix(options);
  for (const ResultError &result : report.results) {
    if (!report.pass() && !(result.error <= options.tolerance.maxError))
      std::fprintf(stderr,
                   "mp-run: error: '%s' has a relative L2 error of %.4g under "
                   "'%s', more than %g\n",
                   result.name.c_str(), result.error,
                   options.comparePolicy.c_str(), options.tolerance.maxError);
  }
  return report.pass();
}
