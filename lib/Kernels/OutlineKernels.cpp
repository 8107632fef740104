#include "Grouping.h"
#include "InPlace.h"
#include "NestEmitter.h"
#include "PrepareTensorOps.h"
#include "mp/IR/KernelFunction.h"
#include "mp/Kernels/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Iterators.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPOUTLINEKERNELSPASS
#include "mp/Kernels/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

/// A name that tells in a trace what the kernel does.
static std::string getKernelName(const KernelPlan &plan) {
  const LoopNest &last = plan.nests.back();
  std::string name = last.hasReduction() ? "reduce" : "map";
  if (!last.body)
    return isa<linalg::FillOp>(last.op) ? "fill" : "copy";
  SmallVector<StringRef> used;
  for (const LoopNest &nest : plan.nests)
    if (nest.body)
      nest.body->walk([&](Operation *op) {
        StringRef opName = op->getName().stripDialect();
        if (!isa<arith::ConstantOp, linalg::YieldOp, linalg::IndexOp>(op) &&
            used.size() < 3 && !llvm::is_contained(used, opName))
          used.push_back(opName);
      });
  if (used.empty())
    return "copy";
  for (StringRef opName : used)
    (name += "_") += opName;
  return name;
}

/// Row-sized buffers up to this are on the stack, where LLVM sees that nothing
/// else points to them; larger ones in the launch's scratch memory.
static constexpr int64_t kMaxStackBytes = 16 * 1024;

/// What a kernel must be given and what it returns.
static LogicalResult collectSignature(const KernelPlan &plan,
                                      llvm::SetVector<Value> &inputs,
                                      SmallVectorImpl<Value> &outputs,
                                      SmallVectorImpl<Value> &tied) {
  llvm::SetVector<Value> read;
  llvm::SmallPtrSet<Value, 8> made;
  for (const LoopNest &nest : plan.nests) {
    if (failed(collectInputs(nest, read)))
      return failure();
    for (const NestOutput &output : nest.outputs) {
      made.insert(output.access.tensor);
      if (plan.internals.contains(output.access.tensor))
        continue;
      outputs.push_back(output.access.tensor);
      tied.push_back(output.tied);
      if (output.tied)
        read.insert(output.tied);
    }
  }
  for (Value value : read)
    if (!made.contains(value))
      inputs.insert(value);
  return success();
}

/// Memory for the values that stay inside; returns the scratch bytes used.
static int64_t createBuffers(const KernelPlan &plan, KernelFunction kernel,
                             OpBuilder &builder, NestEmitter &emitter) {
  Location loc = kernel.func.getLoc();
  int64_t scratchBytes = 0;
  for (auto [value, elements] : plan.internals) {
    auto type = cast<RankedTensorType>(value.getType());
    MemRefType buffer = getKernelMemRefType(
        RankedTensorType::get({elements}, type.getElementType()));
    Type element = buffer.getElementType();
    int64_t bits =
        element.isIntOrFloat() ? element.getIntOrFloatBitWidth() : 128;
    int64_t bytes = elements * llvm::divideCeil(bits, 8);
    if (bytes <= kMaxStackBytes) {
      emitter.bindTensor(
          value, memref::AllocaOp::create(builder, loc, buffer,
                                          builder.getI64IntegerAttr(64)));
      continue;
    }
    Value offset = arith::ConstantIndexOp::create(builder, loc, scratchBytes);
    emitter.bindTensor(value, memref::ViewOp::create(builder, loc, buffer,
                                                     kernel.scratch, offset,
                                                     ValueRange()));
    scratchBytes += llvm::alignTo(bytes, 64);
  }
  return scratchBytes;
}

/// The nest's row loops at flattened row `row`.
static SmallVector<Value> getRowIvs(OpBuilder &builder, NestEmitter &emitter,
                                    const LoopNest &nest, unsigned numRows,
                                    Value row) {
  SmallVector<Value> ivs(numRows);
  for (int64_t loop = int64_t(numRows) - 1; loop > 0; --loop) {
    Value size = emitter.getIndex(nest.sizes[loop]);
    ivs[loop] = arith::RemUIOp::create(builder, nest.op->getLoc(), row, size);
    row = arith::DivUIOp::create(builder, nest.op->getLoc(), row, size);
  }
  if (numRows != 0)
    ivs[0] = row;
  return ivs;
}

static SmallVector<RankedTensorType> getTypes(ArrayRef<Value> values) {
  SmallVector<RankedTensorType> types;
  for (Value value : values)
    types.push_back(cast<RankedTensorType>(value.getType()));
  return types;
}

using Replacement = std::pair<Value, Value>;

/// Writes the kernel and its launch at the last op of the plan. The old
/// results keep their uses; `replacements` says what is to take them over.
static LogicalResult emitKernel(const KernelPlan &plan, SymbolTable &symbols,
                                SmallVectorImpl<Replacement> &replacements) {
  llvm::SetVector<Value> inputs;
  SmallVector<Value> outputs, tiedTensors;
  if (failed(collectSignature(plan, inputs, outputs, tiedTensors)))
    return failure();
  Operation *last = plan.nests.back().op;
  Location loc = last->getLoc();
  KernelFunction kernel =
      createKernelFunction(symbols, loc, getKernelName(plan),
                           getTypes(inputs.getArrayRef()), getTypes(outputs));

  Block *entry = &kernel.func.getBody().front();
  OpBuilder builder(entry->getTerminator());
  NestEmitter emitter(builder, entry);
  for (auto [tensor, memref] : llvm::zip(inputs, kernel.inputs))
    emitter.bindTensor(tensor, memref);
  for (auto [tensor, memref] : llvm::zip(outputs, kernel.outputs))
    emitter.bindTensor(tensor, memref);
  int64_t scratchBytes = createBuffers(plan, kernel, builder, emitter);

  Value row;
  if (llvm::any_of(plan.numRows, [](unsigned rows) { return rows != 0; })) {
    auto forOp = scf::ForOp::create(builder, loc, kernel.begin, kernel.end,
                                    emitter.getIndex(1));
    builder.setInsertionPointToStart(forOp.getBody());
    row = forOp.getInductionVar();
  }
  for (auto [nest, numRows] : llvm::zip(plan.nests, plan.numRows))
    emitter.emit(nest, getRowIvs(builder, emitter, nest, numRows, row),
                 plan.rangeLoop, kernel.begin, kernel.end);

  SmallVector<int64_t> tied;
  for (Value tensor : tiedTensors)
    tied.push_back(tensor ? llvm::find(inputs, tensor) - inputs.begin() : -1);
  SmallVector<int64_t> reusable =
      findReusable(plan, inputs.getArrayRef(), outputs);
  markInPlace(kernel.func, reusable, inputs.size());
  builder.setInsertionPoint(last);
  LaunchOp launch = createLaunch(
      builder, loc, kernel.func, inputs.getArrayRef(), getTypes(outputs),
      plan.extent, plan.grain, tied, reusable, scratchBytes);
  for (auto [output, result] : llvm::zip(outputs, launch.getResults()))
    replacements.push_back({output, result});
  return success();
}

/// Views of values that now come from a later launch move behind it.
static void moveViews(Value value, LaunchOp launch, Operation *&after) {
  SmallVector<Operation *> views;
  for (Operation *user : value.getUsers())
    if (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(user) &&
        user->getBlock() == launch->getBlock() && user->isBeforeInBlock(launch))
      views.push_back(user);
  for (Operation *view : views) {
    view->moveAfter(after);
    after = view;
    moveViews(view->getResult(0), launch, after);
  }
}

static LogicalResult outlineBlock(Block &block, SymbolTable &symbols) {
  FailureOr<std::vector<KernelPlan>> plans = planKernels(block);
  if (failed(plans))
    return failure();
  SmallVector<Replacement> replacements;
  for (const KernelPlan &plan : *plans)
    if (failed(emitKernel(plan, symbols, replacements)))
      return failure();
  for (auto [from, to] : replacements) {
    Operation *after = to.getDefiningOp();
    moveViews(from, cast<LaunchOp>(after), after);
    from.replaceAllUsesWith(to);
  }
  SmallVector<Operation *> done, fills;
  for (Operation &op : block)
    if (isLoopNestOp(&op))
      (isa<linalg::FillOp>(op) ? fills : done).push_back(&op);
  for (Operation *op : llvm::reverse(done)) {
    op->dropAllUses();
    op->erase();
  }
  // Most fills are only the start of a reduction and have no reader by now.
  for (Operation *op : fills) {
    if (!op->use_empty()) {
      SmallVector<Replacement> filled;
      FailureOr<LoopNest> nest = buildLoopNest(op);
      if (failed(nest) ||
          failed(emitKernel(planSingle(std::move(*nest)), symbols, filled)))
        return failure();
      op->getResult(0).replaceAllUsesWith(filled.front().second);
    }
    op->erase();
  }
  return success();
}

static LogicalResult outlineOps(func::FuncOp func, SymbolTable &symbols) {
  SmallVector<Block *> blocks;
  func.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isa<linalg::LinalgOp>(op))
      return WalkResult::skip();
    for (Region &region : op->getRegions())
      for (Block &block : region)
        blocks.push_back(&block);
    return WalkResult::advance();
  });
  for (Block *block : blocks)
    if (failed(outlineBlock(*block, symbols)))
      return failure();
  // Scalars are computed in the kernels now.
  func.walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *op) {
    if (isOpTriviallyDead(op))
      op->erase();
  });
  return success();
}

namespace {
class OutlineKernelsPass
    : public mp::impl::MPOutlineKernelsPassBase<OutlineKernelsPass> {
  using Base::Base;
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<func::FuncOp> funcs;
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (!func->hasAttr(kKernelAttrName))
        funcs.push_back(func);
    for (func::FuncOp func : funcs)
      if (failed(prepareTensorOps(func)) || failed(outlineOps(func, symbols)))
        return signalPassFailure();
  }
};
} // namespace
