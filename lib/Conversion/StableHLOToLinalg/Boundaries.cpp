//===- Boundaries.cpp - types at the edges, and constants -----------------===//

#include "ScalarOps.h"
#include "StableHLOToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Func/Transforms/FuncConversions.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mp/IR/MPOps.h"
#include "mp/StableHLO/StableHLO.h"

using namespace mlir;
using namespace mlir::mp;

SignlessTypeConverter::SignlessTypeConverter() {
  addConversion(getSignlessElementType);
  addConversion([](RankedTensorType type) -> Type {
    return type.clone(getSignlessElementType(type.getElementType()));
  });
  auto materialize = [](OpBuilder &builder, Type type, ValueRange inputs,
                        Location loc) -> Value {
    return UnrealizedConversionCastOp::create(builder, loc, type, inputs)
        .getResult(0);
  };
  addSourceMaterialization(materialize);
  addTargetMaterialization(materialize);
}

void mp::recordUnsignedBoundaries(ModuleOp module) {
  auto spelling = [](Type type) -> TypeAttr {
    Type element = getElementTypeOrSelf(type);
    return element.isUnsignedInteger() ? TypeAttr::get(type) : TypeAttr();
  };
  for (auto func : module.getOps<func::FuncOp>()) {
    for (auto [i, type] : llvm::enumerate(func.getArgumentTypes()))
      if (TypeAttr attr = spelling(type))
        func.setArgAttr(i, kTypeAttrName, attr);
    for (auto [i, type] : llvm::enumerate(func.getResultTypes()))
      if (TypeAttr attr = spelling(type))
        func.setResultAttr(i, kTypeAttrName, attr);
  }
}

namespace {

struct ConstantLowering : OpConversionPattern<shlo::ConstantOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::ConstantOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto type = dyn_cast_or_null<RankedTensorType>(
        getTypeConverter()->convertType(op.getType()));
    if (!type)
      return reject(op) << "its type is not a tensor";
    auto resource = dyn_cast<DenseResourceElementsAttr>(op.getValue());
    if (resource && !resource.getRawHandle().getBlob())
      return reject(op) << "its data was left out of the file (dense_resource<"
                        << resource.getRawHandle().getKey()
                        << ">), export the model with its weights";
    auto converted =
        dyn_cast_or_null<TypedAttr>(getSignlessElements(op.getValue()));
    if (!converted || converted.getType() != type)
      return reject(op) << "its value is not dense";
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(op, type, converted);
    return success();
  }
};

/// Nothing reorders or duplicates whole ops after this form, so the barrier has
/// done its work.
struct OptimizationBarrierLowering
    : OpConversionPattern<shlo::OptimizationBarrierOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::OptimizationBarrierOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, adaptor.getOperands());
    return success();
  }
};

} // namespace

void mp::populateBoundaryPatterns(TypeConverter &converter,
                                  RewritePatternSet &patterns) {
  patterns.add<ConstantLowering, OptimizationBarrierLowering>(
      converter, patterns.getContext());
  populateFunctionOpInterfaceTypeConversionPattern<func::FuncOp>(patterns,
                                                                 converter);
  populateCallOpTypeConversionPattern(patterns, converter);
  populateReturnOpTypeConversionPattern(patterns, converter);
}
