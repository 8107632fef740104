#include "Decision.h"

#include "mp/Transforms/Passes.h"

#include "mlir/Interfaces/FunctionInterfaces.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPNAMEOPSPASS
#include "mp/Transforms/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

namespace {
class NameOpsPass : public mp::impl::MPNameOpsPassBase<NameOpsPass> {
  using Base::Base;

  void runOnOperation() override {
    Operation *root = getOperation();
    const OpIds &ids = getAnalysis<OpIds>();
    markAllAnalysesPreserved();
    walkDecidedOps(root, [&](Operation *op) {
      if (op != root && !isa<FunctionOpInterface>(op))
        op->setDiscardableAttr(attr::id,
                               StringAttr::get(op->getContext(), ids.get(op)));
    });
  }
};
} // namespace
