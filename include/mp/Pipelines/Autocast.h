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
  Option<bool> strict{
      *this, "strict",
      llvm::cl::desc("A rule of the policy's own that speaks of names and "
                     "matches nothing is an error, not a warning"),
      llvm::cl::init(false)};
  Option<bool> keepIO{
      *this, "keep-io",
      llvm::cl::desc("Keep the types of function arguments and results"),
      llvm::cl::init(true)};
  Option<std::string> explain{
      *this, "explain",
      llvm::cl::desc("Write every decision and cast to this file, as JSON"),
      llvm::cl::init("")};
  Option<std::string> whatIf{
      *this, "what-if",
      llvm::cl::desc("Tell which change of the policy would make an op low: "
                     "`OP:FORMAT`, the op by id, name or line"),
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

struct ComparePoliciesOptions
    : public PassPipelineOptions<ComparePoliciesOptions> {
  Option<std::string> policy{
      *this, "policy",
      llvm::cl::desc("A shipped policy, or the path of a policy file"),
      llvm::cl::init("bf16")};
  Option<std::string> against{
      *this, "against",
      llvm::cl::desc("The policy to compare with; by default the same"),
      llvm::cl::init("")};
  Option<std::string> target{*this, "target",
                             llvm::cl::desc("The target of the policy"),
                             llvm::cl::init("")};
  Option<std::string> againstTarget{
      *this, "against-target", llvm::cl::desc("The target of the other policy"),
      llvm::cl::init("")};
  Option<std::string> ranges{
      *this, "ranges",
      llvm::cl::desc("Ranges that `mp-run --record-ranges` has recorded"),
      llvm::cl::init("")};
};

/// Registers `mp-autocast` and `mp-compare-policies`.
void registerAutocastPipeline();

} // namespace mp
} // namespace mlir

#endif // MP_PIPELINES_AUTOCAST_H
