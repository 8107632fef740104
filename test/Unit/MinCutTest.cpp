// The cut is compared with the best of all cuts, on thousands of random
// graphs that are small enough to try every one. Seeds are fixed.

#include "MinCut.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

using mlir::mp::MinCut;

namespace {
struct Edge {
  unsigned from, to;
  int64_t capacity;
};

/// The weight of the cut whose source side is the set bits of `side`.
int64_t getWeight(const std::vector<Edge> &edges, unsigned side) {
  int64_t total = 0;
  for (const Edge &edge : edges)
    if ((side >> edge.from & 1) && !(side >> edge.to & 1))
      total += edge.capacity;
  return total;
}
} // namespace

TEST(MinCut, EqualsBruteForceOnRandomGraphs) {
  std::mt19937 random(1);
  for (unsigned trial = 0; trial != 3000; ++trial) {
    unsigned nodes = 2 + random() % 8;
    MinCut cut;
    for (unsigned i = 2; i != nodes; ++i)
      cut.addNode();
    std::vector<Edge> edges;
    for (unsigned i = 0, e = random() % 24; i != e; ++i) {
      // Small capacities, so that ties and zeros are common.
      Edge edge{unsigned(random() % nodes), unsigned(random() % nodes),
                int64_t(random() % 4)};
      if (edge.from == edge.to)
        continue;
      edges.push_back(edge);
      cut.addEdge(edge.from, edge.to, edge.capacity);
    }
    int64_t best = MinCut::infinite;
    unsigned largest = 0;
    for (unsigned side = 0; side != 1u << nodes; ++side) {
      if (!(side & 1) || (side & 2))
        continue; // The source is node 0, the sink node 1.
      int64_t weight = getWeight(edges, side);
      if (weight < best) {
        best = weight;
        largest = side;
      } else if (weight == best) {
        // Source sides of minimum cuts are closed under union.
        largest |= side;
      }
    }
    ASSERT_EQ(cut.solve(), best) << "trial " << trial;
    for (unsigned i = 0; i != nodes; ++i)
      EXPECT_EQ(cut.isOnSourceSide(i), bool(largest >> i & 1))
          << "trial " << trial << ", node " << i;
  }
}

TEST(MinCut, InfiniteEdgesAreNeverCut) {
  // source -5-> a -inf-> b -3-> sink: only the last edge may go.
  MinCut cut;
  MinCut::Node a = cut.addNode(), b = cut.addNode();
  cut.addEdge(MinCut::source, a, 5);
  cut.addEdge(a, b, MinCut::infinite);
  cut.addEdge(b, MinCut::sink, 3);
  EXPECT_EQ(cut.solve(), 3);
  EXPECT_TRUE(cut.isOnSourceSide(a));
  EXPECT_TRUE(cut.isOnSourceSide(b));
}

TEST(MinCut, ContradictionIsInfinite) {
  MinCut cut;
  MinCut::Node a = cut.addNode();
  cut.addEdge(MinCut::source, a, MinCut::infinite);
  cut.addEdge(a, MinCut::sink, MinCut::infinite);
  EXPECT_EQ(cut.solve(), MinCut::infinite);
}

TEST(MinCut, LongChainsDoNotRecurse) {
  MinCut cut;
  MinCut::Node last = MinCut::source;
  for (unsigned i = 0; i != 100000; ++i) {
    MinCut::Node next = cut.addNode();
    cut.addEdge(last, next, i == 50000 ? 1 : 2);
    last = next;
  }
  cut.addEdge(last, MinCut::sink, 2);
  EXPECT_EQ(cut.solve(), 1);
}
