#include "mp/Policy/Policy.h"

using namespace mlir::mp;

static const ShippedPolicy shippedPolicies[] = {
#include "ShippedPolicies.inc"
};

llvm::ArrayRef<ShippedPolicy> mlir::mp::getShippedPolicies() {
  return shippedPolicies;
}
