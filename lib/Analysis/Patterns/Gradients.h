//===- Gradients.h - what differentiating a group prints --------*- C++ -*-===//
#ifndef MP_LIB_ANALYSIS_PATTERNS_GRADIENTS_H
#define MP_LIB_ANALYSIS_PATTERNS_GRADIENTS_H

#include "Terms.h"
#include "mp/Analysis/Patterns.h"

namespace mlir::mp::patterns {

/// A group of ops that computes the gradient of another group, by its input or
/// by one of its parameters.
struct Gradient {
  const PatternUnit *unit;
  SmallVector<Operation *> members;
  /// The gradient that goes in, and what comes out.
  Value cotangent, result;
};

/// Finds the gradients of `unit`: those values that equal its derivative, as
/// expressions, and are not in a group yet.
void findGradients(const PatternUnit &unit, const Terms &terms,
                   llvm::function_ref<bool(Operation *)> isClaimed,
                   SmallVectorImpl<Gradient> &gradients);

/// The ops around the gradient of the softmax of an attention that make it the
/// gradient of the attention: the products that read and give it, and scales
/// and masks between.
SmallVector<Operation *> findAttentionGradient(const PatternUnit &attention,
                                               const Gradient &softmax,
                                               const Terms &terms);

} // namespace mlir::mp::patterns

#endif // MP_LIB_ANALYSIS_PATTERNS_GRADIENTS_H
