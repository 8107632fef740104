//===- Roles.h - what arguments and results are for -------------*- C++ -*-===//
//
// A role says what an argument or result is for (design: `param`, `opt_state`,
// `batch`, `label`, `loss_scale`, `rng`, `state`, `schedule`; results `loss`,
// `grad`, `param`, `opt_state`, `state`, `aux`). It is the attribute `mp.role`,
// the user's name for the value `mp.name`; exporters write both into a JSON
// sidecar.
//
//===----------------------------------------------------------------------===//
#ifndef MP_TRAINING_ROLES_H
#define MP_TRAINING_ROLES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace mlir::mp {

/// Reads the sidecar `path` and sets `mp.name` and `mp.role` on the functions
/// it speaks of. The file holds {"entry": "main", "args": [...], "results":
/// [...]} or {"entries": {"<function>": {"args": ..., "results": ...}}}; each
/// element is {"index", "name", "role", "shape", "dtype"}, all optional (the
/// index is then the position in the list). Indices, shapes and types are
/// checked against the function; the first fault is reported (at the sidecar's
/// position for faults of the file, at the function for disagreements) and
/// nothing is changed. A result role `new_x` is read as `x`.
LogicalResult assignRoles(ModuleOp module, StringRef path);
/// The same of the sidecar's text; `path` is only named in errors.
LogicalResult assignRoles(ModuleOp module, StringRef path, StringRef text);

/// Reports the first `mp.role` or `mp.name` that is not a string.
LogicalResult verifyRoles(func::FuncOp function);

/// The role or name of argument or result `index`, empty if it has none.
StringRef getArgRole(func::FuncOp function, unsigned index);
StringRef getArgName(func::FuncOp function, unsigned index);
StringRef getResultRole(func::FuncOp function, unsigned index);
StringRef getResultName(func::FuncOp function, unsigned index);

} // namespace mlir::mp

#endif // MP_TRAINING_ROLES_H
