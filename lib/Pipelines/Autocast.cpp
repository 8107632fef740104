#include "mp/Pipelines/Autocast.h"

#include "mp/StableHLO/Passes.h"
#include "mp/Transforms/Passes.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;
using namespace mlir::mp;

void mp::buildAutocastPipeline(OpPassManager &pm,
                               const AutocastOptions &options) {
  pm.addPass(createMPImportPass());
  pm.addPass(createMPClassifyPass());
  if (!options.lock.empty())
    pm.addPass(createMPApplyLockPass({options.lock, options.policy,
                                      options.target, options.keepIO,
                                      /*refresh=*/!options.writeLock.empty()}));
  pm.addPass(createMPDecidePrecisionPass(
      {options.policy, options.target, options.ranges}));
  pm.addPass(createMPPlaceCastsPass({options.keepIO}));
  if (!options.writeLock.empty())
    pm.addPass(createMPWriteLockPass(
        {options.writeLock, options.policy, options.target, options.keepIO}));
  pm.addPass(createMPMaterialiseCastsPass({options.explain}));
}

void mp::registerAutocastPipeline() {
  PassPipelineRegistration<AutocastOptions>(
      "mp-autocast", "Rewrite a model to the precision that a policy decides",
      buildAutocastPipeline);
}
