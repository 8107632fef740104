#include "mp/Policy/Policy.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"

using namespace mlir::mp;
using namespace llvm;

namespace {
/// Follows `extends` from file to file.
class Loader {
public:
  explicit Loader(PolicyDiagnosticHandler handler) : handler(handler) {}

  std::optional<Policy> load(StringRef name, const PolicyLocation &from,
                             StringRef folder);

private:
  std::optional<Policy> refuse(const PolicyLocation &from,
                               const Twine &message) {
    handler({from, message.str()});
    return std::nullopt;
  }

  PolicyDiagnosticHandler handler;
  SmallVector<std::string> chain;
};
} // namespace

static bool isPath(StringRef name) {
  return name.contains('/') || name.ends_with(".yaml") ||
         name.ends_with(".yml");
}

std::optional<Policy> Loader::load(StringRef name, const PolicyLocation &from,
                                   StringRef folder) {
  StringRef text, file = name;
  SmallString<128> path;
  std::unique_ptr<MemoryBuffer> buffer;
  const ShippedPolicy *shipped =
      find_if(getShippedPolicies(),
              [&](const ShippedPolicy &policy) { return policy.name == name; });
  if (shipped != getShippedPolicies().end()) {
    text = shipped->text;
    path = "<" + name.str() + ".yaml>";
    folder = "";
  } else if (isPath(name)) {
    if (!sys::path::is_absolute(name))
      path = folder;
    sys::path::append(path, name);
    // Not `getFileOrSTDIN`: a policy is read again to explain its rules.
    auto opened = MemoryBuffer::getFile(path, /*IsText=*/true);
    if (!opened)
      return refuse(from, "cannot read policy '" + path +
                              "': " + opened.getError().message());
    buffer = std::move(*opened);
    text = buffer->getBuffer();
  } else {
    SmallVector<StringRef> names;
    for (const ShippedPolicy &policy : getShippedPolicies())
      names.push_back(policy.name);
    StringRef nearest = findNearest(name, names);
    std::string hint = nearest.empty()
                           ? "; shipped ones are " + join(names, ", ")
                           : "; did you mean '" + nearest.str() + "'?";
    if (sys::fs::exists(name))
      hint = "; '" + ("./" + name).str() + "' is the file of that name";
    return refuse(from, "unknown policy '" + name + "'" + hint);
  }
  file = path;
  if (is_contained(chain, file))
    return refuse(from, "policy '" + name + "' extends itself");
  if (chain.size() == 16)
    return refuse(from, "more than 16 policies extend each other");
  chain.push_back(file.str());
  std::string nextFolder = shipped != getShippedPolicies().end()
                               ? std::string()
                               : sys::path::parent_path(path).str();
  std::optional<Policy> policy = parsePolicy(
      text, file,
      [&](StringRef base, const PolicyLocation &at) {
        return load(base, at, nextFolder);
      },
      handler);
  chain.pop_back();
  if (policy) {
    // Reading left the digest of what the policy extends.
    SHA256 hash;
    hash.update(text);
    hash.update(policy->digest);
    policy->digest = toHex(hash.final(), /*LowerCase=*/true);
  }
  return policy;
}

std::optional<Policy> mlir::mp::loadPolicy(StringRef nameOrPath,
                                           PolicyDiagnosticHandler handler) {
  return Loader(handler).load(nameOrPath, {nameOrPath.str(), 1, 1}, "");
}
