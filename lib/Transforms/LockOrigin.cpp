#include "InputHash.h"
#include "Lock.h"
#include "PolicyErrors.h"

#include "mp/Policy/Target.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SHA256.h"

using namespace mlir;
using namespace mlir::mp;

LogicalResult mp::getLockOrigin(Operation *root, const LockInputs &inputs,
                                LockOrigin &origin) {
  MLIRContext *context = root->getContext();
  std::optional<Policy> policy = loadPolicy(inputs.policy, context);
  if (!policy)
    return failure();
  origin.policy = policy->name;
  origin.policyHash = policy->digest;
  origin.asksForTarget = policy->asksForTarget();
  if (!inputs.target.empty()) {
    const Target *target = findTarget(inputs.target, [&](const Twine &message) {
      emitError(root->getLoc()) << message;
    });
    if (!target)
      return failure();
    origin.target = target->name;
    origin.targetHash = target->getDigest();
  }
  if (!inputs.ranges.empty()) {
    auto buffer = llvm::MemoryBuffer::getFile(inputs.ranges);
    if (!buffer)
      return emitError(FileLineColLoc::get(context, inputs.ranges, 1, 1))
             << "cannot read the ranges: " << buffer.getError().message();
    origin.rangesHash = llvm::toHex(
        llvm::SHA256::hash(llvm::arrayRefFromStringRef((*buffer)->getBuffer())),
        /*LowerCase=*/true);
  }
  origin.keepIO = inputs.keepIO;
  origin.input = hashInput(root);
  return success();
}
