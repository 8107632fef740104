#include "StableHLOToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mp/Conversion/Passes.h"
#include "mp/IR/MPOps.h"

namespace mlir::mp {
#define GEN_PASS_DEF_CONVERTSTABLEHLOTOLINALGPASS
#include "mp/Conversion/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

bool mp::isSourceOp(Operation *op) {
  StringRef dialect = op->getName().getDialectNamespace();
  return dialect == "stablehlo" || dialect == "chlo";
}

InFlightDiagnostic mp::reject(Operation *op) {
  return emitError(op->getLoc())
         << "'" << op->getName() << "' cannot be executed: ";
}

namespace {

LogicalResult checkTypes(Operation *op, TypeRange types) {
  for (Type type : types) {
    auto tensor = dyn_cast<TensorType>(type);
    if (!tensor)
      continue;
    if (!tensor.hasStaticShape())
      return op->emitError("dynamic shapes cannot be executed: expected a "
                           "static shape, found ")
             << type;
    if (!isa<IntegerType, FloatType, IndexType, ComplexType>(
            tensor.getElementType()))
      return op->emitError("quantized tensors cannot be executed: expected "
                           "numbers, found ")
             << type;
  }
  return success();
}

LogicalResult checkAllTypes(ModuleOp module) {
  WalkResult result = module.walk([](Operation *op) -> WalkResult {
    if (auto func = dyn_cast<func::FuncOp>(op))
      return checkTypes(op, func.getArgumentTypes());
    return checkTypes(op, op->getResultTypes());
  });
  return failure(result.wasInterrupted());
}

struct ConvertStableHLOToLinalgPass
    : mp::impl::ConvertStableHLOToLinalgPassBase<ConvertStableHLOToLinalgPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    MLIRContext *context = &getContext();
    if (failed(checkAllTypes(module)))
      return signalPassFailure();
    recordUnsignedBoundaries(module);

    SignlessTypeConverter converter;
    SymbolTable symbols(module);
    RewritePatternSet patterns(context);
    populateElementwiseToLinalgPatterns(converter, patterns);
    populateBatchNormPatterns(converter, patterns);
    populateBitcastConvertPatterns(converter, patterns);
    populateBoundaryPatterns(converter, patterns);
    populateCollectivePatterns(converter, patterns);
    populateContractionPatterns(converter, patterns);
    populateControlFlowPatterns(converter, patterns);
    populateCustomCallPatterns(converter, patterns);
    populateDynamicFormPatterns(converter, patterns);
    populateRandomPatterns(converter, patterns);
    populateReductionPatterns(converter, patterns);
    populateShapePatterns(converter, patterns);
    populateConvolutionPatterns(converter, symbols, patterns);
    populateDataMovementPatterns(converter, symbols, patterns);
    populateFftPatterns(converter, symbols, patterns);
    populateGatherScatterPatterns(converter, symbols, patterns);
    populateLinearAlgebraPatterns(converter, symbols, patterns);
    populateReduceWindowPatterns(converter, symbols, patterns);
    populateSelectAndScatterPatterns(converter, symbols, patterns);
    populateSortPatterns(converter, symbols, patterns);

    ConversionTarget target(*context);
    target.addLegalDialect<arith::ArithDialect, complex::ComplexDialect,
                           linalg::LinalgDialect, math::MathDialect,
                           memref::MemRefDialect, MPDialect, scf::SCFDialect,
                           tensor::TensorDialect>();
    target.addLegalOp<ModuleOp>();
    target.addDynamicallyLegalOp<func::FuncOp>([&](func::FuncOp func) {
      return converter.isSignatureLegal(func.getFunctionType());
    });
    target.addDynamicallyLegalOp<func::ReturnOp, func::CallOp>(
        [&](Operation *op) { return converter.isLegal(op); });

    // Source ops are left unknown to the target, so the driver only tries to
    // convert them. Patterns say themselves why they reject one; those that
    // remain without an error have no pattern.
    llvm::DenseSet<Location> reported;
    ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
      if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
        reported.insert(diagnostic.getLocation());
      return failure(); // Let the next handler print it.
    });
    if (failed(applyPartialConversion(module, target, std::move(patterns))))
      return signalPassFailure();
    module.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (!isSourceOp(op))
        return WalkResult::advance();
      WalkResult inside = op->walk([&](Operation *nested) {
        return reported.contains(nested->getLoc()) ? WalkResult::interrupt()
                                                   : WalkResult::advance();
      });
      if (!inside.wasInterrupted())
        reject(op) << "there is no lowering for it";
      signalPassFailure();
      return WalkResult::skip();
    });
  }
};

} // namespace
