#include "Assembly.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace mlir::mp::shlo;

#define GET_OP_CLASSES
#include "mp/StableHLO/StableHLOShapeOps.cpp.inc"

void StableHLODialect::registerShapeOps() {
  addOperations<
#define GET_OP_LIST
#include "mp/StableHLO/StableHLOShapeOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// ConstantOp
//===----------------------------------------------------------------------===//

void ConstantOp::build(OpBuilder &builder, OperationState &state,
                       ElementsAttr value) {
  build(builder, state, value.getType(), value);
}

void ConstantOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  int kind = getElementKind(getType().getElementType());
  setName(getResult(), kind & (kBoolElement | kIntElement | kIndexElement)
                           ? "c"
                           : "cst");
}

ParseResult ConstantOp::parse(OpAsmParser &parser, OperationState &result) {
  // Where the result's type is not the value's own, properties and types are
  // written as in the generic form.
  if (succeeded(parser.parseOptionalLParen())) {
    Type type;
    if (parser.parseRParen() || parser.parseLess() ||
        parser.parseOptionalAttrDict(result.attributes) ||
        parser.parseGreater() ||
        parser.parseOptionalAttrDict(result.attributes) ||
        parser.parseColon() || parser.parseLParen() || parser.parseRParen() ||
        parser.parseArrow() || parser.parseType(type))
      return failure();
    result.addTypes(type);
    return success();
  }
  ElementsAttr value;
  if (parser.parseOptionalAttrDict(result.attributes) ||
      parser.parseAttribute(value, "value", result.attributes))
    return failure();
  result.addTypes(value.getType());
  return success();
}

void ConstantOp::print(OpAsmPrinter &printer) {
  if (getValue().getType() == getType()) {
    printer.printOptionalAttrDict((*this)->getAttrs(), {"value"});
    printer << ' ' << getValueAttr();
    return;
  }
  printer << "() <{value = " << getValueAttr() << "}>";
  printer.printOptionalAttrDict((*this)->getAttrs(), {"value"});
  printer << " : () -> " << getType();
}
