#include "InPlace.h"
#include "MathFunctions.h"
#include "NarrowFloats.h"
#include "mp/IR/KernelFunction.h"
#include "mp/Kernels/Passes.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ComplexToLLVM/ComplexToLLVM.h"
#include "mlir/Conversion/ComplexToStandard/ComplexToStandard.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVMPass.h"
#include "mlir/Conversion/VectorToSCF/VectorToSCF.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Index/IR/IndexDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/PassManager.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPCONVERTKERNELSTOLLVMPASS
#include "mp/Kernels/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

/// Stack memory is taken once in a kernel, never once in an iteration.
static void hoistAllocas(func::FuncOp func) {
  Block &entry = func.getBody().front();
  SmallVector<memref::AllocaOp> allocas;
  func.walk([&](memref::AllocaOp op) {
    if (op->getBlock() != &entry && op->getNumOperands() == 0)
      allocas.push_back(op);
  });
  for (memref::AllocaOp op : allocas)
    op->moveBefore(&entry, entry.begin());
}

/// Bare pointers need static memrefs. The scratch memory gets a size that no
/// scratch memory has, since only its address is of interest.
static void makeScratchStatic(func::FuncOp func) {
  Block &entry = func.getBody().front();
  BlockArgument scratch = entry.getArguments().back();
  auto dynamicType = cast<MemRefType>(scratch.getType());
  auto staticType = MemRefType::get({INT32_MAX}, dynamicType.getElementType());
  scratch.setType(staticType);
  if (!scratch.use_empty()) {
    auto builder = OpBuilder::atBlockBegin(&entry);
    auto cast =
        memref::CastOp::create(builder, func.getLoc(), dynamicType, scratch);
    scratch.replaceAllUsesExcept(cast, cast);
  }
  func.setType(
      FunctionType::get(func.getContext(), entry.getArgumentTypes(), {}));
}

/// Whether a kernel holds ops of `dialects` (passes that have nothing to do
/// still walk and rewrite the whole function).
static bool hasOpsOf(func::FuncOp func, StringRef dialect) {
  return func
      .walk([&](Operation *op) {
        return op->getName().getDialectNamespace() == dialect
                   ? WalkResult::interrupt()
                   : WalkResult::advance();
      })
      .wasInterrupted();
}

namespace {
/// Accesses that no other iteration of their loops interferes with.
template <typename Op>
struct ParallelAccessPattern : ConvertOpToLLVMPattern<Op> {
  ParallelAccessPattern(const LLVMTypeConverter &converter,
                        LLVM::AccessGroupAttr group)
      : ConvertOpToLLVMPattern<Op>(converter, /*benefit=*/2), group(group) {}

  LogicalResult
  matchAndRewrite(Op op, typename Op::Adaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (!op->hasAttr(kParallelAttrName))
      return failure();
    Location loc = op.getLoc();
    auto groups = rewriter.getArrayAttr({group});
    Value address =
        this->getStridedElementPtr(rewriter, loc, op.getMemRefType(),
                                   adaptor.getMemref(), adaptor.getIndices());
    if constexpr (std::is_same_v<Op, memref::LoadOp>) {
      Type type = this->typeConverter->convertType(op.getType());
      auto load = LLVM::LoadOp::create(rewriter, loc, type, address);
      load.setAccessGroupsAttr(groups);
      rewriter.replaceOp(op, load);
    } else {
      auto store =
          LLVM::StoreOp::create(rewriter, loc, adaptor.getValue(), address);
      store.setAccessGroupsAttr(groups);
      rewriter.eraseOp(op);
    }
    return success();
  }
  LLVM::AccessGroupAttr group;
};
} // namespace

static constexpr StringLiteral kLoopAnnotationName = "llvm.loop_annotation";

/// Tells LLVM which loops access memory in the group only.
static void annotateLoops(func::FuncOp func, LLVM::AccessGroupAttr group) {
  LLVM::AccessGroupAttr groups[] = {group};
  auto annotation = LLVM::LoopAnnotationAttr::get(
      func.getContext(), /*disableNonforced=*/{}, /*vectorize=*/{},
      /*interleave=*/{}, /*unroll=*/{}, /*unrollAndJam=*/{}, /*licm=*/{},
      /*distribute=*/{}, /*pipeline=*/{}, /*peeled=*/{}, /*unswitch=*/{},
      /*mustProgress=*/{}, /*isVectorized=*/{}, /*startLoc=*/{}, /*endLoc=*/{},
      groups);
  func.walk([&](scf::ForOp loop) {
    if (loop->hasAttr(kParallelAttrName))
      loop->setAttr(kLoopAnnotationName, annotation);
  });
}

/// Replaces the function by LLVM code with bare pointers.
static LogicalResult convertToLLVM(func::FuncOp func,
                                   LLVM::AccessGroupAttr group) {
  MLIRContext *context = func.getContext();
  LowerToLLVMOptions options(context);
  options.useBarePtrCallConv = true;
  LLVMTypeConverter converter(context, options);
  RewritePatternSet patterns(context);
  arith::populateArithToLLVMConversionPatterns(converter, patterns);
  cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
  populateComplexToLLVMConversionPatterns(converter, patterns);
  index::populateIndexToLLVMConversionPatterns(converter, patterns);
  populateMathToLLVMConversionPatterns(converter, patterns,
                                       /*approximateLog1p=*/false);
  populateFinalizeMemRefToLLVMConversionPatterns(converter, patterns);
  patterns.add<ParallelAccessPattern<memref::LoadOp>,
               ParallelAccessPattern<memref::StoreOp>>(converter, group);
  populateFuncToLLVMConversionPatterns(converter, patterns);
  ub::populateUBToLLVMConversionPatterns(converter, patterns);
  LLVMConversionTarget target(*context);
  target.addLegalOp<UnrealizedConversionCastOp>();
  return applyFullConversion(func, target, std::move(patterns));
}

/// The entry that the runtime calls: takes the buffers out of their array.
static LLVM::LLVMFuncOp createEntry(LLVM::LLVMFuncOp body, StringRef name) {
  MLIRContext *context = body.getContext();
  OpBuilder builder(context);
  builder.setInsertionPointAfter(body);
  Location loc = body.getLoc();
  auto pointer = LLVM::LLVMPointerType::get(context);
  Type i64 = builder.getI64Type();
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context),
                                          {pointer, i64, i64, pointer});
  auto entry = LLVM::LLVMFuncOp::create(builder, loc, name, type,
                                        LLVM::Linkage::Internal);
  entry->setAttr(kKernelAttrName, builder.getUnitAttr());
  Block *block = entry.addEntryBlock(builder);
  builder.setInsertionPointToStart(block);
  unsigned numBuffers = body.getNumArguments() - 3;
  SmallVector<Value> arguments;
  for (unsigned index = 0; index < numBuffers; ++index) {
    Value slot = LLVM::GEPOp::create(
        builder, loc, pointer, pointer, block->getArgument(0),
        ArrayRef<LLVM::GEPArg>{int32_t(index)}, LLVM::GEPNoWrapFlags::inbounds);
    arguments.push_back(LLVM::LoadOp::create(builder, loc, pointer, slot));
  }
  llvm::append_range(arguments, block->getArguments().drop_front(1));
  LLVM::CallOp::create(builder, loc, body, arguments);
  LLVM::ReturnOp::create(builder, loc, ValueRange());
  return entry;
}

static LogicalResult
convertKernel(func::FuncOp func, OpPassManager &vectorPasses,
              OpPassManager &loopPasses, bool hasF16C,
              llvm::function_ref<LogicalResult(OpPassManager &, Operation *)>
                  runPipeline) {
  std::string name = func.getSymName().str();
  SmallVector<int64_t> bytes;
  for (Type type : func.getArgumentTypes().drop_back(3)) {
    auto memref = cast<MemRefType>(type);
    Type element = memref.getElementType();
    auto complexType = dyn_cast<ComplexType>(element);
    int64_t bits =
        complexType ? 2 * complexType.getElementType().getIntOrFloatBitWidth()
        : element.isIndex() ? 64
                            : element.getIntOrFloatBitWidth();
    bytes.push_back(memref.getNumElements() * llvm::divideCeil(bits, 8));
  }
  hoistAllocas(func);
  makeScratchStatic(func);
  if (failed(legalizeNarrowFloats(func, hasF16C)) ||
      failed(expandMathFunctions(func)))
    return failure();
  if (hasOpsOf(func, "vector") && failed(runPipeline(vectorPasses, func)))
    return failure();
  auto group = LLVM::AccessGroupAttr::get(func.getContext());
  annotateLoops(func, group);
  if (failed(runPipeline(loopPasses, func)))
    return failure();

  auto module = func->getParentOfType<ModuleOp>();
  if (failed(convertToLLVM(func, group)))
    return failure();
  auto body = module.lookupSymbol<LLVM::LLVMFuncOp>(name);
  SmallVector<UnrealizedConversionCastOp> casts, remaining;
  body.walk([&](UnrealizedConversionCastOp op) { casts.push_back(op); });
  reconcileUnrealizedCasts(casts, &remaining);
  if (!remaining.empty())
    return remaining.front().emitOpError("has no form in the LLVM dialect");
  // scf.for hands its annotation on without knowing which op it lands on.
  body.walk([](LLVM::BrOp branch) {
    if (Attribute annotation =
            branch->removeDiscardableAttr(kLoopAnnotationName))
      branch.setLoopAnnotationAttr(cast<LLVM::LoopAnnotationAttr>(annotation));
  });
  body.setLinkage(LLVM::Linkage::Internal);
  body->removeAttr(kKernelAttrName);
  body.setSymVisibility("private");
  MLIRContext *context = body.getContext();
  // Its arguments promise more than the entry's array of pointers can say, so
  // the two are not merged.
  body.setNoInline(true);
  for (auto [index, size] : llvm::enumerate(bytes)) {
    if (!body.removeArgAttr(index, kMayAliasAttrName))
      body.setArgAttr(index, LLVM::LLVMDialect::getNoAliasAttrName(),
                      UnitAttr::get(context));
    if (size > 0)
      body.setArgAttr(index, LLVM::LLVMDialect::getDereferenceableAttrName(),
                      IntegerAttr::get(IntegerType::get(context, 64), size));
  }
  SymbolTable::setSymbolName(body, name + ".body");
  createEntry(body, name);
  return success();
}

namespace {
class ConvertKernelsToLLVMPass
    : public mp::impl::MPConvertKernelsToLLVMPassBase<
          ConvertKernelsToLLVMPass> {
  using Base::Base;
  void runOnOperation() override {
    OpPassManager vectorPasses(func::FuncOp::getOperationName());
    vectorPasses.addPass(createConvertVectorToSCFPass());
    vectorPasses.addPass(memref::createExpandStridedMetadataPass());
    vectorPasses.addPass(createLowerAffinePass());
    vectorPasses.addPass(createConvertVectorToLLVMPass());
    OpPassManager loopPasses(func::FuncOp::getOperationName());
    loopPasses.addPass(memref::createExpandStridedMetadataPass());
    loopPasses.addPass(createLowerAffinePass());
    loopPasses.addPass(createSCFToControlFlowPass());

    SmallVector<func::FuncOp> kernels;
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (func->hasAttr(kKernelAttrName))
        kernels.push_back(func);
    for (func::FuncOp kernel : kernels)
      if (failed(convertKernel(kernel, vectorPasses, loopPasses, f16c,
                               [this](OpPassManager &passes, Operation *op) {
                                 return runPipeline(passes, op);
                               })))
        return signalPassFailure();
  }
};
} // namespace
