//===- Assembly.h - directives of the textual form ------------------------===//
#ifndef MP_STABLEHLO_ASSEMBLY_H
#define MP_STABLEHLO_ASSEMBLY_H

#include "mp/StableHLO/StableHLO.h"

namespace mlir::mp::shlo {

// One type for all where they agree, `(T, U) -> R` where they do not.
ParseResult parseSameTypes(OpAsmParser &parser, ArrayRef<Type *> operands,
                           Type &result);
void printSameTypes(OpAsmPrinter &printer, ArrayRef<Type> operands,
                    Type result);

inline ParseResult parseSameTypes(OpAsmParser &parser, Type &a, Type &result) {
  return parseSameTypes(parser, {&a}, result);
}
inline ParseResult parseSameTypes(OpAsmParser &parser, Type &a, Type &b,
                                  Type &result) {
  return parseSameTypes(parser, {&a, &b}, result);
}
inline ParseResult parseSameTypes(OpAsmParser &parser, Type &a, Type &b,
                                  Type &c, Type &result) {
  return parseSameTypes(parser, {&a, &b, &c}, result);
}
inline void printSameTypes(OpAsmPrinter &printer, Operation *, Type a,
                           Type result) {
  printSameTypes(printer, ArrayRef<Type>{a}, result);
}
inline void printSameTypes(OpAsmPrinter &printer, Operation *, Type a, Type b,
                           Type result) {
  printSameTypes(printer, ArrayRef<Type>{a, b}, result);
}
inline void printSameTypes(OpAsmPrinter &printer, Operation *, Type a, Type b,
                           Type c, Type result) {
  printSameTypes(printer, ArrayRef<Type>{a, b, c}, result);
}

// The complex type alone where the parts follow from it.
ParseResult parseComplexTypes(OpAsmParser &parser, Type &lhs, Type &rhs,
                              Type &result);
void printComplexTypes(OpAsmPrinter &printer, Operation *, Type lhs, Type rhs,
                       Type result);

// The types of the predicate and of the result, or a function type.
ParseResult parseSelectTypes(OpAsmParser &parser, Type &pred, Type &onTrue,
                             Type &onFalse, Type &result);
void printSelectTypes(OpAsmPrinter &printer, Operation *, Type pred,
                      Type onTrue, Type onFalse, Type result);

// `T, U` for operands and results alike.
ParseResult parsePairwiseTypes(OpAsmParser &parser,
                               SmallVectorImpl<Type> &operands,
                               SmallVectorImpl<Type> &results);
void printPairwiseTypes(OpAsmPrinter &printer, Operation *, TypeRange operands,
                        TypeRange results);

// The tuple's type, which spells those of its elements.
ParseResult parseTupleTypes(OpAsmParser &parser,
                            SmallVectorImpl<Type> &operands, Type &result);
void printTupleTypes(OpAsmPrinter &printer, Operation *, TypeRange operands,
                     Type result);

// The bare keyword of an enum attribute.
template <typename EnumAttr>
ParseResult parseKeyword(OpAsmParser &parser, EnumAttr &attr) {
  using Enum = decltype(attr.getValue());
  SMLoc loc = parser.getCurrentLocation();
  StringRef word;
  if (parser.parseKeyword(&word))
    return failure();
  std::optional<Enum> value = symbolizeEnum<Enum>(word);
  if (!value)
    return parser.emitError(loc) << "unknown keyword '" << word << "' for '"
                                 << EnumAttr::getMnemonic() << "'";
  attr = EnumAttr::get(parser.getContext(), *value);
  return success();
}
template <typename EnumAttr>
void printKeyword(OpAsmPrinter &printer, Operation *, EnumAttr attr) {
  printer << stringifyEnum(attr.getValue());
}

// `, FLOAT` if there is one.
inline ParseResult parseComparisonType(OpAsmParser &parser,
                                       ComparisonTypeAttr &type) {
  if (failed(parser.parseOptionalComma()))
    return success();
  return parseKeyword(parser, type);
}
inline void printComparisonType(OpAsmPrinter &printer, Operation *op,
                                ComparisonTypeAttr type) {
  if (!type)
    return;
  printer << ", ";
  printKeyword(printer, op, type);
}

// `%a, %b,` with a comma behind the last one.
ParseResult parseOperandsThenComma(
    OpAsmParser &parser,
    SmallVectorImpl<OpAsmParser::UnresolvedOperand> &operands);
void printOperandsThenComma(OpAsmPrinter &printer, Operation *,
                            OperandRange operands);

// `e8m7`.
ParseResult parseFloatFormat(OpAsmParser &parser, IntegerAttr &exponentBits,
                             IntegerAttr &mantissaBits);
void printFloatFormat(OpAsmPrinter &printer, Operation *,
                      IntegerAttr exponentBits, IntegerAttr mantissaBits);

// `[0:8, 2:6:2]`.
ParseResult parseSliceRanges(OpAsmParser &parser, DenseI64ArrayAttr &starts,
                             DenseI64ArrayAttr &limits,
                             DenseI64ArrayAttr &strides);
void printSliceRanges(OpAsmPrinter &printer, Operation *,
                      DenseI64ArrayAttr starts, DenseI64ArrayAttr limits,
                      DenseI64ArrayAttr strides);

// `batching_dims = [0] x [0], contracting_dims = [2] x [1]`.
ParseResult parseDotDimensions(OpAsmParser &parser,
                               DotDimensionNumbersAttr &numbers);
void printDotDimensions(OpAsmPrinter &printer, Operation *,
                        DotDimensionNumbersAttr numbers);

// `, precision = [DEFAULT, DEFAULT]` if there is one.
ParseResult parsePrecisionConfig(OpAsmParser &parser, ArrayAttr &precision);
void printPrecisionConfig(OpAsmPrinter &printer, Operation *,
                          ArrayAttr precision);

// The former and `, algorithm = <...>` if there is one.
ParseResult parsePrecisionAndAlgorithm(OpAsmParser &parser,
                                       ArrayAttr &precision,
                                       DotAlgorithmAttr &algorithm);
void printPrecisionAndAlgorithm(OpAsmPrinter &printer, Operation *,
                                ArrayAttr precision,
                                DotAlgorithmAttr algorithm);

// `[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]`.
ParseResult parseConvDimensions(AsmParser &parser,
                                ConvDimensionNumbersAttr &numbers);
void printConvDimensions(AsmPrinter &printer, ConvDimensionNumbersAttr numbers);
inline void printConvDimensions(OpAsmPrinter &printer, Operation *,
                                ConvDimensionNumbersAttr numbers) {
  printConvDimensions(printer, numbers);
}

// `stride = [..], pad = [[..], ..], lhs_dilate = [..], rhs_dilate = [..],
// reverse = [..]`, each optional.
ParseResult parseWindowAttributes(OpAsmParser &parser,
                                  DenseI64ArrayAttr &strides,
                                  DenseIntElementsAttr &padding,
                                  DenseI64ArrayAttr &lhsDilation,
                                  DenseI64ArrayAttr &rhsDilation,
                                  DenseBoolArrayAttr &reversal);
void printWindowAttributes(OpAsmPrinter &printer, Operation *,
                           DenseI64ArrayAttr strides,
                           DenseIntElementsAttr padding,
                           DenseI64ArrayAttr lhsDilation,
                           DenseI64ArrayAttr rhsDilation,
                           DenseBoolArrayAttr reversal);

// `@target`, quoted where it is no identifier.
ParseResult parseCallTarget(OpAsmParser &parser, StringAttr &target);
void printCallTarget(OpAsmPrinter &printer, Operation *, StringAttr target);

// `({...}, {...})` if there are any.
ParseResult
parseCompositeRegions(OpAsmParser &parser,
                      SmallVectorImpl<std::unique_ptr<Region>> &regions);
void printCompositeRegions(OpAsmPrinter &printer, Operation *op,
                           MutableArrayRef<Region> regions);

} // namespace mlir::mp::shlo

#endif // MP_STABLEHLO_ASSEMBLY_H
