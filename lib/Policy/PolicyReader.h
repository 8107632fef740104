//===- PolicyReader.h - from a YAML tree to a policy -----------*- C++ -*-===//
#ifndef MP_LIB_POLICY_POLICYREADER_H
#define MP_LIB_POLICY_POLICYREADER_H

#include "PolicySchema.h"
#include "YamlTree.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/Twine.h"

namespace mlir::mp {

/// "; did you mean 'x'?", or the choices where there are few.
std::string getSuggestion(llvm::StringRef word,
                          llvm::ArrayRef<llvm::StringRef> known);

template <typename T>
const T *lookup(llvm::ArrayRef<std::pair<llvm::StringRef, T>> table,
                llvm::StringRef name) {
  for (const auto &[key, value] : table)
    if (key == name)
      return &value;
  return nullptr;
}

/// What the readers of policies and locks share: one file, and its errors.
class YamlReader {
public:
  YamlReader(llvm::StringRef file, PolicyDiagnosticHandler handler)
      : file(file), handler(handler) {}

protected:
  bool error(const YamlNode &node, const llvm::Twine &message) {
    handler({at(node), message.str()});
    return false;
  }
  PolicyLocation at(const YamlNode &node) const {
    return {file.str(), node.line, node.column};
  }
  bool isKind(const YamlNode &node, YamlNode::Kind kind,
              llvm::StringRef expected) {
    return node.kind == kind ||
           error(node, "expected " + expected + ", but got " + node.kindName());
  }

  llvm::StringRef file;
  PolicyDiagnosticHandler handler;
};

/// Reads one file. Every method returns false after it has reported an error;
/// reading goes on with the next rule, so that one run shows all of them.
class Reader : YamlReader {
public:
  using YamlReader::YamlReader;

  bool readPolicy(const YamlNode &root, PolicyResolver resolve);
  Policy policy;

private:
  using StringRef = llvm::StringRef;
  using Twine = llvm::Twine;
  template <typename T>
  using ArrayRef = llvm::ArrayRef<T>;

  /// Reports the keys of `map` that `keys` does not list.
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
  /// The same for what values, or sums, are kept in.
  bool readStoredFormat(const YamlNode &node, Format &out);
  bool readNumber(StringRef text, const YamlNode &node, double &out,
                  bool &isNull);
  bool readParameters(const YamlNode &node);
  bool readRanges(const YamlNode &node);
  bool readStorage(const YamlNode &node);
  bool readLossScale(const YamlNode &node);
  bool readInner(const YamlNode &node, PolicyRule &rule);
  bool checkStorage();
  bool readRule(const YamlNode &node, PolicyRule &rule);
  bool readMatch(const YamlNode &node, RuleMatch &match,
                 std::optional<unsigned> *operand);
  bool readWhere(const YamlNode &node, RuleMatch &match);
  bool readCondition(StringRef key, const YamlNode &node, RuleMatch &match);
  bool readSplat(StringRef key, const YamlNode &node, RuleMatch &match);

  llvm::StringMap<std::optional<double>> parameters;
  /// Formats that `storage` names, which must be the policy's.
  std::vector<std::pair<Format, PolicyLocation>> storedFormats;
  std::optional<ResultChoice> activations;
  std::optional<Storage> saved;
};
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
  llvm::SmallVector<StringRef> names;
  for (const auto &choice : choices)
    names.push_back(choice.first);
  return error(node,
               "unknown value '" + word + "'" + getSuggestion(word, names));
}

} // namespace mlir::mp

#endif // MP_LIB_POLICY_POLICYREADER_H
