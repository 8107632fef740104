//===- Painting.h - the greedy placement to compare with --------*- C++ -*-===//
#ifndef MP_LIB_TRANSFORMS_PAINTING_H
#define MP_LIB_TRANSFORMS_PAINTING_H

#include "PrecisionGraph.h"

namespace mlir::mp {

/// Chooses the free nodes as graph rewriters of frameworks do, by painting:
/// width spreads from denied nodes through what may follow them, then lowness
/// from allowed nodes to what lies between them, and to the movement of data
/// next to them. An op has one format there, so a product's result follows its
/// operands.
std::vector<PrecisionNode::State> paint(PrecisionGraph &graph);

} // namespace mlir::mp

#endif // MP_LIB_TRANSFORMS_PAINTING_H
