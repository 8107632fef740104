//===- RangeTransfer.h - the range of a result from its operands -*- C++ -*-==//
#ifndef MP_LIB_ANALYSIS_RANGES_RANGETRANSFER_H
#define MP_LIB_ANALYSIS_RANGES_RANGETRANSFER_H

#include "mp/Analysis/PrecisionOpInterface.h"
#include "mp/Analysis/RangeAnalysis.h"

namespace mlir::mp::ranges {

/// Looks a value's range up, and comes back when it changes.
using RangeLookup = llvm::function_ref<FloatRange(Value)>;

/// All that a value of a type may be; of what is no number, anything.
FloatRange getTop(Type type);

/// The range of the elements of a constant.
FloatRange getConstantRange(ElementsAttr elements);

/// The ranges of the results of an op whose operands are all known.
void transfer(Operation *op, RangeLookup lookup,
              SmallVectorImpl<RangeFact> &results);

/// Facts that relate values, and that intervals alone lose: what else bounds
/// the result of an op, or nothing.
std::optional<RangeFact> getRelation(PrecisionOpInterface op, Meaning meaning,
                                     RangeLookup lookup);

/// The values that a result or region argument of an op has its elements from:
/// what is carried around a loop or out of a branch. Empty where nothing is
/// known.
SmallVector<Value> getSources(Operation *op, Value value);

} // namespace mlir::mp::ranges

#endif // MP_LIB_ANALYSIS_RANGES_RANGETRANSFER_H
