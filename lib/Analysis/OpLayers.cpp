#include "OpLayers.h"

#include "mp/Analysis/PrecisionOpInterface.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace mlir::mp;

bool mp::isWeight(ElementsAttr elements) {
  constexpr size_t largestNumber = 32;
  if (auto dense = dyn_cast<DenseElementsAttr>(elements))
    return !dense.isSplat() && dense.getRawData().size() > largestNumber;
  return isa<DenseResourceElementsAttr>(elements);
}

//===----------------------------------------------------------------------===//
// Names in locations
//===----------------------------------------------------------------------===//

/// `add.45` and `dot.2` are how XLA numbers ops, and `dot_general` says what
/// is known already: neither names a layer.
static bool isKindOfOp(StringRef word, StringRef kind) {
  StringRef letters = word.rtrim("0123456789").rtrim("._#");
  return kind == letters || kind.starts_with((letters + "_").str());
}

/// What a name says about the layer. JAX prints the traced function in front
/// of it and the primitive behind it: `jit(f)/encoder/layer0/dot_general`. In a
/// function that is called from there (`isTraced`), only the latter.
static std::string getLayerOfName(StringRef name, StringRef kind,
                                  bool &isTraced) {
  SmallVector<StringRef> parts;
  name.split(parts, '/', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  auto isTrace = [](StringRef part) {
    return part.starts_with("jit(") || part.starts_with("pjit(");
  };
  if (parts.empty())
    return "";
  isTraced |= isTrace(parts.front());
  if (isTraced || isKindOfOp(parts.back(), kind))
    parts.pop_back();
  // The formula of an einsum is no layer either.
  llvm::erase_if(parts, [&](StringRef part) {
    return isTrace(part) || (isTraced && part.contains("->"));
  });
  return llvm::join(parts, "/");
}

/// The names on the way to an op, outermost call first. What stands inside of
/// a name are the frames of the program that traced the op.
static std::string getLayerOfLocation(Location loc, StringRef kind) {
  std::string path;
  // Longer ways come from no exporter.
  constexpr unsigned longest = 64;
  bool isTraced = false;
  SmallVector<Location> stack{loc};
  for (unsigned i = 0; i != longest && !stack.empty(); ++i) {
    Location next = stack.pop_back_val();
    if (auto name = dyn_cast<NameLoc>(next)) {
      // `jit:` in front of a name is a remark of the exporter.
      StringRef text = name.getName();
      if (text.empty() || text.ends_with(":")) {
        stack.push_back(name.getChildLoc());
        continue;
      }
      std::string layer = getLayerOfName(text, kind, isTraced);
      if (!layer.empty())
        path += (path.empty() ? "" : "/") + layer;
    } else if (auto call = dyn_cast<CallSiteLoc>(next)) {
      stack.push_back(call.getCallee());
      stack.push_back(call.getCaller());
    } else if (auto fused = dyn_cast<FusedLoc>(next)) {
      if (!fused.getLocations().empty())
        stack.push_back(fused.getLocations().front());
    }
  }
  return path;
}

std::string OpLayers::getArgumentName(BlockArgument argument) {
  auto function = dyn_cast_if_present<FunctionOpInterface>(
      argument.getOwner()->getParentOp());
  if (function && argument.getOwner()->isEntryBlock())
    if (auto name = function.getArgAttrOfType<StringAttr>(
            argument.getArgNumber(), "mp.name"))
      return name.str();
  auto name = dyn_cast<NameLoc>(argument.getLoc());
  return name ? name.getName().str() : "";
}

//===----------------------------------------------------------------------===//
// OpLayers
//===----------------------------------------------------------------------===//

OpLayers::OpLayers(ArrayRef<Operation *> ops) {
  for (auto [i, op] : llvm::enumerate(ops)) {
    if (isa<FunctionOpInterface>(op))
      continue;
    claimByName(op);
    // A terminator ends a part of the program, and belongs to all of it.
    if (!claims.contains(op) && !op->hasTrait<OpTrait::IsTerminator>())
      claimByOperands(op, i + 1);
  }
  claimByReaders(ops);
}

StringRef OpLayers::getLayer(Operation *op) const {
  auto it = claims.find(op);
  return it == claims.end() ? StringRef() : it->second.layer;
}

StringRef OpLayers::intern(const Twine &text) {
  return names.insert(text.str()).first->getKey();
}

static unsigned countReaders(Value value) {
  return llvm::range_size(value.getUses());
}

void OpLayers::claimByName(Operation *op) {
  std::string layer =
      getLayerOfLocation(op->getLoc(), op->getName().stripDialect());
  if (!layer.empty())
    claims[op] = {intern(layer), Claim::Name, 0, 0, /*isPure=*/true};
}

void OpLayers::claimByOperands(Operation *op, unsigned position) {
  // Masks, positions and step counts are read in every layer.
  constexpr unsigned crowd = 4;
  std::optional<Claim> best;
  bool isPure = true;
  for (Value operand : op->getOperands()) {
    std::optional<Claim> claim = getClaim(operand);
    if (!claim)
      continue;
    isPure &= claim->isPure && (!best || best->layer == claim->layer);
    if (claim->isPure)
      claim->position =
          claim->kind == Claim::Name || claim->readers <= crowd ? position : 0;
    if (!best || best->isWorseThan(*claim))
      best = claim;
  }
  if (op->getNumOperands() == 0 && op->getNumResults() == 1)
    best = getClaim(op->getResult(0)); // of a weight
  if (!best)
    return;
  // The way to a name ends at the op that has it.
  best->isPure = isPure && best->kind != Claim::Name;
  for (Value result : op->getResults())
    best->readers = std::max(best->readers, countReaders(result));
  claims[op] = *best;
}

/// What a reader of `value` may claim to belong to.
std::optional<OpLayers::Claim> OpLayers::getClaim(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return getAnchor(argument);
  ElementsAttr constant = getConstant(value);
  if (constant && !isWeight(constant))
    return std::nullopt; // A number is nobody's.
  auto it = claims.find(value.getDefiningOp());
  if (it != claims.end())
    return it->second;
  return constant ? std::optional<Claim>(getAnchor(value, constant))
                  : std::nullopt;
}

OpLayers::Claim OpLayers::getAnchor(BlockArgument argument) {
  auto [it, isNew] = anchors.try_emplace(argument);
  if (!isNew)
    return it->second;
  std::string text = getArgumentName(argument);
  if (text.empty())
    text = "arg" + std::to_string(argument.getArgNumber());
  Operation *parent = argument.getOwner()->getParentOp();
  if (!isa<FunctionOpInterface>(parent)) {
    text = (parent->getName().stripDialect() + "/" + text).str();
    if (StringRef layer = getLayer(parent); !layer.empty())
      text = layer.str() + "/" + text;
  }
  return it->second = {intern(text), Claim::Argument, 0, countReaders(argument),
                       /*isPure=*/true};
}

OpLayers::Claim OpLayers::getAnchor(Value value, ElementsAttr weight) {
  uint64_t hash;
  if (auto dense = dyn_cast<DenseElementsAttr>(weight)) {
    ArrayRef<char> data = dense.getRawData();
    hash = llvm::xxh3_64bits(StringRef(data.data(), data.size()));
  } else {
    auto resource = cast<DenseResourceElementsAttr>(weight);
    hash = llvm::xxh3_64bits(resource.getRawHandle().getKey());
  }
  std::string text = "dense." + llvm::utohexstr(hash & 0xffffff,
                                                /*LowerCase=*/true,
                                                /*Width=*/6);
  return {intern(text), Claim::Weight, 0, countReaders(value),
          /*isPure=*/true};
}

/// Numbers and what is made of them alone belong to who reads them first.
void OpLayers::claimByReaders(ArrayRef<Operation *> ops) {
  llvm::DenseMap<Operation *, unsigned> indexOf;
  for (auto [i, op] : llvm::enumerate(ops))
    indexOf[op] = i;
  for (Operation *op : llvm::reverse(ops)) {
    if (claims.contains(op) || isa<FunctionOpInterface>(op) ||
        op->hasTrait<OpTrait::IsTerminator>())
      continue;
    std::optional<unsigned> first;
    for (Operation *user : op->getUsers()) {
      while (user && !indexOf.contains(user))
        user = user->getParentOp();
      if (!user || !claims.contains(user))
        continue;
      unsigned index = indexOf.lookup(user);
      if (!first || index < *first)
        first = index;
    }
    if (first)
      claims[op] = claims.lookup(ops[*first]);
  }
}
