#ifndef MP_TRANSFORMS_PASSES_H
#define MP_TRANSFORMS_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir::mp {
#define GEN_PASS_DECL
#include "mp/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "mp/Transforms/Passes.h.inc"
} // namespace mlir::mp

#endif // MP_TRANSFORMS_PASSES_H
