#include "mp/IR/MPOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace mlir::mp;

#define GET_OP_CLASSES
#include "mp/IR/MPOps.cpp.inc"

bool CastOp::areCastCompatible(TypeRange inputs, TypeRange outputs) {
  return inputs.size() == 1 && outputs.size() == 1 &&
         isa<RankedTensorType>(inputs.front()) &&
         isa<RankedTensorType>(outputs.front());
}

int64_t GemmOp::getBatch() {
  auto type = getResult().getType();
  return type.getRank() == 3 ? type.getDimSize(0) : 1;
}
int64_t GemmOp::getM() {
  auto type = getResult().getType();
  return type.getDimSize(type.getRank() - 2);
}
int64_t GemmOp::getN() {
  auto type = getResult().getType();
  return type.getDimSize(type.getRank() - 1);
}
int64_t GemmOp::getK() {
  auto type = getA().getType();
  return type.getDimSize(type.getRank() - (getTransposeA() ? 2 : 1));
}
