//===- Observation.h - models that tell what they compute -------*- C++ -*-===//
#ifndef MP_TRANSFORMS_OBSERVATION_H
#define MP_TRANSFORMS_OBSERVATION_H

#include "llvm/ADT/StringRef.h"

namespace mlir::mp {

/// On the module, after mp-observe-values: a dictionary of strings for each
/// observed value, at the place of its number. `id`, `location` and `function`
/// are always there; `at` where the location has a line, `name` where it has a
/// name, `op` where an op computes the value, `op_id` and `result` where that
/// op is one of those that explanations speak of, `argument` (its place) where
/// the value is an argument of the function.
constexpr llvm::StringLiteral kObservedAttrName = "mp.observed";

} // namespace mlir::mp

#endif // MP_TRANSFORMS_OBSERVATION_H
