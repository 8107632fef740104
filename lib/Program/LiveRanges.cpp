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
  entries[&region] = numPositions++;
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

/// Adds the interval from `begin` to the last of `readers`, all of which are in
/// `region`. A reader inside a loop reads again in the next iteration, so what
/// the loop finds on entry is read until it ends. Where the last readers are in
/// branches, the value lives until the choice is made, and then in each branch
/// as if it began there.
void LiveRanges::addIntervals(Value root, Region *region, int64_t begin,
                              ArrayRef<Operation *> readers,
                              SmallVectorImpl<LiveInterval> &intervals) const {
  struct Part {
    Region *region;
    int64_t begin;
    SmallVector<Operation *> readers;
  };
  SmallVector<Part> work{{region, begin, SmallVector<Operation *>(readers)}};
  while (!work.empty()) {
    Part part = work.pop_back_val();
    int64_t end = part.begin;
    Operation *choice = nullptr;
    for (Operation *reader : part.readers) {
      Operation *op = part.region->front().findAncestorOpInBlock(*reader);
      bool again = op != reader && isa<LoopLikeOpInterface>(op);
      int64_t position = (again ? ends : begins).lookup(op);
      if (position < end)
        continue;
      end = position;
      bool chooses = op != reader && isa<scf::IfOp, scf::IndexSwitchOp>(op);
      choice = chooses ? op : nullptr;
    }
    intervals.push_back({part.begin, end, root});
    if (!choice)
      continue;
    for (Region &branch : choice->getRegions()) {
      SmallVector<Operation *> inside;
      for (Operation *reader : part.readers)
        if (branch.isAncestor(reader->getParentRegion()))
          inside.push_back(reader);
      if (!inside.empty())
        work.push_back({&branch, entries.lookup(&branch), std::move(inside)});
    }
  }
}

SmallVector<LiveInterval, 1> LiveRanges::getIntervals(Value root) const {
  SmallVector<Operation *> readers;
  SmallVector<Value> worklist{root};
  while (!worklist.empty()) {
    for (Operation *user : worklist.pop_back_val().getUsers()) {
      readers.push_back(user);
      if (getViewSource(user))
        worklist.push_back(user->getResult(0));
    }
  }
  SmallVector<LiveInterval, 1> intervals;
  addIntervals(root, root.getParentRegion(), getStart(root), readers,
               intervals);
  llvm::sort(intervals, [](const LiveInterval &a, const LiveInterval &b) {
    return a.begin < b.begin;
  });
  return intervals;
}
