#include "Recomputation.h"

#include "mp/Analysis/OpIds.h"
#include "mp/Analysis/PrecisionOpInterface.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

#include <map>

using namespace mlir;
using namespace mlir::mp;

namespace {
/// Numbers values so that equal numbers are equal values, looking through
/// barriers.
class Numbering {
public:
  /// Hands `original` each op that is behind a barrier and computes what
  /// another one does.
  void run(Operation *root,
           llvm::function_ref<void(Operation *, Operation *)> note);

private:
  struct Number {
    unsigned number;
    bool isBehindBarrier;
  };
  Number get(Value value);
  /// Everything that the results of an op depend on, but for where its
  /// operands went through. Empty where that is not all in the op.
  SmallVector<uint64_t> getKey(Operation *op, bool &isBehindBarrier);
  void addAlone(Operation *op, SmallVectorImpl<uint64_t> &key);

  llvm::DenseMap<Value, Number> numbers;
  std::map<SmallVector<uint64_t>, Operation *> known;
  unsigned next = 0;
};
} // namespace

/// An op that hands on what it reads and lets nothing move across it.
static bool isBarrier(Operation *op) {
  auto precision = dyn_cast<PrecisionOpInterface>(op);
  return precision && precision.getPrecisionClass() == OpClass::Control &&
         op->getNumRegions() == 0 && op->getNumResults() != 0 &&
         op->getOperandTypes() == op->getResultTypes();
}

Numbering::Number Numbering::get(Value value) {
  auto [it, isNew] = numbers.try_emplace(value, Number{next, false});
  next += isNew;
  return it->second;
}

/// Name, types, and the attributes that are no notes of ours.
void Numbering::addAlone(Operation *op, SmallVectorImpl<uint64_t> &key) {
  auto add = [&](const void *pointer) {
    key.push_back(reinterpret_cast<uintptr_t>(pointer));
  };
  add(op->getName().getAsOpaquePointer());
  for (NamedAttribute attr : op->getAttrDictionary()) {
    if (attr.getName().strref().starts_with("mp."))
      continue;
    add(attr.getName().getAsOpaquePointer());
    add(attr.getValue().getAsOpaquePointer());
  }
  for (Type type : op->getResultTypes())
    add(type.getAsOpaquePointer());
  key.push_back(op->getNumOperands());
}

SmallVector<uint64_t> Numbering::getKey(Operation *op, bool &isBehindBarrier) {
  auto precision = dyn_cast<PrecisionOpInterface>(op);
  bool ownsRegions =
      precision && op->getNumRegions() && precision.ownsRegions();
  if (!precision || !isPure(op) || (op->getNumRegions() && !ownsRegions) ||
      op->getNumResults() == 0)
    return {};
  SmallVector<uint64_t> key;
  addAlone(op, key);
  auto addValue = [&](Value value) {
    Number number = get(value);
    isBehindBarrier |= number.isBehindBarrier;
    key.push_back(number.number);
  };
  for (Value operand : op->getOperands())
    addValue(operand);
  if (!ownsRegions)
    return key;
  // Values inside are called by the order in which they are made.
  llvm::DenseMap<Value, uint64_t> inside;
  op->walk<WalkOrder::PreOrder>([&](Operation *inner) {
    if (inner != op) {
      addAlone(inner, key);
      for (Value operand : inner->getOperands()) {
        auto it = inside.find(operand);
        key.push_back(it != inside.end());
        if (it != inside.end())
          key.push_back(it->second);
        else
          addValue(operand);
      }
      for (Value result : inner->getResults())
        inside.try_emplace(result, inside.size());
    }
    for (Region &region : inner->getRegions())
      for (Block &block : region)
        for (BlockArgument argument : block.getArguments())
          inside.try_emplace(argument, inside.size());
  });
  return key;
}

void Numbering::run(Operation *root,
                    llvm::function_ref<void(Operation *, Operation *)> note) {
  walkDecidedOps(root, [&](Operation *op) {
    if (isBarrier(op)) {
      for (auto [operand, result] :
           llvm::zip(op->getOperands(), op->getResults()))
        numbers[result] = {get(operand).number, true};
      return;
    }
    bool isBehindBarrier = false;
    SmallVector<uint64_t> key = getKey(op, isBehindBarrier);
    if (key.empty())
      return;
    Operation *first = known.try_emplace(std::move(key), op).first->second;
    for (auto [result, same] :
         llvm::zip(op->getResults(), first->getResults())) {
      Number number = first == op ? Number{next++, false} : get(same);
      numbers[result] = {number.number, isBehindBarrier};
    }
    if (first != op && isBehindBarrier)
      note(first, op);
  });
}

Recomputation::Recomputation(Operation *root) {
  bool hasBarrier = false;
  walkDecidedOps(root, [&](Operation *op) { hasBarrier |= isBarrier(op); });
  if (!hasBarrier)
    return;
  Numbering().run(root, [&](Operation *original, Operation *copy) {
    originals[copy] = original;
  });
}
