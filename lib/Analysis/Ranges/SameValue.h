//===- SameValue.h - values computed in the same way ------------*- C++ -*-===//
#ifndef MP_LIB_ANALYSIS_RANGES_SAMEVALUE_H
#define MP_LIB_ANALYSIS_RANGES_SAMEVALUE_H

#include "mlir/IR/Value.h"

namespace mlir::mp {

/// True where both values are computed by the same pure ops from the same
/// values: exporters print what they need twice. Looks a bounded way back.
bool isSameValue(Value lhs, Value rhs);

} // namespace mlir::mp

#endif // MP_LIB_ANALYSIS_RANGES_SAMEVALUE_H
