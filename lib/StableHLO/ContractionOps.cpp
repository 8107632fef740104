#include "Assembly.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace mlir::mp::shlo;

#define GET_OP_CLASSES
#include "mp/StableHLO/StableHLOContractionOps.cpp.inc"

void StableHLODialect::registerContractionOps() {
  addOperations<
#define GET_OP_LIST
#include "mp/StableHLO/StableHLOContractionOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// ReduceOp
//===----------------------------------------------------------------------===//

static RankedTensorType getScalarType(Type tensor) {
  return RankedTensorType::get({}, cast<ShapedType>(tensor).getElementType());
}

// The op of a body that applies one commutative op to its two arguments, in
// order, and returns the result; null for any other body.
static Operation *getOnlyOp(ReduceOp reduce) {
  if (reduce.getInputs().size() != 1 || !reduce.getBody().hasOneBlock())
    return nullptr;
  Block &block = reduce.getBody().front();
  Type type = getScalarType(reduce.getInitValues()[0].getType());
  if (block.getNumArguments() != 2 || block.getArgument(0).getType() != type ||
      block.getArgument(1).getType() != type || !llvm::hasNItems(block, 2))
    return nullptr;
  Operation &op = block.front();
  auto terminator = dyn_cast<ReturnOp>(block.back());
  if (!terminator || !isa_and_nonnull<StableHLODialect>(op.getDialect()) ||
      !op.hasTrait<OpTrait::IsCommutative>() || op.getNumOperands() != 2 ||
      op.getOperand(0) != block.getArgument(0) ||
      op.getOperand(1) != block.getArgument(1) || op.getNumResults() != 1 ||
      op.getResult(0).getType() != type || !op.getAttrs().empty() ||
      !terminator->getAttrs().empty() || terminator->getNumOperands() != 1 ||
      terminator->getOperand(0) != op.getResult(0))
    return nullptr;
  return &op;
}

// Builds the body of `applies NAME`.
static ParseResult buildBody(OpAsmParser &parser, SMLoc loc, OperationName name,
                             FunctionType type, OperationState &state) {
  if (!name.isRegistered() || name.getDialectNamespace() != "stablehlo" ||
      !name.hasTrait<OpTrait::IsCommutative>() ||
      !name.hasTrait<OpTrait::NOperands<2>::Impl>() ||
      !name.hasTrait<OpTrait::OneResult>())
    return parser.emitError(loc)
           << "expected a commutative stablehlo op of two operands, but got '"
           << name << "'";
  if (type.getNumInputs() != 2 || !isa<ShapedType>(type.getInput(1)))
    return parser.emitError(loc)
           << "expected one input and one initial value for 'applies'";
  Type scalar = getScalarType(type.getInput(1));
  Region &body = *state.regions.front();
  Block &block = body.emplaceBlock();
  OpBuilder builder(parser.getContext());
  builder.setInsertionPointToStart(&block);
  Location bodyLoc = state.location;
  block.addArguments({scalar, scalar}, {bodyLoc, bodyLoc});
  OperationState opState(bodyLoc, name);
  opState.addOperands(block.getArguments());
  opState.addTypes(scalar);
  Operation *op = builder.create(opState);
  ReturnOp::create(builder, bodyLoc, op->getResults());
  return success();
}

ParseResult ReduceOp::parse(OpAsmParser &parser, OperationState &result) {
  SmallVector<OpAsmParser::UnresolvedOperand> inputs, initValues;
  SMLoc loc = parser.getCurrentLocation();
  do {
    if (parser.parseLParen() || parser.parseOperand(inputs.emplace_back()) ||
        parser.parseKeyword("init") || parser.parseColon() ||
        parser.parseOperand(initValues.emplace_back()) || parser.parseRParen())
      return failure();
  } while (succeeded(parser.parseOptionalComma()));
  inputs.append(initValues);

  FailureOr<OperationName> applied = failure();
  SMLoc appliedLoc = parser.getCurrentLocation();
  bool isCompact = succeeded(parser.parseOptionalKeyword("applies"));
  if (isCompact && failed(applied = parser.parseCustomOperationName()))
    return failure();

  SmallVector<int64_t> dimensions;
  FunctionType type;
  if (parser.parseKeyword("across") || parser.parseKeyword("dimensions") ||
      parser.parseEqual() ||
      parser.parseCommaSeparatedList(
          AsmParser::Delimiter::Square,
          [&] { return parser.parseInteger(dimensions.emplace_back()); }) ||
      parser.parseOptionalAttrDict(result.attributes) ||
      parser.parseColonType(type) ||
      parser.resolveOperands(inputs, type.getInputs(), loc, result.operands))
    return failure();
  result.addTypes(type.getResults());
  result.addAttribute(getDimensionsAttrName(result.name),
                      parser.getBuilder().getDenseI64ArrayAttr(dimensions));
  Region *body = result.addRegion();

  if (isCompact) {
    // The ops of the short form share the location written behind it.
    std::optional<Location> written;
    if (parser.parseOptionalLocationSpecifier(written))
      return failure();
    if (written)
      result.location = *written;
    return buildBody(parser, appliedLoc, *applied, type, result);
  }

  if (parser.parseKeyword("reducer"))
    return failure();
  SmallVector<OpAsmParser::Argument> lhs, rhs;
  for (size_t i = 0; i < initValues.size(); ++i)
    if (parser.parseLParen() ||
        parser.parseArgument(lhs.emplace_back(), /*allowType=*/true) ||
        parser.parseComma() ||
        parser.parseArgument(rhs.emplace_back(), /*allowType=*/true) ||
        parser.parseRParen())
      return failure();
  lhs.append(rhs);
  return parser.parseRegion(*body, lhs);
}

void ReduceOp::print(OpAsmPrinter &printer) {
  llvm::interleaveComma(llvm::zip(getInputs(), getInitValues()), printer,
                        [&](auto pair) {
                          printer << "(" << std::get<0>(pair)
                                  << " init: " << std::get<1>(pair) << ")";
                        });
  Operation *only = getOnlyOp(*this);
  if (only)
    printer << " applies " << only->getName();
  printer << " across dimensions = [";
  llvm::interleaveComma(getDimensions(), printer);
  printer << "]";
  printer.printOptionalAttrDict((*this)->getAttrs(), {getDimensionsAttrName()});
  printer << " : ";
  printer.printFunctionalType(*this);
  if (only)
    return;
  printer.printNewline();
  printer << " reducer";
  Block &block = getBody().front();
  size_t count = getInputs().size();
  for (size_t i = 0; i < count; ++i) {
    printer << "(";
    printer.printRegionArgument(block.getArgument(i));
    printer << ", ";
    printer.printRegionArgument(block.getArgument(i + count));
    printer << ") ";
  }
  printer << ' ';
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}
