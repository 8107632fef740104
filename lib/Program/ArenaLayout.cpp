#include "ArenaLayout.h"

#include "mp/Program/ProgramForm.h"

using namespace mlir;
using namespace mlir::mp;

namespace {
/// Finds the placed buffers that are in use in an interval of time, in time
/// proportional to how many there are: a segment tree over positions. A buffer
/// is listed at the few nodes that together cover its interval.
class BuffersByTime {
public:
  explicit BuffersByTime(int64_t numPositions) {
    while (leaves < numPositions)
      leaves *= 2;
    covering.resize(2 * leaves);
    hasBelow.resize(2 * leaves);
  }

  void insert(const LiveInterval &interval, unsigned id) {
    visitCover(interval, [&](size_t node) {
      covering[node].push_back(id);
      for (node /= 2; node && !hasBelow[node]; node /= 2)
        hasBelow[node] = true;
    });
  }

  void collect(const LiveInterval &interval,
               SmallVectorImpl<unsigned> &out) const {
    visitCover(interval, [&](size_t node) {
      collectBelow(node, out);
      for (node /= 2; node; node /= 2)
        llvm::append_range(out, covering[node]);
    });
  }

private:
  void visitCover(const LiveInterval &interval,
                  function_ref<void(size_t)> visit) const {
    size_t low = leaves + interval.begin, high = leaves + interval.end + 1;
    for (; low < high; low /= 2, high /= 2) {
      if (low & 1)
        visit(low++);
      if (high & 1)
        visit(--high);
    }
  }

  void collectBelow(size_t node, SmallVectorImpl<unsigned> &out) const {
    llvm::append_range(out, covering[node]);
    if (!hasBelow[node])
      return;
    collectBelow(2 * node, out);
    collectBelow(2 * node + 1, out);
  }

  int64_t leaves = 1;
  SmallVector<SmallVector<unsigned, 2>> covering;
  SmallVector<bool> hasBelow;
};
} // namespace

ArenaLayout mp::layOutArena(const BufferClasses &classes,
                            int64_t numPositions) {
  ArenaLayout layout;
  layout.offsets.assign(classes.size(), -1);
  SmallVector<unsigned> order;
  for (unsigned id = 0; id < classes.size(); ++id) {
    const BufferClass &buffer = classes.getClass(id);
    if (classes.isLeader(id) && !buffer.fixed && !buffer.isConstant)
      order.push_back(id);
  }
  llvm::sort(order, [&](unsigned a, unsigned b) {
    return std::make_pair(-classes.getClass(a).bytes, a) <
           std::make_pair(-classes.getClass(b).bytes, b);
  });

  BuffersByTime placed(numPositions);
  for (unsigned id : order) {
    const BufferClass &buffer = classes.getClass(id);
    int64_t size = alignBuffer(buffer.bytes);
    SmallVector<unsigned> others;
    for (const LiveInterval &interval : buffer.intervals)
      placed.collect(interval, others);
    llvm::sort(others, [&](unsigned a, unsigned b) {
      return layout.offsets[a] < layout.offsets[b];
    });
    int64_t best = -1, bestGap = INT64_MAX, top = 0;
    for (unsigned other : others) {
      int64_t gap = layout.offsets[other] - top;
      if (gap >= size && gap < bestGap) {
        best = top;
        bestGap = gap;
      }
      top = std::max(top, layout.offsets[other] +
                              alignBuffer(classes.getClass(other).bytes));
    }
    layout.offsets[id] = best >= 0 ? best : top;
    layout.bytes = std::max(layout.bytes, layout.offsets[id] + size);
    if (size)
      for (const LiveInterval &interval : buffer.intervals)
        placed.insert(interval, id);
  }
  return layout;
}
