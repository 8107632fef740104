#include "PolicyReader.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

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

/// The letters of a regular expression that stand for themselves.
static std::string getLiteral(StringRef regex) {
  std::string literal;
  for (size_t i = 0; i < regex.size(); ++i) {
    if (regex[i] == '\\' && i + 1 < regex.size())
      literal += regex[++i];
    else if (!StringRef("^$.|()[]{}*+?").contains(regex[i]))
      literal += regex[i];
  }
  return literal;
}

std::vector<StringRef> mlir::mp::findNearestNames(StringRef regex,
                                                  ArrayRef<StringRef> known) {
  constexpr size_t most = 3, longest = 64;
  std::string letters = getLiteral(regex.take_front(longest));
  StringRef literal = letters;
  unsigned limit = literal.size() / 2;
  std::vector<std::pair<unsigned, size_t>> found; // distance and index
  for (auto [index, name] : enumerate(known)) {
    unsigned nearest = limit + 1;
    for (StringRef rest = name; !rest.empty(); rest = rest.split('/').second)
      nearest = std::min(
          nearest, literal.edit_distance(rest.take_front(literal.size()),
                                         /*AllowReplacements=*/true, limit));
    if (nearest <= limit)
      found.emplace_back(nearest, index);
  }
  sort(found);
  std::vector<StringRef> names;
  for (auto [distance, index] : ArrayRef(found).take_front(most))
    names.push_back(known[index]);
  return names;
}

std::string mlir::mp::getSuggestion(StringRef word, ArrayRef<StringRef> known) {
  StringRef nearest = findNearest(word, known);
  if (!nearest.empty())
    return ("; did you mean '" + nearest + "'?").str();
  if (known.size() > 12)
    return "";
  return "; expected one of " + join(known, ", ");
}

static const std::pair<StringRef, Format> formatNames[] = {
    {"f32", Format::F32},       {"bf16", Format::BF16},
    {"f16", Format::F16},       {"f8e4m3fn", Format::F8E4M3FN},
    {"f8e5m2", Format::F8E5M2}, {"tf32", Format::TF32}};

bool Reader::checkKeys(const YamlNode &map, ArrayRef<schema::Key> keys,
                       StringRef where) {
  bool ok = true;
  for (const YamlNode::Entry &entry : map.entries) {
    const schema::Key *key = find_if(
        keys, [&](const schema::Key &k) { return k.name == entry.key; });
    PolicyLocation location{file.str(), entry.line, entry.column};
    if (key == keys.end()) {
      SmallVector<StringRef> names;
      for (const schema::Key &known : keys)
        names.push_back(known.name);
      handler({location, "unknown key '" + entry.key + "' in " + where.str() +
                             getSuggestion(entry.key, names)});
      ok = false;
    }
  }
  return ok;
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
    return error(
        node, "expected a value or a list of values, but got " +
                  (node.items.empty() && node.kind == YamlNode::Kind::Sequence
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
                       getSuggestion(out[i], known));
  return true;
}

/// How many copies of a part a compiled expression may hold: nested `{m,n}`
/// multiply, and the compiler writes them all out.
static double countRepetitions(StringRef pattern) {
  double product = 1;
  for (StringRef rest = pattern; !rest.empty();) {
    rest = rest.drop_until([](char c) { return c == '{'; })
               .drop_front(rest.contains('{') ? 1 : 0);
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
      return error(node,
                   "invalid regular expression '" + word + "': " + reason);
    out.push_back({word, std::move(regex)});
  }
  return true;
}

bool Reader::readFormat(const YamlNode &node, Format &out) {
  return readChoice<Format>(node, formatNames, out);
}

bool Reader::readStoredFormat(const YamlNode &node, Format &out) {
  return readFormat(node, out) &&
         (isStored(out) ||
          error(node, "'" + stringify(out) +
                          "' is only a format of products: values in it are "
                          "stored in f32"));
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
                             (names.empty() ? "" : getSuggestion(word, names)));
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

bool Reader::readRanges(const YamlNode &node) {
  if (!isKind(node, YamlNode::Kind::Map, "a map of ranges"))
    return false;
  bool ok = true;
  for (const auto &[key, line, column, value] : node.entries) {
    PolicyRange range{key, 0, 0, {file.str(), line, column}};
    bool isNull[2] = {};
    if (value.kind != YamlNode::Kind::Sequence || value.items.size() != 2) {
      ok = error(value, "expected a range, '[low, high]'");
      continue;
    }
    if (!readNumber(value.items[0].scalar, value.items[0], range.low,
                    isNull[0]) ||
        !readNumber(value.items[1].scalar, value.items[1], range.high,
                    isNull[1])) {
      ok = false;
      continue;
    }
    if (isNull[0] || isNull[1])
      continue; // Of a parameter that is not given nothing is promised.
    if (!(range.low <= range.high))
      ok = error(value, "the low end of the range is above its high end");
    policy.ranges.push_back(std::move(range));
  }
  return ok;
}
