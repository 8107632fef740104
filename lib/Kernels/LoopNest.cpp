#include "LoopNest.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::mp;

int64_t LoopNest::getIterations() const {
  int64_t product = 1;
  for (int64_t size : sizes)
    product *= size;
  return product;
}

void LoopNest::forEachAccess(llvm::function_ref<void(NestAccess &, bool)> fn) {
  for (NestSource &input : inputs)
    if (input.isTensor())
      fn(input.access, false);
  for (NestOutput &output : outputs)
    if (output.init && output.init->isTensor())
      fn(output.init->access, false);
  for (NestOutput &output : outputs)
    fn(output.access, true);
}

void LoopNest::forEachAccess(
    llvm::function_ref<void(const NestAccess &, bool)> fn) const {
  const_cast<LoopNest *>(this)->forEachAccess(
      [&](NestAccess &access, bool isOutput) { fn(access, isOutput); });
}

bool LoopNest::isAccumulated(const NestOutput &output) const {
  for (auto [coef, isReduction] : llvm::zip(output.access.coefs, reduction))
    if (isReduction && coef == 0)
      return true;
  return false;
}

//===----------------------------------------------------------------------===//
// Building
//===----------------------------------------------------------------------===//

static SmallVector<int64_t> getStrides(RankedTensorType type) {
  SmallVector<int64_t> strides(type.getRank());
  int64_t stride = 1;
  for (int64_t d = type.getRank() - 1; d >= 0; --d) {
    strides[d] = stride;
    stride *= type.getDimSize(d);
  }
  return strides;
}

Value mp::getRootTensor(Value tensor) {
  while (Operation *def = tensor.getDefiningOp()) {
    if (!isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(def))
      break;
    tensor = def->getOperand(0);
  }
  return tensor;
}

/// Adds `expr * stride` to the address; fails unless `expr` is linear.
static LogicalResult addLinear(AffineExpr expr, int64_t stride,
                               NestAccess &access) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr)) {
    access.offset += constant.getValue() * stride;
    return success();
  }
  if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
    access.coefs[dim.getPosition()] += stride;
    return success();
  }
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return failure();
  if (binary.getKind() == AffineExprKind::Add)
    return success(succeeded(addLinear(binary.getLHS(), stride, access)) &&
                   succeeded(addLinear(binary.getRHS(), stride, access)));
  if (binary.getKind() == AffineExprKind::Mul)
    if (auto factor = dyn_cast<AffineConstantExpr>(binary.getRHS()))
      return addLinear(binary.getLHS(), stride * factor.getValue(), access);
  return failure();
}

static FailureOr<NestAccess> getAccess(Value tensor, AffineMap map) {
  NestAccess access;
  access.tensor = getRootTensor(tensor);
  access.coefs.assign(map.getNumDims(), 0);
  auto type = cast<RankedTensorType>(tensor.getType());
  for (auto [expr, stride] : llvm::zip(map.getResults(), getStrides(type)))
    if (failed(addLinear(expr, stride, access)))
      return failure();
  return access;
}

/// A source that needs no memory, where `value` is one.
static std::optional<NestSource> getScalarSource(Value value) {
  NestSource source;
  if (!isa<RankedTensorType>(value.getType())) {
    source.scalar = value;
    return source;
  }
  SplatElementsAttr splat;
  if (matchPattern(value, m_Constant(&splat))) {
    source.constant = splat.getSplatValue<Attribute>();
    return source;
  }
  // A constant may be seen through the views that change only its shape.
  Operation *def = value.getDefiningOp();
  if (isa_and_nonnull<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(def))
    return getScalarSource(def->getOperand(0));
  if (auto fill = value.getDefiningOp<linalg::FillOp>()) {
    source.scalar = fill.getInputs()[0];
    if (isa<RankedTensorType>(source.scalar.getType()))
      return std::nullopt;
    return source;
  }
  if (auto splatOp = value.getDefiningOp<tensor::SplatOp>()) {
    source.scalar = splatOp.getInput();
    return source;
  }
  return std::nullopt;
}

static FailureOr<NestSource> getSource(Value value, AffineMap map) {
  if (std::optional<NestSource> scalar = getScalarSource(value))
    return *scalar;
  NestSource source;
  FailureOr<NestAccess> access = getAccess(value, map);
  if (failed(access))
    return failure();
  source.access = std::move(*access);
  return source;
}

static FailureOr<LoopNest> buildFromLinalg(linalg::LinalgOp op) {
  LoopNest nest;
  nest.op = op;
  nest.sizes = op.getStaticLoopRanges();
  for (utils::IteratorType iterator : op.getIteratorTypesArray())
    nest.reduction.push_back(iterator == utils::IteratorType::reduction);
  nest.indexed.assign(nest.sizes.size(), false);
  if (isa<linalg::GenericOp>(op)) {
    nest.body = op.getBlock();
    nest.body->walk(
        [&](linalg::IndexOp index) { nest.indexed[index.getDim()] = true; });
  }
  for (OpOperand *operand : op.getDpsInputOperands()) {
    FailureOr<NestSource> source =
        getSource(operand->get(), op.getMatchingIndexingMap(operand));
    if (failed(source))
      return op.emitOpError("expected linear indexing maps, but got ")
             << AffineMapAttr::get(op.getMatchingIndexingMap(operand));
    nest.inputs.push_back(std::move(*source));
  }
  for (auto [operand, result] :
       llvm::zip(op.getDpsInitsMutable(), op->getResults())) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    NestOutput output;
    FailureOr<NestAccess> access = getAccess(result, map);
    if (failed(access))
      return op.emitOpError("expected linear indexing maps, but got ")
             << AffineMapAttr::get(map);
    output.access = std::move(*access);
    if (nest.body && op.payloadUsesValueFromOperand(&operand))
      output.init = *getSource(operand.get(), map);
    nest.outputs.push_back(std::move(output));
  }
  return nest;
}

/// Loops of a copy between a whole tensor and a slice of another.
static LoopNest buildCopy(Operation *op, RankedTensorType whole) {
  LoopNest nest;
  nest.op = op;
  nest.sizes.assign(whole.getShape().begin(), whole.getShape().end());
  nest.reduction.assign(nest.sizes.size(), false);
  nest.indexed.assign(nest.sizes.size(), false);
  return nest;
}

/// The address of element (i0, i1, ...) of the slice of `tensor` that `op`
/// describes.
template <typename SliceOp>
static NestAccess getSliceAccess(SliceOp op, Value tensor) {
  NestAccess access;
  access.tensor = getRootTensor(tensor);
  llvm::SmallBitVector dropped = op.getDroppedDims();
  auto strides = getStrides(cast<RankedTensorType>(tensor.getType()));
  SmallVector<OpFoldResult> offsets = op.getMixedOffsets();
  for (auto [d, stride] : llvm::enumerate(strides)) {
    if (auto value = dyn_cast<Value>(offsets[d]))
      access.dynamic.push_back({value, stride});
    else
      access.offset += *getConstantIntValue(offsets[d]) * stride;
    if (!dropped[d])
      access.coefs.push_back(stride * op.getStaticStrides()[d]);
  }
  return access;
}

static FailureOr<LoopNest> buildFromSlice(Operation *op) {
  if (auto extract = dyn_cast<tensor::ExtractSliceOp>(op)) {
    if (!extract.getType().hasStaticShape() ||
        llvm::any_of(extract.getStaticStrides(), ShapedType::isDynamic))
      return op->emitOpError("expected static sizes and strides");
    LoopNest nest = buildCopy(op, extract.getType());
    NestSource source;
    source.access = getSliceAccess(extract, extract.getSource());
    nest.inputs.push_back(std::move(source));
    NestOutput output;
    output.access.tensor = extract.getResult();
    output.access.coefs = getStrides(extract.getType());
    nest.outputs.push_back(std::move(output));
    return nest;
  }
  auto insert = cast<tensor::InsertSliceOp>(op);
  RankedTensorType sourceType = insert.getSourceType();
  if (!sourceType.hasStaticShape() || !insert.getType().hasStaticShape() ||
      llvm::any_of(insert.getStaticStrides(), ShapedType::isDynamic))
    return op->emitOpError("expected static sizes and strides");
  LoopNest nest = buildCopy(op, sourceType);
  AffineMap identity =
      AffineMap::getMultiDimIdentityMap(sourceType.getRank(), op->getContext());
  nest.inputs.push_back(*getSource(insert.getSource(), identity));
  NestOutput output;
  output.access = getSliceAccess(insert, insert.getResult());
  if (!insert.getDest().getDefiningOp<tensor::EmptyOp>())
    output.tied = insert.getDest();
  nest.outputs.push_back(std::move(output));
  return nest;
}

//===----------------------------------------------------------------------===//
// Reordering
//===----------------------------------------------------------------------===//

template <typename T>
static void permute(SmallVector<T> &values, ArrayRef<unsigned> order) {
  SmallVector<T> old(values);
  values.clear();
  for (unsigned from : order)
    values.push_back(old[from]);
}

/// Keeps the loops in `order` (by position before) and forgets the others.
static void keepLoops(LoopNest &nest, ArrayRef<unsigned> order) {
  SmallVector<int64_t> moved(nest.getNumLoops(), -1);
  for (auto [to, from] : llvm::enumerate(order))
    moved[from] = to;
  for (int64_t &loop : nest.originalLoops)
    if (loop >= 0)
      loop = moved[loop];
  permute(nest.sizes, order);
  permute(nest.reduction, order);
  permute(nest.indexed, order);
  nest.forEachAccess(
      [&](NestAccess &access, bool) { permute(access.coefs, order); });
}

/// Parallel loops in the order in which the first result lies in memory, then
/// reductions in the order of the first input that they move through.
static void sortLoops(LoopNest &nest) {
  SmallVector<unsigned> order;
  for (unsigned loop = 0; loop < nest.getNumLoops(); ++loop)
    if (nest.sizes[loop] != 1)
      order.push_back(loop);
  auto weight = [&](unsigned loop) -> int64_t {
    if (!nest.outputs.empty() && !nest.reduction[loop])
      return std::abs(nest.outputs.front().access.coefs[loop]);
    for (const NestSource &input : nest.inputs)
      if (input.isTensor() && input.access.coefs[loop] != 0)
        return std::abs(input.access.coefs[loop]);
    return 0;
  };
  llvm::sort(order, [&](unsigned a, unsigned b) {
    if (nest.reduction[a] != nest.reduction[b])
      return !nest.reduction[a];
    int64_t weightA = weight(a), weightB = weight(b);
    return weightA != weightB ? weightA > weightB : a < b;
  });
  keepLoops(nest, order);
}

bool mp::isLoopNestOp(Operation *op) {
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return isa<linalg::GenericOp, linalg::FillOp>(op) &&
           linalgOp.hasPureTensorSemantics();
  return isa<tensor::ExtractSliceOp, tensor::InsertSliceOp>(op);
}

FailureOr<LoopNest> mp::buildLoopNest(Operation *op) {
  for (Type type : op->getResultTypes())
    if (!cast<RankedTensorType>(type).hasStaticShape())
      return op->emitOpError("expected static shapes, but got ") << type;
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  FailureOr<LoopNest> built =
      linalgOp ? buildFromLinalg(linalgOp) : buildFromSlice(op);
  if (failed(built))
    return failure();
  LoopNest &nest = *built;
  for (unsigned loop = 0; loop < nest.getNumLoops(); ++loop)
    nest.originalLoops.push_back(loop);
  sortLoops(nest);
  return built;
}

void mp::mergeLoops(LoopNest &nest, unsigned first, unsigned last) {
  last = std::min(last, nest.getNumLoops());
  for (int64_t loop = int64_t(last) - 2; loop >= int64_t(first); --loop) {
    int64_t inner = loop + 1;
    if (nest.reduction[loop] != nest.reduction[inner] || nest.indexed[loop] ||
        nest.indexed[inner])
      continue;
    bool mergeable = true;
    nest.forEachAccess([&](const NestAccess &access, bool) {
      mergeable &=
          access.coefs[loop] == access.coefs[inner] * nest.sizes[inner];
    });
    if (!mergeable)
      continue;
    nest.sizes[inner] *= nest.sizes[loop];
    SmallVector<unsigned> order;
    for (unsigned l = 0; l < nest.getNumLoops(); ++l)
      if (l != loop)
        order.push_back(l);
    keepLoops(nest, order);
  }
}

//===----------------------------------------------------------------------===//
// Costs
//===----------------------------------------------------------------------===//

InnermostLoop mp::chooseInnermost(const LoopNest &nest, unsigned first) {
  InnermostLoop best;
  for (unsigned loop = first; loop < nest.getNumLoops(); ++loop) {
    double cost = 0;
    nest.forEachAccess([&](const NestAccess &access, bool isOutput) {
      int64_t coef = std::abs(access.coefs[loop]);
      if (coef > 1)
        cost += isOutput ? 16 : 8;
      else if (coef == 1)
        cost += 1;
    });
    // Sums kept in memory are read and written in each step.
    if (!nest.reduction[loop] && nest.hasReduction())
      cost += 2;
    // A short loop fills no vector and pays its overhead often.
    cost = (cost + 1) * (1.0 + 8.0 / nest.sizes[loop]);
    if (best.loop < 0 || cost <= best.cost)
      best = {loop, cost};
  }
  return best;
}

static double estimateBody(Block *body) {
  double time = 0.02;
  if (!body)
    return time;
  body->walk([&](Operation *op) {
    if (isa<math::MathDialect>(op->getDialect()))
      time += 0.6;
    else if (isa<arith::DivFOp, arith::RemFOp>(op))
      time += 0.4;
    else if (isa<arith::DivSIOp, arith::DivUIOp, arith::RemSIOp,
                 arith::RemUIOp>(op))
      time += 3;
    else if (isa<tensor::ExtractOp>(op))
      time += 1;
    else if (op->getNumRegions() != 0)
      time += 20;
    else
      time += 0.05;
  });
  return time;
}

double mp::estimateTime(const LoopNest &nest) {
  double time = estimateBody(nest.body);
  nest.forEachAccess([&](const NestAccess &access, bool) {
    int64_t step = nest.getNumLoops() ? std::abs(access.coefs.back()) : 0;
    time += step == 0 ? 0.01 : step == 1 ? 0.3 : 1.0;
  });
  return time * nest.getIterations();
}
