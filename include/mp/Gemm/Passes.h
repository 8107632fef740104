#ifndef MP_GEMM_PASSES_H
#define MP_GEMM_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir::mp {
#define GEN_PASS_DECL
#include "mp/Gemm/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "mp/Gemm/Passes.h.inc"
} // namespace mlir::mp

#endif // MP_GEMM_PASSES_H
