#include "mp/StableHLO/StableHLO.h"

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::mp::shlo;

#include "mp/StableHLO/StableHLODialect.cpp.inc"

void StableHLODialect::initialize() {
  registerAttributes();
  registerTypes();
  registerElementwiseOps();
  registerShapeOps();
  registerContractionOps();
  registerControlOps();
  registerDynamicOps();
  // Operations that are newer than this dialect pass through in generic form.
  allowUnknownOperations();
}

Operation *StableHLODialect::materializeConstant(OpBuilder &builder,
                                                 Attribute value, Type type,
                                                 Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || elements.getType() != type)
    return nullptr;
  return ConstantOp::create(builder, loc, type, elements);
}

//===----------------------------------------------------------------------===//
// Element kinds
//===----------------------------------------------------------------------===//

int mlir::mp::shlo::getElementKind(Type type) {
  if (auto integer = dyn_cast<IntegerType>(type)) {
    if (integer.isSigned() || integer.getWidth() > 64)
      return 0;
    if (integer.getWidth() == 1)
      return integer.isSignless() ? kBoolElement : 0;
    return llvm::isPowerOf2_32(integer.getWidth()) ? kIntElement : 0;
  }
  if (isa<IndexType>(type))
    return kIndexElement;
  if (auto floating = dyn_cast<FloatType>(type))
    return floating.getWidth() <= 64 ? kFloatElement : 0;
  if (auto complex = dyn_cast<ComplexType>(type)) {
    Type part = complex.getElementType();
    return part.isF32() || part.isF64() ? kComplexElement : 0;
  }
  return isa<quant::QuantizedType>(type) ? kQuantElement : 0;
}

bool mlir::mp::shlo::isTensorOf(Type type, int kinds) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && (getElementKind(tensor.getElementType()) & kinds);
}

bool mlir::mp::shlo::hasUnsignedElements(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isUnsignedInteger() || element.isInteger(1);
}

//===----------------------------------------------------------------------===//
// Traits
//===----------------------------------------------------------------------===//

bool mlir::mp::shlo::haveCompatibleElements(Type a, Type b) {
  a = getElementTypeOrSelf(a);
  b = getElementTypeOrSelf(b);
  return a == b || isa<quant::QuantizedType>(a) || isa<quant::QuantizedType>(b);
}

bool mlir::mp::shlo::areCompatible(Type a, Type b) {
  if (a == b)
    return true;
  if (!isa<ShapedType>(a) || !isa<ShapedType>(b))
    return false;
  return haveCompatibleElements(a, b) && succeeded(verifyCompatibleShape(a, b));
}

static LogicalResult verifyAll(Operation *op, ValueRange values, Type expected,
                               bool elements, StringRef what) {
  for (auto [index, value] : llvm::enumerate(values)) {
    if (succeeded(verifyCompatibleShape(value.getType(), expected)) &&
        (!elements || haveCompatibleElements(value.getType(), expected)))
      continue;
    return op->emitOpError()
           << "expected " << what << " #" << index << " to have the "
           << (elements ? "type" : "shape") << " of " << expected
           << ", but got " << value.getType();
  }
  return success();
}

static LogicalResult verifyAgainstFirst(Operation *op, bool elements) {
  if (op->getNumOperands() == 0)
    return success();
  Type expected = op->getOperand(0).getType();
  if (failed(verifyAll(op, op->getOperands(), expected, elements, "operand")))
    return failure();
  return verifyAll(op, op->getResults(), expected, elements, "result");
}

LogicalResult mlir::mp::shlo::detail::verifySameType(Operation *op) {
  return verifyAgainstFirst(op, /*elements=*/true);
}

LogicalResult mlir::mp::shlo::detail::verifySameShape(Operation *op) {
  return verifyAgainstFirst(op, /*elements=*/false);
}

LogicalResult mlir::mp::shlo::detail::verifySameOperandTypes(Operation *op) {
  if (op->getNumOperands() == 0)
    return success();
  return verifyAll(op, op->getOperands(), op->getOperand(0).getType(),
                   /*elements=*/true, "operand");
}
