//===- PolicyFuzzer.cpp - hostile policy files ----------------------------===//
//
// Reading any bytes must end in a policy or in an error with a position, and
// never crash, hang or run out of memory. `extends` reaches the shipped
// policies only, so that the fuzzer opens no files.
//
//===----------------------------------------------------------------------===//
#include "mp/Policy/Policy.h"

#include <cstdint>
#include <cstdlib>

using namespace mlir::mp;

static std::optional<Policy> resolve(llvm::StringRef name) {
  for (const ShippedPolicy &shipped : getShippedPolicies())
    if (shipped.name == name)
      return parsePolicy(
          shipped.text, name,
          [](llvm::StringRef, const PolicyLocation &) {
            return std::optional<Policy>();
          },
          [](const PolicyDiagnostic &) {});
  return std::nullopt;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  unsigned errors = 0;
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  std::optional<Policy> policy = parsePolicy(
      text, "input.yaml",
      [&](llvm::StringRef base, const PolicyLocation &) {
        std::optional<Policy> found = resolve(base);
        errors += !found;
        return found;
      },
      [&](const PolicyDiagnostic &diagnostic) {
        ++errors;
        if (diagnostic.location.line == 0 || diagnostic.location.column == 0)
          abort();
      });
  // No policy without a word why.
  if (!policy && errors == 0)
    abort();
  return 0;
}
