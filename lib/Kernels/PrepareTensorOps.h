#ifndef MP_LIB_KERNELS_PREPARETENSOROPS_H
#define MP_LIB_KERNELS_PREPARETENSOROPS_H

#include "mlir/IR/Operation.h"

namespace mlir::mp {

/// Rewrites named linalg ops, pads, concatenations, `mp.cast` and the tensor
/// ops that build tensors from scalars into linalg.generic, linalg.fill and
/// tensor.insert_slice; fails with a diagnostic where there is no such form.
LogicalResult prepareTensorOps(Operation *root);

} // namespace mlir::mp

#endif // MP_LIB_KERNELS_PREPARETENSOROPS_H
