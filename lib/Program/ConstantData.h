//===- ConstantData.h - the bytes of constant tensors -----------*- C++ -*-===//
#ifndef MP_LIB_PROGRAM_CONSTANTDATA_H
#define MP_LIB_PROGRAM_CONSTANTDATA_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"

namespace mlir::mp {

/// What a buffer with the value `constant` holds; an error at `loc` if its
/// data are not there or do not have the size of its type.
FailureOr<std::string> getConstantBytes(Location loc, Attribute constant);

/// The bytes of one element of a splat.
std::string getSplatElementBytes(SplatElementsAttr splat);

} // namespace mlir::mp

#endif // MP_LIB_PROGRAM_CONSTANTDATA_H
