#include "mp/Policy/Target.h"

#include "YamlTree.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"

using namespace mlir::mp;
using namespace llvm;

static const char targetTable[] =
#include "ShippedTargets.inc"
    ;

Support Target::getSupport(Format format, bool isProduct) const {
  if (format == Format::F32)
    return Support::Native;
  for (const Row &row : rows)
    if (row.format == format)
      return isProduct ? row.products : row.arithmetic;
  return Support::Illegal;
}

std::optional<Format> Target::getNearestLegal(Format format,
                                              bool isProduct) const {
  auto isEightBit = [](Format f) {
    return f == Format::F8E4M3FN || f == Format::F8E5M2;
  };
  // What stays f32 in memory is nearest to f32.
  if (!isStored(format))
    return std::nullopt;
  std::optional<Format> wider;
  for (Format candidate : getFormats()) {
    if (candidate == format || candidate == Format::F32 ||
        !isStored(candidate) ||
        getSupport(candidate, isProduct) == Support::Illegal)
      continue;
    if (isEightBit(candidate) == isEightBit(format))
      return candidate;
    if (!wider && isEightBit(format))
      wider = candidate;
  }
  return wider;
}

std::string Target::getDigest() const {
  SHA256 hash;
  hash.update(name);
  for (const Row &row : rows)
    hash.update(
        {uint8_t(row.format), uint8_t(row.products), uint8_t(row.arithmetic)});
  return toHex(hash.final(), /*LowerCase=*/true);
}

static Support parseSupport(StringRef word) {
  return word == "native"     ? Support::Native
         : word == "emulated" ? Support::Emulated
                              : Support::Illegal;
}

static std::vector<Target> readTargets() {
  std::optional<YamlNode> root =
      parseYaml(targetTable, "targets.yaml", {"target", sizeof(targetTable)},
                [](const PolicyDiagnostic &) {});
  std::vector<Target> targets;
  if (!root)
    return targets;
  for (const YamlNode::Entry &top : root->entries) {
    for (const YamlNode &item : top.value.items) {
      Target &target = targets.emplace_back();
      for (const YamlNode::Entry &entry : item.entries) {
        if (entry.key == "name")
          target.name = entry.value.scalar;
        else if (entry.key == "description")
          target.description = entry.value.scalar;
        for (Format format : getFormats()) {
          if (entry.key != stringify(format))
            continue;
          Target::Row row{format, Support::Illegal, Support::Illegal};
          for (const YamlNode::Entry &cell : entry.value.entries)
            (cell.key == "products" ? row.products : row.arithmetic) =
                parseSupport(cell.value.scalar);
          target.rows.push_back(row);
        }
      }
    }
  }
  return targets;
}

ArrayRef<Target> mlir::mp::getTargets() {
  static const std::vector<Target> targets = readTargets();
  return targets;
}

const Target *mlir::mp::findTarget(StringRef name,
                                   function_ref<void(const Twine &)> error) {
  SmallVector<StringRef> names;
  for (const Target &target : getTargets()) {
    if (target.name == name)
      return &target;
    names.push_back(target.name);
  }
  StringRef nearest = findNearest(name, names);
  error("unknown target '" + name + "'" +
        (nearest.empty() ? "; there are " + join(names, ", ")
                         : "; did you mean '" + nearest.str() + "'?"));
  return nullptr;
}
