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
void populateRandomPatterns(TypeConverter &, RewritePatternSet &);
void populateBoundaryPatterns(TypeConverter &, RewritePatternSet &);
void populateShapePatterns(TypeConverter &, RewritePatternSet &);
void populateReductionPatterns(TypeConverter &, RewritePatternSet &);
void populateContractionPatterns(TypeConverter &, RewritePatternSet &);

/// Notes the spelling of unsigned element types in `mp.type` on the arguments
/// and results of functions, which are about to become signless.
void recordUnsignedBoundaries(ModuleOp module);

//===----------------------------------------------------------------------===//
// Builders
//===----------------------------------------------------------------------===//

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

using ScalarBody =
    llvm::function_ref<Value(OpBuilder &, Location, ValueRange)>;

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

} // namespace mlir::mp

#endif // MP_CONVERSION_STABLEHLOTOLINALG_H
