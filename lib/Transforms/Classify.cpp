#include "Decision.h"

#include "mp/Transforms/Passes.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPCLASSIFYPASS
#include "mp/Transforms/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

namespace {
class ClassifyPass : public mp::impl::MPClassifyPassBase<ClassifyPass> {
  using Base::Base;
  void runOnOperation() override {
    walkDecidedOps(getOperation(), [&](Operation *op) {
      auto precision = dyn_cast<PrecisionOpInterface>(op);
      if (!precision || op->hasTrait<OpTrait::IsTerminator>() ||
          op->hasAttr(attr::opClass))
        return;
      StringRef name = stringifyOpClass(precision.getPrecisionClass());
      op->setDiscardableAttr(attr::opClass,
                             StringAttr::get(&getContext(), name));
    });
  }
};
} // namespace
