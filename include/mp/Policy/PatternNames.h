//===- PatternNames.h - which patterns can be found -------------*- C++ -*-===//
#ifndef MP_POLICY_PATTERNNAMES_H
#define MP_POLICY_PATTERNNAMES_H

#include "llvm/ADT/StringRef.h"

namespace mlir::mp {

/// False for names that policies may use but that no program is recognised as.
bool isRecognised(llvm::StringRef pattern);

} // namespace mlir::mp

#endif // MP_POLICY_PATTERNNAMES_H
