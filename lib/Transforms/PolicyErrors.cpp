#include "PolicyErrors.h"

#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace mlir::mp;

Location mp::getLocation(MLIRContext *context, const PolicyLocation &at) {
  return FileLineColLoc::get(context, at.file, at.line, at.column);
}

std::optional<Policy> mp::loadPolicy(StringRef nameOrPath,
                                     MLIRContext *context) {
  return loadPolicy(nameOrPath, [&](const PolicyDiagnostic &diagnostic) {
    emitError(getLocation(context, diagnostic.location)) << diagnostic.message;
  });
}
