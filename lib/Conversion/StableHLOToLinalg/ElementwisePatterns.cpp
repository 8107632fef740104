//===- ElementwisePatterns.cpp - elementwise ops to linalg.generic --------===//
#include "ScalarOpKinds.h"
#include "ScalarOps.h"
#include "StableHLOToLinalg.h"
#include "mp/IR/Storage.h"

using namespace mlir;
using namespace mlir::mp;

/// The element that `value` holds everywhere, if it is such a constant.
static Attribute getSplatElement(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<shlo::BroadcastInDimOp, shlo::ReshapeOp>(op))
      break;
    value = op->getOperand(0);
  }
  DenseElementsAttr elements;
  if (auto constant = value.getDefiningOp<shlo::ConstantOp>())
    elements = dyn_cast<DenseElementsAttr>(constant.getValue());
  else if (!matchPattern(value, m_Constant(&elements)))
    return {};
  if (!elements || !elements.isSplat())
    return {};
  return elements.getSplatValue<Attribute>();
}

namespace {

/// Where the scalar of one operand comes from: a constant, or an input.
struct ScalarSource {
  Attribute constant;
  unsigned input = 0;
};

/// One op, one `linalg.generic`; uniform constants move into its body.
class ElementwisePattern : public ConversionPattern {
public:
  ElementwisePattern(const TypeConverter &converter, StringRef name,
                     MLIRContext *context)
      : ConversionPattern(converter, name, /*benefit=*/1, context) {}

  LogicalResult
  matchAndRewrite(Operation *op, ArrayRef<Value> operands,
                  ConversionPatternRewriter &rewriter) const override;
};

} // namespace

LogicalResult
ElementwisePattern::matchAndRewrite(Operation *op, ArrayRef<Value> operands,
                                    ConversionPatternRewriter &rewriter) const {
  auto type = dyn_cast_or_null<RankedTensorType>(
      getTypeConverter()->convertType(op->getResult(0).getType()));
  if (!type || !type.hasStaticShape())
    return rewriter.notifyMatchFailure(op, "expected a static shape");

  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  SmallVector<ScalarSource> sources;
  for (auto [original, operand] :
       llvm::zip_equal(op->getOperands(), operands)) {
    auto operandType = dyn_cast<RankedTensorType>(operand.getType());
    if (!operandType || (operandType.getRank() != 0 &&
                         operandType.getShape() != type.getShape()))
      return rewriter.notifyMatchFailure(op, "expected operands of one shape");
    if (Attribute constant = getSplatElement(original)) {
      sources.push_back({constant});
      continue;
    }
    auto *known = llvm::find(inputs, operand);
    sources.push_back({{}, static_cast<unsigned>(known - inputs.begin())});
    if (known != inputs.end())
      continue;
    inputs.push_back(operand);
    maps.push_back(
        operandType.getRank() == type.getRank()
            ? rewriter.getMultiDimIdentityMap(type.getRank())
            : AffineMap::get(type.getRank(), 0, rewriter.getContext()));
  }

  bool mapped = true;
  auto body = [&](OpBuilder &builder, Location loc,
                  ValueRange scalars) -> Value {
    SmallVector<Value> args;
    for (auto [source, operand] : llvm::zip_equal(sources, operands))
      args.push_back(
          source.constant
              ? createScalarConstant(builder, loc,
                                     getElementTypeOrSelf(operand.getType()),
                                     source.constant)
              : scalars[source.input]);
    FailureOr<Value> result = mapToScalar(op, args, builder);
    mapped = succeeded(result);
    if (mapped)
      return *result;
    // Any value of the type will do: the generic is rolled back.
    return UnrealizedConversionCastOp::create(
               builder, loc, type.getElementType(), ValueRange())
        .getResult(0);
  };
  Value result =
      createParallelGeneric(rewriter, op->getLoc(), type, inputs, maps, body);
  if (!mapped)
    return rewriter.notifyMatchFailure(op, "no scalar meaning on this type");
  if (Attribute stored = op->getAttr(kStoredAttrName))
    result.getDefiningOp()->setAttr(kStoredAttrName, stored);
  rewriter.replaceOp(op, result);
  return success();
}

void mp::populateElementwiseToLinalgPatterns(TypeConverter &converter,
                                             RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  for (StringRef name : getElementwiseOpNames())
    patterns.add<ElementwisePattern>(converter, name, context);
}
