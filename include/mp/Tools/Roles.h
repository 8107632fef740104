//===- Roles.h - names and roles from a sidecar file ------------*- C++ -*-===//
#ifndef MP_TOOLS_ROLES_H
#define MP_TOOLS_ROLES_H

#include "mlir/IR/BuiltinOps.h"

namespace mlir::mp {

/// Reads the JSON file at `path` and puts `mp.name` and `mp.role` on arguments
/// and results of the module's functions.
///
/// The file is an object with `args` and `results` for the function `entry`
/// (default "main"), or an object `entries` of such objects by function. Each
/// value has `name`, `role`, and optionally `index` (default: its position),
/// `shape` and `dtype` (NumPy's names), which must be those of the function.
LogicalResult applyRoles(ModuleOp module, StringRef path);

} // namespace mlir::mp

#endif // MP_TOOLS_ROLES_H
