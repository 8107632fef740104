#include "PolicyReader.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::mp;
using namespace llvm;

static const std::pair<StringRef, Action> actionNames[] = {
    {"allow", Action::Allow},     {"deny", Action::Deny},
    {"infer", Action::Infer},     {"clear", Action::Clear},
    {"promote", Action::Promote}, {"keep", Action::Keep},
    {"error", Action::Error}};
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

bool Reader::readSplat(StringRef key, const YamlNode &node, RuleMatch &match) {
  std::string text;
  if (!readWord(node, text))
    return false;
  StringRef rest = text;
  double value;
  bool isNull;
  if (!rest.consume_front("constant-splat"))
    return error(node,
                 "expected 'constant-splat NUMBER', but got '" + text + "'");
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
    if (key == "id") {
      std::vector<std::string> ids;
      ok &= readWords(value, ids);
      match.ids.insert_range(ids);
    } else if (key == "op") {
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
  rule.result = activations.value_or(ResultChoice::Low);
  for (const auto &[key, line, column, value] : node.entries) {
    Format format;
    if (key == "id") {
      ok &= readWord(value, rule.id);
    } else if (key == "force") {
      static const std::pair<StringRef, bool> choices[] = {{"true", true},
                                                           {"false", false}};
      ok &= readChoice<bool>(value, choices, rule.isForced);
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
      ok &= readStoredFormat(value, format);
      rule.accumulate = format;
    } else if (key == "bias") {
      static const std::pair<StringRef, bool> choices[] = {{"low", true},
                                                           {"f32", false}};
      ok &= readChoice<bool>(value, choices, rule.bias.emplace());
    } else if (key == "inner") {
      ok &= readInner(value, rule);
    } else if (key == "follow") {
      ok &= value.scalar == "widest-operand" ||
            error(value, "expected 'widest-operand'");
      rule.mixedOperands = MixedOperands::Promote;
    } else if (key == "contaminates") {
      ok &= value.scalar == "forward" || error(value, "expected 'forward'");
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
  if (!rule.inner.empty() && rule.match.patterns.empty())
    return error(node, "rule '" + rule.id +
                           "' speaks about parts of a pattern, so its 'match' "
                           "must name one");
  if (rule.bias && rule.action != Action::Allow)
    return error(node, "rule '" + rule.id +
                           "' speaks about a bias, so its action must be "
                           "'allow'");
  if (rule.mixedOperands && rule.action != Action::Infer)
    return error(node, "rule '" + rule.id +
                           "' speaks about mixed operands, so its action must "
                           "be 'infer'");
  if (rule.operand && rule.action != Action::Deny &&
      rule.action != Action::Keep)
    return error(node, "rule '" + rule.id +
                           "' speaks about one operand, so its action must be "
                           "'deny' or 'keep'");
  return true;
}
