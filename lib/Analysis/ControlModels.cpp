#include "PrecisionModel.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::mp;

namespace {
/// Structured control flow: what flows along an edge between regions keeps its
/// type.
struct ControlModel : public PrecisionModel<ControlModel> {
  OpClass getPrecisionClass(Operation *op) const { return OpClass::Control; }
  void getTypeGroups(Operation *op, SmallVectorImpl<TypeGroup> &groups) const;

  std::optional<int64_t> getTripCount(Operation *op) const {
    auto loop = dyn_cast<scf::ForOp>(op);
    if (!loop)
      return isa<scf::WhileOp>(op) ? std::nullopt : std::optional<int64_t>(1);
    std::optional<APInt> trips = loop.getStaticTripCount();
    if (!trips || trips->getActiveBits() > 50)
      return std::nullopt;
    return trips->getZExtValue();
  }
};
} // namespace

namespace {
/// Unites operands with the values that they become at the end of an edge.
class Flow {
public:
  void add(OperandRange operands, ValueRange inputs) {
    for (auto [i, input] : llvm::enumerate(inputs)) {
      if (i >= operands.size() || !getFloatElementType(input.getType()))
        continue;
      OpOperand &operand = operands.getBase()[i];
      unsigned group = groupOf.try_emplace(input, groups.size()).first->second;
      if (group == groups.size())
        groups.push_back({GroupKind::Carried, {}, {input}});
      auto [it, isNew] = groupOfOperand.try_emplace(&operand, group);
      if (isNew)
        groups[group].reads.push_back(&operand);
      else if (it->second != group)
        merge(it->second, group);
    }
  }

  void take(SmallVectorImpl<TypeGroup> &result) {
    for (TypeGroup &group : groups)
      if (!group.gives.empty())
        result.push_back(std::move(group));
  }

private:
  void merge(unsigned into, unsigned from) {
    for (Value value : groups[from].gives)
      groupOf[value] = into;
    for (OpOperand *operand : groups[from].reads)
      groupOfOperand[operand] = into;
    llvm::append_range(groups[into].gives, groups[from].gives);
    llvm::append_range(groups[into].reads, groups[from].reads);
    groups[from] = {};
  }

  SmallVector<TypeGroup> groups;
  llvm::DenseMap<Value, unsigned> groupOf;
  llvm::DenseMap<OpOperand *, unsigned> groupOfOperand;
};
} // namespace

void ControlModel::getTypeGroups(Operation *op,
                                 SmallVectorImpl<TypeGroup> &groups) const {
  Flow flow;
  auto branch = cast<RegionBranchOpInterface>(op);
  SmallVector<RegionSuccessor> successors;
  branch.getSuccessorRegions(RegionBranchPoint::parent(), successors);
  for (RegionSuccessor &successor : successors)
    flow.add(branch.getEntrySuccessorOperands(successor),
             successor.getSuccessorInputs());
  for (Region &region : op->getRegions()) {
    for (Block &block : region) {
      auto terminator =
          block.empty()
              ? RegionBranchTerminatorOpInterface()
              : dyn_cast<RegionBranchTerminatorOpInterface>(block.back());
      if (!terminator)
        continue;
      successors.clear();
      branch.getSuccessorRegions(RegionBranchPoint(terminator), successors);
      for (RegionSuccessor &successor : successors)
        flow.add(terminator.getSuccessorOperands(successor),
                 successor.getSuccessorInputs());
    }
  }
  flow.take(groups);
}

void mp::registerControlPrecisionModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, scf::SCFDialect *) {
    scf::ExecuteRegionOp::attachInterface<ControlModel>(*context);
    scf::ForOp::attachInterface<ControlModel>(*context);
    scf::IfOp::attachInterface<ControlModel>(*context);
    scf::IndexSwitchOp::attachInterface<ControlModel>(*context);
    scf::WhileOp::attachInterface<ControlModel>(*context);
  });
}
