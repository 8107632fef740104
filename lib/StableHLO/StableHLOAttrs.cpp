#include "Assembly.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::mp::shlo;

#include "mp/StableHLO/StableHLOEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "mp/StableHLO/StableHLOAttrs.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "mp/StableHLO/StableHLOTypeDefs.cpp.inc"

void StableHLODialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "mp/StableHLO/StableHLOAttrs.cpp.inc"
      >();
}

void StableHLODialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "mp/StableHLO/StableHLOTypeDefs.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// `key = value` lists in any order
//===----------------------------------------------------------------------===//

namespace {
/// One key of a list and where its value goes.
struct Field {
  StringRef key;
  llvm::function_ref<ParseResult()> parse;
};
} // namespace

// Parses `<key = value, ...>`; each of `fields` at most once.
static ParseResult parseFields(AsmParser &parser, ArrayRef<Field> fields) {
  llvm::SmallBitVector seen(fields.size());
  auto parseField = [&]() -> ParseResult {
    SMLoc loc = parser.getCurrentLocation();
    StringRef key;
    if (parser.parseKeyword(&key))
      return failure();
    auto *field =
        llvm::find_if(fields, [&](const Field &f) { return f.key == key; });
    if (field == fields.end())
      return parser.emitError(loc) << "unknown key '" << key << "'";
    size_t index = field - fields.begin();
    if (seen.test(index))
      return parser.emitError(loc) << "repeated key '" << key << "'";
    seen.set(index);
    return failure(parser.parseEqual() || field->parse());
  };
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater,
                                        parseField);
}

static ParseResult parseDims(AsmParser &parser,
                             SmallVectorImpl<int64_t> &dims) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&] {
    return parser.parseInteger(dims.emplace_back());
  });
}

namespace {
/// Prints the keys whose values are not the default ones.
class FieldPrinter {
public:
  explicit FieldPrinter(AsmPrinter &printer) : printer(printer) {
    printer << "<";
  }
  ~FieldPrinter() { printer << ">"; }

  void dims(StringRef key, ArrayRef<int64_t> values) {
    if (values.empty())
      return;
    begin(key) << "[";
    llvm::interleaveComma(values, printer);
    printer << "]";
  }
  void number(StringRef key, int64_t value) {
    if (value != 0)
      begin(key) << value;
  }
  AsmPrinter &begin(StringRef key) {
    printer << separator << key << " = ";
    separator = ", ";
    return printer;
  }

private:
  AsmPrinter &printer;
  StringRef separator;
};
} // namespace

//===----------------------------------------------------------------------===//
// Dimension numbers
//===----------------------------------------------------------------------===//

Attribute DotDimensionNumbersAttr::parse(AsmParser &parser, Type) {
  SmallVector<int64_t> dims[4];
  auto d0 = [&] { return parseDims(parser, dims[0]); };
  auto d1 = [&] { return parseDims(parser, dims[1]); };
  auto d2 = [&] { return parseDims(parser, dims[2]); };
  auto d3 = [&] { return parseDims(parser, dims[3]); };
  if (parseFields(parser, {{"lhs_batching_dimensions", d0},
                           {"rhs_batching_dimensions", d1},
                           {"lhs_contracting_dimensions", d2},
                           {"rhs_contracting_dimensions", d3}}))
    return {};
  return get(parser.getContext(), dims[0], dims[1], dims[2], dims[3]);
}

void DotDimensionNumbersAttr::print(AsmPrinter &printer) const {
  FieldPrinter fields(printer);
  fields.dims("lhs_batching_dimensions", getLhsBatchingDimensions());
  fields.dims("rhs_batching_dimensions", getRhsBatchingDimensions());
  fields.dims("lhs_contracting_dimensions", getLhsContractingDimensions());
  fields.dims("rhs_contracting_dimensions", getRhsContractingDimensions());
}

/// Gathers and scatters number the same things; only the keys differ.
template <typename AttrT>
static Attribute parseIndexedDimensions(AsmParser &parser,
                                        const StringRef (&keys)[5]) {
  SmallVector<int64_t> dims[5];
  int64_t indexVectorDim = 0;
  auto d0 = [&] { return parseDims(parser, dims[0]); };
  auto d1 = [&] { return parseDims(parser, dims[1]); };
  auto d2 = [&] { return parseDims(parser, dims[2]); };
  auto d3 = [&] { return parseDims(parser, dims[3]); };
  auto d4 = [&] { return parseDims(parser, dims[4]); };
  auto d5 = [&] { return parser.parseInteger(indexVectorDim); };
  if (parseFields(parser, {{keys[0], d0},
                           {keys[1], d1},
                           {keys[2], d2},
                           {keys[3], d3},
                           {keys[4], d4},
                           {"index_vector_dim", d5}}))
    return {};
  return AttrT::get(parser.getContext(), dims[0], dims[1], dims[2], dims[3],
                    dims[4], indexVectorDim);
}

Attribute GatherDimensionNumbersAttr::parse(AsmParser &parser, Type) {
  return parseIndexedDimensions<GatherDimensionNumbersAttr>(
      parser, {"offset_dims", "collapsed_slice_dims", "operand_batching_dims",
               "start_indices_batching_dims", "start_index_map"});
}

void GatherDimensionNumbersAttr::print(AsmPrinter &printer) const {
  FieldPrinter fields(printer);
  fields.dims("offset_dims", getOffsetDims());
  fields.dims("collapsed_slice_dims", getCollapsedSliceDims());
  fields.dims("operand_batching_dims", getOperandBatchingDims());
  fields.dims("start_indices_batching_dims", getStartIndicesBatchingDims());
  fields.dims("start_index_map", getStartIndexMap());
  fields.number("index_vector_dim", getIndexVectorDim());
}

Attribute ScatterDimensionNumbersAttr::parse(AsmParser &parser, Type) {
  return parseIndexedDimensions<ScatterDimensionNumbersAttr>(
      parser,
      {"update_window_dims", "inserted_window_dims", "input_batching_dims",
       "scatter_indices_batching_dims", "scatter_dims_to_operand_dims"});
}

void ScatterDimensionNumbersAttr::print(AsmPrinter &printer) const {
  FieldPrinter fields(printer);
  fields.dims("update_window_dims", getUpdateWindowDims());
  fields.dims("inserted_window_dims", getInsertedWindowDims());
  fields.dims("input_batching_dims", getInputBatchingDims());
  fields.dims("scatter_indices_batching_dims", getScatterIndicesBatchingDims());
  fields.dims("scatter_dims_to_operand_dims", getScatterDimsToOperandDims());
  fields.number("index_vector_dim", getIndexVectorDim());
}

//===----------------------------------------------------------------------===//
// ConvDimensionNumbersAttr
//===----------------------------------------------------------------------===//

namespace {
/// One `[b, 0, 1, f]`: the positions of the two named dimensions and, in
/// order, of the spatial ones.
struct ConvDims {
  int64_t first = -1;
  int64_t second = -1;
  SmallVector<int64_t> spatial;
};
} // namespace

static ParseResult parseConvDims(AsmParser &parser, StringRef first,
                                 StringRef second, ConvDims &dims) {
  SMLoc loc = parser.getCurrentLocation();
  SmallVector<std::pair<int64_t, int64_t>> spatial; // number, position
  int64_t position = 0;
  auto parseOne = [&]() -> ParseResult {
    SMLoc itemLoc = parser.getCurrentLocation();
    int64_t current = position++;
    int64_t number = 0;
    OptionalParseResult isNumber = parser.parseOptionalInteger(number);
    if (isNumber.has_value()) {
      spatial.emplace_back(number, current);
      return *isNumber;
    }
    // A dimension of no known role, as some exporters print it.
    if (succeeded(parser.parseOptionalQuestion()))
      return success();
    StringRef word;
    if (parser.parseKeyword(&word))
      return failure();
    int64_t *place = word == first    ? &dims.first
                     : word == second ? &dims.second
                                      : nullptr;
    if (!place || *place != -1)
      return parser.emitError(itemLoc)
             << "unknown or repeated dimension '" << word << "'";
    *place = current;
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseOne))
    return failure();
  if (dims.first == -1 || dims.second == -1)
    return parser.emitError(loc)
           << "expected dimensions '" << first << "' and '" << second << "'";
  llvm::sort(spatial);
  for (auto [index, entry] : llvm::enumerate(spatial)) {
    if (entry.first != int64_t(index))
      return parser.emitError(loc) << "expected spatial dimensions 0 to "
                                   << spatial.size() - 1 << ", each once";
    dims.spatial.push_back(entry.second);
  }
  return success();
}

ParseResult
mlir::mp::shlo::parseConvDimensions(AsmParser &parser,
                                    ConvDimensionNumbersAttr &numbers) {
  ConvDims input, kernel, output;
  if (parseConvDims(parser, "b", "f", input) || parser.parseKeyword("x") ||
      parseConvDims(parser, "i", "o", kernel) || parser.parseArrow() ||
      parseConvDims(parser, "b", "f", output))
    return failure();
  numbers = ConvDimensionNumbersAttr::get(
      parser.getContext(), input.first, input.second, input.spatial,
      kernel.first, kernel.second, kernel.spatial, output.first, output.second,
      output.spatial);
  return success();
}

static void printConvDims(AsmPrinter &printer, char firstName, int64_t first,
                          char secondName, int64_t second,
                          ArrayRef<int64_t> spatial) {
  int64_t rank = std::max(first, second);
  for (int64_t position : spatial)
    rank = std::max(rank, position);
  printer << "[";
  for (int64_t position = 0; position <= rank; ++position) {
    if (position)
      printer << ", ";
    auto *found = llvm::find(spatial, position);
    if (position == first)
      printer << firstName;
    else if (position == second)
      printer << secondName;
    else if (found != spatial.end())
      printer << int64_t(found - spatial.begin());
    else
      printer << "?";
  }
  printer << "]";
}

void mlir::mp::shlo::printConvDimensions(AsmPrinter &printer,
                                         ConvDimensionNumbersAttr numbers) {
  printConvDims(printer, 'b', numbers.getInputBatchDimension(), 'f',
                numbers.getInputFeatureDimension(),
                numbers.getInputSpatialDimensions());
  printer << "x";
  printConvDims(printer, 'i', numbers.getKernelInputFeatureDimension(), 'o',
                numbers.getKernelOutputFeatureDimension(),
                numbers.getKernelSpatialDimensions());
  printer << "->";
  printConvDims(printer, 'b', numbers.getOutputBatchDimension(), 'f',
                numbers.getOutputFeatureDimension(),
                numbers.getOutputSpatialDimensions());
}

Attribute ConvDimensionNumbersAttr::parse(AsmParser &parser, Type) {
  ConvDimensionNumbersAttr numbers;
  if (parser.parseLess() || parseConvDimensions(parser, numbers) ||
      parser.parseGreater())
    return {};
  return numbers;
}

void ConvDimensionNumbersAttr::print(AsmPrinter &printer) const {
  printer << "<";
  printConvDimensions(printer, *this);
  printer << ">";
}

//===----------------------------------------------------------------------===//
// Others
//===----------------------------------------------------------------------===//

static ParseResult parseBool(AsmParser &parser, bool &value) {
  if (succeeded(parser.parseOptionalKeyword("true")))
    return value = true, success();
  value = false;
  return parser.parseKeyword("false");
}

Attribute DotAlgorithmAttr::parse(AsmParser &parser, Type) {
  SMLoc loc = parser.getCurrentLocation();
  Type lhs, rhs, accumulation;
  int64_t lhsCount = 1, rhsCount = 1, primitives = 1;
  bool imprecise = false;
  auto p0 = [&] { return parser.parseType(lhs); };
  auto p1 = [&] { return parser.parseType(rhs); };
  auto p2 = [&] { return parser.parseType(accumulation); };
  auto p3 = [&] { return parser.parseInteger(lhsCount); };
  auto p4 = [&] { return parser.parseInteger(rhsCount); };
  auto p5 = [&] { return parser.parseInteger(primitives); };
  auto p6 = [&] { return parseBool(parser, imprecise); };
  if (parseFields(parser, {{"lhs_precision_type", p0},
                           {"rhs_precision_type", p1},
                           {"accumulation_type", p2},
                           {"lhs_component_count", p3},
                           {"rhs_component_count", p4},
                           {"num_primitive_operations", p5},
                           {"allow_imprecise_accumulation", p6}}))
    return {};
  if (!lhs || !rhs || !accumulation) {
    parser.emitError(loc, "expected the keys 'lhs_precision_type', "
                          "'rhs_precision_type' and 'accumulation_type'");
    return {};
  }
  return get(parser.getContext(), lhs, rhs, accumulation, lhsCount, rhsCount,
             primitives, imprecise);
}

void DotAlgorithmAttr::print(AsmPrinter &printer) const {
  FieldPrinter fields(printer);
  fields.begin("lhs_precision_type") << getLhsPrecisionType();
  fields.begin("rhs_precision_type") << getRhsPrecisionType();
  fields.begin("accumulation_type") << getAccumulationType();
  fields.begin("lhs_component_count") << getLhsComponentCount();
  fields.begin("rhs_component_count") << getRhsComponentCount();
  fields.begin("num_primitive_operations") << getNumPrimitiveOperations();
  fields.begin("allow_imprecise_accumulation")
      << (getAllowImpreciseAccumulation() ? "true" : "false");
}

Attribute OutputOperandAliasAttr::parse(AsmParser &parser, Type) {
  SmallVector<int64_t> output, operand;
  int64_t index = 0;
  auto p0 = [&] { return parseDims(parser, output); };
  auto p1 = [&] { return parser.parseInteger(index); };
  auto p2 = [&] { return parseDims(parser, operand); };
  if (parseFields(parser, {{"output_tuple_indices", p0},
                           {"operand_index", p1},
                           {"operand_tuple_indices", p2}}))
    return {};
  return get(parser.getContext(), output, index, operand);
}

void OutputOperandAliasAttr::print(AsmPrinter &printer) const {
  FieldPrinter fields(printer);
  fields.begin("output_tuple_indices") << "[" << getOutputTupleIndices() << "]";
  fields.begin("operand_index") << getOperandIndex();
  fields.begin("operand_tuple_indices")
      << "[" << getOperandTupleIndices() << "]";
}

Attribute ResultAccuracyAttr::parse(AsmParser &parser, Type) {
  double atol = 0.0, rtol = 0.0;
  int64_t ulps = 0;
  auto mode = ResultAccuracyModeAttr::get(parser.getContext(),
                                          ResultAccuracyMode::DEFAULT);
  auto p0 = [&] { return parser.parseFloat(atol); };
  auto p1 = [&] { return parser.parseFloat(rtol); };
  auto p2 = [&] { return parser.parseInteger(ulps); };
  auto p3 = [&] { return parser.parseAttribute(mode); };
  if (parseFields(parser,
                  {{"atol", p0}, {"rtol", p1}, {"ulps", p2}, {"mode", p3}}))
    return {};
  return get(parser.getContext(), APFloat(atol), APFloat(rtol), ulps, mode);
}

void ResultAccuracyAttr::print(AsmPrinter &printer) const {
  FieldPrinter fields(printer);
  if (!getAtol().isZero())
    fields.begin("atol") << getAtol();
  if (!getRtol().isZero())
    fields.begin("rtol") << getRtol();
  fields.number("ulps", getUlps());
  fields.begin("mode") << getMode();
}

// `?` is a dimension without a bound.
static ParseResult parseBound(AsmParser &parser, int64_t &bound) {
  bound = ShapedType::kDynamic;
  if (succeeded(parser.parseOptionalQuestion()))
    return success();
  return parser.parseInteger(bound);
}

static void printBounds(AsmPrinter &printer, ArrayRef<int64_t> bounds) {
  llvm::interleaveComma(bounds, printer, [&](int64_t bound) {
    if (ShapedType::isDynamic(bound))
      printer << "?";
    else
      printer << bound;
  });
}

static LogicalResult
verifyBounds(ArrayRef<int64_t> bounds, ArrayRef<int64_t> shape,
             llvm::function_ref<InFlightDiagnostic()> emitError) {
  if (bounds.size() != shape.size())
    return emitError() << "expected a bound for each of " << shape.size()
                       << " dimensions, but got " << bounds.size();
  for (auto [bound, size] : llvm::zip_equal(bounds, shape))
    if (!ShapedType::isDynamic(bound) && !ShapedType::isDynamic(size))
      return emitError() << "expected no bound for a dimension of known size "
                         << size;
  return success();
}

Attribute TypeExtensionsAttr::parse(AsmParser &parser, Type) {
  SmallVector<int64_t> bounds;
  auto p0 = [&] {
    return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&] {
      return parseBound(parser, bounds.emplace_back());
    });
  };
  if (parseFields(parser, {{"bounds", p0}}))
    return {};
  return get(parser.getContext(), bounds);
}

void TypeExtensionsAttr::print(AsmPrinter &printer) const {
  printer << "<bounds = [";
  printBounds(printer, getBounds());
  printer << "]>";
}

LogicalResult TypeExtensionsAttr::verifyEncoding(
    ArrayRef<int64_t> shape, Type,
    llvm::function_ref<InFlightDiagnostic()> emitError) const {
  return verifyBounds(getBounds(), shape, emitError);
}

Attribute BoundsAttr::parse(AsmParser &parser, Type) {
  SmallVector<int64_t> bounds;
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater, [&] {
        return parseBound(parser, bounds.emplace_back());
      }))
    return {};
  return get(parser.getContext(), bounds);
}

void BoundsAttr::print(AsmPrinter &printer) const {
  printer << "<";
  printBounds(printer, getBounds());
  printer << ">";
}

LogicalResult BoundsAttr::verifyEncoding(
    ArrayRef<int64_t> shape, Type,
    llvm::function_ref<InFlightDiagnostic()> emitError) const {
  return verifyBounds(getBounds(), shape, emitError);
}
