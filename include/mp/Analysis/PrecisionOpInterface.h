//===- PrecisionOpInterface.h - what the engine asks an op ------*- C++ -*-===//
#ifndef MP_ANALYSIS_PRECISIONOPINTERFACE_H
#define MP_ANALYSIS_PRECISIONOPINTERFACE_H

#include "mp/Policy/Policy.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"

#include "mp/Analysis/PrecisionEnums.h.inc"

namespace mlir {
class DialectRegistry;
namespace mp {

/// What choosing the element type of a group decides.
enum class GroupKind {
  Compute, // the format in which the op computes
  Result,  // the result of an op whose accumulator may be handed out as it is
  Carried  // a value that an op passes on: carried by a loop, left by a branch
};

/// Values of one op that must share an element type. A group reads the
/// operands of the op, and of the terminators in its regions, and gives its
/// results and the arguments (and, where it owns them, all values) of its
/// regions.
struct TypeGroup {
  GroupKind kind = GroupKind::Compute;
  SmallVector<OpOperand *, 2> reads;
  SmallVector<Value, 1> gives;
  /// The op adds up in the values themselves, so they keep their types. A low
  /// format is one rounding of the finished sum, behind the op.
  bool isAccumulator = false;
};

/// Adds the group of all float operands and results, if there are any.
void addTiedGroup(Operation *op, SmallVectorImpl<TypeGroup> &groups);

/// Attaches the interface to the ops of StableHLO and CHLO. Models are
/// attached by op name and read attributes generically, so they serve any
/// implementation of these dialects.
void registerStableHLOPrecisionModels(DialectRegistry &registry);

/// The same for arith and math, tensor, scf, and the structured ops of linalg.
void registerScalarPrecisionModels(DialectRegistry &registry);
void registerTensorPrecisionModels(DialectRegistry &registry);
void registerControlPrecisionModels(DialectRegistry &registry);
void registerLinalgPrecisionModels(DialectRegistry &registry);

/// The float element type of a tensor (or scalar) type; null for integers,
/// complex and quantized numbers, and everything that is not a tensor.
FloatType getFloatElementType(Type type);

/// `type` with another element type.
Type withElementType(Type type, Type elementType);

/// The builtin type of a format.
FloatType getFormatType(MLIRContext *context, Format format);

/// The constant that `value` is, a scalar as a tensor of rank 0, or null.
ElementsAttr getConstant(Value value);

/// True where `value` is only a shape to be written to.
bool isUndefined(Value value);

/// Casts in arith where it rounds and overflows as `mp.cast` does, else by
/// that.
Value buildUpstreamCast(OpBuilder &builder, Location loc, Value value,
                        Type type);

/// Builds the op that changes an element type, in the dialect that the code
/// under a root is written in.
class CastBuilder {
public:
  explicit CastBuilder(Operation *root);
  Value build(OpBuilder &builder, Location loc, Value value,
              Type elementType) const;

private:
  bool isStableHLO;
};

} // namespace mp
} // namespace mlir

#include "mp/Analysis/PrecisionOpInterface.h.inc"

#endif // MP_ANALYSIS_PRECISIONOPINTERFACE_H
