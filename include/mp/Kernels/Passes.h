#ifndef MP_KERNELS_PASSES_H
#define MP_KERNELS_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mlir::mp {
#define GEN_PASS_DECL
#include "mp/Kernels/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "mp/Kernels/Passes.h.inc"
} // namespace mlir::mp

#endif // MP_KERNELS_PASSES_H
