#include "Assembly.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/StringExtras.h"

#include <cstring>

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
  setName(getResult(),
          kind & (kBoolElement | kIntElement | kIndexElement) ? "c" : "cst");
}

// Newer printers give each boolean of a hex string a byte; MLIR 22 reads eight
// from one. True where such a string of booleans comes next in the source.
static bool isHexOfBools(const char *next) {
  constexpr llvm::StringLiteral begin = "dense<\"0x";
  if (std::strncmp(next, begin.data(), begin.size()) != 0)
    return false;
  const char *end = std::strchr(next + begin.size(), '"');
  if (!end)
    return false;
  StringRef type = StringRef(end, strnlen(end, 256)).take_until([](char c) {
    return c == '\n';
  });
  return type.consume_front("\"> : tensor<") &&
         type.take_until([](char c) { return c == '>'; }).ends_with("xi1");
}

static ParseResult parseHexOfBools(OpAsmParser &parser, ElementsAttr &value) {
  SMLoc loc = parser.getCurrentLocation();
  std::string hex, bytes;
  RankedTensorType type;
  if (parser.parseKeyword("dense") || parser.parseLess() ||
      parser.parseString(&hex) || parser.parseGreater() ||
      parser.parseColonType(type))
    return failure();
  if (!llvm::tryGetFromHex(StringRef(hex).drop_front(2), bytes))
    return parser.emitError(loc, "expected a string of hex digits");
  if (!type.hasStaticShape())
    return parser.emitError(loc, "expected a static shape");
  int64_t count = type.getNumElements(), size = bytes.size();
  SmallVector<bool> bools;
  if (size == count || size == 1) {
    for (char byte : bytes)
      bools.push_back(byte != 0);
  } else if (size == int64_t(llvm::divideCeil(count, 8))) {
    for (int64_t i = 0; i < count; ++i)
      bools.push_back((bytes[i / 8] >> (i % 8)) & 1);
  } else {
    return parser.emitError(loc)
           << "expected " << count << " booleans, but got " << size << " bytes";
  }
  value = DenseElementsAttr::get(type, bools);
  return success();
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
  if (parser.parseOptionalAttrDict(result.attributes))
    return failure();
  if (isHexOfBools(parser.getCurrentLocation().getPointer())) {
    if (parseHexOfBools(parser, value))
      return failure();
    result.addAttribute("value", value);
  } else if (parser.parseAttribute(value, "value", result.attributes)) {
    return failure();
  }
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
