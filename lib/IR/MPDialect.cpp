#include "mp/IR/MPDialect.h"
#include "mp/IR/MPOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::mp;

#include "mp/IR/MPDialect.cpp.inc"
#include "mp/IR/MPEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "mp/IR/MPAttrs.cpp.inc"

void MPDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "mp/IR/MPAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "mp/IR/MPOps.cpp.inc"
      >();
}
