//===- Storage.h - values that memory holds on purpose ----------*- C++ -*-===//
#ifndef MP_IR_STORAGE_H
#define MP_IR_STORAGE_H

#include "llvm/ADT/StringRef.h"

namespace mlir::mp {

/// On an elementwise op, before and after its conversion to linalg: its result
/// is what memory holds, so readers read it instead of computing it again, and
/// it is not made part of them.
inline constexpr llvm::StringLiteral kStoredAttrName("mp.stored");

} // namespace mlir::mp

#endif // MP_IR_STORAGE_H
