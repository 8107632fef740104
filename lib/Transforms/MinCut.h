//===- MinCut.h - minimum s-t cuts ------------------------------*- C++ -*-===//
#ifndef MP_LIB_TRANSFORMS_MINCUT_H
#define MP_LIB_TRANSFORMS_MINCUT_H

#include <cstdint>
#include <limits>
#include <vector>

namespace mlir::mp {

/// Dinic's algorithm. Among all minimum cuts it returns the one with the
/// largest source side.
class MinCut {
public:
  using Node = unsigned;
  static constexpr Node source = 0, sink = 1;
  static constexpr int64_t infinite = std::numeric_limits<int64_t>::max() / 4;

  MinCut() : edges(2) {}

  Node addNode();
  /// Charges `capacity` when `from` is on the source side and `to` is not.
  void addEdge(Node from, Node to, int64_t capacity);
  /// Returns the weight of the cut. May be called once.
  int64_t solve();
  bool isOnSourceSide(Node node) const { return !reachesSink[node]; }

private:
  struct Edge {
    Node to;
    unsigned reverse; // index in the edges of `to`
    int64_t capacity;
  };

  bool findLevels();
  int64_t pushPath();
  void markSinkSide();

  std::vector<std::vector<Edge>> edges;
  std::vector<int> level;
  std::vector<unsigned> next;
  std::vector<bool> reachesSink;
};

} // namespace mlir::mp

#endif // MP_LIB_TRANSFORMS_MINCUT_H
