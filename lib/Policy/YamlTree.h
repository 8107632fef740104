//===- YamlTree.h - YAML as a tree of values with positions ----*- C++ -*-===//
#ifndef MP_LIB_POLICY_YAMLTREE_H
#define MP_LIB_POLICY_YAMLTREE_H

#include "mp/Policy/Policy.h"

namespace mlir::mp {

/// One value of a YAML document. Anchors, aliases and tags are refused: a
/// file says everything where it stands.
struct YamlNode {
  enum class Kind { Null, Scalar, Sequence, Map };
  struct Entry;

  Kind kind = Kind::Null;
  unsigned line = 1, column = 1;
  std::string scalar;
  std::vector<YamlNode> items;
  std::vector<Entry> entries;

  llvm::StringRef kindName() const;
};

struct YamlNode::Entry {
  std::string key;
  unsigned line, column; // of the key
  YamlNode value;
};

/// What is being read, for messages, and how many bytes it may have.
struct YamlLanguage {
  const char *name;
  size_t maxSize;
};

/// Reads the one document in `text`.
std::optional<YamlNode> parseYaml(llvm::StringRef text, llvm::StringRef file,
                                  const YamlLanguage &language,
                                  PolicyDiagnosticHandler handler);

} // namespace mlir::mp

#endif // MP_LIB_POLICY_YAMLTREE_H
