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
  pm.addPass(createMPCheckPolicyPass(
      {options.policy, options.strict, /*onlyNames=*/true}));
  if (!options.whatIf.empty())
    pm.addPass(
        createMPWhatIfPass({options.whatIf, options.policy, options.target,
                            options.ranges, options.keepIO}));
  if (!options.lock.empty())
    pm.addPass(
        createMPApplyLockPass({options.lock, options.policy, options.target,
                               options.ranges, options.keepIO,
                               /*refresh=*/!options.writeLock.empty()}));
  pm.addPass(createMPDecidePrecisionPass(
      {options.policy, options.target, options.ranges}));
  pm.addPass(createMPPlaceCastsPass({options.keepIO}));
  if (!options.writeLock.empty())
    pm.addPass(createMPWriteLockPass({options.writeLock, options.policy,
                                      options.target, options.ranges,
                                      options.keepIO}));
  pm.addPass(createMPMaterialiseCastsPass({options.explain}));
}

static void buildComparePipeline(OpPassManager &pm,
                                 const ComparePoliciesOptions &options) {
  pm.addPass(createMPImportPass());
  pm.addPass(createMPClassifyPass());
  MPCompareDecisionsPassOptions compare;
  compare.policyName = options.policy;
  compare.otherPolicy = options.against;
  compare.targetName = options.target;
  compare.otherTarget = options.againstTarget;
  compare.rangesFile = options.ranges;
  pm.addPass(createMPCompareDecisionsPass(compare));
}

void mp::registerAutocastPipeline() {
  PassPipelineRegistration<AutocastOptions>(
      "mp-autocast", "Rewrite a model to the precision that a policy decides",
      buildAutocastPipeline);
  PassPipelineRegistration<ComparePoliciesOptions>(
      "mp-compare-policies",
      "Tell what two policies or two targets decide differently for a model",
      buildComparePipeline);
}
