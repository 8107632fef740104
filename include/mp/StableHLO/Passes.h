#ifndef MP_STABLEHLO_PASSES_H
#define MP_STABLEHLO_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir::mp {
#define GEN_PASS_DECL
#include "mp/StableHLO/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "mp/StableHLO/Passes.h.inc"
} // namespace mlir::mp

#endif // MP_STABLEHLO_PASSES_H
