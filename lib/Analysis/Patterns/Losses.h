//===- Losses.h - the losses that are recognised ----------------*- C++ -*-===//
#ifndef MP_LIB_ANALYSIS_PATTERNS_LOSSES_H
#define MP_LIB_ANALYSIS_PATTERNS_LOSSES_H

#include "Match.h"

namespace mlir::mp::patterns {

bool matchCrossEntropy(Match &m, Value value, StringRef &name);
bool matchLikelihoodLoss(Match &m, Value value, StringRef &name);

} // namespace mlir::mp::patterns

#endif // MP_LIB_ANALYSIS_PATTERNS_LOSSES_H
