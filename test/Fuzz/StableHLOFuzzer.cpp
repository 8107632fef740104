//===- StableHLOFuzzer.cpp - hostile StableHLO text -----------------------===//
//
// Any text must end in a module or in an error. What was read must print, as
// text that reads back to the same, and must go through the import with a
// module that verifies or an error.
//
//===----------------------------------------------------------------------===//
#include "mp/StableHLO/Passes.h"
#include "mp/StableHLO/CHLO.h"
#include "mp/StableHLO/Sdy.h"
#include "mp/StableHLO/StableHLO.h"
#include "mp/Tools/InputGuard.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>

using namespace mlir;

static std::string print(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream os(text);
  module.print(os);
  return text;
}

static void fail(llvm::StringRef what, llvm::StringRef text) {
  llvm::errs() << what << ":\n" << text << "\n";
  abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // MLIR's lexer reads up to a zero behind the text.
  std::string text(reinterpret_cast<const char *>(data), size);
  if (!mp::checkInput(text, "input", llvm::nulls()))
    return 0;
  DialectRegistry registry;
  registry.insert<func::FuncDialect, mp::shlo::StableHLODialect,
                  mp::chlo::CHLODialect, mp::sdy::SdyDialect>();
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  unsigned errors = 0;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    errors += diagnostic.getSeverity() == DiagnosticSeverity::Error;
  });
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  if (!module) {
    if (errors == 0)
      fail("refused without a word", text);
    return 0;
  }
  std::string printed = print(*module);
  OwningOpRef<ModuleOp> again = parseSourceString<ModuleOp>(printed, &context);
  if (!again)
    fail("printed what cannot be read", printed);
  if (print(*again) != printed)
    fail("reads back as something else", printed);
  errors = 0;
  PassManager manager(&context);
  manager.addPass(mp::createMPImportPass());
  if (failed(manager.run(*module)) && errors == 0)
    fail("import failed without a word", printed);
  return 0;
}
