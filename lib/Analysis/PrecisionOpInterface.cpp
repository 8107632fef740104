#include "mp/Analysis/PrecisionOpInterface.h"

#include "mp/IR/MPOps.h"

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
  }
  return {};
}

ElementsAttr mp::getConstant(Value value) {
  // Read, not folded: a fold of a dialect that we do not own may decline.
  Operation *op = value.getDefiningOp();
  if (!op || !op->hasTrait<OpTrait::ConstantLike>())
    return {};
  return op->getAttrOfType<ElementsAttr>("value");
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

Value CastBuilder::build(OpBuilder &builder, Location loc, Value value,
                         Type elementType) const {
  Type type = withElementType(value.getType(), elementType);
  if (!isStableHLO)
    return CastOp::create(builder, loc, type, value).getResult();
  OperationState state(loc, "stablehlo.convert", value, type);
  return builder.create(state)->getResult(0);
}
