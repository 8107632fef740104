//===- ScalarOpKinds.h - scalar ops by element type -------------*- C++ -*-===//
//
// Private to the scalar lowering: `mapToScalar` hands an op to the function
// for its element type. Each returns a null value for what it does not know.
//
//===----------------------------------------------------------------------===//
#ifndef MP_CONVERSION_SCALAROPKINDS_H
#define MP_CONVERSION_SCALAROPKINDS_H

#include "Num.h"
#include "mp/StableHLO/CHLO.h"
#include "mp/StableHLO/StableHLO.h"

namespace mlir::mp {

struct ScalarOp {
  Operation *op;
  ValueRange args; // signless
  ImplicitLocOpBuilder &builder;
  Type operandType; // original element type of the last operand
  Type resultType;  // original element type of the result
};

/// Whether integers of this type are read without a sign; booleans are.
bool isUnsignedElement(Type type);

Value mapIntegerOp(const ScalarOp &scalar);
Value mapFloatOp(const ScalarOp &scalar);
Value mapComplexOp(const ScalarOp &scalar);

/// `stablehlo.convert` and `stablehlo.bitcast_convert`.
Value convertScalar(ImplicitLocOpBuilder &builder, Value value, Type from,
                    Type to);
Value bitcastScalar(ImplicitLocOpBuilder &builder, Value value, Type to);

arith::CmpIPredicate getIntegerPredicate(shlo::ComparisonDirection direction,
                                         bool isUnsigned);

/// An integer constant of the type of `like`, its value sign-extended.
Value intConstant(ImplicitLocOpBuilder &builder, Value like, int64_t value);

} // namespace mlir::mp

#endif // MP_CONVERSION_SCALAROPKINDS_H
