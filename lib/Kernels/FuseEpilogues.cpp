#include "PrepareTensorOps.h"
#include "ScalarFunction.h"
#include "mp/IR/MPOps.h"
#include "mp/Kernels/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPFUSEEPILOGUESPASS
#include "mp/Kernels/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

namespace {
/// A product, the view of its result that a generic reads, and that generic.
struct Site {
  Operation *product;
  tensor::ExpandShapeOp view; // may be null
  linalg::GenericOp reader;
  unsigned operand; // of the reader
};

/// What moves into the product: everything up to `end`, a value of the
/// reader's body, which becomes the product's result.
struct Plan {
  Value bias, residual;
  Epilogue epilogue = Epilogue::None;
  Value end;
};
} // namespace

static RankedTensorType getViewedType(Site site) {
  Value value = site.reader.getInputs()[site.operand];
  return cast<RankedTensorType>(value.getType());
}

/// Dimensions of the viewed result grouped by the product's dimensions.
static SmallVector<ReassociationIndices> getGroups(Site site) {
  if (site.view)
    return site.view.getReassociationIndices();
  SmallVector<ReassociationIndices> groups;
  for (int64_t d = 0; d < getViewedType(site).getRank(); ++d)
    groups.push_back({d});
  return groups;
}

/// The block argument that `value` is, up to float conversions.
static BlockArgument getArgument(Value value) {
  while (Operation *def = value.getDefiningOp()) {
    if (!isa<arith::ExtFOp, arith::TruncFOp>(def))
      return nullptr;
    value = def->getOperand(0);
  }
  return dyn_cast<BlockArgument>(value);
}

/// How `argument`'s operand is indexed by the viewed result's dimensions: the
/// position for each dimension of the operand, -1 for a constant zero.
static std::optional<SmallVector<int64_t>>
getDimensions(Site site, BlockArgument argument) {
  linalg::GenericOp reader = site.reader;
  if (!argument || argument.getArgNumber() >= reader.getNumDpsInputs() ||
      !isa<RankedTensorType>(
          reader.getInputs()[argument.getArgNumber()].getType()))
    return std::nullopt;
  AffineMap productMap = reader.getIndexingMapsArray()[site.operand];
  AffineMap map = reader.getIndexingMapsArray()[argument.getArgNumber()];
  SmallVector<int64_t> dimensions;
  for (AffineExpr expr : map.getResults()) {
    if (auto constant = dyn_cast<AffineConstantExpr>(expr);
        constant && constant.getValue() == 0) {
      dimensions.push_back(-1);
      continue;
    }
    auto position = productMap.getResultPosition(expr);
    if (!position)
      return std::nullopt;
    dimensions.push_back(*position);
  }
  return dimensions;
}

static bool fitsAccumulator(Value tensor, Type accumulator) {
  auto type = dyn_cast<FloatType>(getElementTypeOrSelf(tensor.getType()));
  return type && type.getWidth() <= accumulator.getIntOrFloatBitWidth();
}

/// Takes the addition of `argument`'s operand into the plan, as bias or
/// residual.
static bool addOperand(Site site, Type accumulator, BlockArgument argument,
                       Plan &plan) {
  auto dimensions = getDimensions(site, argument);
  if (!dimensions)
    return false;
  linalg::GenericOp reader = site.reader;
  Value operand = reader.getInputs()[argument.getArgNumber()];
  if (!fitsAccumulator(operand, accumulator))
    return false;
  auto viewed = getViewedType(site);
  if (!plan.residual &&
      operand.getType() == viewed.clone(getElementTypeOrSelf(operand)) &&
      *dimensions == llvm::to_vector(llvm::seq<int64_t>(viewed.getRank()))) {
    plan.residual = operand;
    return true;
  }
  SmallVector<int64_t> moving;
  for (int64_t dimension : *dimensions)
    if (dimension >= 0)
      moving.push_back(dimension);
  ReassociationIndices last = getGroups(site).back();
  if (!plan.bias && ArrayRef<int64_t>(moving) == ArrayRef<int64_t>(last)) {
    plan.bias = operand;
    return true;
  }
  return false;
}

/// Follows the product's element through the body as far as the product can
/// do the work itself.
static Plan makePlan(Site site, Type accumulator, Value bias, Value residual,
                     Epilogue epilogue) {
  linalg::GenericOp reader = site.reader;
  Plan plan{bias, residual, epilogue, nullptr};
  Plan best = plan;
  Value current = reader.getBody()->getArgument(site.operand);
  while (current) {
    Value next;
    Operation *user = current.hasOneUse() ? *current.user_begin() : nullptr;
    bool commits = true;
    if (auto add = dyn_cast_or_null<arith::AddFOp>(user);
        add && plan.epilogue == Epilogue::None) {
      Value other = add.getLhs() == current ? add.getRhs() : add.getLhs();
      if (addOperand(site, accumulator, getArgument(other), plan))
        next = add.getResult();
    }
    if (!next && plan.epilogue == Epilogue::None) {
      ActivationMatch match = matchActivation(current);
      if (match.kind != Epilogue::None) {
        plan.epilogue = match.kind;
        next = match.result;
      }
    }
    if (!next && isa_and_nonnull<arith::ExtFOp, arith::TruncFOp>(user)) {
      next = user->getResult(0);
      // Only rounding to nearest is what the product does; widening alone
      // would make its result larger for nothing.
      if (auto trunc = dyn_cast<arith::TruncFOp>(user);
          trunc && trunc.getRoundingmode().value_or(
                       arith::RoundingMode::to_nearest_even) !=
                       arith::RoundingMode::to_nearest_even)
        break;
      commits = isa<arith::TruncFOp>(user);
    }
    if (!next || !fitsAccumulator(next, accumulator))
      break;
    current = next;
    plan.end = current;
    if (commits)
      best = plan;
  }
  return best;
}

//===----------------------------------------------------------------------===//
// Rewriting
//===----------------------------------------------------------------------===//

static Value collapse(OpBuilder &builder, Location loc, Value value,
                      ArrayRef<ReassociationIndices> groups) {
  if (groups.size() ==
      size_t(cast<RankedTensorType>(value.getType()).getRank()))
    return value;
  return tensor::CollapseShapeOp::create(builder, loc, value, groups);
}

/// A bias of any shape as one row.
static Value flatten(OpBuilder &builder, Location loc, Value value) {
  ReassociationIndices all;
  for (int64_t d = 0; d < cast<RankedTensorType>(value.getType()).getRank();
       ++d)
    all.push_back(d);
  return collapse(builder, loc, value, {all});
}

/// Behind the product and what it takes in besides: its operands shall not have
/// to live until the reader runs.
static void setEarliestPlace(OpBuilder &builder, Site site, const Plan &plan) {
  Operation *last = site.product;
  for (Value value : {plan.bias, plan.residual})
    if (Operation *def = value ? value.getDefiningOp() : nullptr)
      if (def->getBlock() == last->getBlock() && last->isBeforeInBlock(def))
        last = def;
  builder.setInsertionPointAfter(last);
}

template <typename Op>
static void apply(Site site, Op product, Plan plan) {
  linalg::GenericOp reader = site.reader;
  OpBuilder builder(reader);
  setEarliestPlace(builder, site, plan);
  Location loc = product.getLoc();
  Value bias = plan.bias, residual = plan.residual;
  if (bias && bias != product.getBias())
    bias = flatten(builder, loc, bias);
  if (residual && residual != product.getResidual())
    residual = collapse(builder, loc, residual, getGroups(site));

  auto fused = cast<Op>(builder.clone(*product));
  fused.getBiasMutable().clear();
  fused.getResidualMutable().clear();
  if (bias)
    fused.getBiasMutable().assign(bias);
  if (residual)
    fused.getResidualMutable().assign(residual);
  fused.setEpilogue(plan.epilogue);
  Type element = plan.end.getType();
  fused.getResult().setType(
      cast<RankedTensorType>(product.getType().clone(element)));
  Value result = fused.getResult();
  if (site.view) {
    auto view = cast<tensor::ExpandShapeOp>(builder.clone(*site.view));
    view.getSrcMutable().assign(result);
    view.getResult().setType(
        cast<RankedTensorType>(site.view.getType().clone(element)));
    result = view.getResult();
  }

  Block *body = reader.getBody();
  BlockArgument argument = body->getArgument(site.operand);
  plan.end.replaceAllUsesWith(argument);
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(*body)))
    if (isOpTriviallyDead(&op))
      op.erase();
  argument.setType(element);
  reader->setOperand(site.operand, result);
  if (site.view && site.view->use_empty())
    tensor::ExpandShapeOp(site.view).erase();
  product.erase();

  // A reader that has nothing left to do is the product's result.
  Operation *yield = body->getTerminator();
  auto maps = reader.getIndexingMapsArray();
  if (reader->getNumResults() == 1 && yield->getOperand(0) == argument &&
      maps[site.operand] == maps.back() && reader.getNumReductionLoops() == 0 &&
      result.getType() == reader->getResult(0).getType()) {
    reader->getResult(0).replaceAllUsesWith(result);
    reader.erase();
  }
}

/// The generic that alone reads the product, possibly through a view.
static std::optional<Site> findSite(Operation *product) {
  Value result = product->getResult(0);
  Site site{product, nullptr, nullptr, 0};
  if (!result.hasOneUse())
    return std::nullopt;
  if (auto view = dyn_cast<tensor::ExpandShapeOp>(*result.user_begin())) {
    site.view = view;
    result = view.getResult();
    if (!result.hasOneUse() || !view.getType().hasStaticShape())
      return std::nullopt;
  }
  site.reader = dyn_cast<linalg::GenericOp>(*result.user_begin());
  if (!site.reader || site.reader->getBlock() != product->getBlock())
    return std::nullopt;
  site.operand = result.use_begin()->getOperandNumber();
  AffineMap map = site.reader.getIndexingMapsArray()[site.operand];
  if (site.operand >= site.reader.getNumDpsInputs() || !map.isPermutation())
    return std::nullopt;
  return site;
}

template <typename Op>
static bool fuse(Op product) {
  std::optional<Site> site = findSite(product);
  if (!site)
    return false;
  Plan plan = makePlan(*site, product.getAccumulator(), product.getBias(),
                       product.getResidual(), product.getEpilogue());
  if (!plan.end)
    return false;
  apply(*site, product, plan);
  return true;
}

namespace {
class FuseEpiloguesPass
    : public mp::impl::MPFuseEpiloguesPassBase<FuseEpiloguesPass> {
  using Base::Base;
  void runOnOperation() override {
    if (failed(prepareTensorOps(getOperation())))
      return signalPassFailure();
    SmallVector<Operation *> products;
    getOperation()->walk([&](Operation *op) {
      if (isa<GemmOp, ConvOp>(op))
        products.push_back(op);
    });
    bool changed = false;
    for (Operation *op : products) {
      if (auto gemm = dyn_cast<GemmOp>(op))
        changed |= fuse(gemm);
      else
        changed |= fuse(cast<ConvOp>(op));
    }
    if (!changed)
      return;
    // Readers have lost operands.
    RewritePatternSet patterns(&getContext());
    linalg::populateEraseUnusedOperandsAndResultsPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
