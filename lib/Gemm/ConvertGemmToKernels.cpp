//===- ConvertGemmToKernels.cpp - products become launches
//------------------===//
#include "mp/Gemm/Passes.h"

#include "GemmKernels.h"
#include "Invariance.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/StringMap.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPCONVERTGEMMTOKERNELSPASS
#include "mp/Gemm/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

namespace {
class ProductConverter {
public:
  ProductConverter(ModuleOp module, const CpuClass &cpu)
      : symbols(module), cpu(cpu) {}
  void convert(GemmOp op);
  void convert(ConvOp op);

private:
  using Create = llvm::function_ref<KernelLaunch()>;
  KernelLaunch get(StringRef name, Create create) {
    auto [it, isNew] = kernels.try_emplace(name);
    if (isNew)
      it->second = create();
    return it->second;
  }

  /// A (or a convolution's input), B, then bias and residual where they are.
  Value createPanelProduct(OpBuilder &builder, Location loc,
                           const GemmSpec &spec, SmallVector<Value> inputs);

  Value createRowProduct(OpBuilder &builder, Location loc, const GemmSpec &spec,
                         ValueRange inputs);

  SymbolTable symbols;
  CpuClass cpu;
  llvm::StringMap<KernelLaunch> kernels;
  InvarianceAnalysis invariance;
};

class ConvertGemmToKernelsPass
    : public mp::impl::MPConvertGemmToKernelsPassBase<
          ConvertGemmToKernelsPass> {
  using Base::Base;
  void runOnOperation() override;
};
} // namespace

static Value launch(OpBuilder &builder, Location loc,
                    const KernelLaunch &kernel, ValueRange inputs,
                    RankedTensorType result) {
  return createLaunch(builder, loc, kernel.func, inputs, {result},
                      kernel.extent, kernel.grain, {}, {}, kernel.scratchBytes)
      .getResult(0);
}

/// [K, 1] and [1, K] are the same memory: a view swaps the last two sizes.
static Value swapUnitDimension(OpBuilder &builder, Location loc, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> shape(type.getShape());
  int64_t rank = shape.size();
  SmallVector<int64_t> flat(shape.begin(), shape.end() - 2);
  flat.push_back(shape[rank - 1] * shape[rank - 2]);
  std::swap(shape[rank - 1], shape[rank - 2]);
  SmallVector<ReassociationIndices> groups;
  for (int64_t i = 0; i + 2 < rank; ++i)
    groups.push_back({i});
  groups.push_back({rank - 2, rank - 1});
  auto flatType = RankedTensorType::get(flat, type.getElementType());
  Value collapsed =
      tensor::CollapseShapeOp::create(builder, loc, flatType, value, groups);
  return tensor::ExpandShapeOp::create(
      builder, loc, RankedTensorType::get(shape, type.getElementType()),
      collapsed, groups);
}

/// The reassociation that merges the dimensions [first, last] of `rank`.
static SmallVector<ReassociationIndices> mergeRange(int64_t rank, int64_t first,
                                                    int64_t last) {
  SmallVector<ReassociationIndices> groups;
  for (int64_t i = 0; i < rank; ++i)
    if (i > first && i <= last)
      groups.back().push_back(i);
    else
      groups.push_back({i});
  return groups;
}

/// Whether a convolution is worth gathering its input for: not where a group
/// has too few outputs to fill a vector, nor where there is little to do.
static bool wantsPanels(const GemmSpec &spec, const CpuClass &cpu) {
  return 2 * spec.n >= cpu.lanes(FloatType(spec.accumulator).getWidth()) &&
         spec.k > 0 && spec.m * spec.n * spec.k > 4096;
}

/// Small products are over before packing would be.
static bool wantsPacking(const GemmSpec &spec, bool isInvariant) {
  if (spec.k == 0 || spec.n == 1)
    return false;
  if (spec.m <= 4 && !isInvariant)
    return false;
  return spec.m * spec.n * spec.k > 4096;
}

Value ProductConverter::createPanelProduct(OpBuilder &builder, Location loc,
                                           const GemmSpec &spec,
                                           SmallVector<Value> inputs) {
  PanelPlan plan = PanelPlan::get(spec, cpu);
  KernelLaunch pack = get(plan.getPackName(spec), [&] {
    return createPackKernel(symbols, loc, spec, plan, cpu);
  });
  KernelLaunch panels = get(spec.getName("gemm"), [&] {
    return createPanelKernel(symbols, loc, spec, plan, cpu);
  });
  inputs[1] = launch(builder, loc, pack, inputs[1], plan.getPackedType(spec));
  return launch(builder, loc, panels, inputs, spec.result);
}

Value ProductConverter::createRowProduct(OpBuilder &builder, Location loc,
                                         const GemmSpec &spec,
                                         ValueRange inputs) {
  KernelLaunch rows = get(spec.getName("gemm_rows"), [&] {
    return createRowKernel(symbols, loc, spec, cpu);
  });
  return launch(builder, loc, rows, inputs, spec.result);
}

void ProductConverter::convert(GemmOp op) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  if (op.getN() == 1 && !op.getTransposeB()) {
    op.getBMutable().assign(swapUnitDimension(builder, loc, op.getB()));
    op.setTransposeB(true);
  }
  if (op.getM() == 1 && op.getTransposeA()) {
    op.getAMutable().assign(swapUnitDimension(builder, loc, op.getA()));
    op.setTransposeA(false);
  }

  GemmSpec spec = GemmSpec::get(op);
  SmallVector<Value> inputs(op->getOperands());
  if (spec.k == 0)
    inputs.erase(inputs.begin(), inputs.begin() + 2);
  Value result;
  if (wantsPacking(spec, invariance.isInvariant(op.getB()))) {
    result = createPanelProduct(builder, loc, spec, inputs);
  } else {
    result = createRowProduct(builder, loc, spec, inputs);
  }
  op.replaceAllUsesWith(result);
  op.erase();
}

void ProductConverter::convert(ConvOp op) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  GemmSpec spec = GemmSpec::get(op);
  // The input's lines and the result's pixels become one dimension each.
  int64_t rank = op.getType().getRank();
  SmallVector<Value> inputs;
  auto add = [&](Value value, RankedTensorType type, int64_t first,
                 int64_t last) {
    inputs.push_back(tensor::CollapseShapeOp::create(
        builder, loc, type, value, mergeRange(rank, first, last)));
  };
  bool empty = op.getInput().getType().getNumElements() == 0 ||
               op.getFilter().getType().getNumElements() == 0;
  if (empty) {
    // Nothing is summed; the columns need no groups.
    spec.n *= std::exchange(spec.batch, 1);
    spec.k = 0;
    spec.window.reset();
  }
  bool panels = !empty && wantsPanels(spec, cpu);
  if (panels) {
    add(op.getInput(), spec.a, rank - 2, rank - 1);
    add(op.getFilter(), spec.b, 0, rank - 2);
  }
  if (panels || empty) {
    if (op.getBias())
      inputs.push_back(op.getBias());
    if (op.getResidual())
      add(op.getResidual(), spec.residual, 0, rank - 2);
  }
  Value result;
  if (panels || empty) {
    Value flat = panels ? createPanelProduct(builder, loc, spec, inputs)
                        : createRowProduct(builder, loc, spec, inputs);
    result = tensor::ExpandShapeOp::create(builder, loc, op.getType(), flat,
                                           mergeRange(rank, 0, rank - 2));
  } else {
    std::string key;
    llvm::raw_string_ostream os(key);
    os << op->getAttrDictionary() << op->getOperandTypes() << op.getType();
    KernelLaunch kernel =
        get(key, [&] { return createDirectConvKernel(symbols, op, cpu); });
    result = launch(builder, loc, kernel, op->getOperands(), op.getType());
  }
  op.replaceAllUsesWith(result);
  op.erase();
}

/// Formats without code here, and results without elements.
static LogicalResult checkFormats(Operation *op) {
  auto check = [&](Type type, StringRef what) -> LogicalResult {
    Type format = getElementTypeOrSelf(type);
    if (isSupportedFormat(format))
      return success();
    return op->emitOpError()
           << "has " << what << " of format " << format
           << "; expected f64, f32, bf16, f16, f8E4M3FN or f8E5M2";
  };
  for (Type type : op->getOperandTypes())
    if (failed(check(type, "an operand")))
      return failure();
  return check(op->getResult(0).getType(), "a result");
}

void ConvertGemmToKernelsPass::runOnOperation() {
  ProductConverter converter(getOperation(), classifyCpu(features));
  SmallVector<Operation *> products;
  getOperation().walk([&](Operation *op) {
    if (isa<GemmOp, ConvOp>(op))
      products.push_back(op);
  });
  for (Operation *op : products) {
    if (failed(checkFormats(op)))
      return signalPassFailure();
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    if (type.getNumElements() == 0) {
      OpBuilder builder(op);
      op->replaceAllUsesWith(
          tensor::EmptyOp::create(builder, op->getLoc(), type, ValueRange()));
      op->erase();
      continue;
    }
    if (auto gemm = dyn_cast<GemmOp>(op))
      converter.convert(gemm);
    else
      converter.convert(cast<ConvOp>(op));
  }
}
