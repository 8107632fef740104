#include "SameValue.h"

#include "mlir/IR/Operation.h"
#include "mlir/IR/OperationSupport.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace mlir::mp;

/// Attributes of ours are notes, not a part of what an op computes.
static bool haveSameAttributes(Operation *lhs, Operation *rhs) {
  if (!lhs->getName().compareOpProperties(lhs->getPropertiesStorage(),
                                          rhs->getPropertiesStorage()))
    return false;
  auto isNote = [](NamedAttribute attr) {
    return attr.getName().strref().starts_with("mp.");
  };
  auto getRest = [&](Operation *op) {
    SmallVector<NamedAttribute> rest;
    for (NamedAttribute attr : op->getDiscardableAttrs())
      if (!isNote(attr))
        rest.push_back(attr);
    return rest;
  };
  return getRest(lhs) == getRest(rhs);
}

static bool computeTheSame(Operation *lhs, Operation *rhs) {
  if (lhs->getName() != rhs->getName() ||
      lhs->getNumOperands() != rhs->getNumOperands() ||
      lhs->getResultTypes() != rhs->getResultTypes() ||
      lhs->getNumRegions() != rhs->getNumRegions() || !isPure(lhs) ||
      !haveSameAttributes(lhs, rhs))
    return false;
  for (auto [left, right] : llvm::zip(lhs->getRegions(), rhs->getRegions()))
    if (!OperationEquivalence::isRegionEquivalentTo(
            &left, &right, OperationEquivalence::IgnoreLocations))
      return false;
  return true;
}

bool mp::isSameValue(Value lhs, Value rhs) {
  SmallVector<std::pair<Value, Value>> worklist{{lhs, rhs}};
  for (unsigned budget = 64; !worklist.empty(); --budget) {
    auto [left, right] = worklist.pop_back_val();
    if (left == right)
      continue;
    auto leftResult = dyn_cast<OpResult>(left);
    auto rightResult = dyn_cast<OpResult>(right);
    if (budget == 0 || !leftResult || !rightResult ||
        leftResult.getResultNumber() != rightResult.getResultNumber() ||
        !computeTheSame(leftResult.getOwner(), rightResult.getOwner()))
      return false;
    for (auto [from, to] : llvm::zip(leftResult.getOwner()->getOperands(),
                                     rightResult.getOwner()->getOperands()))
      worklist.emplace_back(from, to);
  }
  return true;
}
