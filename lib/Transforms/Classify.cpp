#include "Decision.h"

#include "mp/Analysis/Regions.h"
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
  void runOnOperation() override;
};
} // namespace

/// The class that policies match: that of the outermost group that has one.
/// Products stay products in every group.
static OpClass getClass(Operation *op, OpClass own, const PatternUnits &units) {
  if (own == OpClass::Contraction || own == OpClass::Convolution ||
      own == OpClass::Integer)
    return own;
  for (unsigned unit : units.getUnitsOf(op))
    if (std::optional<OpClass> opClass = units.get()[unit].opClass)
      return *opClass;
  return own;
}

void ClassifyPass::runOnOperation() {
  Builder builder(&getContext());
  PatternUnits units(getOperation());
  TrainingRegions regions(getOperation(), units);
  walkDecidedOps(getOperation(), [&](Operation *op) {
    auto precision = dyn_cast<PrecisionOpInterface>(op);
    if (!precision || op->hasTrait<OpTrait::IsTerminator>())
      return;
    if (!op->hasAttr(attr::opClass))
      op->setDiscardableAttr(attr::opClass,
                             builder.getStringAttr(stringifyOpClass(getClass(
                                 op, precision.getPrecisionClass(), units))));
    StringRef role = regions.get(op);
    if (!role.empty() && role != "forward" && !op->hasAttr(attr::role))
      op->setDiscardableAttr(attr::region, builder.getStringAttr(role));
    SmallVector<unsigned, 3> indices = units.getUnitsOf(op);
    if (indices.empty() || op->hasAttr(attr::pattern))
      return;
    std::string path;
    for (unsigned unit : indices)
      path += (path.empty() ? "" : "/") + units.get()[unit].name.str();
    op->setDiscardableAttr(attr::pattern, builder.getStringAttr(path));
    op->setDiscardableAttr(
        attr::unit, builder.getDenseI64ArrayAttr(
                        SmallVector<int64_t>(indices.begin(), indices.end())));
  });
}
