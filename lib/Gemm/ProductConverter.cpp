#include "ProductConverter.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Remarks.h"

using namespace mlir;
using namespace mlir::mp;

//===----------------------------------------------------------------------===//
// Views and launches
//===----------------------------------------------------------------------===//

static Value launch(OpBuilder &builder, Location loc,
                    const KernelLaunch &kernel, ValueRange inputs,
                    RankedTensorType result, int64_t reusable = -1) {
  func::FuncOp function = kernel.func;
  if (reusable >= 0)
    for (unsigned argument : {unsigned(reusable), unsigned(inputs.size())})
      function.setArgAttr(argument, kMayAliasAttrName, builder.getUnitAttr());
  return createLaunch(builder, loc, function, inputs, {result}, kernel.extent,
                      kernel.grain, {}, reusable, kernel.scratchBytes)
      .getResult(0);
}

/// The result may take the place of the last input, the residual: each element
/// of that is added before the same element is written, once.
static int64_t getReusable(const GemmSpec &spec, ValueRange inputs) {
  bool fits = spec.residual && spec.residual == spec.result;
  return fits ? int64_t(inputs.size()) - 1 : -1;
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

/// A view of `value` with the dimensions [first, last] merged.
static Value merge(OpBuilder &builder, Location loc, Value value, int64_t first,
                   int64_t last) {
  auto type = cast<RankedTensorType>(value.getType());
  if (first >= last)
    return value;
  SmallVector<int64_t> shape;
  auto groups = mergeRange(type.getRank(), first, last);
  for (ArrayRef<int64_t> group : groups) {
    shape.push_back(1);
    for (int64_t i : group)
      shape.back() *= type.getDimSize(i);
  }
  return tensor::CollapseShapeOp::create(
      builder, loc, RankedTensorType::get(shape, type.getElementType()), value,
      groups);
}

/// [K, 1] and [1, K] are the same memory: a view swaps the last two sizes.
static Value swapUnitDimension(OpBuilder &builder, Location loc, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  int64_t rank = type.getRank();
  SmallVector<int64_t> shape(type.getShape());
  std::swap(shape[rank - 1], shape[rank - 2]);
  return tensor::ExpandShapeOp::create(
      builder, loc, RankedTensorType::get(shape, type.getElementType()),
      merge(builder, loc, value, rank - 2, rank - 1),
      mergeRange(rank, rank - 2, rank - 1));
}

static std::string describe(Location loc) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (auto file = loc->findInstanceOf<FileLineColLoc>())
    os << file.getFilename().getValue() << ':' << file.getLine() << ':'
       << file.getColumn();
  return text;
}

KernelLaunch ProductConverter::get(StringRef name, Create create) {
  auto [it, isNew] = kernels.try_emplace(name);
  if (isNew)
    it->second = create();
  return it->second;
}

Choice ProductConverter::choose(Operation *op, const GemmSpec &spec,
                                bool isInvariant, bool libraryCan) {
  Choice choice = chooseCode(spec, cpu, isInvariant, libraryCan, library);
  auto options = remark::RemarkOpts::name("product").category("mp");
  // The direct kernel reads its operands from memory for each multiplication.
  auto remark = choice.code == ProductCode::Direct
                    ? remark::missed(op->getLoc(), options)
                    : remark::passed(op->getLoc(), options);
  remark << remark::reason("{0} x {1} x {2} x {3} on {4} by {5}: {6}",
                           spec.batch, spec.m, spec.n, spec.k,
                           stringifyCpuKind(cpu.kind),
                           stringifyProductCode(choice.code), choice.reason);
  return choice;
}

//===----------------------------------------------------------------------===//
// Own kernels
//===----------------------------------------------------------------------===//

Value ProductConverter::createPanels(OpBuilder &builder, Location loc,
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
  return launch(builder, loc, panels, inputs, spec.result,
                getReusable(spec, inputs));
}

Value ProductConverter::createRows(OpBuilder &builder, Location loc,
                                   const GemmSpec &spec, ValueRange inputs) {
  KernelLaunch rows = get(spec.getName("gemm_rows"), [&] {
    return createRowKernel(symbols, loc, spec, cpu);
  });
  return launch(builder, loc, rows, inputs, spec.result,
                getReusable(spec, inputs));
}

/// Bias and residual as a product of the result's pixels takes them.
static void addFinish(OpBuilder &builder, ConvOp op,
                      SmallVector<Value> &inputs) {
  if (op.getBias())
    inputs.push_back(op.getBias());
  if (op.getResidual())
    inputs.push_back(merge(builder, op.getLoc(), op.getResidual(), 0,
                           op.getType().getRank() - 2));
}

static Value splitPixels(OpBuilder &builder, ConvOp op, Value flat) {
  int64_t rank = op.getType().getRank();
  return tensor::ExpandShapeOp::create(builder, op.getLoc(), op.getType(), flat,
                                       mergeRange(rank, 0, rank - 2));
}

Value ProductConverter::createWindows(OpBuilder &builder, ConvOp op,
                                      const GemmSpec &spec) {
  Location loc = op.getLoc();
  int64_t rank = op.getType().getRank();
  SmallVector<Value> inputs = {
      merge(builder, loc, op.getInput(), rank - 2, rank - 1),
      merge(builder, loc, op.getFilter(), 0, rank - 2)};
  addFinish(builder, op, inputs);
  return splitPixels(builder, op, createPanels(builder, loc, spec, inputs));
}

Value ProductConverter::createEmptyConv(OpBuilder &builder, ConvOp op,
                                        GemmSpec spec) {
  // Nothing is summed, so the columns need no groups.
  spec.n *= std::exchange(spec.batch, 1);
  spec.k = 0;
  spec.window.reset();
  SmallVector<Value> inputs;
  addFinish(builder, op, inputs);
  return splitPixels(builder, op,
                     createRows(builder, op.getLoc(), spec, inputs));
}

Value ProductConverter::createDirect(OpBuilder &builder, ConvOp op) {
  std::string key;
  llvm::raw_string_ostream os(key);
  os << op->getAttrDictionary() << op->getOperandTypes() << op.getType();
  KernelLaunch kernel =
      get(key, [&] { return createDirectConvKernel(symbols, op, cpu); });
  bool inPlace = op.getResidual() && op.getResidual().getType() == op.getType();
  return launch(builder, op.getLoc(), kernel, op->getOperands(), op.getType(),
                inPlace ? int64_t(op->getNumOperands()) - 1 : -1);
}

//===----------------------------------------------------------------------===//
// oneDNN
//===----------------------------------------------------------------------===//

/// f32 products of f32, and f32 or bf16 products of bf16.
static bool hasLibraryFormats(Type a, Type b, Type accumulator) {
  return a == b && (a.isF32() || a.isBF16()) && accumulator.isF32();
}

static bool libraryCan(ConvOp op) {
  auto isPositive = [](int64_t value) { return value >= 0; };
  auto isOne = [](int64_t value) { return value == 1; };
  return hasLibraryFormats(op.getInput().getType().getElementType(),
                           op.getFilter().getType().getElementType(),
                           op.getAccumulator()) &&
         llvm::all_of(op.getPadding(), isPositive) &&
         llvm::all_of(op.getLhsDilation(), isOne);
}

Value ProductConverter::createLibrary(OpBuilder &builder, Operation *op,
                                      StringRef routine,
                                      ArrayRef<int64_t> config, Value bias,
                                      Value residual, Epilogue epilogue) {
  Location loc = op->getLoc();
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  Type format =
      cast<RankedTensorType>(op->getOperand(0).getType()).getElementType();
  bool isFinished =
      !bias && !residual && epilogue == Epilogue::None &&
      (type.getElementType().isF32() || type.getElementType() == format);
  auto product = isFinished ? type : type.clone(builder.getF32Type());
  Value sums = LibraryCallOp::create(builder, loc, TypeRange{product}, routine,
                                     op->getOperands().take_front(2), config,
                                     describe(loc), /*pure=*/true)
                   .getResult(0);
  if (isFinished)
    return sums;

  int64_t last = type.getRank() - 2;
  auto flatten = [&](Value value) {
    return merge(builder, loc, value, 0, last);
  };
  auto typeOf = [](Value value) {
    return value ? cast<RankedTensorType>(value.getType()) : RankedTensorType();
  };
  SmallVector<Value> inputs = {flatten(sums)};
  if (bias)
    inputs.push_back(bias);
  if (residual)
    inputs.push_back(residual = flatten(residual));
  auto flatSums = typeOf(inputs[0]);
  auto result = flatSums.clone(type.getElementType());
  std::string key;
  llvm::raw_string_ostream os(key);
  os << "finish " << ValueRange(inputs).getTypes() << result
     << stringifyEpilogue(epilogue);
  KernelLaunch kernel = get(key, [&] {
    return createFinishKernel(symbols, loc, flatSums, typeOf(bias),
                              typeOf(residual), result, epilogue, cpu);
  });
  // An f32 result may take the place of the sums.
  Value flat =
      launch(builder, loc, kernel, inputs, result, flatSums == result ? 0 : -1);
  if (last == 0)
    return flat;
  return tensor::ExpandShapeOp::create(builder, loc, type, flat,
                                       mergeRange(type.getRank(), 0, last));
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

void ProductConverter::convert(GemmOp op, bool isInvariant) {
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
  bool canUseLibrary = spec.k != 0 && hasLibraryFormats(spec.a.getElementType(),
                                                        spec.b.getElementType(),
                                                        spec.accumulator);
  Value result;
  switch (choose(op, spec, isInvariant, canUseLibrary).code) {
  case ProductCode::Panels:
    result = createPanels(builder, loc, spec, inputs);
    break;
  case ProductCode::Library:
    result = createLibrary(builder, op, "mp_rt_gemm",
                           {spec.transposeA, spec.transposeB}, op.getBias(),
                           op.getResidual(), op.getEpilogue());
    break;
  case ProductCode::Rows:
  case ProductCode::Direct:
    result = createRows(builder, loc, spec, inputs);
    break;
  }
  op.replaceAllUsesWith(result);
  op.erase();
}

void ProductConverter::convert(ConvOp op, bool isInvariant) {
  OpBuilder builder(op);
  GemmSpec spec = GemmSpec::get(op);
  Value result;
  if (op.getInput().getType().getNumElements() == 0 ||
      op.getFilter().getType().getNumElements() == 0) {
    result = createEmptyConv(builder, op, spec);
  } else {
    switch (choose(op, spec, isInvariant, libraryCan(op)).code) {
    case ProductCode::Panels:
      result = createWindows(builder, op, spec);
      break;
    case ProductCode::Library: {
      SmallVector<int64_t> config = {static_cast<int64_t>(op.getGroups())};
      for (auto [i, stride] : llvm::enumerate(op.getStrides()))
        config.append({stride, op.getPadding()[2 * i],
                       op.getPadding()[2 * i + 1], op.getRhsDilation()[i]});
      result = createLibrary(builder, op, "mp_rt_conv", config, op.getBias(),
                             op.getResidual(), op.getEpilogue());
      break;
    }
    case ProductCode::Rows:
    case ProductCode::Direct:
      result = createDirect(builder, op);
      break;
    }
  }
  op.replaceAllUsesWith(result);
  op.erase();
}
