#include "Assembly.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::mp::shlo;

static ParseResult parseInts(AsmParser &parser,
                             SmallVectorImpl<int64_t> &ints) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&] {
    return parser.parseInteger(ints.emplace_back());
  });
}

static void printInts(AsmPrinter &printer, ArrayRef<int64_t> ints) {
  printer << "[";
  llvm::interleaveComma(ints, printer);
  printer << "]";
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

ParseResult
mlir::mp::shlo::parseDotDimensions(OpAsmParser &parser,
                                   DotDimensionNumbersAttr &numbers) {
  SmallVector<int64_t> lhsBatch, rhsBatch, lhsContracting, rhsContracting;
  auto parsePair = [&](SmallVectorImpl<int64_t> &lhs,
                       SmallVectorImpl<int64_t> &rhs) -> ParseResult {
    return failure(parser.parseEqual() || parseInts(parser, lhs) ||
                   parser.parseKeyword("x") || parseInts(parser, rhs));
  };
  if (succeeded(parser.parseOptionalKeyword("batching_dims")) &&
      (parsePair(lhsBatch, rhsBatch) || parser.parseComma()))
    return failure();
  if (parser.parseKeyword("contracting_dims") ||
      parsePair(lhsContracting, rhsContracting))
    return failure();
  numbers = DotDimensionNumbersAttr::get(
      parser.getContext(), lhsBatch, rhsBatch, lhsContracting, rhsContracting);
  return success();
}

void mlir::mp::shlo::printDotDimensions(OpAsmPrinter &printer, Operation *,
                                        DotDimensionNumbersAttr numbers) {
  auto printPair = [&](StringRef name, ArrayRef<int64_t> lhs,
                       ArrayRef<int64_t> rhs) {
    printer << name << " = ";
    printInts(printer, lhs);
    printer << " x ";
    printInts(printer, rhs);
  };
  if (!numbers.getLhsBatchingDimensions().empty() ||
      !numbers.getRhsBatchingDimensions().empty()) {
    printPair("batching_dims", numbers.getLhsBatchingDimensions(),
              numbers.getRhsBatchingDimensions());
    printer << ", ";
  }
  printPair("contracting_dims", numbers.getLhsContractingDimensions(),
            numbers.getRhsContractingDimensions());
}

static ParseResult parsePrecisions(OpAsmParser &parser, ArrayAttr &precision) {
  SmallVector<Attribute> values;
  auto parseOne = [&]() -> ParseResult {
    SMLoc loc = parser.getCurrentLocation();
    StringRef word;
    if (parser.parseKeyword(&word))
      return failure();
    std::optional<Precision> value = symbolizePrecision(word);
    if (!value)
      return parser.emitError(loc)
             << "expected DEFAULT, HIGH or HIGHEST, but got '" << word << "'";
    values.push_back(PrecisionAttr::get(parser.getContext(), *value));
    return success();
  };
  if (parser.parseEqual() ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseOne))
    return failure();
  precision = parser.getBuilder().getArrayAttr(values);
  return success();
}

ParseResult mlir::mp::shlo::parsePrecisionConfig(OpAsmParser &parser,
                                                 ArrayAttr &precision) {
  if (failed(parser.parseOptionalComma()))
    return success();
  if (parser.parseKeyword("precision"))
    return failure();
  return parsePrecisions(parser, precision);
}

void mlir::mp::shlo::printPrecisionConfig(OpAsmPrinter &printer, Operation *,
                                          ArrayAttr precision) {
  if (!precision)
    return;
  printer << ", precision = [";
  llvm::interleaveComma(precision.getAsRange<PrecisionAttr>(), printer,
                        [&](PrecisionAttr value) {
                          printer << stringifyPrecision(value.getValue());
                        });
  printer << "]";
}

ParseResult mlir::mp::shlo::parsePrecisionAndAlgorithm(
    OpAsmParser &parser, ArrayAttr &precision, DotAlgorithmAttr &algorithm) {
  while (succeeded(parser.parseOptionalComma())) {
    if (!precision && succeeded(parser.parseOptionalKeyword("precision"))) {
      if (parsePrecisions(parser, precision))
        return failure();
      continue;
    }
    if (algorithm)
      return parser.emitError(parser.getCurrentLocation(),
                              "expected no more attributes");
    if (parser.parseKeyword("algorithm") || parser.parseEqual())
      return failure();
    algorithm = dyn_cast_or_null<DotAlgorithmAttr>(
        DotAlgorithmAttr::parse(parser, Type()));
    if (!algorithm)
      return failure();
  }
  return success();
}

void mlir::mp::shlo::printPrecisionAndAlgorithm(OpAsmPrinter &printer,
                                                Operation *op,
                                                ArrayAttr precision,
                                                DotAlgorithmAttr algorithm) {
  printPrecisionConfig(printer, op, precision);
  if (!algorithm)
    return;
  printer << ", algorithm = ";
  algorithm.print(printer);
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

static ParseResult parseBools(OpAsmParser &parser, DenseBoolArrayAttr &attr) {
  SmallVector<bool> values;
  auto parseOne = [&]() -> ParseResult {
    if (succeeded(parser.parseOptionalKeyword("true")))
      values.push_back(true);
    else if (succeeded(parser.parseOptionalKeyword("false")))
      values.push_back(false);
    else {
      int64_t number = 0;
      if (parser.parseInteger(number))
        return failure();
      values.push_back(number != 0);
    }
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseOne))
    return failure();
  attr = DenseBoolArrayAttr::get(parser.getContext(), values);
  return success();
}

static ParseResult parsePairs(OpAsmParser &parser, DenseIntElementsAttr &attr) {
  SmallVector<int64_t> values;
  auto parseOne = [&]() -> ParseResult {
    return failure(
        parser.parseLSquare() || parser.parseInteger(values.emplace_back()) ||
        parser.parseComma() || parser.parseInteger(values.emplace_back()) ||
        parser.parseRSquare());
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseOne))
    return failure();
  auto type = RankedTensorType::get({int64_t(values.size() / 2), 2},
                                    parser.getBuilder().getI64Type());
  attr = DenseIntElementsAttr::get(type, values);
  return success();
}

ParseResult mlir::mp::shlo::parseWindowAttributes(
    OpAsmParser &parser, DenseI64ArrayAttr &strides,
    DenseIntElementsAttr &padding, DenseI64ArrayAttr &lhsDilation,
    DenseI64ArrayAttr &rhsDilation, DenseBoolArrayAttr &reversal) {
  StringRef word;
  SMLoc loc = parser.getCurrentLocation();
  if (failed(parser.parseOptionalKeyword(&word)))
    return success();
  while (true) {
    if (parser.parseEqual())
      return failure();
    auto parseList = [&](DenseI64ArrayAttr &attr) -> ParseResult {
      SmallVector<int64_t> ints;
      if (parseInts(parser, ints))
        return failure();
      attr = parser.getBuilder().getDenseI64ArrayAttr(ints);
      return success();
    };
    ParseResult parsed = failure();
    if (word == "stride" && !strides)
      parsed = parseList(strides);
    else if (word == "pad" && !padding)
      parsed = parsePairs(parser, padding);
    else if (word == "lhs_dilate" && !lhsDilation)
      parsed = parseList(lhsDilation);
    else if (word == "rhs_dilate" && !rhsDilation)
      parsed = parseList(rhsDilation);
    else if (word == "reverse" && !reversal)
      parsed = parseBools(parser, reversal);
    else
      return parser.emitError(loc)
             << "unknown or repeated window attribute '" << word << "'";
    if (failed(parsed))
      return failure();
    if (failed(parser.parseOptionalComma()))
      return success();
    loc = parser.getCurrentLocation();
    if (parser.parseKeyword(&word))
      return failure();
  }
}

void mlir::mp::shlo::printWindowAttributes(OpAsmPrinter &printer, Operation *,
                                           DenseI64ArrayAttr strides,
                                           DenseIntElementsAttr padding,
                                           DenseI64ArrayAttr lhsDilation,
                                           DenseI64ArrayAttr rhsDilation,
                                           DenseBoolArrayAttr reversal) {
  StringRef separator;
  auto begin = [&](StringRef name) {
    printer << separator << name << " = [";
    separator = ", ";
  };
  auto printList = [&](StringRef name, DenseI64ArrayAttr values) {
    if (!values)
      return;
    begin(name);
    llvm::interleaveComma(values.asArrayRef(), printer);
    printer << "]";
  };
  printList("stride", strides);
  if (padding) {
    begin("pad");
    SmallVector<int64_t> values(padding.getValues<int64_t>());
    for (size_t i = 0; i + 1 < values.size(); i += 2)
      printer << (i ? ", [" : "[") << values[i] << ", " << values[i + 1] << "]";
    printer << "]";
  }
  printList("lhs_dilate", lhsDilation);
  printList("rhs_dilate", rhsDilation);
  if (reversal) {
    begin("reverse");
    llvm::interleaveComma(reversal.asArrayRef(), printer, [&](bool value) {
      printer << (value ? "true" : "false");
    });
    printer << "]";
  }
}
