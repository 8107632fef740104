#include "Assembly.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace mlir::mp::shlo;

#define GET_OP_CLASSES
#include "mp/StableHLO/StableHLODynamicOps.cpp.inc"

void StableHLODialect::registerDynamicOps() {
  addOperations<
#define GET_OP_LIST
#include "mp/StableHLO/StableHLODynamicOps.cpp.inc"
      >();
}
