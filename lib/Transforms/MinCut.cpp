#include "MinCut.h"

#include <algorithm>

using namespace mlir::mp;

MinCut::Node MinCut::addNode() {
  edges.emplace_back();
  return edges.size() - 1;
}

void MinCut::addEdge(Node from, Node to, int64_t capacity) {
  if (from == to || capacity == 0)
    return;
  edges[from].push_back({to, unsigned(edges[to].size()), capacity});
  edges[to].push_back({from, unsigned(edges[from].size() - 1), 0});
}

bool MinCut::findLevels() {
  level.assign(edges.size(), -1);
  std::vector<Node> queue{source};
  level[source] = 0;
  for (size_t i = 0; i != queue.size(); ++i) {
    for (const Edge &edge : edges[queue[i]]) {
      if (edge.capacity == 0 || level[edge.to] >= 0)
        continue;
      level[edge.to] = level[queue[i]] + 1;
      queue.push_back(edge.to);
    }
  }
  return level[sink] >= 0;
}

/// Pushes as much as one path carries, or returns 0 where no path is left.
/// Iterative, because paths may be as long as the program.
int64_t MinCut::pushPath() {
  std::vector<Edge *> path;
  Node node = source;
  while (node != sink) {
    bool advanced = false;
    for (unsigned &i = next[node]; i != edges[node].size(); ++i) {
      Edge &edge = edges[node][i];
      if (edge.capacity == 0 || level[edge.to] != level[node] + 1)
        continue;
      path.push_back(&edge);
      node = edge.to;
      advanced = true;
      break;
    }
    if (advanced)
      continue;
    if (path.empty())
      return 0;
    // Dead end: never come here again, and step back.
    level[node] = -1;
    Edge *last = path.back();
    path.pop_back();
    node = edges[last->to][last->reverse].to;
  }
  int64_t amount = infinite;
  for (Edge *edge : path)
    amount = std::min(amount, edge->capacity);
  for (Edge *edge : path) {
    // An infinite edge stays infinite.
    if (edge->capacity != infinite)
      edge->capacity -= amount;
    int64_t &back = edges[edge->to][edge->reverse].capacity;
    back = std::min(back + amount, infinite);
  }
  return amount;
}

void MinCut::markSinkSide() {
  reachesSink.assign(edges.size(), false);
  std::vector<Node> queue{sink};
  reachesSink[sink] = true;
  for (size_t i = 0; i != queue.size(); ++i) {
    for (const Edge &edge : edges[queue[i]]) {
      const Edge &incoming = edges[edge.to][edge.reverse];
      if (incoming.capacity == 0 || reachesSink[edge.to])
        continue;
      reachesSink[edge.to] = true;
      queue.push_back(edge.to);
    }
  }
}

int64_t MinCut::solve() {
  int64_t total = 0;
  while (findLevels()) {
    next.assign(edges.size(), 0);
    while (int64_t amount = pushPath()) {
      total += amount;
      // Contradictory pins: every cut is infinite, so any one will do.
      if (total >= infinite) {
        markSinkSide();
        return infinite;
      }
    }
  }
  markSinkSide();
  return total;
}
