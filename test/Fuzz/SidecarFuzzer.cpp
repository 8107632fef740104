//===- SidecarFuzzer.cpp - hostile roles and ranges -----------------------===//
//
// Files beside a model: any bytes must be read as roles and as ranges, or be
// refused in words; what is refused leaves the model as it was.
//
//===----------------------------------------------------------------------===//
#include "../../lib/Transforms/RangeFile.h"

#include "mp/Analysis/PrecisionOpInterface.h"
#include "mp/IR/MPDialect.h"
#include "mp/StableHLO/StableHLO.h"
#include "mp/Training/Roles.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>

using namespace mlir;

static const char model[] = R"(
func.func @main(%x: tensor<4x2xf32> {mp.name = "x"}, %n: tensor<i32>)
    -> (tensor<4x2xf32>, tensor<i32>) {
  %0 = stablehlo.add %x, %x : tensor<4x2xf32> loc("sum")
  return %0, %n : tensor<4x2xf32>, tensor<i32>
})";

static std::string print(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream os(text);
  module.print(os);
  return text;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  static MLIRContext *context = [] {
    DialectRegistry registry;
    registry
        .insert<func::FuncDialect, mp::shlo::StableHLODialect, mp::MPDialect>();
    mp::registerStableHLOPrecisionModels(registry);
    return new MLIRContext(registry, MLIRContext::Threading::DISABLED);
  }();
  static ModuleOp original =
      parseSourceString<ModuleOp>(model, context).release();
  static const std::string before = print(original);
  unsigned errors = 0;
  ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
    errors += diagnostic.getSeverity() == DiagnosticSeverity::Error;
  });
  FailureOr<mp::RangeAssumptions> ranges =
      mp::parseRecordedRanges(text, "ranges.json", original);
  if (failed(ranges) != (errors != 0) || print(original) != before)
    abort();
  if (succeeded(ranges))
    for (auto &[value, range] : *ranges)
      if (range.hasFinite() && range.smallest > range.absMax())
        abort();
  errors = 0;
  OwningOpRef<ModuleOp> module = original.clone();
  bool isRefused = failed(mp::assignRoles(*module, "roles.json", text));
  if (isRefused != (errors != 0) || (isRefused && print(*module) != before))
    abort();
  return 0;
}
