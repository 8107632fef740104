#include "mp/Analysis/OpIds.h"

#include "OpLayers.h"

#include "mp/Analysis/PrecisionOpInterface.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace mlir::mp;

void mp::walkDecidedOps(Operation *root,
                        llvm::function_ref<void(Operation *)> visit) {
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    visit(op);
    auto precision = dyn_cast<PrecisionOpInterface>(op);
    return precision && op->getNumRegions() && precision.ownsRegions()
               ? WalkResult::skip()
               : WalkResult::advance();
  });
}

namespace {
/// Collects what a hash is made of. The ids are kept in files, so the bytes
/// and the hash are the same on every machine.
class Digest {
public:
  void add(uint64_t number) {
    char bytes[sizeof(number)];
    llvm::support::endian::write64le(bytes, number);
    data.append(bytes, bytes + sizeof(bytes));
  }
  void add(StringRef text) {
    add(text.size());
    data.append(text.begin(), text.end());
  }
  uint64_t finish() const {
    return llvm::xxh3_64bits(StringRef(data.data(), data.size()));
  }

private:
  SmallVector<char, 256> data;
};

/// Computes the hashes of all ops under a root.
class StructureHashes {
public:
  StructureHashes(ArrayRef<Operation *> ops, const OpLayers &layers)
      : ops(ops), layers(layers) {
    for (auto [i, op] : llvm::enumerate(ops))
      indexOf[op] = i;
  }

  std::vector<uint64_t> compute();

private:
  /// What an operand adds to the hash of its reader.
  struct Operand {
    uint64_t fixed = 0;
    /// Instead, the hash of this op, and which result of it is read.
    std::optional<unsigned> producer = std::nullopt;
    unsigned result = 0;
  };

  uint64_t hashAlone(Operation *op);
  Operand getOperand(Value value, Operation *reader);
  uint64_t hashType(Type type);
  uint64_t hashAttribute(Attribute attr);
  void addOwnedRegions(Operation *op, Digest &digest);

  ArrayRef<Operation *> ops;
  const OpLayers &layers;
  llvm::DenseMap<Operation *, unsigned> indexOf;
  llvm::DenseMap<const void *, uint64_t> textHashes;
};
} // namespace

template <typename T>
static uint64_t hashText(T value) {
  std::string text;
  llvm::raw_string_ostream(text) << value;
  return llvm::xxh3_64bits(StringRef(text));
}

uint64_t StructureHashes::hashType(Type type) {
  auto [it, isNew] = textHashes.try_emplace(type.getAsOpaquePointer(), 0);
  if (isNew)
    it->second = hashText(type);
  return it->second;
}

uint64_t StructureHashes::hashAttribute(Attribute attr) {
  auto [it, isNew] = textHashes.try_emplace(attr.getAsOpaquePointer(), 0);
  if (!isNew)
    return it->second;
  uint64_t hash;
  auto elements = dyn_cast<ElementsAttr>(attr);
  if (elements && isWeight(elements)) {
    // A weight is the same weight after further training.
    hash = hashText(elements.getShapedType());
  } else if (auto dense = dyn_cast<DenseIntOrFPElementsAttr>(attr)) {
    // How elements are printed depends on flags of the tool.
    Digest digest;
    digest.add(hashType(dense.getType()));
    ArrayRef<char> data = dense.getRawData();
    digest.add(StringRef(data.data(), data.size()));
    hash = digest.finish();
  } else {
    hash = hashText(attr);
  }
  return textHashes[attr.getAsOpaquePointer()] = hash;
}

/// The ops in the regions that belong to `op`, in order.
void StructureHashes::addOwnedRegions(Operation *op, Digest &digest) {
  auto precision = dyn_cast<PrecisionOpInterface>(op);
  if (!precision || !op->getNumRegions() || !precision.ownsRegions())
    return;
  op->walk([&](Operation *inner) {
    if (inner != op)
      digest.add(inner->getName().getStringRef());
  });
}

uint64_t StructureHashes::hashAlone(Operation *op) {
  Digest digest;
  digest.add(op->getName().getStringRef());
  digest.add(layers.getLayer(op));
  for (NamedAttribute attr : op->getAttrDictionary()) {
    // What the steps of autocast write is about the op, not a part of it.
    if (attr.getName().getValue().starts_with("mp."))
      continue;
    digest.add(attr.getName().getValue());
    digest.add(hashAttribute(attr.getValue()));
  }
  for (Type type : op->getOperandTypes())
    digest.add(hashType(type));
  digest.add(op->getNumOperands());
  for (Type type : op->getResultTypes())
    digest.add(hashType(type));
  if (Operation *parent = op->getParentOp()) {
    digest.add(parent->getName().getStringRef());
    digest.add(op->getParentRegion()->getRegionNumber());
  }
  addOwnedRegions(op, digest);
  return digest.finish();
}

StructureHashes::Operand StructureHashes::getOperand(Value value,
                                                     Operation *reader) {
  Operation *producer = value.getDefiningOp();
  if (!producer) {
    Digest digest;
    digest.add(OpLayers::getArgumentName(cast<BlockArgument>(value)));
    return {digest.finish()};
  }
  if (ElementsAttr constant = getConstant(value))
    return {hashAttribute(constant)};
  auto it = indexOf.find(producer);
  if (it == indexOf.end() ||
      layers.getLayer(producer) != layers.getLayer(reader))
    return {0};
  return {0, it->second, cast<OpResult>(value).getResultNumber()};
}

std::vector<uint64_t> StructureHashes::compute() {
  std::vector<uint64_t> alone;
  alone.reserve(ops.size());
  // The operands of all ops in a row, and where those of each op end.
  std::vector<Operand> operands;
  std::vector<size_t> ends;
  ends.reserve(ops.size());
  for (Operation *op : ops) {
    alone.push_back(hashAlone(op));
    for (Value operand : op->getOperands())
      operands.push_back(getOperand(operand, op));
    ends.push_back(operands.size());
  }
  std::vector<uint64_t> hashes = alone, next(ops.size());
  constexpr unsigned steps = 3;
  for (unsigned step = 0; step != steps; ++step) {
    size_t begin = 0;
    for (auto [i, end] : llvm::enumerate(ends)) {
      Digest digest;
      digest.add(alone[i]);
      for (const Operand &operand :
           ArrayRef(operands).slice(begin, end - begin)) {
        if (!operand.producer) {
          digest.add(operand.fixed);
          continue;
        }
        Digest produced;
        produced.add(hashes[*operand.producer]);
        produced.add(operand.result);
        digest.add(produced.finish());
      }
      next[i] = digest.finish();
      begin = end;
    }
    hashes.swap(next);
  }
  return hashes;
}

/// A name as a part of an id: no character that would need quoting, and not
/// longer than a line can hold. What is lost here is still in the hash.
static std::string getReadable(StringRef name) {
  constexpr size_t longest = 64;
  std::string text = name.size() > longest
                         ? ".." + name.take_back(longest - 2).str()
                         : name.str();
  llvm::erase_if(text, [](char c) { return c == '\'' || c == '"'; });
  for (char &c : text)
    if (!llvm::isAlnum(c) && !StringRef("_-./()[]<>:+=$@").contains(c))
      c = '_';
  return text;
}

OpIds::OpIds(Operation *root) {
  std::vector<Operation *> ops;
  walkDecidedOps(root, [&](Operation *op) {
    if (op != root)
      ops.push_back(op);
  });
  OpLayers layers(ops);
  std::vector<uint64_t> hashes = StructureHashes(ops, layers).compute();
  llvm::StringMap<unsigned> counts;
  llvm::StringMap<std::string> readable;
  ids.reserve(ops.size());
  for (auto [op, hash] : llvm::zip_equal(ops, hashes)) {
    std::string id;
    if (auto function = dyn_cast<FunctionOpInterface>(op)) {
      id = getReadable(function.getName());
    } else {
      if (auto parent = op->getParentOfType<FunctionOpInterface>())
        id = getReadable(parent.getName()) + "/";
      if (StringRef layer = layers.getLayer(op); !layer.empty()) {
        auto [it, isNew] = readable.try_emplace(layer);
        if (isNew)
          it->second = getReadable(layer);
        id += it->second + "/";
      }
      id += op->getName().stripDialect();
      id += "." +
            llvm::utohexstr(hash & 0xffffff, /*LowerCase=*/true, /*Width=*/6);
    }
    if (unsigned number = ++counts[id]; number > 1)
      id += "#" + std::to_string(number);
    ids[op] = std::move(id);
  }
}

StringRef OpIds::get(Operation *op) const {
  auto it = ids.find(op);
  return it == ids.end() ? StringRef() : StringRef(it->second);
}

StringRef OpIds::getStem(StringRef id) { return id.rsplit('.').first; }
