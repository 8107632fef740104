#ifndef MP_STABLEHLO_PASSES_TD
#define MP_STABLEHLO_PASSES_TD

include "mlir/Pass/PassBase.td"

#endif // MP_STABLEHLO_PASSES_TD
