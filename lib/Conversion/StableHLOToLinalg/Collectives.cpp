//===- Collectives.cpp - operations of a process group of one -------------===//
//
// A compiled model is one process. A collective whose groups have one member
// hands its operands through; any other needs partners that do not exist.
//
//===----------------------------------------------------------------------===//

#include "StableHLOToLinalg.h"

#include "mp/StableHLO/StableHLO.h"

using namespace mlir;
using namespace mlir::mp;

namespace {

template <typename OpTy>
struct SingleMemberLowering : OpConversionPattern<OpTy> {
  using OpConversionPattern<OpTy>::OpConversionPattern;
  LogicalResult
  matchAndRewrite(OpTy op, typename OpTy::Adaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto groups = dyn_cast<DenseIntElementsAttr>(op.getReplicaGroups());
    // [groups x members]; no list at all means one group of all processes.
    if (!groups ||
        (groups.getNumElements() != 0 && groups.getType().getDimSize(1) != 1))
      return reject(op) << "its process groups have more than one member";
    for (auto [operand, result] :
         llvm::zip_equal(op->getOperands(), op->getResults()))
      if (operand.getType() != result.getType())
        return reject(op) << "it changes the type of its operand";
    rewriter.replaceOp(op, adaptor.getOperands());
    return success();
  }
};

/// The process is number 0.
template <typename OpTy>
struct IdLowering : OpConversionPattern<OpTy> {
  using OpConversionPattern<OpTy>::OpConversionPattern;
  LogicalResult
  matchAndRewrite(OpTy op, typename OpTy::Adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(
        op,
        createSplatConstant(rewriter, op.getLoc(),
                            getSignlessType(*this->getTypeConverter(), op), 0));
    return success();
  }
};

} // namespace

void mp::populateCollectivePatterns(TypeConverter &converter,
                                    RewritePatternSet &patterns) {
  patterns.add<SingleMemberLowering<shlo::AllGatherOp>,
               SingleMemberLowering<shlo::AllReduceOp>,
               SingleMemberLowering<shlo::AllToAllOp>,
               SingleMemberLowering<shlo::CollectiveBroadcastOp>,
               SingleMemberLowering<shlo::ReduceScatterOp>,
               IdLowering<shlo::PartitionIdOp>, IdLowering<shlo::ReplicaIdOp>>(
      converter, patterns.getContext());
}
