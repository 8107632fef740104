//===- StableHLOTable.h - what is known of each op --------------*- C++ -*-===//
#ifndef MP_LIB_ANALYSIS_STABLEHLOTABLE_H
#define MP_LIB_ANALYSIS_STABLEHLOTABLE_H

#include "mp/Analysis/PrecisionOpInterface.h"

#include "llvm/ADT/StringMap.h"

namespace mlir::mp::stablehlo_table {

/// How the types of an op's values hang together.
enum class Shape {
  Tied,     // all float operands and results share one type
  Product,  // the operands share one type, the result has its own
  Body,     // as Tied, and so do all values in its regions
  Loop,     // operand, result, region argument and yielded value i share one
  Branches, // result i and the yielded values i share one
  AsWritten // nothing is free
};

struct Row {
  OpClass opClass = OpClass::Opaque;
  Shape shape = Shape::AsWritten;
};

/// Every op of the StableHLO specification and of CHLO that has float values.
/// An op that is not here keeps the types that its author wrote.
const llvm::StringMap<Row> &getRows();

/// The function that an op of StableHLO or CHLO computes.
Meaning getMeaning(Operation *op);

/// How the elements of an operand lie to those of the result.
bool getOperandDimensions(Operation *op, unsigned operand,
                          SmallVectorImpl<int64_t> &dimensions);

/// The integers of a list attribute.
SmallVector<int64_t> getIntegers(Operation *op, StringRef name);

/// The op of StableHLO that policies know a function by, or nothing.
StringRef getOpName(Meaning meaning);

/// How often a `while` runs, where it counts between constants.
std::optional<int64_t> getLoopTripCount(Operation *loop);

/// An attribute as it is printed; empty where there is none.
std::string getText(Operation *op, StringRef name);

} // namespace mlir::mp::stablehlo_table

#endif // MP_LIB_ANALYSIS_STABLEHLOTABLE_H
