#include "mp/Pipelines/Pipelines.h"

#include "mp/Conversion/Passes.h"
#include "mp/Gemm/Passes.h"
#include "mp/Kernels/Passes.h"
#include "mp/Pipelines/Autocast.h"
#include "mp/Pipelines/TrainStep.h"
#include "mp/Program/Passes.h"
#include "mp/StableHLO/Passes.h"
#include "mp/Training/Passes.h"
#include "mp/Transforms/Passes.h"

#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace mlir::mp;

static void addCleanup(OpPassManager &pm) {
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

void mp::addCompileStage(OpPassManager &pm, CompileStage stage,
                         const CompilePipelineOptions &options) {
  switch (stage) {
  case CompileStage::StableHLO:
    if (options.trainStep)
      addTrainStepPasses(pm, *options.trainStep);
    else
      pm.addPass(createMPImportPass());
    if (options.observe)
      pm.addPass(createMPNameOpsPass());
    if (options.trainStep && !options.policy.empty()) {
      addTrainStepAutocast(pm, *options.trainStep);
    } else if (!options.policy.empty()) {
      AutocastOptions autocast;
      autocast.policy = options.policy;
      autocast.explain = options.explain;
      autocast.ranges = options.ranges;
      autocast.lock = options.lock;
      buildAutocastPipeline(pm, autocast);
    }
    if (options.trainStep) {
      pm.addPass(createMPToStableHLOPass());
      pm.addPass(createMPDonateStatePass());
    }
    if (options.observe)
      pm.addPass(createMPObserveValuesPass());
    break;
  case CompileStage::Linalg:
    if (options.trainStep)
      pm.addPass(createMPKeepWorkingCopiesPass());
    pm.addPass(createConvertStableHLOToLinalgPass());
    // Linalg input, and what autocast inserts in it, may compute on tensors.
    pm.addPass(createConvertElementwiseToLinalgPass());
    addCleanup(pm);
    break;
  case CompileStage::Program: {
    pm.addPass(createMPRaiseProductsPass());
    pm.addPass(createMPFuseElementwisePass());
    pm.addPass(createMPOrientProductsPass());
    pm.addPass(createMPFuseEpiloguesPass());
    // Readers that have given additions to products may do with less.
    pm.addPass(createMPFuseElementwisePass());
    pm.addPass(createMPSplitReductionsPass());
    addCleanup(pm);
    MPConvertGemmToKernelsPassOptions gemm;
    gemm.features = options.target.getFeatureList();
    pm.addPass(createMPConvertGemmToKernelsPass(gemm));
    pm.addPass(createMPOutlineKernelsPass());
    pm.addPass(createMPDeduplicateKernelsPass());
    pm.addPass(createMPSplitPreparePass());
    pm.addPass(createMPPlanMemoryPass());
    break;
  }
  case CompileStage::LLVM: {
    MPConvertKernelsToLLVMPassOptions kernels;
    kernels.f16c = options.target.has("f16c");
    pm.addPass(createMPConvertKernelsToLLVMPass(kernels));
    pm.addPass(createMPConvertProgramToLLVMPass());
    break;
  }
  }
}

void mp::buildCompilePipeline(OpPassManager &pm, CompileStage last,
                              const CompilePipelineOptions &options) {
  for (CompileStage stage : {CompileStage::StableHLO, CompileStage::Linalg,
                             CompileStage::Program, CompileStage::LLVM}) {
    addCompileStage(pm, stage, options);
    if (stage == last)
      return;
  }
}

void mp::registerCompilePipelines() {
  PassPipelineRegistration<>(
      "mp-compile-to-llvm",
      "Lower a model to the LLVM dialect for the CPU of this machine",
      [](OpPassManager &pm) {
        CompilePipelineOptions options;
        if (auto target = CpuTarget::get("host"))
          options.target = *target;
        else
          llvm::consumeError(target.takeError());
        buildCompilePipeline(pm, CompileStage::LLVM, options);
      });
}
