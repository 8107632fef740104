#ifndef MP_PROGRAM_PASSES_TD
#define MP_PROGRAM_PASSES_TD

include "mlir/Pass/PassBase.td"

#endif // MP_PROGRAM_PASSES_TD
