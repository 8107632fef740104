//===- Placement.h - the cheapest formats of the free groups ----*- C++ -*-===//
#ifndef MP_LIB_TRANSFORMS_PLACEMENT_H
#define MP_LIB_TRANSFORMS_PLACEMENT_H

#include "CostModel.h"

namespace mlir::mp {

struct Placement {
  /// Of every node of the graph; none is free.
  std::vector<PrecisionNode::State> states;
  /// What no choice can be cheaper than: with one low format, the weight of
  /// the minimum cut. More formats are solved as if they were one.
  int64_t lowerBound = 0;
};

/// Builds and solves one cut for each set of free nodes that hang together.
Placement place(PrecisionGraph &graph, CostModel &costs);

} // namespace mlir::mp

#endif // MP_LIB_TRANSFORMS_PLACEMENT_H
