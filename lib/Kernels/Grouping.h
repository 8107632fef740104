//===- Grouping.h - ops that share their rows become one kernel -*- C++ -*-===//
#ifndef MP_LIB_KERNELS_GROUPING_H
#define MP_LIB_KERNELS_GROUPING_H

#include "LoopNest.h"

#include "mlir/IR/Block.h"
#include "llvm/ADT/MapVector.h"
#include <vector>

namespace mlir::mp {

/// One kernel to be: nests that run one after another, for one row at a time.
/// A row is one iteration of each nest's first `numRows` loops, flattened; all
/// nests have `extent` of them. With `rangeLoop` set (one nest only) the work
/// is cut along that loop instead.
struct KernelPlan {
  std::vector<LoopNest> nests;
  SmallVector<unsigned> numRows;
  int64_t rangeLoop = -1;
  int64_t extent = 1, grain = 1;
  /// Values that only this kernel's nests read, and the elements of one row.
  llvm::MapVector<Value, int64_t> internals;
};

/// Plans kernels for the loop nest ops of `block`, each at its last op. Fills
/// are left out: they are planned alone if anything still reads them.
FailureOr<std::vector<KernelPlan>> planKernels(Block &block);

/// A kernel of one op.
KernelPlan planSingle(LoopNest nest);

} // namespace mlir::mp

#endif // MP_LIB_KERNELS_GROUPING_H
