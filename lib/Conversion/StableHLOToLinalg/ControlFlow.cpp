//===- ControlFlow.cpp - while, if and case -------------------------------===//
//
// The regions move as they are; their terminators know from their new parent
// what they become.
//
//===----------------------------------------------------------------------===//

#include "StableHLOToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mp/StableHLO/StableHLO.h"

using namespace mlir;
using namespace mlir::mp;

/// The only element of a rank-0 (or one-element) tensor.
static Value extractScalar(OpBuilder &builder, Location loc, Value tensor) {
  tensor = createReshape(builder, loc, tensor, {});
  return tensor::ExtractOp::create(builder, loc, tensor, ValueRange());
}

namespace {

struct WhileLowering : OpConversionPattern<shlo::WhileOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::WhileOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    SmallVector<Type> types;
    if (failed(getTypeConverter()->convertTypes(op->getResultTypes(), types)))
      return failure();
    auto loop = scf::WhileOp::create(rewriter, op.getLoc(), types,
                                     adaptor.getOperands());
    rewriter.inlineRegionBefore(op.getCond(), loop.getBefore(),
                                loop.getBefore().end());
    rewriter.inlineRegionBefore(op.getBody(), loop.getAfter(),
                                loop.getAfter().end());
    if (failed(rewriter.convertRegionTypes(&loop.getBefore(),
                                           *getTypeConverter())) ||
        failed(
            rewriter.convertRegionTypes(&loop.getAfter(), *getTypeConverter())))
      return failure();
    rewriter.replaceOp(op, loop.getResults());
    return success();
  }
};

struct IfLowering : OpConversionPattern<shlo::IfOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::IfOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    SmallVector<Type> types;
    if (failed(getTypeConverter()->convertTypes(op->getResultTypes(), types)))
      return failure();
    Value condition = extractScalar(rewriter, op.getLoc(), adaptor.getPred());
    auto branch = scf::IfOp::create(rewriter, op.getLoc(), types, condition,
                                    /*addThenBlock=*/false,
                                    /*addElseBlock=*/false);
    rewriter.inlineRegionBefore(op.getTrueBranch(), branch.getThenRegion(),
                                branch.getThenRegion().end());
    rewriter.inlineRegionBefore(op.getFalseBranch(), branch.getElseRegion(),
                                branch.getElseRegion().end());
    rewriter.replaceOp(op, branch.getResults());
    return success();
  }
};

/// The last branch is also the one for an index out of range.
struct CaseLowering : OpConversionPattern<shlo::CaseOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::CaseOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    SmallVector<Type> types;
    if (failed(getTypeConverter()->convertTypes(op->getResultTypes(), types)))
      return failure();
    Value index = extractScalar(rewriter, op.getLoc(), adaptor.getIndex());
    index = arith::IndexCastOp::create(rewriter, op.getLoc(),
                                       rewriter.getIndexType(), index);
    MutableArrayRef<Region> branches = op.getBranches();
    auto cases = llvm::to_vector(llvm::seq<int64_t>(0, branches.size() - 1));
    auto select = scf::IndexSwitchOp::create(rewriter, op.getLoc(), types,
                                             index, cases, cases.size());
    for (auto [from, to] :
         llvm::zip(branches.drop_back(), select.getCaseRegions()))
      rewriter.inlineRegionBefore(from, to, to.end());
    rewriter.inlineRegionBefore(branches.back(), select.getDefaultRegion(),
                                select.getDefaultRegion().end());
    rewriter.replaceOp(op, select.getResults());
    return success();
  }
};

/// The end of a region that has moved into an scf op.
struct ReturnLowering : OpConversionPattern<shlo::ReturnOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::ReturnOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Operation *parent = op->getParentOp();
    if (auto loop = dyn_cast<scf::WhileOp>(parent);
        loop && op->getParentRegion() == &loop.getBefore()) {
      Value condition =
          extractScalar(rewriter, op.getLoc(), adaptor.getResults()[0]);
      rewriter.replaceOpWithNewOp<scf::ConditionOp>(op, condition,
                                                    loop.getBeforeArguments());
      return success();
    }
    if (!isa<scf::WhileOp, scf::IfOp, scf::IndexSwitchOp>(parent))
      return failure();
    rewriter.replaceOpWithNewOp<scf::YieldOp>(op, adaptor.getResults());
    return success();
  }
};

} // namespace

void mp::populateControlFlowPatterns(TypeConverter &converter,
                                     RewritePatternSet &patterns) {
  patterns.add<WhileLowering, IfLowering, CaseLowering, ReturnLowering>(
      converter, patterns.getContext());
}
