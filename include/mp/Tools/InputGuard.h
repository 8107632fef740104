//===- InputGuard.h - what the tools read from a user -----------*- C++ -*-===//
#ifndef MP_TOOLS_INPUTGUARD_H
#define MP_TOOLS_INPUTGUARD_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace mlir::mp {

/// How deep brackets may nest. Exported programs stay below 50; MLIR's parser
/// calls itself for each level.
constexpr size_t kMaxNesting = 1000;

/// The stack of a thread that parses and rewrites: what kMaxNesting levels,
/// and chains of operators that no bracket shows, can need.
constexpr unsigned kToolStackBytes = 1u << 30;

/// Reads the file `path`, `-` for standard input, and checks that MLIR's
/// parser can take it. Null, with one error written to `errors`, if it is
/// missing, empty, no text, nested too deeply, or a StableHLO artifact.
std::unique_ptr<llvm::MemoryBuffer> readInput(llvm::StringRef path,
                                              llvm::raw_ostream &errors);

/// The second half of `readInput`; `name` is what errors call the input.
bool checkInput(llvm::StringRef text, llvm::StringRef name,
                llvm::raw_ostream &errors);

} // namespace mlir::mp

#endif // MP_TOOLS_INPUTGUARD_H
