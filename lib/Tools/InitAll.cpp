#include "mp/InitAll.h"

#include "mp/Analysis/PrecisionOpInterface.h"
#include "mp/Codegen/ModelEmission.h"
#include "mp/Conversion/Passes.h"
#include "mp/Gemm/Passes.h"
#include "mp/IR/MPDialect.h"
#include "mp/Kernels/Passes.h"
#include "mp/Pipelines/Autocast.h"
#include "mp/Pipelines/Pipelines.h"
#include "mp/Pipelines/TrainStep.h"
#include "mp/Program/Passes.h"
#include "mp/StableHLO/CHLO.h"
#include "mp/StableHLO/Check.h"
#include "mp/StableHLO/Passes.h"
#include "mp/StableHLO/Sdy.h"
#include "mp/Training/Passes.h"
#include "mp/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/Extensions/InlinerExtension.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void mp::registerAllDialects(DialectRegistry &registry) {
  registry.insert<
      arith::ArithDialect, cf::ControlFlowDialect, complex::ComplexDialect,
      func::FuncDialect, linalg::LinalgDialect, LLVM::LLVMDialect,
      math::MathDialect, memref::MemRefDialect, mp::MPDialect,
      mp::check::CheckDialect, mp::chlo::CHLODialect, mp::sdy::SdyDialect,
      mp::shlo::StableHLODialect, quant::QuantDialect, scf::SCFDialect,
      tensor::TensorDialect, vector::VectorDialect>();
  func::registerInlinerExtension(registry);
  registerStableHLOPrecisionModels(registry);
  registerScalarPrecisionModels(registry);
  registerTensorPrecisionModels(registry);
  registerControlPrecisionModels(registry);
  registerLinalgPrecisionModels(registry);
  mp::registerCodegenDialects(registry);
}

void mp::registerProjectPasses() {
  registerMPConversionPasses();
  registerMPGemmPasses();
  registerMPKernelsPasses();
  registerMPProgramPasses();
  registerMPStableHLOPasses();
  registerMPTrainingPasses();
  registerMPTransformsPasses();
  registerAutocastPipeline();
  registerCompilePipelines();
  registerTrainStepPipeline();
}

void mp::registerAllPasses() {
  registerProjectPasses();
  registerCanonicalizerPass();
  registerCSEPass();
  registerInlinerPass();
  registerSymbolDCEPass();
}
