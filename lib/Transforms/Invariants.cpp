#include "Invariants.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace mlir::mp;

static StringRef getText(Attribute attribute) {
  auto text = dyn_cast_if_present<StringAttr>(attribute);
  return text ? text.getValue() : StringRef();
}

/// A step of training has other parameters in each call: it returns new ones,
/// or the gradients that make them.
static bool isTrainingStep(FunctionOpInterface function) {
  for (unsigned i = 0, e = function.getNumResults(); i != e; ++i) {
    StringRef role = getText(function.getResultAttr(i, "mp.role"));
    if (role == "param" || role == "grad")
      return true;
  }
  return false;
}

/// The caller may write to what it has given away.
static bool isInvariantArgument(FunctionOpInterface function, unsigned index) {
  return getText(function.getArgAttr(index, "mp.role")) == "param" &&
         !function.getArgAttr(index, "tf.aliasing_output") &&
         !function.getArgAttr(index, "jax.buffer_donor");
}

Invariants::Invariants(Operation *root) {
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (auto function = dyn_cast<FunctionOpInterface>(op)) {
      if (function.isExternal() || isTrainingStep(function))
        return WalkResult::advance();
      for (BlockArgument argument : function.getArguments())
        if (isInvariantArgument(function, argument.getArgNumber()))
          values.insert(argument);
      return WalkResult::advance();
    }
    auto precision = dyn_cast<PrecisionOpInterface>(op);
    if (!precision)
      return WalkResult::advance();
    bool ownsRegions = op->getNumRegions() && precision.ownsRegions();
    auto isInvariant = [&](Value value) { return values.contains(value); };
    // What the ops inside of an op read from outside, it reads.
    bool result = precision.getPrecisionClass() != OpClass::Random &&
                  (op->getNumRegions() == 0 || ownsRegions) &&
                  isMemoryEffectFree(op) &&
                  (precision.isUndefined() ||
                   llvm::all_of(op->getOperands(), isInvariant));
    auto readsVarying = [&](Operation *inner) {
      return llvm::any_of(inner->getOperands(), [&](Value operand) {
        return !op->isAncestor(operand.getParentBlock()->getParentOp()) &&
               !isInvariant(operand);
      });
    };
    if (result && ownsRegions)
      result = !op->walk([&](Operation *inner) {
                    return inner != op && readsVarying(inner)
                               ? WalkResult::interrupt()
                               : WalkResult::advance();
                  }).wasInterrupted();
    if (result)
      values.insert_range(op->getResults());
    return ownsRegions ? WalkResult::skip() : WalkResult::advance();
  });
}
