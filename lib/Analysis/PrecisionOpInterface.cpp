#include "mp/Analysis/PrecisionOpInterface.h"

#include "mp/IR/MPOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace mlir::mp;

#include "mp/Analysis/PrecisionEnums.cpp.inc"
#include "mp/Analysis/PrecisionOpInterface.cpp.inc"

FloatType mp::getFloatElementType(Type type) {
  if (auto shaped = dyn_cast<ShapedType>(type))
    type = isa<TensorType>(type) ? shaped.getElementType() : Type();
  return dyn_cast_if_present<FloatType>(type);
}

Type mp::withElementType(Type type, Type elementType) {
  if (auto shaped = dyn_cast<ShapedType>(type))
    return shaped.clone(elementType);
  return elementType;
}

FloatType mp::getFormatType(MLIRContext *context, Format format) {
  switch (format) {
  case Format::F32:
    return Float32Type::get(context);
  case Format::BF16:
    return BFloat16Type::get(context);
  case Format::F16:
    return Float16Type::get(context);
  case Format::F8E4M3FN:
    return Float8E4M3FNType::get(context);
  case Format::F8E5M2:
    return Float8E5M2Type::get(context);
  case Format::TF32:
    return FloatTF32Type::get(context);
  }
  return {};
}

ElementsAttr mp::getConstant(Value constant) {
  // Read, not folded: a fold of a dialect that we do not own may decline.
  Operation *op = constant.getDefiningOp();
  if (!op || !op->hasTrait<OpTrait::ConstantLike>())
    return {};
  Attribute value = op->getAttr("value");
  if (auto scalar = dyn_cast_if_present<FloatAttr>(value))
    return DenseElementsAttr::get(RankedTensorType::get({}, scalar.getType()),
                                  scalar.getValue());
  if (auto scalar = dyn_cast_if_present<IntegerAttr>(value);
      scalar && isa<IntegerType>(scalar.getType()))
    return DenseElementsAttr::get(RankedTensorType::get({}, scalar.getType()),
                                  scalar.getValue());
  return dyn_cast_if_present<ElementsAttr>(value);
}

bool mp::isUndefined(Value value) {
  auto op = value.getDefiningOp<PrecisionOpInterface>();
  return op && op.isUndefined();
}

void mp::addTiedGroup(Operation *op, SmallVectorImpl<TypeGroup> &groups) {
  TypeGroup group;
  for (OpOperand &operand : op->getOpOperands())
    if (getFloatElementType(operand.get().getType()))
      group.reads.push_back(&operand);
  for (Value result : op->getResults())
    if (getFloatElementType(result.getType()))
      group.gives.push_back(result);
  if (!group.reads.empty() || !group.gives.empty())
    groups.push_back(std::move(group));
}

CastBuilder::CastBuilder(Operation *root) {
  // Code is written in StableHLO when it holds any of it.
  WalkResult result = root->walk([](Operation *op) {
    StringRef dialect = op->getName().getDialectNamespace();
    return dialect == "stablehlo" || dialect == "chlo" ? WalkResult::interrupt()
                                                       : WalkResult::advance();
  });
  isStableHLO = result.wasInterrupted();
}

Value mp::buildUpstreamCast(OpBuilder &builder, Location loc, Value value,
                            Type type) {
  FloatType from = getFloatElementType(value.getType());
  FloatType to = getFloatElementType(type);
  // The narrow formats of arith overflow as nobody's hardware does.
  if (from.getWidth() < 16 || to.getWidth() < 16)
    return CastOp::create(builder, loc, type, value).getResult();
  if (from.getWidth() < to.getWidth())
    return arith::ExtFOp::create(builder, loc, type, value);
  if (from.getWidth() > to.getWidth())
    return arith::TruncFOp::create(builder, loc, type, value);
  Value wide = arith::ExtFOp::create(
      builder, loc, withElementType(type, builder.getF32Type()), value);
  return arith::TruncFOp::create(builder, loc, type, wide);
}

Value CastBuilder::build(OpBuilder &builder, Location loc, Value value,
                         Type elementType) const {
  Type type = withElementType(value.getType(), elementType);
  if (!isStableHLO)
    return buildUpstreamCast(builder, loc, value, type);
  OperationState state(loc, "stablehlo.convert", value, type);
  return builder.create(state)->getResult(0);
}
