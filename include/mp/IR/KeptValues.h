//===- KeptValues.h - what a function keeps for its next call ---*- C++ -*-===//
//
// A function that replaces its arguments may also replace what is made of them
// alone: the low-precision copies of parameters. It then has these as its last
// arguments, and as its last results what they are after the call. Callers see
// neither: the program keeps them from one call to the next.
//
//===----------------------------------------------------------------------===//
#ifndef MP_IR_KEPTVALUES_H
#define MP_IR_KEPTVALUES_H

#include "llvm/ADT/StringRef.h"

namespace mlir::mp {

/// On a function: the symbol of a private function of the same arguments, less
/// the kept ones, that makes the kept ones of them for the first call.
constexpr llvm::StringLiteral kKeptByAttrName = "mp.kept_by";

} // namespace mlir::mp

#endif // MP_IR_KEPTVALUES_H
