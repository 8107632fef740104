#ifndef MP_TRAINING_PASSES_H
#define MP_TRAINING_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir::mp {
#define GEN_PASS_DECL
#include "mp/Training/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "mp/Training/Passes.h.inc"
} // namespace mlir::mp

#endif // MP_TRAINING_PASSES_H
