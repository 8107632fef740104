//===- SplitReductions.cpp - large sums on many threads -------------------===//

#include "mp/Kernels/Passes.h"

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPSPLITREDUCTIONSPASS
#include "mp/Kernels/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

/// Fewer elements are summed faster than they are handed out.
static constexpr int64_t kManyElements = 32768;
/// Results that keep enough threads busy.
static constexpr int64_t kManyResults = 16;
/// Partial results of a reduction over one loop; the first that divides it.
static constexpr int64_t kParts[] = {64, 60, 56, 50, 48, 40, 36, 32, 16};

namespace {
/// A reduction and what its results start from and combine with.
struct Reduction {
  linalg::GenericOp op;
  SmallVector<Operation *> combiners;
  SmallVector<TypedAttr> neutral;
  unsigned loop = 0; // becomes parallel
};
} // namespace

static bool combineResults(Reduction &reduction) {
  linalg::GenericOp op = reduction.op;
  for (unsigned i = 0; i < op->getNumResults(); ++i) {
    SmallVector<Operation *> combiners;
    if (!matchReduction(op.getRegionOutputArgs(), i, combiners) ||
        combiners.size() != 1)
      return false;
    std::optional<TypedAttr> neutral = arith::getNeutralElement(combiners[0]);
    if (!neutral)
      return false;
    reduction.combiners.push_back(combiners[0]);
    reduction.neutral.push_back(*neutral);
  }
  return true;
}

/// Whether the op leaves most threads without work.
static bool hasFewResults(linalg::GenericOp op) {
  int64_t elements = 1, results = 1;
  for (auto [size, iterator] :
       llvm::zip(op.getStaticLoopRanges(), op.getIteratorTypesArray())) {
    if (ShapedType::isDynamic(size))
      return false;
    elements *= size;
    if (iterator == utils::IteratorType::parallel)
      results *= size;
  }
  return op.getNumReductionLoops() != 0 && elements >= kManyElements &&
         results < kManyResults;
}

/// Cuts loop `loop` into `parts` and a loop over each part behind it.
static linalg::GenericOp cutLoop(linalg::GenericOp op, unsigned loop,
                                 int64_t parts) {
  OpBuilder builder(op);
  MLIRContext *context = op.getContext();
  unsigned loops = op.getNumLoops();
  SmallVector<AffineExpr> moved;
  for (unsigned d = 0; d < loops; ++d)
    moved.push_back(getAffineDimExpr(d <= loop ? d : d + 1, context));
  SmallVector<AffineMap> maps;
  SmallVector<Value> operands;
  for (OpOperand &operand : op->getOpOperands()) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    auto place = map.getResultPosition(getAffineDimExpr(loop, context));
    Value value = operand.get();
    SmallVector<AffineExpr> exprs;
    for (AffineExpr expr : map.getResults())
      exprs.push_back(expr.replaceDims(moved));
    if (place) {
      auto type = cast<RankedTensorType>(value.getType());
      SmallVector<int64_t> shape(type.getShape());
      SmallVector<ReassociationIndices> groups;
      for (int64_t d = 0; d < type.getRank(); ++d) {
        int64_t first = d <= int64_t(*place) ? d : d + 1;
        groups.push_back({first});
        if (d == int64_t(*place))
          groups.back().push_back(first + 1);
      }
      int64_t size = shape[*place] / parts;
      shape[*place] = parts;
      shape.insert(shape.begin() + *place + 1, size);
      value = tensor::ExpandShapeOp::create(builder, op.getLoc(),
                                            type.clone(shape), value, groups);
      exprs.insert(exprs.begin() + *place + 1,
                   getAffineDimExpr(loop + 1, context));
    }
    maps.push_back(AffineMap::get(loops + 1, 0, exprs, context));
    operands.push_back(value);
  }
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  iterators.insert(iterators.begin() + loop, iterators[loop]);
  ArrayRef<Value> values(operands);
  auto cut = linalg::GenericOp::create(
      builder, op.getLoc(), op->getResultTypes(),
      values.take_front(op.getNumDpsInputs()),
      values.drop_front(op.getNumDpsInputs()), maps, iterators);
  cut.getRegion().takeBody(op.getRegion());
  op->replaceAllUsesWith(cut);
  op.erase();
  return cut;
}

/// The outermost reduction loop; a loop that is alone is cut into parts.
static bool chooseLoop(Reduction &reduction) {
  linalg::GenericOp op = reduction.op;
  SmallVector<unsigned> loops;
  op.getReductionDims(loops);
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  reduction.loop = loops.front();
  if (loops.size() > 1 && sizes[loops.front()] >= kManyResults)
    return true;
  if (op.hasIndexSemantics() ||
      llvm::any_of(op.getIndexingMapsArray(),
                   [](AffineMap map) { return !map.isProjectedPermutation(); }))
    return false;
  for (unsigned loop : loops)
    for (int64_t parts : kParts)
      if (sizes[loop] % parts == 0 && sizes[loop] > parts) {
        reduction.op = cutLoop(op, loop, parts);
        reduction.loop = loop;
        return true;
      }
  return false;
}

/// Partial results for each iteration of the loop, then their combination.
static void split(const Reduction &reduction) {
  linalg::GenericOp op = reduction.op;
  MLIRContext *context = op.getContext();
  Location loc = op.getLoc();
  OpBuilder builder(op);
  int64_t parts = op.getStaticLoopRanges()[reduction.loop];
  AffineExpr part = getAffineDimExpr(reduction.loop, context);
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  SmallVector<Value> old(op.getDpsInits()), starts;
  for (auto [i, init] : llvm::enumerate(old)) {
    auto type = cast<RankedTensorType>(init.getType());
    SmallVector<int64_t> shape{parts};
    llvm::append_range(shape, type.getShape());
    Value empty =
        tensor::EmptyOp::create(builder, loc, shape, type.getElementType());
    Value neutral =
        arith::ConstantOp::create(builder, loc, reduction.neutral[i]);
    starts.push_back(
        linalg::FillOp::create(builder, loc, neutral, empty).getResult(0));
    AffineMap &map = maps[op.getNumDpsInputs() + i];
    SmallVector<AffineExpr> exprs{part};
    llvm::append_range(exprs, map.getResults());
    map = AffineMap::get(map.getNumDims(), 0, exprs, context);
  }
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  iterators[reduction.loop] = utils::IteratorType::parallel;
  auto partial =
      linalg::GenericOp::create(builder, loc, TypeRange(ValueRange(starts)),
                                op.getInputs(), starts, maps, iterators);
  partial.getRegion().takeBody(op.getRegion());

  for (auto [i, init] : llvm::enumerate(old)) {
    int64_t rank = cast<RankedTensorType>(init.getType()).getRank();
    AffineMap all = AffineMap::getMultiDimIdentityMap(rank + 1, context);
    SmallVector<utils::IteratorType> loops(rank + 1,
                                           utils::IteratorType::parallel);
    loops.front() = utils::IteratorType::reduction;
    Operation *combiner = reduction.combiners[i];
    auto body = [&](OpBuilder &inner, Location, ValueRange args) {
      Operation *copy = inner.clone(*combiner);
      copy->setOperands(args);
      linalg::YieldOp::create(inner, loc, copy->getResults());
    };
    auto whole = linalg::GenericOp::create(
        builder, loc, TypeRange{init.getType()},
        ValueRange{partial.getResult(i)}, ValueRange{init},
        ArrayRef<AffineMap>{all, all.dropResult(0)}, loops, body);
    op.getResult(i).replaceAllUsesWith(whole.getResult(0));
  }
  op.erase();
}

namespace {
class SplitReductionsPass
    : public mp::impl::MPSplitReductionsPassBase<SplitReductionsPass> {
  using Base::Base;
  void runOnOperation() override {
    SmallVector<linalg::GenericOp> ops;
    getOperation()->walk([&](linalg::GenericOp op) {
      if (op.hasPureTensorSemantics() && hasFewResults(op))
        ops.push_back(op);
    });
    for (linalg::GenericOp op : ops) {
      Reduction reduction;
      reduction.op = op;
      if (combineResults(reduction) && chooseLoop(reduction))
        split(reduction);
    }
  }
};
} // namespace
