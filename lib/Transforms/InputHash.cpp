#include "InputHash.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/SHA256.h"

using namespace mlir;

namespace {
class Hasher {
public:
  std::string run(Operation *root);

private:
  void add(uint64_t number) {
    uint8_t bytes[sizeof(number)];
    llvm::support::endian::write64le(bytes, number);
    hash.update(bytes);
  }
  void add(StringRef text) {
    add(text.size());
    hash.update(text);
  }
  void add(Attribute attr);
  void add(Type type);
  void add(DictionaryAttr dictionary);
  void add(Operation *op);
  void number(Value value) { numbers.try_emplace(value, numbers.size()); }

  llvm::SHA256 hash;
  llvm::DenseMap<Value, uint64_t> numbers;
  llvm::DenseMap<const void *, std::string> texts;
};
} // namespace

void Hasher::add(Type type) {
  std::string &text = texts[type.getAsOpaquePointer()];
  if (text.empty())
    llvm::raw_string_ostream(text) << type;
  add(StringRef(text));
}

/// Of this project's attributes only these come from the model.
static bool isOfModel(StringRef name) {
  return !name.starts_with("mp.") || name == "mp.role" || name == "mp.name" ||
         name == "mp.range";
}

/// True for the attributes of arguments none of which has any of the model's.
static bool isEmptyList(Attribute attr) {
  auto array = dyn_cast<ArrayAttr>(attr);
  return array && llvm::all_of(array, [](Attribute item) {
           auto dictionary = dyn_cast<DictionaryAttr>(item);
           return dictionary &&
                  llvm::none_of(dictionary, [](NamedAttribute entry) {
                    return isOfModel(entry.getName());
                  });
         });
}

void Hasher::add(DictionaryAttr dictionary) {
  for (NamedAttribute entry : dictionary) {
    StringRef name = entry.getName();
    if (!isOfModel(name) || isEmptyList(entry.getValue()))
      continue;
    add(name);
    add(entry.getValue());
  }
}

void Hasher::add(Attribute attr) {
  if (auto dictionary = dyn_cast<DictionaryAttr>(attr))
    return add(dictionary);
  if (auto array = dyn_cast<ArrayAttr>(attr)) {
    add(array.size());
    for (Attribute item : array)
      add(item);
    return;
  }
  if (auto dense = dyn_cast<DenseElementsAttr>(attr);
      dense && !isa<DenseStringElementsAttr>(attr)) {
    add(Type(dense.getType()));
    ArrayRef<char> data = dense.getRawData();
    return add(StringRef(data.data(), data.size()));
  }
  std::string &text = texts[attr.getAsOpaquePointer()];
  if (text.empty())
    llvm::raw_string_ostream(text) << attr;
  add(StringRef(text));
}

void Hasher::add(Operation *op) {
  add(op->getName().getStringRef());
  add(op->getAttrDictionary());
  for (Value operand : op->getOperands()) {
    // In a graph region a value may be read before it is made.
    number(operand);
    add(numbers.lookup(operand));
  }
  for (Value result : op->getResults()) {
    number(result);
    add(result.getType());
  }
  for (Block *successor : op->getSuccessors())
    add(std::distance(op->getParentRegion()->begin(),
                      successor->getIterator()));
  add(op->getNumRegions());
  for (Region &region : op->getRegions())
    for (Block &block : region)
      for (BlockArgument argument : block.getArguments()) {
        number(argument);
        add(argument.getType());
      }
}

std::string Hasher::run(Operation *root) {
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (op == root)
      return;
    // Where an op stands says where the region in front of it ended.
    add(op->getParentRegion()->getRegionNumber());
    add(op);
  });
  return llvm::toHex(hash.final(), /*LowerCase=*/true);
}

std::string mlir::mp::hashInput(Operation *root) { return Hasher().run(root); }
