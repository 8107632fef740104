//===- CpuTarget.h - the CPU that code is generated for ---------*- C++ -*-===//
#ifndef MP_CODEGEN_CPUTARGET_H
#define MP_CODEGEN_CPUTARGET_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace mlir::mp {

/// A CPU as code generation sees it: the baseline of x86-64, the features that
/// make a difference to our code, and what to tune for.
struct CpuTarget {
  std::string name;
  /// LLVM's names, sorted as the runtime knows them, without those of the
  /// baseline.
  std::vector<std::string> features;

  bool has(llvm::StringRef feature) const;
  /// "avx,avx2,fma"
  std::string getFeatureList() const;
  /// "+avx,+avx2,+fma"
  std::string getFeatureString() const;

  /// "host", or what LLVM calls a CPU ("znver3", "x86-64-v3", ...).
  static llvm::Expected<CpuTarget> get(llvm::StringRef name);
};

} // namespace mlir::mp

#endif // MP_CODEGEN_CPUTARGET_H
