#include "PrepareTensorOps.h"
#include "mp/IR/Storage.h"
#include "mp/Kernels/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPFUSEELEMENTWISEPASS
#include "mp/Kernels/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

/// More operands than this leave too few registers for addresses.
static constexpr unsigned kMaxOperands = 24;
/// Work that costs no more than reading its result from memory.
static constexpr unsigned kCheapOps = 8;

static bool isExpensive(Operation *op) {
  return isa<math::MathDialect>(op->getDialect())
             ? !isa<math::AbsFOp, math::FmaOp, math::CopySignOp>(op)
             : isa<arith::DivFOp, arith::RemFOp, arith::DivSIOp, arith::DivUIOp,
                   arith::RemSIOp, arith::RemUIOp, tensor::ExtractOp>(op) ||
                   op->getNumRegions() != 0;
}

static bool hasExpensiveBody(linalg::GenericOp op) {
  return llvm::any_of(op.getBody()->without_terminator(),
                      [](Operation &inner) { return isExpensive(&inner); });
}

static int64_t getBytes(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return 0;
  Type element = tensor.getElementType();
  unsigned bits = element.isIntOrFloat() ? element.getIntOrFloatBitWidth() : 64;
  return tensor.getNumElements() * llvm::divideCeil(bits, 8);
}

/// Whether each reader may compute the producer's elements itself: little work
/// on fewer bytes than the result has, single elements not counted.
static bool isWorthRecomputing(linalg::GenericOp producer) {
  if (hasExpensiveBody(producer) ||
      llvm::range_size(producer.getBody()->without_terminator()) > kCheapOps)
    return false;
  int64_t bytes = 0;
  for (Value input : producer.getInputs())
    if (auto type = dyn_cast<RankedTensorType>(input.getType());
        type && !(type.hasStaticShape() && type.getNumElements() == 1))
      bytes += getBytes(type);
  return bytes <= getBytes(producer->getResult(0).getType());
}

/// Whether `consumer` runs at most once for each run of `producer`: beside it
/// or in a branch, where it may not run at all.
static bool isBesideOrInBranch(Operation *consumer, Operation *producer) {
  Operation *op = consumer;
  while (op->getBlock() != producer->getBlock()) {
    op = op->getParentOp();
    if (!isa<scf::IfOp, scf::IndexSwitchOp>(op))
      return false;
  }
  return true;
}

/// Whether fusing the producer of `operand` into its owner saves more than it
/// costs.
static bool shouldFuse(OpOperand *operand) {
  auto producer = operand->get().getDefiningOp<linalg::GenericOp>();
  auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
  if (!producer || !consumer || !isBesideOrInBranch(consumer, producer) ||
      producer.getNumReductionLoops() != 0 ||
      producer->hasAttr(kStoredAttrName) ||
      consumer->hasAttr(kStoredAttrName) ||
      producer->getNumOperands() + consumer->getNumOperands() > kMaxOperands)
    return false;
  bool singleUse = producer->hasOneUse();
  if (!singleUse &&
      (producer->getNumResults() != 1 || !isWorthRecomputing(producer)))
    return false;
  AffineMap map = consumer.getMatchingIndexingMap(operand);
  if (map.isPermutation())
    return true;
  // Through any other map an element is computed more than once.
  return !hasExpensiveBody(producer);
}

/// Views move behind elementwise ops where that lowers the rank of the loops.
static bool shouldFoldReshape(OpOperand *operand) {
  for (Operation *op : {operand->getOwner(), operand->get().getDefiningOp()})
    if (auto generic = dyn_cast_or_null<linalg::GenericOp>(op))
      if (generic.hasIndexSemantics() || generic->getNumResults() != 1 ||
          generic->hasAttr(kStoredAttrName) ||
          (op == operand->get().getDefiningOp() && !op->hasOneUse()))
        return false;
  return true;
}

namespace {
class FuseElementwisePass
    : public mp::impl::MPFuseElementwisePassBase<FuseElementwisePass> {
  using Base::Base;
  void runOnOperation() override {
    if (failed(prepareTensorOps(getOperation())))
      return signalPassFailure();
    RewritePatternSet patterns(&getContext());
    linalg::populateElementwiseOpsFusionPatterns(patterns, shouldFuse);
    linalg::populateFoldReshapeOpsByCollapsingPatterns(patterns,
                                                       shouldFoldReshape);
    tensor::CollapseShapeOp::getCanonicalizationPatterns(patterns,
                                                         &getContext());
    tensor::ExpandShapeOp::getCanonicalizationPatterns(patterns, &getContext());
    tensor::EmptyOp::getCanonicalizationPatterns(patterns, &getContext());
    linalg::GenericOp::getCanonicalizationPatterns(patterns, &getContext());
    GreedyRewriteConfig config;
    config.setUseTopDownTraversal();
    if (failed(
            applyPatternsGreedily(getOperation(), std::move(patterns), config)))
      return signalPassFailure();
  }
};
} // namespace
