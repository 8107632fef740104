//===- StableHLOTypes.h - element kinds and traits of stablehlo ops -------===//
#ifndef MP_STABLEHLO_STABLEHLOTYPES_H
#define MP_STABLEHLO_STABLEHLOTYPES_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"

namespace mlir::mp::shlo {

/// What a tensor may hold; the bits of the type constraints.
enum ElementKind : int {
  kBoolElement = 1,
  kIntElement = 2,
  kFloatElement = 4,
  kComplexElement = 8,
  kQuantElement = 16,
  kIndexElement = 32,
};

/// The kind of an element type, 0 for one that no StableHLO tensor holds.
int getElementKind(Type elementType);

/// True for a ranked tensor whose element kind is one of the bits in `kinds`.
bool isTensorOf(Type type, int kinds);

/// True for a tensor of unsigned integers. Booleans count as unsigned.
bool hasUnsignedElements(Type type);

/// True if the element types are equal, or if one of them is quantized.
bool haveCompatibleElements(Type a, Type b);

/// True if the two may be the same type at run time: equal element types, and
/// dimensions that are equal where both are known.
bool areCompatible(Type a, Type b);

namespace detail {
LogicalResult verifySameType(Operation *op);
LogicalResult verifySameShape(Operation *op);
LogicalResult verifySameOperandTypes(Operation *op);
} // namespace detail

/// Operands and results have one shape and, unless quantized, one element type.
template <typename ConcreteOp>
struct SameType : OpTrait::TraitBase<ConcreteOp, SameType> {
  static LogicalResult verifyTrait(Operation *op) {
    return detail::verifySameType(op);
  }
};

/// Operands and results have one shape.
template <typename ConcreteOp>
struct SameShape : OpTrait::TraitBase<ConcreteOp, SameShape> {
  static LogicalResult verifyTrait(Operation *op) {
    return detail::verifySameShape(op);
  }
};

/// All operands have one type.
template <typename ConcreteOp>
struct SameOperandTypes : OpTrait::TraitBase<ConcreteOp, SameOperandTypes> {
  static LogicalResult verifyTrait(Operation *op) {
    return detail::verifySameOperandTypes(op);
  }
};

/// Every element of the result depends only on the same element of the
/// operands. Operands of rank zero count as broadcast.
template <typename ConcreteOp>
struct Elementwise : OpTrait::TraitBase<ConcreteOp, Elementwise> {};

} // namespace mlir::mp::shlo

#endif // MP_STABLEHLO_STABLEHLOTYPES_H
