//===- ScalarFunction.h - what a body computes from one value ---*- C++ -*-===//
#ifndef MP_LIB_KERNELS_SCALARFUNCTION_H
#define MP_LIB_KERNELS_SCALARFUNCTION_H

#include "mp/IR/MPOps.h"

namespace mlir::mp {

/// An activation that covers every use of a value inside a block.
struct ActivationMatch {
  Value result;
  Epilogue kind = Epilogue::None;
};

/// Finds the last value of `x`'s block that is an activation function of `x`
/// and through which all uses of `x` pass; kind `None` if there is none.
/// Functions are told apart by their values at points that separate them, so
/// any way of writing one is recognised.
ActivationMatch matchActivation(Value x);

} // namespace mlir::mp

#endif // MP_LIB_KERNELS_SCALARFUNCTION_H
