#include "ObjectEmission.h"

#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"
#include "llvm/TargetParser/Triple.h"
#include <mutex>

using namespace mlir;
using namespace mlir::mp;

static constexpr llvm::StringLiteral kTriple = "x86_64-unknown-linux-gnu";

void mp::initializeTarget() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();
  });
}

static llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(const CpuTarget &target, llvm::CodeGenOptLevel level) {
  initializeTarget();
  llvm::Triple triple(kTriple);
  std::string message;
  const llvm::Target *backend =
      llvm::TargetRegistry::lookupTarget(triple, message);
  if (!backend)
    return llvm::createStringError("LLVM cannot generate x86 code: " + message);
  llvm::TargetOptions options;
  // Only fused multiply-adds that the kernels ask for.
  options.AllowFPOpFusion = llvm::FPOpFusion::Standard;
  std::unique_ptr<llvm::TargetMachine> machine(backend->createTargetMachine(
      triple, "x86-64", target.getFeatureString(), options, llvm::Reloc::PIC_,
      llvm::CodeModel::Small, level));
  if (!machine)
    return llvm::createStringError("LLVM cannot generate code for '" +
                                   target.name + "'");
  return machine;
}

llvm::Error mp::setTarget(llvm::Module &module, const CpuTarget &target) {
  auto machine = createTargetMachine(target, llvm::CodeGenOptLevel::Default);
  if (!machine)
    return machine.takeError();
  module.setTargetTriple(llvm::Triple(kTriple));
  module.setDataLayout((*machine)->createDataLayout());
  module.setPICLevel(llvm::PICLevel::BigPIC);
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", "x86-64");
    function.addFnAttr("target-features", target.getFeatureString());
    function.addFnAttr("tune-cpu", target.name);
    if (target.has("avx512f"))
      function.addFnAttr("prefer-vector-width", "512");
    function.addFnAttr(llvm::Attribute::NoUnwind);
  }
  return llvm::Error::success();
}

static void optimize(llvm::Module &module, llvm::TargetMachine &machine,
                     Effort effort) {
  llvm::PipelineTuningOptions tuning;
  bool kernels = effort == Effort::Kernels;
  tuning.LoopVectorization = kernels;
  tuning.LoopInterleaving = kernels;
  tuning.SLPVectorization = kernels;
  tuning.LoopUnrolling = kernels;
  llvm::PassBuilder builder(&machine, tuning);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager passes = builder.buildPerModuleDefaultPipeline(
      kernels ? llvm::OptimizationLevel::O3 : llvm::OptimizationLevel::O1);
  passes.run(module, modules);
}

llvm::Error mp::emitObject(llvm::Module &module, const CpuTarget &target,
                           Effort effort, llvm::SmallVectorImpl<char> &object) {
  auto machine = createTargetMachine(
      target, effort == Effort::Kernels ? llvm::CodeGenOptLevel::Aggressive
                                        : llvm::CodeGenOptLevel::Less);
  if (!machine)
    return machine.takeError();
  optimize(module, **machine, effort);
  llvm::raw_svector_ostream stream(object);
  llvm::legacy::PassManager emission;
  if ((*machine)->addPassesToEmitFile(emission, stream, nullptr,
                                      llvm::CodeGenFileType::ObjectFile))
    return llvm::createStringError("LLVM cannot write x86 object files");
  emission.run(module);
  return llvm::Error::success();
}
