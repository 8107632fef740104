#include "ArenaLayout.h"

#include "mp/Program/ProgramForm.h"

#include <array>

using namespace mlir;
using namespace mlir::mp;

namespace {
/// A segment tree over positions: a few nodes together cover an interval.
class TimeTree {
public:
  explicit TimeTree(int64_t numPositions)
      : leaves(llvm::PowerOf2Ceil(numPositions)) {}

protected:
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

  size_t leaves;
};

/// Finds the placed buffers that are in use in an interval of time, in time
/// proportional to how many there are.
class BuffersByTime : TimeTree {
public:
  explicit BuffersByTime(int64_t numPositions) : TimeTree(numPositions) {
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
  void collectBelow(size_t node, SmallVectorImpl<unsigned> &out) const {
    llvm::append_range(out, covering[node]);
    if (!hasBelow[node])
      return;
    collectBelow(2 * node, out);
    collectBelow(2 * node + 1, out);
  }

  SmallVector<SmallVector<unsigned, 2>> covering;
  SmallVector<bool> hasBelow;
};

/// How many bytes are in use, and the most in an interval of time.
class BytesByTime : TimeTree {
public:
  BytesByTime(const BufferClasses &classes, ArrayRef<unsigned> ids,
              int64_t numPositions)
      : TimeTree(numPositions) {
    SmallVector<int64_t> changes(numPositions + 1);
    for (unsigned id : ids) {
      const BufferClass &buffer = classes.getClass(id);
      // One may end where the next begins, in the same place.
      int64_t free = 0;
      for (const LiveInterval &interval : buffer.intervals) {
        int64_t begin = std::max(interval.begin, free);
        free = std::max(interval.end + 1, free);
        changes[begin] += alignBuffer(buffer.bytes);
        changes[std::max(begin, free)] -= alignBuffer(buffer.bytes);
      }
    }
    most.resize(2 * leaves);
    int64_t sum = 0;
    for (int64_t at = 0; at < numPositions; ++at)
      most[leaves + at] = sum += changes[at];
    for (size_t node = leaves - 1; node > 0; --node)
      most[node] = std::max(most[2 * node], most[2 * node + 1]);
  }

  int64_t getMost() const { return most[1]; }
  int64_t getMost(const BufferClass &buffer) const {
    int64_t result = 0;
    for (const LiveInterval &interval : buffer.intervals)
      visitCover(interval,
                 [&](size_t node) { result = std::max(result, most[node]); });
    return result;
  }

private:
  SmallVector<int64_t> most;
};

/// Tries orders in which buffers are placed, and keeps the best layout.
class Search {
public:
  Search(const BufferClasses &classes, int64_t numPositions);
  ArenaLayout run();

private:
  ArenaLayout place(ArrayRef<unsigned> order);
  void improve(SmallVector<unsigned> order, ArenaLayout &best);

  int64_t getSize(unsigned id) const {
    return alignBuffer(classes.getClass(id).bytes);
  }

  const BufferClasses &classes;
  int64_t numPositions;
  SmallVector<unsigned> ids;
  /// No layout takes less.
  int64_t bound = 0;
  /// Pairs of buffers that have been looked at.
  int64_t work = 0;
};
} // namespace

Search::Search(const BufferClasses &classes, int64_t numPositions)
    : classes(classes), numPositions(numPositions) {
  for (unsigned id = 0; id < classes.size(); ++id) {
    const BufferClass &buffer = classes.getClass(id);
    if (classes.isLeader(id) && !buffer.fixed && !buffer.isConstant)
      ids.push_back(id);
  }
}

/// Puts each buffer into the smallest gap that it fits in, else on top.
ArenaLayout Search::place(ArrayRef<unsigned> order) {
  ArenaLayout layout;
  layout.offsets.assign(classes.size(), -1);
  BuffersByTime placed(numPositions);
  for (unsigned id : order) {
    const BufferClass &buffer = classes.getClass(id);
    int64_t size = getSize(id);
    SmallVector<unsigned> others;
    for (const LiveInterval &interval : buffer.intervals)
      placed.collect(interval, others);
    work += others.size();
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
      top = std::max(top, layout.offsets[other] + getSize(other));
    }
    layout.offsets[id] = best >= 0 ? best : top;
    layout.bytes = std::max(layout.bytes, layout.offsets[id] + size);
    if (size)
      for (const LiveInterval &interval : buffer.intervals)
        placed.insert(interval, id);
  }
  return layout;
}

/// Places in `order`, then again and again with what ended on top placed
/// first.
void Search::improve(SmallVector<unsigned> order, ArenaLayout &best) {
  constexpr unsigned kRounds = 8;
  constexpr int64_t kMostWork = int64_t(1) << 25;
  for (unsigned round = 0; round < kRounds; ++round) {
    ArenaLayout layout = place(order);
    SmallVector<unsigned> next, others;
    for (unsigned id : order) {
      bool onTop = layout.offsets[id] + getSize(id) == layout.bytes;
      (onTop ? next : others).push_back(id);
    }
    llvm::append_range(next, others);
    order = std::move(next);
    if (best.offsets.empty() || layout.bytes < best.bytes)
      best = std::move(layout);
    if (best.bytes <= bound || work > kMostWork)
      return;
  }
}

/// What is in use when most is must fit without gaps, so it comes first, those
/// before it and after it later; of those alike, what lives longest or is
/// largest. Large buffers first, whenever they are in use, is sometimes better.
ArenaLayout Search::run() {
  BytesByTime bytes(classes, ids, numPositions);
  bound = bytes.getMost();
  SmallVector<std::array<int64_t, 3>> facts(classes.size());
  for (unsigned id : ids) {
    const BufferClass &buffer = classes.getClass(id);
    int64_t time = buffer.intervals.back().end - buffer.intervals.front().begin;
    facts[id] = {bytes.getMost(buffer), time, getSize(id)};
  }
  enum { Most, Time, Size };
  ArenaLayout best;
  constexpr std::array<unsigned, 3> kOrders[] = {
      {Most, Time, Size}, {Most, Size, Time}, {Size, Time, Most}};
  for (const std::array<unsigned, 3> &by : kOrders) {
    auto key = [&](unsigned id) {
      return std::make_tuple(-facts[id][by[0]], -facts[id][by[1]],
                             -facts[id][by[2]], id);
    };
    SmallVector<unsigned> order(ids);
    llvm::sort(order, [&](unsigned a, unsigned b) { return key(a) < key(b); });
    improve(std::move(order), best);
    if (best.bytes <= bound)
      break;
  }
  return best;
}

ArenaLayout mp::layOutArena(const BufferClasses &classes,
                            int64_t numPositions) {
  return Search(classes, numPositions).run();
}
