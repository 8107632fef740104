//===- ScalarOps.h - what elementwise ops do to one element -----*- C++ -*-===//
//
// Elementwise StableHLO and CHLO ops on scalars, as arith, math and the
// structural ops of complex (create, re, im). The bodies of `linalg.generic`
// and of reductions, sorts and scatters are all made here.
//
//===----------------------------------------------------------------------===//
#ifndef MP_CONVERSION_SCALAROPS_H
#define MP_CONVERSION_SCALAROPS_H

#include "mlir/IR/Builders.h"

namespace mlir::mp {

/// `type` without its sign, if it is an integer type; else `type`.
Type getSignlessElementType(Type type);

/// Whether `mapToScalar` knows the op, whatever its types.
bool isElementwise(Operation *op);

/// The names of the ops for which `isElementwise` holds.
SmallVector<StringRef> getElementwiseOpNames();

/// One element of the result of `op` from one element of each operand.
///
/// `op` is the original op: signedness is read from its types. `args` and the
/// result are signless. Basic arithmetic of narrow floats is done in the
/// narrow type; functions are computed in f32 or wider and rounded once.
/// Fails, without a diagnostic, on ops or types that have no scalar meaning.
FailureOr<Value> mapToScalar(Operation *op, ValueRange args,
                             OpBuilder &builder);

/// Computes the scalar results of a region whose block takes and returns
/// rank-0 tensors, from scalars. Fails with a diagnostic at the op that has no
/// scalar meaning; what was built until then is left for the caller's pattern
/// to roll back.
LogicalResult inlineScalarRegion(Region &region, ValueRange args,
                                 OpBuilder &builder,
                                 SmallVectorImpl<Value> &results);

/// A scalar constant of signless type `type` from one element of a constant
/// tensor: an IntegerAttr, FloatAttr, or for complex types an ArrayAttr.
Value createScalarConstant(OpBuilder &builder, Location loc, Type type,
                           Attribute element);

/// `elements` with its element type made signless; its bits do not change.
/// Null if the storage is of a kind that cannot be read.
ElementsAttr getSignlessElements(ElementsAttr elements);

} // namespace mlir::mp

#endif // MP_CONVERSION_SCALAROPS_H
