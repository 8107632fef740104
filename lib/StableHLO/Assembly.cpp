#include "Assembly.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::mp::shlo;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

// Distributes a parsed function type; false if `type` is none.
static FailureOr<bool> assignFunctionType(OpAsmParser &parser, SMLoc loc,
                                          Type type, ArrayRef<Type *> operands,
                                          Type &result) {
  auto function = dyn_cast<FunctionType>(type);
  if (!function)
    return false;
  if (function.getNumInputs() != operands.size() ||
      function.getNumResults() != 1)
    return parser.emitError(loc)
           << "expected a function type with " << operands.size()
           << " inputs and 1 result, but got " << type;
  for (auto [operand, input] : llvm::zip_equal(operands, function.getInputs()))
    *operand = input;
  result = function.getResult(0);
  return true;
}

ParseResult mlir::mp::shlo::parseSameTypes(OpAsmParser &parser,
                                           ArrayRef<Type *> operands,
                                           Type &result) {
  SMLoc loc = parser.getCurrentLocation();
  Type type;
  if (parser.parseType(type))
    return failure();
  FailureOr<bool> assigned =
      assignFunctionType(parser, loc, type, operands, result);
  if (failed(assigned))
    return failure();
  if (*assigned)
    return success();
  for (Type *operand : operands)
    *operand = type;
  result = type;
  return success();
}

void mlir::mp::shlo::printSameTypes(OpAsmPrinter &printer,
                                    ArrayRef<Type> operands, Type result) {
  if (llvm::all_of(operands, [&](Type type) { return type == result; }))
    printer << result;
  else
    printer.printFunctionalType(operands, ArrayRef<Type>(result));
}

static Type getPartType(Type complexTensor) {
  auto tensor = dyn_cast<RankedTensorType>(complexTensor);
  auto complex =
      tensor ? dyn_cast<ComplexType>(tensor.getElementType()) : ComplexType();
  return complex ? tensor.clone(complex.getElementType()) : Type();
}

ParseResult mlir::mp::shlo::parseComplexTypes(OpAsmParser &parser, Type &lhs,
                                              Type &rhs, Type &result) {
  SMLoc loc = parser.getCurrentLocation();
  Type type;
  if (parser.parseType(type))
    return failure();
  FailureOr<bool> assigned =
      assignFunctionType(parser, loc, type, {&lhs, &rhs}, result);
  if (failed(assigned))
    return failure();
  if (*assigned)
    return success();
  lhs = rhs = getPartType(type);
  result = type;
  if (!lhs)
    return parser.emitError(loc)
           << "expected a tensor of complex numbers, but got " << type;
  return success();
}

void mlir::mp::shlo::printComplexTypes(OpAsmPrinter &printer, Operation *,
                                       Type lhs, Type rhs, Type result) {
  if (lhs == rhs && lhs == getPartType(result))
    printer << result;
  else
    printer.printFunctionalType(TypeRange{lhs, rhs}, ArrayRef<Type>(result));
}

ParseResult mlir::mp::shlo::parseSelectTypes(OpAsmParser &parser, Type &pred,
                                             Type &onTrue, Type &onFalse,
                                             Type &result) {
  SMLoc loc = parser.getCurrentLocation();
  Type type;
  if (parser.parseType(type))
    return failure();
  FailureOr<bool> assigned =
      assignFunctionType(parser, loc, type, {&pred, &onTrue, &onFalse}, result);
  if (failed(assigned))
    return failure();
  if (*assigned)
    return success();
  pred = type;
  if (parser.parseComma() || parser.parseType(result))
    return failure();
  onTrue = onFalse = result;
  return success();
}

void mlir::mp::shlo::printSelectTypes(OpAsmPrinter &printer, Operation *,
                                      Type pred, Type onTrue, Type onFalse,
                                      Type result) {
  if (onTrue == result && onFalse == result)
    printer << pred << ", " << result;
  else
    printer.printFunctionalType(TypeRange{pred, onTrue, onFalse},
                                ArrayRef<Type>(result));
}

ParseResult mlir::mp::shlo::parsePairwiseTypes(OpAsmParser &parser,
                                               SmallVectorImpl<Type> &operands,
                                               SmallVectorImpl<Type> &results) {
  if (parser.parseTypeList(operands))
    return failure();
  results.assign(operands.begin(), operands.end());
  return success();
}

void mlir::mp::shlo::printPairwiseTypes(OpAsmPrinter &printer, Operation *,
                                        TypeRange operands, TypeRange) {
  llvm::interleaveComma(operands, printer);
}

ParseResult mlir::mp::shlo::parseTupleTypes(OpAsmParser &parser,
                                            SmallVectorImpl<Type> &operands,
                                            Type &result) {
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseType(result))
    return failure();
  auto tuple = dyn_cast<TupleType>(result);
  if (!tuple)
    return parser.emitError(loc) << "expected a tuple type, but got " << result;
  llvm::append_range(operands, tuple.getTypes());
  return success();
}

void mlir::mp::shlo::printTupleTypes(OpAsmPrinter &printer, Operation *,
                                     TypeRange, Type result) {
  printer << result;
}

//===----------------------------------------------------------------------===//
// Operands, targets, regions
//===----------------------------------------------------------------------===//

ParseResult mlir::mp::shlo::parseOperandsThenComma(
    OpAsmParser &parser,
    SmallVectorImpl<OpAsmParser::UnresolvedOperand> &operands) {
  while (true) {
    OpAsmParser::UnresolvedOperand operand;
    OptionalParseResult present = parser.parseOptionalOperand(operand);
    if (!present.has_value())
      return success();
    if (failed(*present) || parser.parseComma())
      return failure();
    operands.push_back(operand);
  }
}

void mlir::mp::shlo::printOperandsThenComma(OpAsmPrinter &printer, Operation *,
                                            OperandRange operands) {
  printer << operands;
  if (!operands.empty())
    printer << ",";
}

ParseResult mlir::mp::shlo::parseCallTarget(OpAsmParser &parser,
                                            StringAttr &target) {
  return parser.parseSymbolName(target);
}

void mlir::mp::shlo::printCallTarget(OpAsmPrinter &printer, Operation *,
                                     StringAttr target) {
  printer.printSymbolName(target);
}

ParseResult mlir::mp::shlo::parseCompositeRegions(
    OpAsmParser &parser, SmallVectorImpl<std::unique_ptr<Region>> &regions) {
  if (failed(parser.parseOptionalLParen()))
    return success();
  do {
    auto region = std::make_unique<Region>();
    if (parser.parseRegion(*region))
      return failure();
    regions.push_back(std::move(region));
  } while (succeeded(parser.parseOptionalComma()));
  return parser.parseRParen();
}

void mlir::mp::shlo::printCompositeRegions(OpAsmPrinter &printer, Operation *,
                                           MutableArrayRef<Region> regions) {
  if (regions.empty())
    return;
  printer << " (";
  llvm::interleaveComma(regions, printer,
                        [&](Region &region) { printer.printRegion(region); });
  printer << ")";
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

ParseResult mlir::mp::shlo::parseFloatFormat(OpAsmParser &parser,
                                             IntegerAttr &exponentBits,
                                             IntegerAttr &mantissaBits) {
  SMLoc loc = parser.getCurrentLocation();
  StringRef word;
  if (parser.parseKeyword(&word))
    return failure();
  StringRef rest = word;
  unsigned exponent = 0, mantissa = 0;
  if (!rest.consume_front("e") || rest.consumeInteger(10, exponent) ||
      !rest.consume_front("m") || rest.consumeInteger(10, mantissa) ||
      !rest.empty() || exponent > INT32_MAX || mantissa > INT32_MAX)
    return parser.emitError(loc)
           << "expected a float format such as 'e8m7', but got '" << word
           << "'";
  exponentBits = parser.getBuilder().getI32IntegerAttr(exponent);
  mantissaBits = parser.getBuilder().getI32IntegerAttr(mantissa);
  return success();
}

void mlir::mp::shlo::printFloatFormat(OpAsmPrinter &printer, Operation *,
                                      IntegerAttr exponentBits,
                                      IntegerAttr mantissaBits) {
  printer << 'e' << exponentBits.getInt() << 'm' << mantissaBits.getInt();
}

ParseResult mlir::mp::shlo::parseSliceRanges(OpAsmParser &parser,
                                             DenseI64ArrayAttr &starts,
                                             DenseI64ArrayAttr &limits,
                                             DenseI64ArrayAttr &strides) {
  SmallVector<int64_t> start, limit, stride;
  auto parseRange = [&]() -> ParseResult {
    stride.push_back(1);
    if (parser.parseInteger(start.emplace_back()) || parser.parseColon() ||
        parser.parseInteger(limit.emplace_back()))
      return failure();
    if (succeeded(parser.parseOptionalColon()))
      return parser.parseInteger(stride.back());
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseRange))
    return failure();
  Builder &builder = parser.getBuilder();
  starts = builder.getDenseI64ArrayAttr(start);
  limits = builder.getDenseI64ArrayAttr(limit);
  strides = builder.getDenseI64ArrayAttr(stride);
  return success();
}

void mlir::mp::shlo::printSliceRanges(OpAsmPrinter &printer, Operation *,
                                      DenseI64ArrayAttr starts,
                                      DenseI64ArrayAttr limits,
                                      DenseI64ArrayAttr strides) {
  printer << "[";
  llvm::interleaveComma(
      llvm::zip(starts.asArrayRef(), limits.asArrayRef(), strides.asArrayRef()),
      printer, [&](auto range) {
        auto [start, limit, stride] = range;
        printer << start << ":" << limit;
        if (stride != 1)
          printer << ":" << stride;
      });
  printer << "]";
}
