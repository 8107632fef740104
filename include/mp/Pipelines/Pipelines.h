//===- Pipelines.h - the order of the passes --------------------*- C++ -*-===//
#ifndef MP_PIPELINES_PIPELINES_H
#define MP_PIPELINES_PIPELINES_H

#include "mlir/Pass/PassManager.h"
#include "mp/Codegen/CpuTarget.h"
#include <string>

namespace mlir::mp {

struct TrainStepOptions;

struct CompilePipelineOptions {
  /// A shipped policy or a path; empty: compiled as written.
  std::string policy;
  /// Recorded ranges for the policy to use, a file; empty: none.
  std::string ranges;
  /// File for the explanation of each decision; empty: none.
  std::string explain;
  /// Lock file to replay; empty: none.
  std::string lock;
  /// Let the runtime look at every value that the source program computes.
  bool observe = false;
  /// Make a train step of the model by these options, which are resolved; null:
  /// compiled as it is.
  const TrainStepOptions *trainStep = nullptr;
  CpuTarget target;
};

/// The forms of docs/Architecture.md that a compilation goes through.
enum class CompileStage {
  StableHLO, // F1, or F2 if there is a policy
  Linalg,    // F3
  Program,   // F5
  LLVM       // F6
};

/// Adds the passes that lead from the stage before to `stage`.
void addCompileStage(OpPassManager &pm, CompileStage stage,
                     const CompilePipelineOptions &options);

/// Adds all stages up to and including `last`.
void buildCompilePipeline(OpPassManager &pm, CompileStage last,
                          const CompilePipelineOptions &options);

/// Makes the pipeline known to mp-opt as `mp-compile-to-llvm`.
void registerCompilePipelines();

} // namespace mlir::mp

#endif // MP_PIPELINES_PIPELINES_H
