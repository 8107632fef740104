#include "mp/StableHLO/CHLO.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::chlo;

#include "mp/StableHLO/CHLODialect.cpp.inc"
#define GET_OP_CLASSES
#include "mp/StableHLO/CHLOOps.cpp.inc"

void CHLODialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "mp/StableHLO/CHLOOps.cpp.inc"
      >();
  // `chlo.broadcast_add` and its like parse in generic form.
  allowUnknownOperations();
}

LogicalResult TopKOp::verify() {
  auto operand = cast<RankedTensorType>(getOperand().getType());
  if (operand.getRank() == 0)
    return emitOpError("expected an operand of rank 1 or more");
  int64_t size = operand.getShape().back();
  int64_t k = getK();
  if (k < 0 || (!ShapedType::isDynamic(size) && k > size))
    return emitOpError() << "expected 'k' between 0 and " << size
                         << ", the size of the last dimension, but got " << k;
  SmallVector<int64_t> shape(operand.getShape());
  shape.back() = k;
  Type values = RankedTensorType::get(shape, operand.getElementType());
  Type indices =
      RankedTensorType::get(shape, IntegerType::get(getContext(), 32));
  for (auto [result, expected] :
       {std::pair<Value, Type>{getValues(), values}, {getIndices(), indices}})
    if (!shlo::areCompatible(result.getType(), expected))
      return emitOpError() << "expected a result of type " << expected
                           << ", but got " << result.getType();
  return success();
}
