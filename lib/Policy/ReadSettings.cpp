#include "PolicyReader.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::mp;
using namespace llvm;

static std::string getUnknownKey(StringRef key, StringRef where,
                                 ArrayRef<StringRef> known) {
  return ("unknown key '" + key + "' in " + where + getSuggestion(key, known))
      .str();
}

bool Reader::readStorage(const YamlNode &node) {
  static const StringRef names[] = {"activations", "saved", "parameters",
                                    "gradients", "optimizer"};
  static const StringRef roles[] = {"", "", "param", "grad", "opt_state"};
  if (!isKind(node, YamlNode::Kind::Map, "a map of formats"))
    return false;
  bool ok = true;
  for (const auto &[key, line, column, value] : node.entries) {
    const StringRef *name = find(names, key);
    if (name == std::end(names)) {
      handler(
          {{file.str(), line, column}, getUnknownKey(key, "'storage'", names)});
      ok = false;
      continue;
    }
    std::string word;
    if (!readWord(value, word)) {
      ok = false;
      continue;
    }
    Storage storage = Storage::AsComputed;
    if (word == "f32") {
      storage = Storage::Wide;
    } else if (word != "as-computed") {
      Format format;
      if (!readStoredFormat(value, format)) {
        ok = false;
        continue;
      }
      storage = Storage::Low;
      storedFormats.push_back({format, at(value)});
    }
    if (key == "saved" && storage == Storage::Wide) {
      ok = error(value, "expected 'as-computed' or the policy's compute "
                        "format, but got 'f32'");
      continue;
    }
    if (key == "activations")
      activations =
          storage == Storage::Wide ? ResultChoice::Wide : ResultChoice::Low;
    else if (key == "saved")
      saved = storage;
    else
      policy.storage.emplace_back(roles[name - names], storage);
  }
  return ok;
}

/// Values are low in one format only, so another cannot be asked for.
bool Reader::checkStorage() {
  for (const auto &[format, location] : storedFormats) {
    if (format == policy.compute)
      continue;
    handler({location, ("expected 'f32', 'as-computed' or the policy's compute "
                        "format '" +
                        stringify(policy.compute) + "', but got '" +
                        stringify(format) + "'")
                           .str()});
    return false;
  }
  return true;
}

bool Reader::readLossScale(const YamlNode &node) {
  static const StringRef kinds[] = {"dynamic", "static", "none"};
  static const StringRef names[] = {"kind",    "init", "growth", "interval",
                                    "backoff", "min",  "max"};
  if (!isKind(node, YamlNode::Kind::Map, "a map of numbers"))
    return false;
  LossScale scale;
  std::optional<double> *numbers[] = {
      nullptr,        &scale.init, &scale.growth, &scale.interval,
      &scale.backoff, &scale.min,  &scale.max};
  bool ok = true;
  for (const auto &[key, line, column, value] : node.entries) {
    const StringRef *name = find(names, key);
    if (name == std::end(names)) {
      handler({{file.str(), line, column},
               getUnknownKey(key, "'loss_scale'", names)});
      ok = false;
    } else if (key == "kind") {
      std::vector<std::string> words;
      ok &= readKnownWords(value, kinds, words) &&
            (words.size() == 1 || error(value, "expected one kind"));
      if (!words.empty())
        scale.kind = words.front();
    } else {
      double number = 0;
      bool isNull = false;
      std::string word;
      if (!readWord(value, word) || !readNumber(word, value, number, isNull)) {
        ok = false;
        continue;
      }
      if (!(number > 0))
        ok = error(value, "expected a number above zero");
      if (!isNull)
        *numbers[name - names] = number;
    }
  }
  if (ok && scale.kind.empty())
    ok = error(node, "'loss_scale' has no 'kind'");
  if (ok && scale.kind == "static" && !scale.init)
    ok = error(node, "a static 'loss_scale' has no 'init'");
  policy.lossScale = std::move(scale);
  return ok;
}

bool Reader::readInner(const YamlNode &node, PolicyRule &rule) {
  if (!isKind(node, YamlNode::Kind::Map, "a map of formats"))
    return false;
  SmallVector<StringRef> parts{"exp", "sum", "statistics"};
  append_range(parts, schema::patterns);
  bool ok = true;
  for (const auto &[key, line, column, value] : node.entries) {
    static const std::pair<StringRef, bool> choices[] = {{"low", true},
                                                         {"f32", false}};
    bool isLow = false;
    if (!is_contained(parts, key)) {
      handler(
          {{file.str(), line, column}, getUnknownKey(key, "'inner'", parts)});
      ok = false;
    } else if (readChoice<bool>(value, choices, isLow)) {
      rule.inner.emplace_back(key, isLow);
    } else {
      ok = false;
    }
  }
  return ok;
}
