//===- LockFuzzer.cpp - hostile lock files --------------------------------===//
//
// Reading any bytes must end in a lock or in an error with a position, and
// never crash, hang or run out of memory. What was read can be written, and
// gives the same bytes when it is read and written again.
//
//===----------------------------------------------------------------------===//
#include "mp/Policy/LockFile.h"

#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <cstdlib>

using namespace mlir::mp;

static std::optional<LockFile> parse(llvm::StringRef text) {
  unsigned errors = 0;
  std::optional<LockFile> lock =
      parseLockFile(text, "input.lock", [&](const PolicyDiagnostic &error) {
        ++errors;
        if (error.location.line == 0 || error.location.column == 0)
          abort();
      });
  // No lock without a word why, and no lock after an error.
  if (lock.has_value() != (errors == 0))
    abort();
  return lock;
}

static std::string print(const LockFile &lock) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printLockFile(lock, os);
  return text;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::optional<LockFile> lock =
      parse(llvm::StringRef(reinterpret_cast<const char *>(data), size));
  if (!lock)
    return 0;
  std::string text = print(*lock);
  std::optional<LockFile> again = parse(text);
  if (!again || print(*again) != text)
    abort();
  return 0;
}
