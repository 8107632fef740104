#include "PolicySchema.h"
#include "YamlTree.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir::mp;
using namespace llvm;

StringRef mlir::mp::findNearest(StringRef word, ArrayRef<StringRef> known) {
  StringRef best;
  unsigned bestDistance = std::max<unsigned>(2, word.size() / 3) + 1;
  for (StringRef candidate : known) {
    unsigned distance = word.edit_distance(candidate, true, bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

namespace {
/// Reads one file. Every method returns false after it has reported an error;
/// reading goes on with the next rule, so that one run shows all of them.
class Reader {
public:
  Reader(StringRef file, PolicyDiagnosticHandler handler)
      : file(file), handler(handler) {}

  bool readPolicy(const YamlNode &root, PolicyResolver resolve);
  Policy policy;

private:
  bool error(const YamlNode &node, const Twine &message) {
    handler({at(node), message.str()});
    return false;
  }
  PolicyLocation at(const YamlNode &node) const {
    return {file.str(), node.line, node.column};
  }
  bool isKind(const YamlNode &node, YamlNode::Kind kind, StringRef expected) {
    return node.kind == kind ||
           error(node, "expected " + expected + ", but got " + node.kindName());
  }

  /// Reports the keys of `map` that `keys` does not list, and notes those
  /// that have no effect.
  bool checkKeys(const YamlNode &map, ArrayRef<schema::Key> keys,
                 StringRef where);
  template <typename T>
  bool readChoice(const YamlNode &node,
                  ArrayRef<std::pair<StringRef, T>> choices, T &out);
  bool readWord(const YamlNode &node, std::string &out);
  bool readWords(const YamlNode &node, std::vector<std::string> &out);
  bool readKnownWords(const YamlNode &node, ArrayRef<StringRef> known,
                      std::vector<std::string> &out);
  bool readPatterns(const YamlNode &node, std::vector<RuleMatch::Pattern> &out);
  bool readFormat(const YamlNode &node, Format &out);
  bool readNumber(StringRef text, const YamlNode &node, double &out,
                  bool &isNull);
  bool readParameters(const YamlNode &node);
  bool readRule(const YamlNode &node, PolicyRule &rule);
  bool readMatch(const YamlNode &node, RuleMatch &match,
                 std::optional<unsigned> *operand);
  bool readWhere(const YamlNode &node, RuleMatch &match);
  bool readCondition(StringRef key, const YamlNode &node, RuleMatch &match);
  bool readSplat(StringRef key, const YamlNode &node, RuleMatch &match);

  StringRef file;
  PolicyDiagnosticHandler handler;
  StringMap<std::optional<double>> parameters;
};
} // namespace

static const std::pair<StringRef, Action> actionNames[] = {
    {"allow", Action::Allow},     {"deny", Action::Deny},
    {"infer", Action::Infer},     {"clear", Action::Clear},
    {"promote", Action::Promote}, {"keep", Action::Keep},
    {"error", Action::Error}};
static const std::pair<StringRef, Action> unlistedNames[] = {
    {"infer", Action::Infer},
    {"deny", Action::Deny},
    {"allow", Action::Allow},
    {"error", Action::Error}};
static const std::pair<StringRef, Format> formatNames[] = {
    {"f32", Format::F32},
    {"bf16", Format::BF16},
    {"f16", Format::F16},
    {"f8e4m3fn", Format::F8E4M3FN},
    {"f8e5m2", Format::F8E5M2}};
static const std::pair<StringRef, ResultChoice> resultNames[] = {
    {"low", ResultChoice::Low},
    {"f32", ResultChoice::Wide},
    {"free", ResultChoice::Free}};
static const std::pair<StringRef, Quantity> quantityNames[] = {
    {"k", Quantity::K},
    {"m", Quantity::M},
    {"n", Quantity::N},
    {"batch", Quantity::Batch},
    {"elements", Quantity::Elements},
    {"bytes", Quantity::Bytes},
    {"rank", Quantity::Rank},
    {"lhs_rank", Quantity::LhsRank},
    {"rhs_rank", Quantity::RhsRank},
    {"reduction_length", Quantity::ReductionLength},
    {"fan_in", Quantity::FanIn},
    {"const_abs_max", Quantity::ConstAbsMax},
    {"const_abs_min_nonzero", Quantity::ConstAbsMinNonzero},
    {"proved_abs_max", Quantity::ProvedAbsMax},
    {"calibrated_abs_max", Quantity::CalibratedAbsMax},
    {"alignment", Quantity::Alignment},
    {"uses", Quantity::Uses}};
static const std::pair<StringRef, Word> wordNames[] = {
    {"body", Word::Body},
    {"window", Word::Window},
    {"element_type", Word::ElementType},
    {"precision", Word::Precision},
    {"algorithm", Word::Algorithm}};

template <typename T>
static const T *lookup(ArrayRef<std::pair<StringRef, T>> table,
                       StringRef name) {
  for (const auto &[key, value] : table)
    if (key == name)
      return &value;
  return nullptr;
}

static std::string suggestion(StringRef word, ArrayRef<StringRef> known) {
  StringRef nearest = findNearest(word, known);
  if (!nearest.empty())
    return ("; did you mean '" + nearest + "'?").str();
  if (known.size() > 12)
    return "";
  return "; expected one of " + join(known, ", ");
}

bool Reader::checkKeys(const YamlNode &map, ArrayRef<schema::Key> keys,
                       StringRef where) {
  bool ok = true;
  for (const YamlNode::Entry &entry : map.entries) {
    const schema::Key *key =
        find_if(keys, [&](const schema::Key &k) { return k.name == entry.key; });
    PolicyLocation location{file.str(), entry.line, entry.column};
    if (key == keys.end()) {
      SmallVector<StringRef> names;
      for (const schema::Key &known : keys)
        names.push_back(known.name);
      handler({location, "unknown key '" + entry.key + "' in " + where.str() +
                             suggestion(entry.key, names)});
      ok = false;
    } else if (key->effect == schema::Effect::NotActedOn) {
      policy.notes.push_back({location, "'" + entry.key + "' has no effect"});
    }
  }
  return ok;
}

template <typename T>
bool Reader::readChoice(const YamlNode &node,
                        ArrayRef<std::pair<StringRef, T>> choices, T &out) {
  std::string word;
  if (!readWord(node, word))
    return false;
  if (const T *value = lookup(choices, word)) {
    out = *value;
    return true;
  }
  SmallVector<StringRef> names;
  for (const auto &choice : choices)
    names.push_back(choice.first);
  return error(node, "unknown value '" + word + "'" + suggestion(word, names));
}

bool Reader::readWord(const YamlNode &node, std::string &out) {
  if (!isKind(node, YamlNode::Kind::Scalar, "a value"))
    return false;
  out = node.scalar;
  return true;
}

bool Reader::readWords(const YamlNode &node, std::vector<std::string> &out) {
  if (node.kind == YamlNode::Kind::Scalar) {
    out.push_back(node.scalar);
    return true;
  }
  if (node.kind != YamlNode::Kind::Sequence || node.items.empty())
    return error(node, "expected a value or a list of values, but got " +
                           (node.items.empty() &&
                                    node.kind == YamlNode::Kind::Sequence
                                ? "an empty list"
                                : node.kindName()));
  for (const YamlNode &item : node.items) {
    out.emplace_back();
    if (!readWord(item, out.back()))
      return false;
  }
  return true;
}

bool Reader::readKnownWords(const YamlNode &node, ArrayRef<StringRef> known,
                            std::vector<std::string> &out) {
  size_t before = out.size();
  if (!readWords(node, out))
    return false;
  for (size_t i = before; i != out.size(); ++i)
    if (!is_contained(known, out[i]))
      return error(node.items.empty() ? node : node.items[i - before],
                   "unknown value '" + out[i] + "'" +
                       suggestion(out[i], known));
  return true;
}

/// How many copies of a part a compiled expression may hold: nested `{m,n}`
/// multiply, and the compiler writes them all out.
static double countRepetitions(StringRef pattern) {
  double product = 1;
  for (StringRef rest = pattern; !rest.empty();) {
    rest = rest.drop_until([](char c) { return c == '{'; }).drop_front(
        rest.contains('{') ? 1 : 0);
    StringRef bounds = rest.take_until([](char c) { return c == '}'; });
    unsigned number = 1, largest = 1;
    SmallVector<StringRef> parts;
    bounds.split(parts, ',');
    for (StringRef part : parts)
      if (!part.getAsInteger(10, number))
        largest = std::max(largest, number);
    product *= largest;
  }
  return product;
}

bool Reader::readPatterns(const YamlNode &node,
                          std::vector<RuleMatch::Pattern> &out) {
  std::vector<std::string> words;
  if (!readWords(node, words))
    return false;
  for (const std::string &word : words) {
    if (word.size() > 1000 || countRepetitions(word) > 1000)
      return error(node, "regular expression is too large");
    auto regex = std::make_shared<Regex>(word);
    std::string reason;
    if (!regex->isValid(reason))
      return error(node, "invalid regular expression '" + word + "': " + reason);
    out.push_back(std::move(regex));
  }
  return true;
}

bool Reader::readFormat(const YamlNode &node, Format &out) {
  return readChoice<Format>(node, formatNames, out);
}

bool Reader::readNumber(StringRef word, const YamlNode &node, double &out,
                        bool &isNull) {
  isNull = false;
  if (word.consume_front("$")) {
    auto it = parameters.find(word);
    if (it == parameters.end()) {
      SmallVector<StringRef> names(parameters.keys());
      llvm::sort(names);
      return error(node, "unknown parameter '$" + word + "'" +
                             (names.empty() ? "" : suggestion(word, names)));
    }
    isNull = !it->second;
    out = it->second.value_or(0);
    return true;
  }
  return !word.getAsDouble(out) ||
         error(node, "expected a number, but got '" + word + "'");
}

bool Reader::readParameters(const YamlNode &node) {
  if (!isKind(node, YamlNode::Kind::Map, "a map of numbers"))
    return false;
  for (const YamlNode::Entry &entry : node.entries) {
    // Only numbers can be used by a condition; the rest documents.
    double number;
    if (entry.value.kind == YamlNode::Kind::Null)
      parameters[entry.key] = std::nullopt;
    else if (entry.value.kind == YamlNode::Kind::Scalar &&
             !StringRef(entry.value.scalar).getAsDouble(number))
      parameters[entry.key] = number;
  }
  return true;
}

bool Reader::readSplat(StringRef key, const YamlNode &node, RuleMatch &match) {
  std::string text;
  if (!readWord(node, text))
    return false;
  StringRef rest = text;
  double value;
  bool isNull;
  if (!rest.consume_front("constant-splat"))
    return error(node, "expected 'constant-splat NUMBER', but got '" + text + "'");
  if (!readNumber(rest.trim(), node, value, isNull))
    return false;
  match.impossible |= isNull;
  match.splats.emplace_back(key == "lhs" ? 0 : 1, value);
  return true;
}

bool Reader::readCondition(StringRef key, const YamlNode &node,
                           RuleMatch &match) {
  if (const Word *word = lookup<Word>(wordNames, key)) {
    std::string text;
    if (!readWord(node, text))
      return false;
    SmallVector<StringRef> parts;
    StringRef(text).split(parts, '|');
    std::vector<std::string> values;
    for (StringRef part : parts)
      values.push_back(part.trim().str());
    match.words.emplace_back(*word, std::move(values));
    return true;
  }
  if (key == "lhs" || key == "rhs")
    return readSplat(key, node, match);
  const Quantity *quantity = lookup<Quantity>(quantityNames, key);
  std::string text;
  if (!quantity || !readWord(node, text))
    return false;
  using Relation = NumberCondition::Relation;
  StringRef rest = StringRef(text).trim();
  Relation relation = Relation::Equal;
  // The longer spellings first, since each begins with a shorter one.
  static const std::pair<StringRef, Relation> relations[] = {
      {"<=", Relation::LessEqual}, {">=", Relation::GreaterEqual},
      {"==", Relation::Equal},     {"!=", Relation::NotEqual},
      {"<", Relation::Less},       {">", Relation::Greater}};
  for (const auto &[spelling, value] : relations) {
    if (!rest.consume_front(spelling))
      continue;
    relation = value;
    break;
  }
  double number;
  bool isNull;
  if (!readNumber(rest.trim(), node, number, isNull))
    return false;
  match.impossible |= isNull;
  match.numbers.push_back({*quantity, relation, number});
  return true;
}

bool Reader::readWhere(const YamlNode &node, RuleMatch &match) {
  if (!isKind(node, YamlNode::Kind::Map, "a map of conditions") ||
      !checkKeys(node, schema::whereKeys, "'where'"))
    return false;
  bool ok = true;
  for (const YamlNode::Entry &entry : node.entries)
    ok &= readCondition(entry.key, entry.value, match);
  return ok;
}

bool Reader::readMatch(const YamlNode &node, RuleMatch &match,
                       std::optional<unsigned> *operand) {
  if (!isKind(node, YamlNode::Kind::Map, "a map of conditions") ||
      !checkKeys(node, schema::matchKeys, "'match'"))
    return false;
  if (node.entries.empty())
    return error(node, "empty 'match'; write 'any: true' to match every op");
  bool ok = true;
  for (const auto &[key, line, column, value] : node.entries) {
    if (key == "op") {
      ok &= readWords(value, match.ops);
    } else if (key == "class") {
      ok &= readKnownWords(value, schema::classes, match.classes);
    } else if (key == "pattern") {
      ok &= readKnownWords(value, schema::patterns, match.patterns);
    } else if (key == "role") {
      ok &= readKnownWords(value, schema::roles, match.roles);
    } else if (key == "legality") {
      ok &= readWords(value, match.capabilities);
    } else if (key == "name-regex") {
      ok &= readPatterns(value, match.names);
    } else if (key == "location-regex") {
      ok &= readPatterns(value, match.locations);
    } else if (key == "target-regex") {
      ok &= readPatterns(value, match.targets);
    } else if (key == "where") {
      ok &= readWhere(value, match);
    } else if (key == "any") {
      if (value.scalar != "true")
        ok = error(value, "expected 'true'");
    } else if (key == "not") {
      ok &= readMatch(value, match.excluded.emplace_back(), nullptr);
    } else if (key == "operand") {
      unsigned index;
      if (!operand)
        ok = error(value, "'operand' cannot be negated");
      else if (StringRef(value.scalar).getAsInteger(10, index))
        ok = error(value, "expected the index of an operand");
      else
        *operand = index;
    }
  }
  return ok;
}

bool Reader::readRule(const YamlNode &node, PolicyRule &rule) {
  if (!isKind(node, YamlNode::Kind::Map, "a rule") ||
      !checkKeys(node, schema::ruleKeys, "rule"))
    return false;
  bool ok = true;
  bool hasMatch = false, hasAction = false;
  rule.policy = policy.name;
  rule.location = at(node);
  for (const auto &[key, line, column, value] : node.entries) {
    Format format;
    if (key == "id") {
      ok &= readWord(value, rule.id);
    } else if (key == "why") {
      ok &= readWord(value, rule.why);
    } else if (key == "match") {
      hasMatch = true;
      ok &= readMatch(value, rule.match, &rule.operand);
    } else if (key == "action") {
      hasAction = true;
      ok &= readChoice<Action>(value, actionNames, rule.action);
    } else if (key == "result") {
      ok &= readChoice<ResultChoice>(value, resultNames, rule.result);
    } else if (key == "compute") {
      ok &= readFormat(value, format);
      rule.compute = format;
    } else if (key == "accumulate") {
      ok &= readFormat(value, format);
      rule.accumulate = format;
    } else if (key == "contaminates") {
      ok &= value.scalar == "forward" ||
            error(value, "expected 'forward'");
      rule.contaminates = true;
    }
  }
  if (!ok)
    return false;
  if (rule.id.empty())
    return error(node, "rule has no 'id'");
  if (!hasMatch || !hasAction || rule.why.empty())
    return error(node, "rule '" + rule.id + "' has no '" +
                           (!hasMatch    ? "match"
                            : !hasAction ? "action"
                                         : "why") +
                           "'");
  if (rule.operand && rule.action != Action::Deny &&
      rule.action != Action::Keep)
    return error(node, "rule '" + rule.id +
                           "' speaks about one operand, so its action must be "
                           "'deny' or 'keep'");
  return true;
}

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
  }
  std::optional<Format> compute, accumulate;
  std::optional<Action> unlisted;
  std::optional<bool> followIO;
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
      ok &= readFormat(value, accumulate.emplace());
    } else if (key == "unlisted") {
      ok &= readChoice<Action>(value, unlistedNames, unlisted.emplace());
    } else if (key == "io") {
      static const std::pair<StringRef, bool> choices[] = {{"keep", false},
                                                           {"follow", true}};
      ok &= readChoice<bool>(value, choices, followIO.emplace());
    } else if (key == "needs") {
      ok &= value.scalar == "calibration" ||
            error(value, "expected 'calibration'");
      policy.needsCalibration = true;
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
    std::vector<PolicyDiagnostic> notes = std::move(policy.notes);
    PolicyLocation location = policy.location;
    bool needsCalibration = policy.needsCalibration;
    policy = std::move(*base);
    policy.name = std::move(name);
    policy.description = std::move(description);
    policy.location = std::move(location);
    policy.needsCalibration |= needsCalibration;
    policy.rules.insert(policy.rules.begin(),
                        std::make_move_iterator(own.begin()),
                        std::make_move_iterator(own.end()));
    policy.notes.insert(policy.notes.begin(), notes.begin(), notes.end());
  }
  policy.compute = compute.value_or(policy.compute);
  policy.accumulate = accumulate.value_or(policy.accumulate);
  policy.unlisted = unlisted.value_or(policy.unlisted);
  policy.followIO = followIO.value_or(policy.followIO);
  return true;
}

std::optional<Policy> mlir::mp::parsePolicy(StringRef text, StringRef file,
                                            PolicyResolver resolve,
                                            PolicyDiagnosticHandler handler) {
  std::optional<YamlNode> root = parseYaml(text, file, handler);
  Reader reader(file, handler);
  if (!root || !reader.readPolicy(*root, resolve))
    return std::nullopt;
  return std::move(reader.policy);
}
