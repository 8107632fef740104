//===- Reductions.cpp - reduce and map ------------------------------------===//

#include "ScalarOps.h"
#include "StableHLOToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mp/StableHLO/StableHLO.h"

using namespace mlir;
using namespace mlir::mp;

namespace {

/// One `linalg.generic` over all operands. The accumulators start as the
/// initial values, and the region becomes the body, so that a region of one op
/// is a combiner that later passes recognise.
struct ReduceLowering : OpConversionPattern<shlo::ReduceOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::ReduceOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    ValueRange inputs = adaptor.getInputs();
    auto inputType = cast<RankedTensorType>(inputs[0].getType());
    int64_t rank = inputType.getRank();

    SmallVector<utils::IteratorType> iterators(rank,
                                               utils::IteratorType::parallel);
    for (int64_t dim : op.getDimensions())
      iterators[dim] = utils::IteratorType::reduction;
    SmallVector<AffineExpr> kept;
    for (int64_t d = 0; d < rank; ++d)
      if (iterators[d] == utils::IteratorType::parallel)
        kept.push_back(rewriter.getAffineDimExpr(d));

    SmallVector<Value> accumulators;
    SmallVector<Type> resultTypes;
    for (auto [result, init] :
         llvm::zip_equal(op.getResults(), adaptor.getInitValues())) {
      RankedTensorType type = getSignlessType(*getTypeConverter(), result);
      if (cast<ShapedType>(init.getType()).getElementType() !=
          type.getElementType())
        return reject(op) << "initial value and result differ in element type";
      resultTypes.push_back(type);
      accumulators.push_back(createSplat(rewriter, loc, type, init));
    }
    if (inputType.getNumElements() == 0) {
      rewriter.replaceOp(op, accumulators);
      return success();
    }

    SmallVector<AffineMap> maps(inputs.size(),
                                rewriter.getMultiDimIdentityMap(rank));
    maps.append(inputs.size(), AffineMap::get(rank, 0, kept, getContext()));
    LogicalResult inlined = success();
    auto generic = linalg::GenericOp::create(
        rewriter, loc, resultTypes, inputs, accumulators, maps, iterators,
        [&](OpBuilder &b, Location l, ValueRange args) {
          // The region takes accumulators first, the generic inputs first.
          SmallVector<Value> scalars(args.drop_front(inputs.size()));
          for (auto [i, arg] : llvm::enumerate(args.take_front(inputs.size())))
            scalars.push_back(promoteScalar(
                b, l, arg, getElementTypeOrSelf(op.getInputs()[i].getType()),
                getElementTypeOrSelf(resultTypes[i])));
          SmallVector<Value> results;
          inlined = inlineScalarRegion(op.getBody(), scalars, b, results);
          if (failed(inlined))
            results = llvm::to_vector(args.drop_front(inputs.size()));
          linalg::YieldOp::create(b, l, results);
        });
    if (failed(inlined))
      return failure();
    rewriter.replaceOp(op, generic.getResults());
    return success();
  }
};

struct MapLowering : OpConversionPattern<shlo::MapOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::MapOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = getSignlessType(*getTypeConverter(), op);
    SmallVector<AffineMap> maps(
        adaptor.getInputs().size(),
        rewriter.getMultiDimIdentityMap(type.getRank()));
    LogicalResult inlined = success();
    Value result = createParallelGeneric(
        rewriter, op.getLoc(), type, adaptor.getInputs(), maps,
        [&](OpBuilder &b, Location, ValueRange args) -> Value {
          SmallVector<Value> results;
          inlined = inlineScalarRegion(op.getComputation(), args, b, results);
          return succeeded(inlined) ? results[0] : args[0];
        });
    if (failed(inlined))
      return failure();
    rewriter.replaceOp(op, result);
    return success();
  }
};

} // namespace

void mp::populateReductionPatterns(TypeConverter &converter,
                                   RewritePatternSet &patterns) {
  patterns.add<ReduceLowering, MapLowering>(converter, patterns.getContext());
}
