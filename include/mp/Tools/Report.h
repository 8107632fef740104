//===- Report.h - what a compilation decided, as a page ---------*- C++ -*-===//
#ifndef MP_TOOLS_REPORT_H
#define MP_TOOLS_REPORT_H

#include "mp/Program/MemoryReport.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace mlir::mp {

struct Report {
  std::string model, policy, target;
  /// Of the functions that the model has.
  std::vector<MemoryReport> memory;
  /// Of the same model as written; empty where that is what was compiled.
  std::vector<MemoryReport> baseline;
  /// What `explain` writes; null without a policy.
  llvm::json::Value explanation = nullptr;
};

/// Writes one HTML page that needs nothing else: the memory table, decisions by
/// class, casts, and a picture of each memory plan.
void writeReport(const Report &report, raw_ostream &os);

} // namespace mlir::mp

#endif // MP_TOOLS_REPORT_H
