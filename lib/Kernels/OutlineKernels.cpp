#include "NestEmitter.h"
#include "PrepareTensorOps.h"
#include "mp/IR/KernelFunction.h"
#include "mp/Kernels/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
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

/// A task shorter than this costs more to hand out than it gains.
static constexpr double kTaskNanoseconds = 40000;
/// Enough rows to feed many threads evenly.
static constexpr int64_t kManyRows = 64;
/// Ranges of single elements are cut at multiples of this, so that no two
/// threads write one cache line.
static constexpr int64_t kLineElements = 64;

namespace {
/// How the work of one kernel is cut: by rows (the first `numRows` loops,
/// flattened) or by one loop of its only nest.
struct KernelPlan {
  std::vector<LoopNest> nests;
  unsigned numRows = 0;
  int64_t rangeLoop = -1;
  int64_t extent = 1, grain = 1;
};
} // namespace

static void chooseGrain(KernelPlan &plan, int64_t multiple) {
  double time = 0;
  for (const LoopNest &nest : plan.nests)
    time += estimateTime(nest);
  int64_t grain = std::ceil(kTaskNanoseconds * plan.extent / std::max(time, 1.0));
  grain = llvm::alignTo(std::max<int64_t>(grain, 1), multiple);
  // Two tasks of which one is small are no better than one.
  plan.grain = grain * 3 / 2 >= plan.extent ? plan.extent : grain;
}

/// Rows are the outer parallel loops, as many as make enough tasks.
static KernelPlan planSingle(LoopNest nest) {
  KernelPlan plan;
  mergeLoops(nest);
  int64_t innermost = chooseInnermost(nest);
  int64_t largest = -1;
  for (unsigned loop = 0; loop < nest.getNumLoops(); ++loop)
    if (!nest.reduction[loop] &&
        (largest < 0 || nest.sizes[loop] > nest.sizes[largest]))
      largest = loop;
  for (unsigned loop = 0; loop < nest.getNumLoops(); ++loop) {
    if (nest.reduction[loop] || int64_t(loop) == innermost ||
        plan.extent >= kManyRows)
      break;
    plan.extent *= nest.sizes[loop];
    ++plan.numRows;
  }
  int64_t multiple = 1;
  if (largest >= 0 && plan.extent < kManyRows &&
      nest.sizes[largest] > plan.extent * 16) {
    plan.numRows = 0;
    plan.rangeLoop = largest;
    plan.extent = nest.sizes[largest];
    multiple = largest == innermost ? kLineElements : 1;
  }
  plan.nests.push_back(std::move(nest));
  chooseGrain(plan, multiple);
  return plan;
}

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

static LogicalResult emitKernel(const KernelPlan &plan, SymbolTable &symbols) {
  llvm::SetVector<Value> inputs;
  SmallVector<Value> outputs, tiedTensors;
  for (const LoopNest &nest : plan.nests) {
    if (failed(collectInputs(nest, inputs)))
      return failure();
    for (const NestOutput &output : nest.outputs) {
      outputs.push_back(output.access.tensor);
      tiedTensors.push_back(output.tied);
      if (output.tied)
        inputs.insert(output.tied);
    }
  }
  auto getTypes = [](ArrayRef<Value> values) {
    SmallVector<RankedTensorType> types;
    for (Value value : values)
      types.push_back(cast<RankedTensorType>(value.getType()));
    return types;
  };
  Operation *op = plan.nests.back().op;
  Location loc = op->getLoc();
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

  SmallVector<Value> rows;
  if (plan.numRows != 0) {
    auto forOp = scf::ForOp::create(builder, loc, kernel.begin, kernel.end,
                                    emitter.getIndex(1));
    builder.setInsertionPointToStart(forOp.getBody());
    Value row = forOp.getInductionVar();
    rows.resize(plan.numRows);
    ArrayRef<int64_t> sizes = plan.nests.front().sizes;
    for (int64_t loop = plan.numRows - 1; loop > 0; --loop) {
      Value size = emitter.getIndex(sizes[loop]);
      rows[loop] = arith::RemUIOp::create(builder, loc, row, size);
      row = arith::DivUIOp::create(builder, loc, row, size);
    }
    rows[0] = row;
  }
  for (const LoopNest &nest : plan.nests)
    emitter.emit(nest, rows, plan.rangeLoop, kernel.begin, kernel.end);

  SmallVector<int64_t> tied;
  for (Value tensor : tiedTensors)
    tied.push_back(tensor ? llvm::find(inputs, tensor) - inputs.begin() : -1);
  builder.setInsertionPoint(op);
  LaunchOp launch =
      createLaunch(builder, loc, kernel.func, inputs.getArrayRef(),
                   getTypes(outputs), plan.extent, plan.grain, tied);
  for (auto [output, result] : llvm::zip(outputs, launch.getResults()))
    output.replaceAllUsesWith(result);
  return success();
}

static LogicalResult outlineOps(func::FuncOp func, SymbolTable &symbols) {
  SmallVector<Operation *> ops, fills;
  func.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isLoopNestOp(op))
      (isa<linalg::FillOp>(op) ? fills : ops).push_back(op);
    return isa<linalg::LinalgOp>(op) ? WalkResult::skip() : WalkResult::advance();
  });
  // Fills last: most are only the start of a reduction and have no reader left
  // by then.
  ops.append(fills);
  for (Operation *op : ops) {
    if (!op->use_empty()) {
      FailureOr<LoopNest> nest = buildLoopNest(op);
      if (failed(nest) || failed(emitKernel(planSingle(std::move(*nest)), symbols)))
        return failure();
    }
    op->erase();
  }
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
