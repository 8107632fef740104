#include "mp-run/Report.h"

#include <algorithm>
#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <nlohmann/json.hpp>

using namespace mp::run;
using nlohmann::ordered_json;

bool Report::pass() const {
  return culprit.info.kind == MP_RT_CULPRIT_NONE &&
         std::all_of(comparisons.begin(), comparisons.end(),
                     [](const Comparison &c) { return c.pass(); });
}

static const char *causeText(int32_t kind) {
  switch (kind) {
  case MP_RT_CULPRIT_OP:
    return "op";
  case MP_RT_CULPRIT_NAN:
    return "nan-of-infinities";
  default:
    return "argument";
  }
}

std::string mp::run::toJson(const Report &report) {
  const Timing &timing = report.timing;
  const mp_rt_memory_info &instance = report.memory.instance;
  ordered_json json = {{"model", report.model},
                       {"function", report.function},
                       {"device", report.device},
                       {"threads", instance.threads}};
  json["latency_ms"] = {{"min", timing.minMs},   {"median", timing.medianMs},
                        {"mean", timing.meanMs}, {"p90", timing.p90Ms},
                        {"max", timing.maxMs},   {"first", timing.firstMs},
                        {"runs", timing.runs},   {"warmup", timing.warmup}};
  json["peak_memory_bytes"] = report.memory.peak();
  json["memory"] = {{"arguments", report.memory.arguments},
                    {"results", report.memory.results},
                    {"arena", instance.arena_bytes},
                    {"persistent", instance.persistent_bytes},
                    {"packed", instance.packed_bytes},
                    {"scratch", instance.scratch_bytes}};
  if (!report.memory.table.is_null())
    json["memory_table"] = report.memory.table;
  if (report.compared) {
    double maxAbs = 0, maxRel = 0, relL2 = 0;
    ordered_json list = ordered_json::array();
    for (const Comparison &c : report.comparisons) {
      maxAbs = std::max(maxAbs, c.maxAbs);
      maxRel = std::max(maxRel, c.maxRel);
      relL2 = std::max(relL2, c.relL2);
      list.push_back({{"name", c.name},
                      {"max_abs_error", c.maxAbs},
                      {"max_rel_error", c.maxRel},
                      {"rel_l2", c.relL2},
                      {"elements", c.count},
                      {"failing", c.failing},
                      {"pass", c.pass()}});
    }
    json["max_abs_error"] = maxAbs;
    json["max_rel_error"] = maxRel;
    json["rel_l2"] = relL2;
    if (report.tolerance.maxError >= 0) {
      json["max_error"] = report.tolerance.maxError;
    } else {
      json["rtol"] = report.tolerance.rtol;
      json["atol"] = report.tolerance.atol;
    }
    json["results"] = std::move(list);
  }
  if (report.checkedFinite) {
    const Culprit &culprit = report.culprit;
    json["finite"] = culprit.info.kind == MP_RT_CULPRIT_NONE;
    if (culprit.info.kind != MP_RT_CULPRIT_NONE)
      json["culprit"] = {{"id", culprit.value.id},
                         {"op", culprit.value.op},
                         {"name", culprit.value.name},
                         {"location", culprit.value.location},
                         {"cause", causeText(culprit.info.kind)},
                         {"numbers", culprit.info.numbers},
                         {"nan", culprit.info.nans},
                         {"inf", culprit.info.infinities}};
  }
  json["pass"] = report.pass();
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

namespace {
/// Text in columns.
class Out {
public:
  void print(const char *format, ...) __attribute__((format(printf, 2, 3))) {
    char line[512];
    va_list args;
    va_start(args, format);
    std::vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    text += line;
  }
  std::string text;
};
} // namespace

static std::string bytesText(uint64_t bytes) {
  char text[32];
  if (bytes < 10240)
    std::snprintf(text, sizeof(text), "%" PRIu64 " B", bytes);
  else if (bytes < uint64_t(10) << 20)
    std::snprintf(text, sizeof(text), "%.1f KiB",
                  static_cast<double>(bytes) / 1024);
  else
    std::snprintf(text, sizeof(text), "%.1f MiB",
                  static_cast<double>(bytes) / 1048576);
  return text;
}

static std::string shapeText(const mp::io::Tensor &tensor) {
  std::string text;
  for (int64_t size : tensor.shape)
    text += (text.empty() ? "" : "x") + std::to_string(size);
  return text.empty() ? "scalar" : text;
}

static void printResults(const Report &report, Out &out) {
  size_t nameWidth = 6, shapeWidth = 5;
  for (const auto &tensor : report.results) {
    nameWidth = std::max(nameWidth, tensor.name.size());
    shapeWidth = std::max(shapeWidth, shapeText(tensor).size());
  }
  int name = static_cast<int>(nameWidth), shape = static_cast<int>(shapeWidth);
  out.print("%-*s  %-*s  %-7s %13s %13s %13s\n", name, "result", shape, "shape",
            "dtype", "min", "max", "mean");
  for (const auto &tensor : report.results) {
    Summary s = summarise(tensor);
    out.print("%-*s  %-*s  %-7s", name, tensor.name.c_str(), shape,
              shapeText(tensor).c_str(), mp::io::name(tensor.type));
    if (s.count > s.nans + s.infinities)
      out.print(" %13.6g %13.6g %13.6g", s.min, s.max, s.mean);
    else
      out.print(" %13s %13s %13s", "-", "-", "-");
    if (s.nans)
      out.print("  %" PRIu64 " NaN", s.nans);
    if (s.infinities)
      out.print("  %" PRIu64 " infinite", s.infinities);
    out.print("\n");
  }
}

static void printComparisons(const Report &report, Out &out) {
  int name = 6;
  for (const Comparison &c : report.comparisons)
    name = std::max(name, static_cast<int>(c.name.size()));
  out.print("\n%-*s  %12s %12s %12s  %s\n", name, "result", "max abs err",
            "max rel err", "rel L2 err", "verdict");
  for (const Comparison &c : report.comparisons) {
    out.print("%-*s  %12.4g %12.4g %12.4g  ", name, c.name.c_str(), c.maxAbs,
              c.maxRel, c.relL2);
    if (c.pass())
      out.print("ok\n");
    else if (c.failing == 0)
      out.print("out of tolerance\n");
    else
      out.print("%" PRIu64 " of %" PRIu64 " out of tolerance\n", c.failing,
                c.count);
  }
}

std::string mp::run::toText(const Report &report) {
  Out out;
  if (!report.results.empty())
    printResults(report, out);
  if (report.compared && !report.comparisons.empty())
    printComparisons(report, out);
  if (!out.text.empty())
    out.print("\n");
  if (report.checkedFinite && report.culprit.info.kind == MP_RT_CULPRIT_NONE)
    out.print("no op made infinities or NaN of finite numbers\n");
  const Timing &timing = report.timing;
  out.print("'%s' on %s, %d thread%s: ", report.function.c_str(),
            report.device.c_str(), report.memory.instance.threads,
            report.memory.instance.threads == 1 ? "" : "s");
  if (timing.runs > 1)
    out.print("min %.4g ms, median %.4g ms, 90%% below %.4g ms (%" PRId64
              " runs after %" PRId64 ")",
              timing.minMs, timing.medianMs, timing.p90Ms, timing.runs,
              timing.warmup);
  else
    out.print("%.4g ms", timing.medianMs);
  out.print(", memory %s\n", bytesText(report.memory.peak()).c_str());
  return out.text;
}

std::string mp::run::failureText(const Report &report) {
  for (const Comparison &c : report.comparisons) {
    if (c.pass())
      continue;
    Out out;
    out.print("mp-run: error: comparison failed: '%s'", c.name.c_str());
    if (c.failing == 0)
      out.print(" has a relative L2 error of %.4g, more than %g", c.relL2,
                c.maxError);
    else if (c.maxError >= 0)
      out.print(": %" PRIu64 " of %" PRIu64
                " elements differ where one side is infinite or NaN, first at "
                "%" PRIu64 ": expected %.9g, but got %.9g",
                c.failing, c.count, c.firstFailing, c.expected, c.got);
    else
      out.print(": %" PRIu64 " of %" PRIu64
                " elements differ by more than %g + %g * |expected|, first at "
                "%" PRIu64 ": expected %.9g, but got %.9g",
                c.failing, c.count, report.tolerance.atol,
                report.tolerance.rtol, c.firstFailing, c.expected, c.got);
    return out.text;
  }
  return "";
}
