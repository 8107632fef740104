#include "mp-bisect/Trials.h"

#include "common/Cache.h"
#include "common/Child.h"
#include "io/Sha256.h"
#include "mp-bisect/PolicyText.h"

#include <cmath>
#include <cstdio>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <unistd.h>

using namespace mp::bisect;
namespace io = mp::io;
namespace tool = mp::tool;
using nlohmann::json;

std::string mp::bisect::getErrorText(const Outcome &outcome) {
  if (!outcome.error)
    return outcome.pass ? "passes" : "fails";
  if (std::isinf(*outcome.error))
    return "infinite";
  char text[64];
  std::snprintf(text, sizeof(text), "%.3g", *outcome.error);
  return text;
}

std::string mp::bisect::describe(const Outcome &outcome) {
  return (outcome.error ? "relative L2 error " : "the command ") +
         getErrorText(outcome);
}

//===----------------------------------------------------------------------===//
// What is remembered
//===----------------------------------------------------------------------===//

static tool::CompileRequest getRequest(const Options &options,
                                       const std::string &policy) {
  return {"mp-bisect",
          options.model,
          {{"--policy=", policy},
           {"--ranges=", policy.empty() ? "" : options.ranges},
           {"--target=", options.target},
           {"--roles=", options.roles}},
          /*quiet=*/true};
}

/// Of the contents, not the name, where a file is given.
static void addFile(io::Sha256 &hash, const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)),
                   std::istreambuf_iterator<char>());
  hash.field(path.empty() ? "" : text);
}

Trials::Trials(const Options &options, std::string folder)
    : options(options), folder(std::move(folder)) {
  io::Sha256 hash;
  hash.field("mp-bisect 1");
  hash.field(tool::compiledKey(getRequest(options, options.policy)));
  addFile(hash, options.inputs);
  addFile(hash, options.expect);
  for (const std::string *text :
       {&options.function, &options.command, &options.rtol, &options.atol,
        &options.maxError})
    hash.field(*text);
  identity = hash.finish();
  readState();
}

void Trials::readState() {
  if (options.state.empty() || access(options.state.c_str(), F_OK) != 0)
    return;
  std::ifstream file(options.state);
  json root = json::parse(file, nullptr, false);
  if (!root.is_object() || root.value("format", json()) != "mp-bisect-state" ||
      root.value("version", json()) != 1 || !root.contains("runs") ||
      !root["runs"].is_array())
    throw Error("'" + options.state + "' is not the state of a search");
  if (root.value("search", json()) != identity)
    throw Error("'" + options.state +
                "' is the state of another search (its model, policy, inputs, "
                "bounds or compiler differ); remove it to begin anew");
  for (const json &run : root["runs"]) {
    if (!run.is_object() || !run.value("key", json()).is_string() ||
        !run.value("pass", json()).is_boolean())
      throw Error("'" + options.state +
                  "' is damaged; remove it to begin anew");
    Outcome outcome;
    outcome.pass = run["pass"];
    if (run.value("error", json()).is_number())
      outcome.error = run["error"].get<double>();
    else if (run.contains("error"))
      outcome.error = std::numeric_limits<double>::infinity();
    known.emplace(run["key"].get<std::string>(), outcome);
  }
}

void Trials::writeState() const {
  if (options.state.empty())
    return;
  json list = json::array();
  for (const auto &[key, outcome] : known) {
    json run = {{"key", key}, {"pass", outcome.pass}};
    // An infinite error becomes null.
    if (outcome.error)
      run["error"] = *outcome.error;
    list.push_back(std::move(run));
  }
  json root = {{"format", "mp-bisect-state"},
               {"version", 1},
               {"search", identity},
               {"runs", std::move(list)}};
  writeFile(options.state, root.dump(1) + "\n");
}

//===----------------------------------------------------------------------===//
// Runs
//===----------------------------------------------------------------------===//

Outcome Trials::recall(const std::string &key, const std::string &what,
                       const std::string &policy) {
  auto it = known.find(key);
  bool isNew = it == known.end();
  if (isNew) {
    // One is left for the policy that is found.
    if (runs + 1 >= options.maxRuns)
      throw BudgetSpent();
    ++runs;
    it = known.emplace(key, execute(policy)).first;
    writeState();
  }
  if (!options.quiet)
    std::fprintf(stderr, "mp-bisect: %s%s: %s%s\n",
                 isNew ? ("run " + std::to_string(runs) + ": ").c_str()
                       : "known: ",
                 what.c_str(), describe(it->second).c_str(),
                 !it->second.error ? ""
                 : it->second.pass ? ", good"
                                   : ", bad");
  return it->second;
}

Outcome Trials::runModel() { return recall("model", "all FP32", ""); }

Outcome Trials::run(const std::vector<Candidate> &candidates, const Set &wide) {
  io::Sha256 hash;
  KeepRule rule{"keep", "under trial", {}};
  for (size_t index : wide) {
    rule.ops.push_back(candidates[index].id);
    hash.field(rule.ops.back());
  }
  std::string key = hash.finish();
  std::string what = std::to_string(wide.size()) + " of " +
                     std::to_string(candidates.size()) + " ops f32";
  if (wide.empty())
    return recall(key, what, options.policy);
  // The name is a part of what the cache goes by, so it follows the contents.
  std::string place = tool::cacheFolder();
  std::string text =
      writePolicy("", "trial", getBase(options.policy, place), {rule});
  io::Sha256 name;
  name.field(text);
  std::string path = place + "/bisect-" + name.finish() + ".yaml";
  if (!known.count(key))
    writeFile(path, text);
  struct Remove {
    const std::string &path;
    ~Remove() { unlink(path.c_str()); }
  } remove{path};
  return recall(key, what, path);
}

Outcome Trials::runPolicy(const std::string &path) {
  ++runs;
  return execute(path);
}

std::string Trials::compile(const std::string &policy) {
  return tool::compiledModel(getRequest(options, policy));
}

Outcome Trials::execute(const std::string &policy) {
  if (options.command.empty() && options.expect.empty())
    makeReference();
  std::string model = compile(policy);
  return options.command.empty() ? executeModel(model) : executeCommand(model);
}

std::vector<std::string> Trials::runArguments(const std::string &model) const {
  std::vector<std::string> args = {tool::findTool("mp-run", "MP_RUN"), model,
                                   "--json", "--inputs=" + options.inputs};
  auto add = [&](const char *flag, const std::string &value) {
    if (!value.empty())
      args.push_back(flag + value);
  };
  add("--function=", options.function);
  add("--threads=", options.threads);
  return args;
}

/// Runs a child that tells why on stderr if it cannot do its work.
static std::string runTool(const std::vector<std::string> &args, bool mayFail) {
  std::string errors;
  tool::ChildResult result = tool::runChild(args, /*capture=*/true, &errors);
  if (!result.started || result.signal)
    throw Error("cannot run '" + args[0] + "'" +
                (errors.empty() ? "" : ": " + errors));
  if (result.exitCode && !(mayFail && !result.output.empty())) {
    std::fputs(errors.c_str(), stderr);
    throw Reported();
  }
  return result.output;
}

void Trials::makeReference() {
  if (!reference.empty())
    return;
  std::string path = folder + "/reference.safetensors";
  std::vector<std::string> args = runArguments(compile(""));
  args.push_back("--outputs=" + path);
  runTool(args, /*mayFail=*/false);
  reference = path;
}

Outcome Trials::executeModel(const std::string &model) {
  std::vector<std::string> args = runArguments(model);
  args.push_back("--expect=" +
                 (options.expect.empty() ? reference : options.expect));
  if (!options.maxError.empty())
    args.push_back("--max-error=" + options.maxError);
  if (!options.rtol.empty())
    args.push_back("--rtol=" + options.rtol);
  if (!options.atol.empty())
    args.push_back("--atol=" + options.atol);
  json report = json::parse(runTool(args, /*mayFail=*/true), nullptr, false);
  if (!report.is_object() || !report.value("pass", json()).is_boolean())
    throw Error("'" + args[0] + "' gave no report");
  Outcome outcome;
  outcome.pass = report["pass"];
  outcome.error = 0.0;
  // What is infinite or NaN on one side only is an infinite error, null here.
  for (const json &result : report.value("results", json::array())) {
    json error = result.value("rel_l2", json());
    outcome.error =
        std::max(*outcome.error, error.is_number()
                                     ? error.get<double>()
                                     : std::numeric_limits<double>::infinity());
  }
  return outcome;
}

Outcome Trials::executeCommand(const std::string &model) {
  std::string quoted = "'", line = options.command;
  for (char c : model)
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  quoted += "'";
  for (size_t at = line.find("{}"); at != line.npos;
       at = line.find("{}", at + quoted.size()))
    line.replace(at, 2, quoted);
  tool::ChildResult result =
      tool::runChild({"/bin/sh", "-c", line}, /*capture=*/false);
  if (!result.started)
    throw Error("cannot run '" + line + "'");
  // The shell's own way to say that there is no such program.
  if (result.exitCode == 126 || result.exitCode == 127)
    throw Error("cannot run '" + options.command + "': exit code " +
                std::to_string(result.exitCode));
  return {result.exitCode == 0 && !result.signal, std::nullopt};
}
