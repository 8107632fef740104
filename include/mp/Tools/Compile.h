//===- Compile.h - what mp-compile does -------------------------*- C++ -*-===//
#ifndef MP_TOOLS_COMPILE_H
#define MP_TOOLS_COMPILE_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace mlir::mp {

/// What --emit can ask for.
enum class EmitForm { StableHLO, Linalg, LLVM, SharedObject };

struct CompileOptions {
  std::string input;
  std::string output; // empty: standard output, for text
  std::string policy, target = "host";
  std::string roles, explain, lock, ranges, report;
  EmitForm emit = EmitForm::SharedObject;
  bool train = false;
  std::string lossScale;    // empty: dynamic for f16, else none
  bool observe = false;     // report values to who asks
  bool checkFinite = false; // observed, and meant to be checked in each run
  std::string trainStep;    // further options of mp-train-step
  bool verbose = false;
};

/// Compiles in a child process: whatever goes wrong there is one message here,
/// and `output` is either complete or untouched. Returns the exit code.
int compileInChild(const CompileOptions &options);

/// Compiles into the file `path`, keeping all other files in `scratch`.
/// Diagnostics go to stderr. Returns true on success.
bool compileToFile(const CompileOptions &options, llvm::StringRef path,
                   llvm::StringRef scratch);

/// main() of mp-compile.
int compileMain(int argc, char **argv);

} // namespace mlir::mp

#endif // MP_TOOLS_COMPILE_H
