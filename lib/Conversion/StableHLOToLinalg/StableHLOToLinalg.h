//===- StableHLOToLinalg.h - what the lowering's files share ----*- C++ -*-===//
//
// Patterns see operands through their adaptors, already signless, and read
// signedness from the types of the original op.
//
//===----------------------------------------------------------------------===//
#ifndef MP_CONVERSION_STABLEHLOTOLINALG_H
#define MP_CONVERSION_STABLEHLOTOLINALG_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Transforms/DialectConversion.h"

namespace mlir::mp {

/// Signed and unsigned integers become signless, in tensors too; every other
/// type stays.
class SignlessTypeConverter : public TypeConverter {
public:
  SignlessTypeConverter();
};

//===----------------------------------------------------------------------===//
// Pattern groups, one for each file
//===----------------------------------------------------------------------===//

void populateElementwiseToLinalgPatterns(TypeConverter &, RewritePatternSet &);
void populateBatchNormPatterns(TypeConverter &, RewritePatternSet &);
void populateBitcastConvertPatterns(TypeConverter &, RewritePatternSet &);
void populateBoundaryPatterns(TypeConverter &, RewritePatternSet &);
void populateCollectivePatterns(TypeConverter &, RewritePatternSet &);
void populateContractionPatterns(TypeConverter &, RewritePatternSet &);
void populateControlFlowPatterns(TypeConverter &, RewritePatternSet &);
void populateCustomCallPatterns(TypeConverter &, RewritePatternSet &);
void populateDynamicFormPatterns(TypeConverter &, RewritePatternSet &);
void populateRandomPatterns(TypeConverter &, RewritePatternSet &);
void populateReductionPatterns(TypeConverter &, RewritePatternSet &);
void populateShapePatterns(TypeConverter &, RewritePatternSet &);

// These write kernels.
void populateConvolutionPatterns(TypeConverter &, SymbolTable &,
                                 RewritePatternSet &);
void populateDataMovementPatterns(TypeConverter &, SymbolTable &,
                                  RewritePatternSet &);
void populateFftPatterns(TypeConverter &, SymbolTable &, RewritePatternSet &);
void populateGatherScatterPatterns(TypeConverter &, SymbolTable &,
                                   RewritePatternSet &);
void populateLinearAlgebraPatterns(TypeConverter &, SymbolTable &,
                                   RewritePatternSet &);
void populateReduceWindowPatterns(TypeConverter &, SymbolTable &,
                                  RewritePatternSet &);
void populateSelectAndScatterPatterns(TypeConverter &, SymbolTable &,
                                      RewritePatternSet &);
void populateSortPatterns(TypeConverter &, SymbolTable &, RewritePatternSet &);

/// Notes the spelling of unsigned element types in `mp.type` on the arguments
/// and results of functions, as the whole tensor type, before it is signless.
void recordUnsignedBoundaries(ModuleOp module);

/// Starts the error that `op` cannot be executed; the reason follows. Converts
/// to failure.
InFlightDiagnostic reject(Operation *op);

/// True for ops of the dialects that this lowering takes away.
bool isSourceOp(Operation *op);

//===----------------------------------------------------------------------===//
// Builders
//===----------------------------------------------------------------------===//

/// `value` exactly widened to `type`, where a region works in a wider type
/// than its operands have; `source` is the unconverted operand element type,
/// which tells whether an integer is unsigned.
Value promoteScalar(OpBuilder &builder, Location loc, Value value, Type source,
                    Type type);

/// The signless form of the type of `value`, a ranked tensor.
RankedTensorType getSignlessType(const TypeConverter &converter, Value value);

Value createEmpty(OpBuilder &builder, Location loc, RankedTensorType type);

/// A tensor that holds the value of the rank-0 tensor `scalar` everywhere.
Value createSplat(OpBuilder &builder, Location loc, RankedTensorType type,
                  Value scalar);

/// A tensor that holds the numeric or boolean constant `value` everywhere
/// (converted to the element type, complex ones with zero imaginary part).
Value createSplatConstant(OpBuilder &builder, Location loc,
                          RankedTensorType type, double value);

/// `sum + x * y` of integers, floats or complex numbers; of booleans, "or" and
/// "and".
Value createMultiplyAdd(OpBuilder &builder, Location loc, Value x, Value y,
                        Value sum);

using ScalarBody = llvm::function_ref<Value(OpBuilder &, Location, ValueRange)>;

/// A `linalg.generic` that computes every element of `type` on its own:
/// `inputs[i]` is read through `maps[i]`, from the result's dimensions to its
/// own, and `body` gets the scalars.
Value createParallelGeneric(OpBuilder &builder, Location loc,
                            RankedTensorType type, ValueRange inputs,
                            ArrayRef<AffineMap> maps, ScalarBody body);

/// `input` with its elements in the same order under a new shape.
Value createReshape(OpBuilder &builder, Location loc, Value input,
                    ArrayRef<int64_t> shape);

/// `result[i...]` is `input` with dimension d of the result being dimension
/// `permutation[d]` of the input. `input` itself if nothing moves.
Value createTranspose(OpBuilder &builder, Location loc, Value input,
                      ArrayRef<int64_t> permutation);

/// `input` with the given dimensions running backward.
Value createReverse(OpBuilder &builder, Location loc, Value input,
                    ArrayRef<int64_t> dimensions);

/// stablehlo.pad; the high padding follows from `type`.
Value createPad(OpBuilder &builder, Location loc, SymbolTable &symbols,
                Value input, Value padding, RankedTensorType type,
                ArrayRef<int64_t> low, ArrayRef<int64_t> interior);

} // namespace mlir::mp

#endif // MP_CONVERSION_STABLEHLOTOLINALG_H
