#include "mp/Policy/Policy.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir::mp;
using namespace llvm;

ArrayRef<Format> mlir::mp::getFormats() {
  static constexpr Format formats[] = {Format::F32,    Format::BF16,
                                       Format::F16,    Format::F8E4M3FN,
                                       Format::F8E5M2, Format::TF32};
  return formats;
}

bool mlir::mp::isStored(Format format) { return format != Format::TF32; }

StringRef mlir::mp::stringify(Format format) {
  switch (format) {
  case Format::F32:
    return "f32";
  case Format::BF16:
    return "bf16";
  case Format::F16:
    return "f16";
  case Format::F8E4M3FN:
    return "f8e4m3fn";
  case Format::F8E5M2:
    return "f8e5m2";
  case Format::TF32:
    return "tf32";
  }
  return "";
}

StringRef mlir::mp::stringify(Action action) {
  switch (action) {
  case Action::Allow:
    return "allow";
  case Action::Deny:
    return "deny";
  case Action::Infer:
    return "infer";
  case Action::Clear:
    return "clear";
  case Action::Promote:
    return "promote";
  case Action::Keep:
    return "keep";
  case Action::Error:
    return "error";
  }
  return "";
}

StringRef mlir::mp::stringify(ResultChoice result) {
  switch (result) {
  case ResultChoice::Low:
    return "low";
  case ResultChoice::Wide:
    return "f32";
  case ResultChoice::Free:
    return "free";
  }
  return "";
}

bool NumberCondition::holds(double number) const {
  switch (relation) {
  case Relation::Less:
    return number < value;
  case Relation::LessEqual:
    return number <= value;
  case Relation::Equal:
    return number == value;
  case Relation::NotEqual:
    return number != value;
  case Relation::GreaterEqual:
    return number >= value;
  case Relation::Greater:
    return number > value;
  }
  return false;
}

/// A key that is absent holds.
static bool contains(ArrayRef<std::string> list, StringRef word) {
  return list.empty() || is_contained(list, word);
}

static bool matchesAny(ArrayRef<RuleMatch::Pattern> patterns,
                       ArrayRef<StringRef> texts) {
  return patterns.empty() || any_of(patterns, [&](const auto &pattern) {
           return any_of(texts, [&](StringRef text) {
             return pattern.regex->match(text);
           });
         });
}

bool RuleMatch::asksForIds() const {
  return !ids.empty() || any_of(excluded, [](const RuleMatch &match) {
    return match.asksForIds();
  });
}

bool RuleMatch::asksForTarget() const {
  return !capabilities.empty() || any_of(excluded, [](const RuleMatch &match) {
    return match.asksForTarget();
  });
}

bool RuleMatch::holds(const RuleSubject &subject) const {
  if (patterns.empty())
    return holdsFor(subject);
  const RuleSubject *unit = subject.getUnit(patterns);
  return unit && holdsFor(*unit);
}

bool RuleMatch::holdsFor(const RuleSubject &subject) const {
  if (impossible || (!ids.empty() && !ids.contains(subject.id())) ||
      (!contains(ops, subject.opName()) && !contains(ops, subject.opAlias())) ||
      !contains(classes, subject.opClass()) ||
      !contains(roles, subject.role()) ||
      !contains(capabilities, subject.missingCapability()))
    return false;
  if (!names.empty()) {
    SmallVector<StringRef> texts{subject.functionName()};
    append_range(texts, subject.locationNames());
    if (!matchesAny(names, texts))
      return false;
  }
  if (!locations.empty()) {
    SmallVector<StringRef> texts(subject.locationNames());
    if (!matchesAny(locations, texts))
      return false;
  }
  if (!matchesAny(targets, subject.targetName()))
    return false;
  for (const auto &[word, values] : words)
    if (!is_contained(values, subject.word(word)))
      return false;
  for (auto [operand, value] : splats)
    if (subject.splat(operand) != value)
      return false;
  for (const NumberCondition &condition : numbers) {
    std::optional<double> number = subject.number(condition.quantity);
    if (!number || !condition.holds(*number))
      return false;
  }
  return none_of(excluded,
                 [&](const RuleMatch &match) { return match.holds(subject); });
}

bool Policy::asksForIds() const {
  return any_of(rules,
                [](const PolicyRule &rule) { return rule.match.asksForIds(); });
}

bool Policy::asksForTarget() const {
  return any_of(
      rules, [](const PolicyRule &rule) { return rule.match.asksForTarget(); });
}

const PolicyRule *Policy::match(const RuleSubject &subject) const {
  for (const PolicyRule &rule : rules)
    if (!rule.operand && rule.match.holds(subject))
      return &rule;
  return nullptr;
}

SmallVector<const PolicyRule *>
Policy::matchOperands(const RuleSubject &subject,
                      const PolicyRule *before) const {
  SmallVector<const PolicyRule *> found;
  for (const PolicyRule &rule : rules) {
    if (&rule == before)
      break;
    if (rule.operand && rule.match.holds(subject))
      found.push_back(&rule);
  }
  return found;
}
