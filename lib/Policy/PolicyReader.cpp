#include "PolicyReader.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::mp;
using namespace llvm;

static const std::pair<StringRef, Action> unlistedNames[] = {
    {"infer", Action::Infer},
    {"deny", Action::Deny},
    {"allow", Action::Allow},
    {"error", Action::Error}};

bool Reader::readPolicy(const YamlNode &root, PolicyResolver resolve) {
  bool ok = checkKeys(root, schema::topLevelKeys, "policy");
  policy.location = {file.str(), 1, 1};
  const YamlNode *rules = nullptr, *extends = nullptr;
  bool hasVersion = false;
  // Names and parameters first: rules refer to them wherever they stand.
  for (const auto &[key, line, column, value] : root.entries) {
    if (key == "name")
      ok &= readWord(value, policy.name);
    else if (key == "parameters")
      ok &= readParameters(value);
    else if (key == "storage")
      ok &= readStorage(value);
  }
  std::optional<Format> compute, accumulate;
  std::optional<Action> unlisted;
  std::optional<bool> followIO, fallback, excessPrecision;
  std::optional<MixedOperands> mixedOperands;
  for (const auto &[key, line, column, value] : root.entries) {
    if (key == "version") {
      hasVersion = true;
      ok &= value.scalar == "1" ||
            error(value, "policy version '" + value.scalar +
                             "' is not supported; expected 1");
    } else if (key == "description") {
      ok &= readWord(value, policy.description);
    } else if (key == "compute") {
      ok &= readFormat(value, compute.emplace());
    } else if (key == "accumulate") {
      ok &= readStoredFormat(value, accumulate.emplace());
    } else if (key == "unlisted") {
      ok &= readChoice<Action>(value, unlistedNames, unlisted.emplace());
    } else if (key == "io") {
      static const std::pair<StringRef, bool> choices[] = {{"keep", false},
                                                           {"follow", true}};
      ok &= readChoice<bool>(value, choices, followIO.emplace());
    } else if (key == "fallback") {
      static const std::pair<StringRef, bool> choices[] = {{"true", true},
                                                           {"false", false}};
      ok &= readChoice<bool>(value, choices, fallback.emplace());
    } else if (key == "mixed_operands") {
      static const std::pair<StringRef, MixedOperands> choices[] = {
          {"promote", MixedOperands::Promote},
          {"cast-at-boundary", MixedOperands::Cast}};
      ok &= readChoice<MixedOperands>(value, choices, mixedOperands.emplace());
    } else if (key == "excess_precision") {
      static const std::pair<StringRef, bool> choices[] = {{"never", false},
                                                           {"allow", true}};
      ok &= readChoice<bool>(value, choices, excessPrecision.emplace());
    } else if (key == "loss_scale") {
      ok &= readLossScale(value);
    } else if (key == "needs") {
      ok &= value.scalar == "calibration" ||
            error(value, "expected 'calibration'");
      policy.needsCalibration = true;
    } else if (key == "ranges") {
      ok &= readRanges(value);
    } else if (key == "extends") {
      extends = &value;
      ok &= isKind(value, YamlNode::Kind::Scalar, "a policy");
    } else if (key == "rules") {
      rules = &value;
      ok &= isKind(value, YamlNode::Kind::Sequence, "a list of rules");
    }
  }
  if (!hasVersion)
    ok = error(root, "policy has no 'version'");
  if (policy.name.empty())
    ok = error(root, "policy has no 'name'");
  if (!rules && !extends)
    ok = error(root, "policy has neither 'rules' nor 'extends'");

  StringMap<unsigned> seen;
  if (rules) {
    for (const YamlNode &item : rules->items) {
      PolicyRule rule;
      if (!readRule(item, rule)) {
        ok = false;
        continue;
      }
      auto [it, isNew] = seen.try_emplace(rule.id, item.line);
      if (!isNew)
        ok = error(item, "rule '" + rule.id + "' was already given in line " +
                             Twine(it->second));
      policy.rules.push_back(std::move(rule));
    }
  }
  if (!ok)
    return false;
  if (extends) {
    std::optional<Policy> base = resolve(extends->scalar, at(*extends));
    if (!base)
      return false;
    std::string name = std::move(policy.name);
    std::string description = std::move(policy.description);
    std::vector<PolicyRule> own = std::move(policy.rules);
    std::vector<std::pair<std::string, Storage>> storage =
        std::move(policy.storage);
    std::optional<LossScale> lossScale = std::move(policy.lossScale);
    PolicyLocation location = policy.location;
    bool needsCalibration = policy.needsCalibration;
    std::vector<PolicyRange> ranges = std::move(policy.ranges);
    policy = std::move(*base);
    policy.name = std::move(name);
    policy.description = std::move(description);
    policy.location = std::move(location);
    policy.needsCalibration |= needsCalibration;
    // Of two ranges for one argument the later one counts, so ours follow.
    policy.ranges.insert(policy.ranges.end(), ranges.begin(), ranges.end());
    policy.rules.insert(policy.rules.begin(),
                        std::make_move_iterator(own.begin()),
                        std::make_move_iterator(own.end()));
    if (!storage.empty())
      policy.storage = std::move(storage);
    if (lossScale)
      policy.lossScale = std::move(lossScale);
  }
  policy.compute = compute.value_or(policy.compute);
  policy.accumulate = accumulate.value_or(policy.accumulate);
  policy.unlisted = unlisted.value_or(policy.unlisted);
  policy.followIO = followIO.value_or(policy.followIO);
  policy.fallback = fallback.value_or(policy.fallback);
  policy.mixedOperands = mixedOperands.value_or(policy.mixedOperands);
  policy.allowsExcessPrecision =
      excessPrecision.value_or(policy.allowsExcessPrecision);
  policy.saved = saved.value_or(policy.saved);
  return checkStorage();
}

std::optional<Policy> mlir::mp::parsePolicy(StringRef text, StringRef file,
                                            PolicyResolver resolve,
                                            PolicyDiagnosticHandler handler) {
  constexpr YamlLanguage language{"policy", size_t(1) << 20};
  std::optional<YamlNode> root = parseYaml(text, file, language, handler);
  Reader reader(file, handler);
  if (!root || !reader.readPolicy(*root, resolve))
    return std::nullopt;
  return std::move(reader.policy);
}
