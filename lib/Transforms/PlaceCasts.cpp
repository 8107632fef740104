#include "Painting.h"
#include "Placement.h"

#include "mp/IR/MPDialect.h"
#include "mp/IR/MPOps.h"
#include "mp/Transforms/Passes.h"

#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPPLACECASTSPASS
#include "mp/Transforms/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

using State = PrecisionNode::State;

namespace {
class PlaceCastsPass : public mp::impl::MPPlaceCastsPassBase<PlaceCastsPass> {
  using Base::Base;
  void runOnOperation() override;
};
} // namespace

/// Writes what was chosen: `mp.formats` on ops, `mp.format` on arguments.
static void writeFormats(PrecisionGraph &graph) {
  llvm::MapVector<Operation *, SmallVector<PrecisionNode *>> nodesOfOp;
  for (PrecisionNode &node : graph.nodes)
    nodesOfOp[node.op].push_back(&node);
  for (auto &[op, nodes] : nodesOfOp) {
    Builder builder(op->getContext());
    FloatType wide = builder.getF32Type();
    auto getFormat = [&](PrecisionNode *node) -> Type {
      return node->state == State::Low ? node->low
             : node->arithmetic        ? node->arithmetic
                                       : wide;
    };
    if (auto function = dyn_cast<FunctionOpInterface>(op)) {
      for (PrecisionNode *node : nodes)
        function.setArgAttr(node->index, attr::format,
                            TypeAttr::get(getFormat(node)));
      continue;
    }
    // Groups that are not managed keep the type they have.
    SmallVector<Type> formats;
    auto precision = dyn_cast<PrecisionOpInterface>(op);
    if (precision && !op->hasTrait<OpTrait::ReturnLike>()) {
      SmallVector<TypeGroup> groups;
      precision.getTypeGroups(groups);
      for (TypeGroup &group : groups)
        formats.push_back(getElementTypeOrSelf(
            !group.gives.empty()   ? group.gives.front().getType()
            : !group.reads.empty() ? group.reads.front()->get().getType()
                                   : Type(wide)));
    } else {
      for (Value operand : op->getOperands())
        formats.push_back(getElementTypeOrSelf(operand.getType()));
    }
    for (PrecisionNode *node : nodes)
      formats[node->index] = getFormat(node);
    op->setDiscardableAttr(attr::formats, builder.getTypeArrayAttr(formats));
    if (op->hasAttr(attr::precision) || !getDecision(op))
      continue;
    Type format = formats[nodes.front()->index];
    op->setDiscardableAttr(
        attr::precision,
        PrecisionAttr::get(op->getContext(), format, format, format));
  }
}

/// Leaves the figures on the root, for the explanation, and in a remark.
static void report(Operation *root, const PlacementCost &chosen,
                   const PlacementCost &greedy, int64_t lowerBound) {
  Builder builder(root->getContext());
  const std::pair<StringRef, int64_t> figures[] = {
      {"cost", chosen.getBytes()},
      {"casts", chosen.casts},
      {"lower_bound", lowerBound},
      {"wide_bytes", chosen.wideBytes},
      {"greedy_cost", greedy.getBytes()},
      {"greedy_casts", greedy.casts},
      {"greedy_cast_bytes", greedy.castBytes},
      {"greedy_wide_bytes", greedy.wideBytes}};
  NamedAttrList list;
  for (auto [name, figure] : figures)
    list.append(name, builder.getI64IntegerAttr(figure));
  root->setDiscardableAttr(attr::placement,
                           list.getDictionary(root->getContext()));
  remark::passed(root->getLoc(),
                 remark::RemarkOpts::name("placement").category("mp"))
      << remark::metric("Casts", chosen.casts)
      << remark::metric("CastBytes", chosen.castBytes)
      << remark::metric("Cost", chosen.getBytes())
      << remark::metric("LowerBound", lowerBound)
      << remark::metric("Optimal",
                        chosen.getBytes() == lowerBound ? "yes" : "no")
      << remark::metric("GreedyCost", greedy.getBytes());
}

void PlaceCastsPass::runOnOperation() {
  markAllAnalysesPreserved();
  Operation *root = getOperation();
  ConstantAnalysis constants;
  PrecisionGraph graph(root, !keepIO || root->hasAttr(attr::followIO));
  graph.resolvePromotions();
  graph.pinExactNodes(constants);
  CostModel costs(root);
  PlacementCost greedy = costs.evaluate(graph, paint(graph));
  Placement placement = place(graph, costs);
  PlacementCost chosen = costs.evaluate(graph, placement.states);
  for (auto [node, state] : llvm::zip_equal(graph.nodes, placement.states))
    node.state = state;
  writeFormats(graph);
  report(root, chosen, greedy, placement.lowerBound);
}
