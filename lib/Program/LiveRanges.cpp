#include "LiveRanges.h"

#include "mp/Program/ProgramForm.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::mp;

LiveRanges::LiveRanges(func::FuncOp func, ArrayRef<CopyGroup> groups) {
  for (auto [i, group] : llvm::enumerate(groups))
    for (Operation *member : group)
      groupOf[member] = i;
  begins[func] = numPositions++;
  number(func.getBody());
  ends[func] = numPositions++;
}

void LiveRanges::number(Region &region) {
  if (region.empty())
    return;
  Operation *previous = nullptr;
  for (Operation &op : region.front()) {
    auto group = groupOf.find(&op);
    bool together = group != groupOf.end() && previous &&
                    groupOf.lookup_or(previous, ~0u) == group->second;
    begins[&op] = together ? begins[previous] : numPositions++;
    for (Region &inner : op.getRegions())
      number(inner);
    ends[&op] = op.getNumRegions() ? numPositions++ : begins[&op];
    previous = &op;
  }
}

int64_t LiveRanges::getStart(Value value) const {
  if (Operation *op = value.getDefiningOp())
    return ends.lookup(op);
  // The second region of a while loop takes its arguments from the condition,
  // where they begin.
  Operation *parent = value.getParentBlock()->getParentOp();
  if (auto loop = dyn_cast<scf::WhileOp>(parent))
    if (value.getParentRegion() == &loop.getAfter())
      return begins.lookup(loop.getConditionOp());
  return begins.lookup(parent);
}

/// A reader inside a loop reads again in the next iteration, so everything
/// that the loop finds on entry is read until it ends.
int64_t LiveRanges::getReadPosition(Operation *reader, Region *scope) const {
  int64_t position = begins.lookup(reader);
  while (reader->getParentRegion() != scope) {
    reader = reader->getParentOp();
    if (isa<LoopLikeOpInterface>(reader))
      position = std::max(position, ends.lookup(reader));
  }
  return position;
}

LiveInterval LiveRanges::getInterval(Value root) const {
  int64_t begin = getStart(root), end = begin;
  SmallVector<Value> worklist{root};
  while (!worklist.empty()) {
    for (Operation *user : worklist.pop_back_val().getUsers()) {
      end = std::max(end, getReadPosition(user, root.getParentRegion()));
      if (getViewSource(user))
        worklist.push_back(user->getResult(0));
    }
  }
  return {begin, end, root};
}
