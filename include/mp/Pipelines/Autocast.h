//===- Autocast.h - the way from a model to a mixed one ---------*- C++ -*-===//
#ifndef MP_PIPELINES_AUTOCAST_H
#define MP_PIPELINES_AUTOCAST_H

#include "mlir/Pass/PassOptions.h"

namespace mlir {
class OpPassManager;
namespace mp {

struct AutocastOptions : public PassPipelineOptions<AutocastOptions> {
  Option<std::string> policy{
      *this, "policy",
      llvm::cl::desc("A shipped policy, or the path of a policy file"),
      llvm::cl::init("bf16")};
  Option<std::string> target{
      *this, "target",
      llvm::cl::desc("Refuse what this target cannot do (cpu, sm_90, ...)"),
      llvm::cl::init("")};
  Option<std::string> ranges{
      *this, "ranges",
      llvm::cl::desc("Ranges that `mp-run --record-ranges` has recorded"),
      llvm::cl::init("")};
  Option<bool> keepIO{
      *this, "keep-io",
      llvm::cl::desc("Keep the types of function arguments and results"),
      llvm::cl::init(true)};
  Option<std::string> explain{
      *this, "explain",
      llvm::cl::desc("Write every decision and cast to this file, as JSON"),
      llvm::cl::init("")};
  Option<std::string> lock{
      *this, "lock", llvm::cl::desc("Replay the decisions in this lock file"),
      llvm::cl::init("")};
  Option<std::string> writeLock{
      *this, "write-lock",
      llvm::cl::desc("Write the decisions to this file; beside 'lock', decide "
                     "anew what that has no entry for"),
      llvm::cl::init("")};
};

/// Import, classify, decide, place, materialise.
void buildAutocastPipeline(OpPassManager &pm, const AutocastOptions &options);

/// Registers `mp-autocast`.
void registerAutocastPipeline();

} // namespace mp
} // namespace mlir

#endif // MP_PIPELINES_AUTOCAST_H
