#include "mp-bisect/Candidates.h"

#include "common/Child.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

using namespace mp::bisect;
using nlohmann::json;

static std::string getText(const json &object, const char *key) {
  auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

/// The function whose ops are searched; empty if there is but one.
static std::string chooseFunction(const std::string &wanted, const json &ops) {
  std::set<std::string> functions;
  for (const json &op : ops)
    functions.insert(getText(op, "function"));
  std::string known;
  for (const std::string &name : functions)
    known += (known.empty() ? "'" : ", '") + name + "'";
  if (!wanted.empty()) {
    if (!functions.count(wanted))
      throw Error("the model has no function '" + wanted +
                  "': expected one of " + known);
    return wanted;
  }
  if (functions.count("main"))
    return "main";
  if (functions.size() > 1)
    throw Error("the model has no function 'main': expected --function to be "
                "one of " +
                known);
  return "";
}

std::vector<Candidate> mp::bisect::findCandidates(const Options &options,
                                                  const std::string &folder) {
  std::string explanation = folder + "/explanation.json";
  std::vector<std::string> args = {tool::findTool("mp-compile", "MP_COMPILE"),
                                   options.model,
                                   "--emit=stablehlo",
                                   "-o",
                                   folder + "/model.mlir",
                                   "--policy=" + options.policy,
                                   "--explain=" + explanation};
  if (!options.ranges.empty())
    args.push_back("--ranges=" + options.ranges);
  if (!options.roles.empty())
    args.push_back("--roles=" + options.roles);
  tool::ChildResult result = tool::runChild(args, /*capture=*/false);
  if (!result.started || result.signal)
    throw Error("cannot run '" + args[0] + "'");
  if (result.exitCode)
    throw Reported();

  std::ifstream file(explanation);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  return readCandidates(text, options.function);
}

std::vector<Candidate>
mp::bisect::readCandidates(const std::string &explanation,
                           const std::string &wanted) {
  json root = json::parse(explanation, nullptr, false);
  if (!root.is_object() || !root.contains("ops") || !root["ops"].is_array())
    throw Error("expected an explanation, with a list 'ops'");
  const json &ops = root["ops"];
  std::string function = chooseFunction(wanted, ops);
  std::vector<Candidate> candidates;
  for (const json &op : ops) {
    std::string compute = getText(op, "compute");
    // Where a free op only moves data, it is low for the sake of others.
    if (compute.empty() || compute == "f32" || getText(op, "action") == "clear")
      continue;
    if (!function.empty() && getText(op, "function") != function)
      continue;
    candidates.push_back({getText(op, "id"), getText(op, "op"),
                          getText(op, "name"), getText(op, "class"), compute,
                          getText(op, "rule")});
  }
  return candidates;
}

std::vector<std::string> mp::bisect::getPath(const Candidate &candidate) {
  std::vector<std::string> path;
  size_t begin = 0;
  for (size_t end; (end = candidate.id.find('/', begin)) != std::string::npos;
       begin = end + 1)
    path.push_back(candidate.id.substr(begin, end - begin));
  path.push_back(candidate.opClass);
  path.push_back(candidate.id);
  return path;
}
