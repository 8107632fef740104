#include "mp-run/Options.h"

using namespace mp;
using namespace mp::run;

static void checkTogether(const Options &options) {
  if (!options.comparePolicy.empty() &&
      (options.bench || options.checkFinite ||
       !(options.recordRanges + options.expect + options.outputs +
         options.lock + options.report)
            .empty()))
    throw Error("--compare-policy compares two runs of its own: expected no "
                "--bench, --check-finite, --record-ranges, --expect, "
                "--outputs, --lock or --report beside it");
  if (!options.fix.empty() &&
      (options.comparePolicy.empty() || options.tolerance.maxError < 0))
    throw Error("--fix needs --compare-policy, the policy to mend, and "
                "--max-error, which tells what is good enough");
  if (!options.fix.empty() && !options.policy.empty())
    throw Error("--fix compares with FP32: expected no --policy beside it");
  if (options.bench && !options.recordRanges.empty())
    throw Error("--bench and --record-ranges exclude each other: what is "
                "recorded takes time");
}

tool::Command mp::run::commandLine(Options &o) {
  using namespace tool;
  Command c("mp-run", "model", o.model);
  c.usage("MODEL [options]")
      .note(R"(
Runs a function of a compiled model (.so), or of a .mlir file, which is first
compiled by mp-compile into a cache.)")
      .section("mp options:")
      .value("function", "NAME", text(o.function),
             "function to run (default: main, or the only one)")
      .value("inputs", "FILE", text(o.inputs),
             "safetensors file, keyed by argument name or arg0, arg1, ... "
             "(complex ones as pairs arg0_re, arg0_im)")
      .value("outputs", "FILE", text(o.outputs),
             "safetensors file to write result0, result1, ... to")
      .value("expect", "FILE", text(o.expect),
             "safetensors file to compare the results with")
      .value("rtol", "R", notNegative(o.tolerance.rtol),
             "|result - expected| <= A + R * |expected| (default 1e-5); "
             "integers and booleans must be equal")
      .value("atol", "A", notNegative(o.tolerance.atol),
             "the A of that (default 1e-5)")
      .value(
          "max-error", "E",
          [&o](const std::string &option, const std::string &value) {
            o.tolerance.maxError = parseNotNegative(option, value);
          },
          "instead: ||result - expected|| <= E * ||expected||, and the same "
          "elements are infinite or NaN")
      .flag("check-finite", o.checkFinite,
            "name the first op whose result is infinite or NaN while all that "
            "it reads is finite, and fail; a .so must have been compiled with "
            "this option")
      .value("record-ranges", "FILE", text(o.recordRanges),
             "add the range of every value to this file (JSON), for policies "
             "to use; a .so must have been compiled with --observe")
      .value("compare-policy", "P", text(o.comparePolicy),
             "run FP32 (or what --policy says), then by this policy, and tell "
             "which op adds how much error; with --max-error, fail if a result "
             "is further off")
      .value("fix", "FILE", text(o.fix),
             "beside --compare-policy and --max-error: where a result is "
             "further off, let mp-bisect find the ops that must stay f32, and "
             "write the policy that keeps them so")
      .value("bench", "N", count(o.bench, 1, 1'000'000'000),
             "run N times after warming up, report the time of one run")
      .value("threads", "N", count(o.threads, 1, 1024),
             "threads to use (default: MP_RT_THREADS, else all CPUs)")
      .value("device", "NAME", text(o.device),
             "cpu, null (checks, computes nothing) or cuda")
      .flag("json", o.json, "print one JSON object instead of tables")
      .flag("quiet", o.quiet, "print errors only")
      .section("for a .mlir file, given to mp-compile:")
      .value("policy", "P", text(o.policy),
             "make it mixed precision by this policy")
      .value("ranges", "FILE", text(o.ranges),
             "recorded ranges for the policy to use (--record-ranges)")
      .value("target", "T", text(o.target),
             "compile for this target (default: this machine)")
      .value("roles", "FILE", text(o.roles),
             "names and roles of arguments and results (JSON)")
      .value("lock", "FILE", text(o.lock), "precision decisions to replay")
      .value("report", "FILE", text(o.report),
             "page with the memory table and plan, decisions and casts (HTML)")
      .note(R"(
environment:
  MP_COMPILE        the mp-compile to use (default: beside mp-run, then PATH)
  MP_CACHE_DIR      where compiled models are kept (default:
                    XDG_CACHE_HOME/mp, then ~/.cache/mp)
  MP_RT_THREADS, MP_RT_DEVICE, MP_RT_VERBOSE=1)")
      .check([&o] { checkTogether(o); });
  return c;
}
