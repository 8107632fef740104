// mlir-opt with the dialects and passes of this project. Input is checked
// before MLIR's parser sees it, and all work runs on a thread whose stack holds
// the deepest input that passes the check.

#include "mp/InitAll.h"
#include "mp/Tools/InputGuard.h"
#include "mp/Tools/PolicyCheck.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/ToolOutputFile.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdlib>
#include <cstring>

using namespace mlir;

static LogicalResult run(StringRef input, StringRef output,
                         DialectRegistry &registry,
                         const MlirOptMainConfig &config) {
  std::unique_ptr<llvm::MemoryBuffer> buffer =
      mp::readInput(input, llvm::errs());
  if (!buffer)
    return failure();
  std::string message;
  std::unique_ptr<llvm::ToolOutputFile> file = openOutputFile(output, &message);
  if (!file) {
    llvm::errs() << message << "\n";
    return failure();
  }
  if (failed(MlirOptMain(file->os(), std::move(buffer), registry, config)))
    return failure();
  file->keep();
  return success();
}

/// Leaves without destructors: what they would touch is in an unknown state.
[[noreturn]] static void reportFault(StringRef input, int code) {
  llvm::sys::RunInterruptHandlers(); // Removes the unfinished output file.
  llvm::errs() << input << ": error: the compiler was stopped by signal "
               << code - 128 << " (" << strsignal(code - 128)
               << "); this is a fault of the compiler\n";
  std::_Exit(1);
}

// Everything registered before the tool's own options comes from code
// generators that are linked in: of no use to readers of --help.
static void hideCodeGeneratorOptions() {
  for (auto &entry : llvm::cl::getRegisteredOptions())
    entry.second->setHiddenFlag(llvm::cl::Hidden);
}

static constexpr char kOverview[] =
    "rewrites models: reads StableHLO or linalg, runs passes in the order "
    "given,\n  writes IR\n\n"
    "  mp-opt model.mlir --mp-autocast=policy=bf16   mixed precision\n"
    "  mp-opt step.mlir --mp-train-step=compute=f16  a train step\n"
    "  mp-opt --mp-policy-check policy.yaml          check a policy\n\n"
    "  --help-hidden also shows options of the code generators\n";

int main(int argc, char **argv) {
  hideCodeGeneratorOptions();
  mp::PolicyCheckArguments arguments(argc, argv);
  if (arguments.hasOnlyPolicy())
    return arguments.checkPolicy();
  argc = arguments.getCount();
  argv = arguments.getArguments();
  DialectRegistry registry;
  mp::registerAllDialects(registry);
  mp::registerAllPasses();
  auto [input, output] =
      registerAndParseCLIOptions(argc, argv, kOverview, registry);
  // MlirOptMain answers these without reading anything.
  MlirOptMainConfig config = MlirOptMainConfig::createFromCLOptions();
  if (config.shouldShowDialects() || config.shouldListPasses())
    return asMainReturnCode(MlirOptMain(argc, argv, input, output, registry));

  llvm::InitLLVM init(argc, argv);
  // Some of MLIR's own parsers fall over input that they should refuse.
  llvm::CrashRecoveryContext::Enable();
  llvm::CrashRecoveryContext recovery;
  LogicalResult result = failure();
  bool finished = recovery.RunSafelyOnThread(
      [&, &in = input, &out = output] {
        result = run(in, out, registry, config);
      },
      mp::kToolStackBytes);
  if (!finished)
    reportFault(input, recovery.RetCode);
  return asMainReturnCode(result);
}
