//===- Invariance.h - values that stay between calls ------------*- C++ -*-===//
#ifndef MP_LIB_GEMM_INVARIANCE_H
#define MP_LIB_GEMM_INVARIANCE_H

#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseMap.h"

namespace mlir::mp {

/// Whether a value depends on constants and on arguments with the role
/// "param" only, so that work on it is done once for many calls.
class InvarianceAnalysis {
public:
  bool isInvariant(Value value);

private:
  llvm::DenseMap<Value, bool> known;
};

} // namespace mlir::mp

#endif // MP_LIB_GEMM_INVARIANCE_H
