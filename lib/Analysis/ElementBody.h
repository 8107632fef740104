//===- ElementBody.h - ops that compute element by element ------*- C++ -*-===//
#ifndef MP_LIB_ANALYSIS_ELEMENTBODY_H
#define MP_LIB_ANALYSIS_ELEMENTBODY_H

#include "mp/Analysis/PrecisionOpInterface.h"

namespace mlir::mp {

/// The block that computes each element of the op's one result by several
/// scalar functions of elements, and of scalars from outside. Its argument with
/// number i is an element of operand i, and it ends in the element. Null where
/// the op computes in another way, or is one function itself.
Block *getElementBody(Operation *op);

} // namespace mlir::mp

#endif // MP_LIB_ANALYSIS_ELEMENTBODY_H
