//===- PolicyErrors.h - faults of policy files as diagnostics ---*- C++ -*-===//
#ifndef MP_LIB_TRANSFORMS_POLICYERRORS_H
#define MP_LIB_TRANSFORMS_POLICYERRORS_H

#include "mp/Policy/Policy.h"

#include "mlir/IR/Location.h"

namespace mlir::mp {

/// A place in a policy or a lock file, for diagnostics.
Location getLocation(MLIRContext *context, const PolicyLocation &at);

/// `loadPolicy` that reports what is wrong with the file as errors.
std::optional<Policy> loadPolicy(StringRef nameOrPath, MLIRContext *context);

} // namespace mlir::mp

#endif // MP_LIB_TRANSFORMS_POLICYERRORS_H
