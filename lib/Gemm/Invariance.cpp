#include "Invariance.h"

#include "mp/IR/MPOps.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace mlir::mp;

static bool isParameter(BlockArgument argument) {
  auto function =
      dyn_cast<FunctionOpInterface>(argument.getOwner()->getParentOp());
  if (!function)
    return false;
  auto role = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(),
                                                    kRoleAttrName);
  return role && role.getValue() == "param";
}

bool InvarianceAnalysis::isInvariant(Value root) {
  // Without recursion: chains of operations may be long.
  SmallVector<Value> stack = {root};
  while (!stack.empty()) {
    Value value = stack.back();
    if (known.contains(value)) {
      stack.pop_back();
      continue;
    }
    Operation *op = value.getDefiningOp();
    if (!op || op->getNumRegions() != 0 || !isPure(op)) {
      auto argument = dyn_cast<BlockArgument>(value);
      known[value] = argument && isParameter(argument);
      stack.pop_back();
      continue;
    }
    bool invariant = true, waiting = false;
    for (Value operand : op->getOperands()) {
      auto it = known.find(operand);
      if (it == known.end()) {
        stack.push_back(operand);
        waiting = true;
      } else {
        invariant &= it->second;
      }
    }
    if (waiting)
      continue;
    known[value] = invariant;
    stack.pop_back();
  }
  return known.lookup(root);
}
