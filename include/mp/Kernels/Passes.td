#ifndef MP_KERNELS_PASSES_TD
#define MP_KERNELS_PASSES_TD

include "mlir/Pass/PassBase.td"

#endif // MP_KERNELS_PASSES_TD
