#include "mp-bisect/Options.h"

using namespace mp;
using namespace mp::bisect;

static void checkTogether(const Options &options) {
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

/// Kept as the user wrote it, once it is seen to be right.
static tool::Setter asWritten(std::string &field, tool::Setter check) {
  return [&field, check = std::move(check)](const std::string &option,
                                            const std::string &value) {
    check(option, value);
    field = value;
  };
}

tool::Command mp::bisect::commandLine(Options &o) {
  using namespace tool;
  auto tolerance = [](std::string &field) {
    return asWritten(field, parseNotNegative);
  };
  Command c("mp-bisect", "model", o.model);
  c.usage("MODEL.mlir --policy=P -o FILE.yaml [options]")
      .note(R"(
Finds a small set of ops that must stay f32 for a model to be accurate enough
under a policy, and writes it as a policy that extends this one.)")
      .section("mp options:")
      .value("policy", "P", text(o.policy),
             "policy to begin with, a shipped name or a path (default: bf16)")
      .value("o", "FILE", text(o.output),
             "policy to write; each rule says what it is good for")
      .section("what is good enough, --max-error, --rtol and --atol, or "
               "--command:")
      .value("inputs", "FILE", text(o.inputs),
             "run on these tensors (safetensors, as for mp-run)")
      .value("expect", "FILE", text(o.expect),
             "results to compare with (default: those of the FP32 model)")
      .value("max-error", "E", tolerance(o.maxError),
             "for each result ||result - expected|| <= E * ||expected||")
      .value("rtol", "R", tolerance(o.rtol),
             "for each element |result - expected| <= A + R * |expected| "
             "(default 1e-5)")
      .value("atol", "A", tolerance(o.atol), "the A of that (default 1e-5)")
      .value("command", "CMD", text(o.command),
             "run this in a shell, {} being the compiled model's path; an exit "
             "code of 0 is good enough")
      .section("how to search:")
      .value("function", "NAME", text(o.function),
             "function to run, and whose ops are searched (default: main, or "
             "the only one)")
      .value("roles", "FILE", text(o.roles),
             "names and roles of arguments and results (JSON)")
      .value("ranges", "FILE", text(o.ranges),
             "recorded ranges for the policy to use (mp-run --record-ranges)")
      .value("target", "T", text(o.target),
             "compile for this target (default: this machine)")
      .value("threads", "N",
             asWritten(o.threads,
                       [](const std::string &option, const std::string &value) {
                         parseCount(option, value);
                       }),
             "threads to run with")
      // At least FP32, the policy, all that it makes low in f32, and the
      // policy found.
      .value("max-runs", "N", count(o.maxRuns, 4),
             "stop after so many runs of the model, with the best set known by "
             "then (default 100)")
      .value("state", "FILE", text(o.state),
             "note each run here (JSON); the same search begins again where it "
             "was stopped")
      .flag("quiet", o.quiet, "no progress")
      .note(R"(
environment:
  MP_COMPILE, MP_RUN  the mp-compile and mp-run to use (default: beside
                    mp-bisect, then PATH)
  MP_CACHE_DIR      where compiled variants are kept (default:
                    XDG_CACHE_HOME/mp, then ~/.cache/mp))")
      .check([&o] { checkTogether(o); });
  return c;
}
