#include "YamlTree.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLParser.h"

using namespace mlir::mp;
using namespace llvm;

StringRef YamlNode::kindName() const {
  switch (kind) {
  case Kind::Null:
    return "nothing";
  case Kind::Scalar:
    return "a value";
  case Kind::Sequence:
    return "a list";
  case Kind::Map:
    return "a map";
  }
  return "";
}

namespace {
/// Turns LLVM's lazy, single-pass nodes into a tree. The recursion is bounded
/// by `maxDepth`, and reading stops at the first error, because the parser
/// itself recurses when it skips over what nobody has read.
class TreeBuilder {
public:
  TreeBuilder(SourceMgr &manager, StringRef file, StringRef language,
              PolicyDiagnosticHandler handler)
      : manager(manager), file(file), language(language), handler(handler) {}

  bool build(yaml::Node *node, YamlNode &out, unsigned depth = 0);
  void error(SMLoc loc, const Twine &message);
  bool failed() const { return hasFailed; }

  static void onParserDiagnostic(const SMDiagnostic &diagnostic, void *self) {
    static_cast<TreeBuilder *>(self)->report(diagnostic.getLineNo(),
                                             diagnostic.getColumnNo() + 1,
                                             diagnostic.getMessage());
  }

private:
  static constexpr unsigned maxDepth = 32;

  void report(int line, int column, const Twine &message) {
    if (hasFailed)
      return; // The first error explains the others.
    hasFailed = true;
    handler({{file.str(), unsigned(std::max(line, 1)),
              unsigned(std::max(column, 1))},
             message.str()});
  }

  SourceMgr &manager;
  StringRef file, language;
  PolicyDiagnosticHandler handler;
  bool hasFailed = false;
};
} // namespace

void TreeBuilder::error(SMLoc loc, const Twine &message) {
  auto [line, column] = loc.isValid() ? manager.getLineAndColumn(loc)
                                      : std::pair<unsigned, unsigned>(1, 1);
  report(line, column, message);
}

bool TreeBuilder::build(yaml::Node *node, YamlNode &out, unsigned depth) {
  if (hasFailed || !node)
    return false;
  SMLoc loc = node->getSourceRange().Start;
  // Of a list or map in brackets, the parser tells what follows the bracket.
  // A node the parser recovered from an error has no place at all.
  if (isa<yaml::SequenceNode, yaml::MappingNode>(node) && depth != 0 &&
      loc.isValid() && StringRef("[{").contains(loc.getPointer()[-1]))
    loc = SMLoc::getFromPointer(loc.getPointer() - 1);
  if (loc.isValid())
    std::tie(out.line, out.column) = manager.getLineAndColumn(loc);
  if (depth > maxDepth) {
    error(loc, "nested deeper than " + Twine(maxDepth) + " levels");
    return false;
  }
  if (!node->getAnchor().empty() || isa<yaml::AliasNode>(node)) {
    error(loc,
          "anchors and aliases are not part of the " + language + " language");
    return false;
  }
  if (isa<yaml::NullNode>(node))
    return true;
  if (auto *scalar = dyn_cast<yaml::ScalarNode>(node)) {
    SmallString<64> storage;
    out.scalar = scalar->getValue(storage).str();
    // An unquoted `null` or `~` is YAML's way to write nothing.
    StringRef raw = scalar->getRawValue().trim();
    out.kind = raw == "null" || raw == "~" ? YamlNode::Kind::Null
                                           : YamlNode::Kind::Scalar;
    return !hasFailed;
  }
  if (auto *block = dyn_cast<yaml::BlockScalarNode>(node)) {
    out.scalar = block->getValue().rtrim('\n').str();
    out.kind = YamlNode::Kind::Scalar;
    return !hasFailed;
  }
  if (auto *sequence = dyn_cast<yaml::SequenceNode>(node)) {
    out.kind = YamlNode::Kind::Sequence;
    for (yaml::Node &item : *sequence) {
      out.items.emplace_back();
      if (!build(&item, out.items.back(), depth + 1))
        return false;
    }
    return !hasFailed;
  }
  if (auto *map = dyn_cast<yaml::MappingNode>(node)) {
    out.kind = YamlNode::Kind::Map;
    StringMap<unsigned> lines;
    for (yaml::KeyValueNode &pair : *map) {
      YamlNode key;
      if (!build(pair.getKey(), key, depth + 1))
        return false;
      if (key.kind != YamlNode::Kind::Scalar) {
        error(loc, "expected a key, but got " + key.kindName());
        return false;
      }
      auto [it, isNew] = lines.try_emplace(key.scalar, key.line);
      if (!isNew) {
        report(key.line, key.column,
               "key '" + key.scalar + "' was already given in line " +
                   Twine(it->second));
        return false;
      }
      YamlNode::Entry &entry = out.entries.emplace_back(
          YamlNode::Entry{key.scalar, key.line, key.column, {}});
      if (!build(pair.getValue(), entry.value, depth + 1))
        return false;
      if (entry.value.kind == YamlNode::Kind::Null) {
        entry.value.line = key.line;
        entry.value.column = key.column;
      }
    }
    return !hasFailed;
  }
  error(loc,
        "this YAML construct is not part of the " + language + " language");
  return false;
}

std::optional<YamlNode> mlir::mp::parseYaml(StringRef text, StringRef file,
                                            const YamlLanguage &language,
                                            PolicyDiagnosticHandler handler) {
  auto refuse = [&](unsigned line, unsigned column, const Twine &message) {
    handler({{file.str(), line, column}, message.str()});
    return std::nullopt;
  };
  if (text.size() > language.maxSize)
    return refuse(1, 1,
                  language.name + Twine(" is larger than ") +
                      Twine(language.maxSize >> 20) + " MiB");
  // The scanner walks UTF-8 without checks of its own.
  auto *begin = reinterpret_cast<const UTF8 *>(text.begin());
  auto *bad = begin;
  if (!isLegalUTF8String(&bad, reinterpret_cast<const UTF8 *>(text.end()))) {
    StringRef before = text.take_front(bad - begin);
    return refuse(before.count('\n') + 1,
                  before.size() - (before.rfind('\n') + 1) + 1,
                  "not valid UTF-8");
  }
  if (size_t zero = text.find('\0'); zero != StringRef::npos)
    return refuse(text.take_front(zero).count('\n') + 1, 1,
                  "a " + Twine(language.name) + " holds no zero bytes");

  SourceMgr manager;
  TreeBuilder builder(manager, file, language.name, handler);
  manager.setDiagHandler(TreeBuilder::onParserDiagnostic, &builder);
  yaml::Stream stream(text, manager, /*ShowColors=*/false);
  yaml::document_iterator document = stream.begin();
  YamlNode root;
  if (document != stream.end())
    builder.build(document->getRoot(), root);
  if (builder.failed())
    return std::nullopt;
  if (root.kind != YamlNode::Kind::Map) {
    builder.error({}, "expected a map at the top level, but got " +
                          root.kindName());
    return std::nullopt;
  }
  // The tree is complete, so advancing skips nothing.
  if (++document != stream.end() && !builder.failed()) {
    builder.error({}, "expected one document in the file, but there are more");
    return std::nullopt;
  }
  if (builder.failed())
    return std::nullopt;
  return root;
}
