#include "mp/StableHLO/Sdy.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace mlir::mp::sdy;

// The text from `<` to the `>` that closes it.
static ParseResult parseOpaque(OpAsmParser &parser, StringAttr &text) {
  const char *begin = parser.getCurrentLocation().getPointer();
  if (parser.parseLess())
    return failure();
  const char *end = begin;
  int64_t depth = 1;
  while (depth > 0) {
    SMLoc loc = parser.getCurrentLocation();
    end = loc.getPointer();
    std::string string;
    StringRef word;
    StringAttr symbol;
    APInt number;
    if (succeeded(parser.parseOptionalLess()))
      ++depth;
    else if (succeeded(parser.parseOptionalGreater()))
      --depth;
    else if (failed(parser.parseOptionalComma()) &&
             failed(parser.parseOptionalLSquare()) &&
             failed(parser.parseOptionalRSquare()) &&
             failed(parser.parseOptionalLBrace()) &&
             failed(parser.parseOptionalRBrace()) &&
             failed(parser.parseOptionalLParen()) &&
             failed(parser.parseOptionalRParen()) &&
             failed(parser.parseOptionalEqual()) &&
             failed(parser.parseOptionalColon()) &&
             failed(parser.parseOptionalQuestion()) &&
             failed(parser.parseOptionalArrow()) &&
             failed(parser.parseOptionalString(&string)) &&
             failed(parser.parseOptionalKeyword(&word)) &&
             failed(parser.parseOptionalSymbolName(symbol))) {
      OptionalParseResult integer = parser.parseOptionalInteger(number);
      if (!integer.has_value())
        return parser.emitError(loc, "expected the rest of a sharding");
      if (failed(*integer))
        return failure();
    }
  }
  text = parser.getBuilder().getStringAttr(StringRef(begin, end + 1 - begin));
  return success();
}

static void printOpaque(OpAsmPrinter &printer, Operation *, StringAttr text) {
  printer << text.getValue();
}

#include "mp/StableHLO/SdyDialect.cpp.inc"
#define GET_OP_CLASSES
#include "mp/StableHLO/SdyOps.cpp.inc"

void SdyDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "mp/StableHLO/SdyOps.cpp.inc"
      >();
}

Attribute SdyDialect::parseAttribute(DialectAsmParser &parser, Type) const {
  return OpaqueAttr::get(StringAttr::get(getContext(), getNamespace()),
                         parser.getFullSymbolSpec(),
                         NoneType::get(getContext()));
}

OpFoldResult ShardingConstraintOp::fold(FoldAdaptor) { return getInput(); }

OpFoldResult ReshardOp::fold(FoldAdaptor) { return getInput(); }
