#ifndef MP_GEMM_PASSES_TD
#define MP_GEMM_PASSES_TD

include "mlir/Pass/PassBase.td"

#endif // MP_GEMM_PASSES_TD
