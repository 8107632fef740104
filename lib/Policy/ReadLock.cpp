#include "mp/Policy/LockFile.h"

#include "PolicyReader.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir::mp;
using namespace llvm;

namespace {
/// Reads one lock. Every method returns false after it has reported an error,
/// and reading stops there: what follows is mostly the same error again.
class LockReader : YamlReader {
public:
  using YamlReader::YamlReader;

  bool read(const YamlNode &root);
  LockFile lock;

private:
  /// One key of a map and how its value is read.
  struct Field {
    StringRef name;
    bool isRequired;
    function_ref<bool(const YamlNode &)> read;
  };
  bool readMap(const YamlNode &node, StringRef what, ArrayRef<Field> fields);
  bool readList(const YamlNode &node, StringRef what,
                function_ref<bool(const YamlNode &)> readItem);

  bool readText(const YamlNode &node, std::string &out);
  bool readNumber(const YamlNode &node, unsigned &out);
  template <typename T>
  bool readChoice(const YamlNode &node, ArrayRef<T> choices, T &out);
  bool readFormat(const YamlNode &node, std::optional<Format> &out);
  bool readFormats(const YamlNode &node, LockFormats &out);

  bool readNamedHash(const YamlNode &node, StringRef what, std::string &name,
                     std::string &hash);
  bool readDecision(const YamlNode &node);
  bool readEntry(const YamlNode &node);
  bool readBoundary(const YamlNode &node);

  StringMap<unsigned> decisionIndex;
  StringMap<unsigned> entryLines, boundaryLines;
};
} // namespace

bool LockReader::readMap(const YamlNode &node, StringRef what,
                         ArrayRef<Field> fields) {
  if (!isKind(node, YamlNode::Kind::Map, "a map"))
    return false;
  for (const YamlNode::Entry &entry : node.entries) {
    const Field *field =
        find_if(fields, [&](const Field &f) { return f.name == entry.key; });
    if (field != fields.end()) {
      if (!field->read(entry.value))
        return false;
      continue;
    }
    SmallVector<StringRef> names;
    for (const Field &known : fields)
      names.push_back(known.name);
    handler({{file.str(), entry.line, entry.column},
             ("unknown key '" + entry.key + "' in " + what).str() +
                 getSuggestion(entry.key, names)});
    return false;
  }
  for (const Field &field : fields)
    if (field.isRequired &&
        none_of(node.entries, [&](const YamlNode::Entry &entry) {
          return entry.key == field.name;
        }))
      return error(node, what + " has no '" + field.name + "'");
  return true;
}

bool LockReader::readList(const YamlNode &node, StringRef what,
                          function_ref<bool(const YamlNode &)> readItem) {
  return isKind(node, YamlNode::Kind::Sequence, what) &&
         all_of(node.items, readItem);
}

bool LockReader::readText(const YamlNode &node, std::string &out) {
  if (!isKind(node, YamlNode::Kind::Scalar, "a value"))
    return false;
  out = node.scalar;
  return true;
}

bool LockReader::readNumber(const YamlNode &node, unsigned &out) {
  return isKind(node, YamlNode::Kind::Scalar, "a number") &&
         (!StringRef(node.scalar).getAsInteger(10, out) ||
          error(node, "expected a number, but got '" + node.scalar + "'"));
}

template <typename T>
bool LockReader::readChoice(const YamlNode &node, ArrayRef<T> choices, T &out) {
  std::string word;
  if (!readText(node, word))
    return false;
  SmallVector<StringRef> names;
  for (T choice : choices) {
    names.push_back(stringify(choice));
    if (names.back() == word) {
      out = choice;
      return true;
    }
  }
  return error(node,
               "unknown value '" + word + "'" + getSuggestion(word, names));
}

bool LockReader::readFormat(const YamlNode &node, std::optional<Format> &out) {
  return readChoice<Format>(node, getFormats(), out.emplace());
}

bool LockReader::readFormats(const YamlNode &node, LockFormats &out) {
  return readList(node, "a list of formats", [&](const YamlNode &item) {
    out.emplace_back();
    return item.scalar == "keep" || readFormat(item, out.back());
  });
}

bool LockReader::readNamedHash(const YamlNode &node, StringRef what,
                               std::string &name, std::string &hash) {
  return readMap(
      node, what,
      {{"name", true, [&](const YamlNode &n) { return readText(n, name); }},
       {"hash", true, [&](const YamlNode &n) { return readText(n, hash); }}});
}

bool LockReader::readDecision(const YamlNode &node) {
  static constexpr Action actions[] = {Action::Allow,   Action::Deny,
                                       Action::Infer,   Action::Clear,
                                       Action::Promote, Action::Keep};
  static constexpr ResultChoice results[] = {
      ResultChoice::Low, ResultChoice::Wide, ResultChoice::Free};
  LockDecision decision;
  auto text = [&](std::string &out) {
    return [this, &out](const YamlNode &n) { return readText(n, out); };
  };
  auto number = [&](unsigned &out) {
    return [this, &out](const YamlNode &n) { return readNumber(n, out); };
  };
  auto format = [&](std::optional<Format> &out) {
    return [this, &out](const YamlNode &n) { return readFormat(n, out); };
  };
  auto id = text(decision.id), rule = text(decision.rule),
       why = text(decision.why), policy = text(decision.policy),
       policyFile = text(decision.file), fit = text(decision.fit);
  auto line = number(decision.line), column = number(decision.column);
  auto low = format(decision.low), accumulate = format(decision.accumulate);
  auto action = [&](const YamlNode &n) {
    return readChoice<Action>(n, actions, decision.action);
  };
  auto result = [&](const YamlNode &n) {
    return readChoice<ResultChoice>(n, results, decision.result);
  };
  auto wide = [&](const YamlNode &n) {
    return readList(n, "a list of operands", [&](const YamlNode &item) {
      return readNumber(item, decision.wideOperands.emplace_back());
    });
  };
  if (!readMap(node, "decision",
               {{"id", true, id},
                {"action", true, action},
                {"rule", true, rule},
                {"why", true, why},
                {"policy", false, policy},
                {"file", false, policyFile},
                {"line", false, line},
                {"column", false, column},
                {"low", false, low},
                {"accumulate", false, accumulate},
                {"result", false, result},
                {"wide_operands", false, wide},
                {"fit", false, fit}}))
    return false;
  if (!decision.low && decision.action != Action::Keep)
    return error(node, "decision '" + decision.id + "' has no 'low', and '" +
                           stringify(decision.action) + "' needs one");
  if (!decisionIndex.try_emplace(decision.id, lock.decisions.size()).second)
    return error(node, "decision '" + decision.id + "' was already given");
  lock.decisions.push_back(std::move(decision));
  return true;
}

bool LockReader::readEntry(const YamlNode &node) {
  LockEntry entry;
  entry.location = at(node);
  auto id = [&](const YamlNode &n) { return readText(n, entry.id); };
  auto by = [&](const YamlNode &n) {
    std::string name;
    if (!readText(n, name))
      return false;
    auto it = decisionIndex.find(name);
    if (it == decisionIndex.end()) {
      SmallVector<StringRef> names;
      for (const LockDecision &decision : lock.decisions)
        names.push_back(decision.id);
      return error(n, "there is no decision '" + name + "'" +
                          getSuggestion(name, names));
    }
    entry.decision = it->second;
    return true;
  };
  auto formats = [&](const YamlNode &n) {
    return readFormats(n, entry.formats);
  };
  auto precision = [&](const YamlNode &n) {
    return readList(n, "a list of formats",
                    [&](const YamlNode &item) {
                      std::optional<Format> format;
                      if (!readFormat(item, format))
                        return false;
                      entry.precision.push_back(*format);
                      return true;
                    }) &&
           (entry.precision.size() == 3 ||
            error(n, "expected three formats (operands, accumulator, result), "
                     "but got " +
                         Twine(entry.precision.size())));
  };
  auto from = [&](const YamlNode &n) {
    return readText(n, entry.inheritedFrom);
  };
  if (!readMap(node, "op",
               {{"id", true, id},
                {"by", true, by},
                {"formats", false, formats},
                {"precision", false, precision},
                {"from", false, from}}))
    return false;
  auto [it, isNew] = entryLines.try_emplace(entry.id, node.line);
  if (!isNew)
    return error(node, "op '" + entry.id + "' was already given in line " +
                           Twine(it->second));
  lock.entries.push_back(std::move(entry));
  return true;
}

bool LockReader::readBoundary(const YamlNode &node) {
  LockBoundary boundary;
  boundary.location = at(node);
  auto function = [&](const YamlNode &n) {
    return readText(n, boundary.function);
  };
  auto arguments = [&](const YamlNode &n) {
    return readFormats(n, boundary.arguments);
  };
  auto results = [&](const YamlNode &n) {
    return readFormats(n, boundary.results);
  };
  if (!readMap(node, "boundary",
               {{"function", true, function},
                {"arguments", true, arguments},
                {"results", true, results}}))
    return false;
  auto [it, isNew] = boundaryLines.try_emplace(boundary.function, node.line);
  if (!isNew)
    return error(node, "function '" + boundary.function +
                           "' was already given in line " + Twine(it->second));
  lock.boundaries.push_back(std::move(boundary));
  return true;
}

bool LockReader::read(const YamlNode &root) {
  lock.location = {file.str(), 1, 1};
  LockOrigin &origin = lock.origin;
  auto version = [&](const YamlNode &n) {
    return n.scalar == "1" || error(n, "lock version '" + n.scalar +
                                           "' is not supported; expected 1");
  };
  auto input = [&](const YamlNode &n) { return readText(n, origin.input); };
  auto policy = [&](const YamlNode &n) {
    return readNamedHash(n, "policy", origin.policy, origin.policyHash);
  };
  auto target = [&](const YamlNode &n) {
    return readNamedHash(n, "target", origin.target, origin.targetHash);
  };
  auto ranges = [&](const YamlNode &n) {
    auto hash = [&](const YamlNode &value) {
      return readText(value, origin.rangesHash);
    };
    return readMap(n, "ranges", {{"hash", true, hash}});
  };
  auto io = [&](const YamlNode &n) {
    origin.keepIO = n.scalar == "keep";
    return origin.keepIO || n.scalar == "follow" ||
           error(n, "expected 'keep' or 'follow'");
  };
  auto decisions = [&](const YamlNode &n) {
    return readList(n, "a list of decisions",
                    [&](const YamlNode &item) { return readDecision(item); });
  };
  auto boundaries = [&](const YamlNode &n) {
    return readList(n, "a list of functions",
                    [&](const YamlNode &item) { return readBoundary(item); });
  };
  auto ops = [&](const YamlNode &n) {
    return readList(n, "a list of ops",
                    [&](const YamlNode &item) { return readEntry(item); });
  };
  return readMap(root, "lock",
                 {{"version", true, version},
                  {"input", true, input},
                  {"policy", true, policy},
                  {"target", false, target},
                  {"ranges", false, ranges},
                  {"io", true, io},
                  {"decisions", true, decisions},
                  {"boundaries", false, boundaries},
                  {"ops", true, ops}});
}

std::optional<LockFile>
mlir::mp::parseLockFile(StringRef text, StringRef file,
                        PolicyDiagnosticHandler handler) {
  // A hundred bytes for each of a million ops.
  constexpr YamlLanguage language{"lock", size_t(100) << 20};
  std::optional<YamlNode> root = parseYaml(text, file, language, handler);
  LockReader reader(file, handler);
  if (!root || !reader.read(*root))
    return std::nullopt;
  return std::move(reader.lock);
}

std::optional<LockFile>
mlir::mp::loadLockFile(StringRef path, PolicyDiagnosticHandler handler) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer) {
    handler({{path.str(), 1, 1},
             ("cannot read lock '" + path + "': " + buffer.getError().message())
                     .str() +
                 "; write-lock=FILE makes one"});
    return std::nullopt;
  }
  return parseLockFile((*buffer)->getBuffer(), path, handler);
}
