//===- Regions.h - the parts of a training step -----------------*- C++ -*-===//
#ifndef MP_ANALYSIS_REGIONS_H
#define MP_ANALYSIS_REGIONS_H

#include "mp/Analysis/Patterns.h"

namespace mlir::mp {

/// Tells forward, backward, optimizer and scaler ops apart, by the roles of
/// arguments and results and by what depends on what:
/// - forward: what the loss is computed from, and all of a function that has
///   neither gradients nor new parameters among its results;
/// - scaler: the loss times the loss scale, and the scale as the seed of the
///   gradients;
/// - backward: what else the gradients, or the new parameters, come from;
/// - optimizer: what makes new parameters and state of gradients.
class TrainingRegions {
public:
  TrainingRegions(Operation *root, const PatternUnits &units);

  StringRef get(Operation *op) const { return regions.lookup(op); }

private:
  llvm::DenseMap<Operation *, StringRef> regions;
};

} // namespace mlir::mp

#endif // MP_ANALYSIS_REGIONS_H
