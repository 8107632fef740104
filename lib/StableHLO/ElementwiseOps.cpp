#include "Assembly.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace mlir::mp::shlo;

#define GET_OP_CLASSES
#include "mp/StableHLO/StableHLOElementwiseOps.cpp.inc"

void StableHLODialect::registerElementwiseOps() {
  addOperations<
#define GET_OP_LIST
#include "mp/StableHLO/StableHLOElementwiseOps.cpp.inc"
      >();
}
