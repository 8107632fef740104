#include "Link.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

using namespace mlir;
using namespace mlir::mp;

static llvm::Expected<std::string> findLinker() {
  for (llvm::StringRef name : {"ld.lld-22", "ld.lld", "ld"})
    if (llvm::ErrorOr<std::string> path = llvm::sys::findProgramByName(name))
      return *path;
  return llvm::createStringError(
      "cannot link the model: expected one of ld.lld-22, ld.lld or ld in PATH, "
      "but found none");
}

static std::string join(llvm::StringRef directory, llvm::StringRef name) {
  llvm::SmallString<128> path(directory);
  llvm::sys::path::append(path, name);
  return std::string(path);
}

/// Runs a linker; what it prints becomes the error.
static llvm::Error runLinker(llvm::StringRef linker,
                             llvm::ArrayRef<std::string> arguments,
                             llvm::StringRef directory) {
  std::string log = join(directory, "link.log");
  llvm::SmallVector<llvm::StringRef> argv{linker};
  argv.append(arguments.begin(), arguments.end());
  std::optional<llvm::StringRef> redirects[] = {llvm::StringRef(), log, log};
  std::string message;
  int code = llvm::sys::ExecuteAndWait(linker, argv, std::nullopt, redirects,
                                       /*SecondsToWait=*/0, /*MemoryLimit=*/0,
                                       &message);
  if (code == 0)
    return llvm::Error::success();
  if (message.empty())
    if (auto text = llvm::MemoryBuffer::getFile(log))
      message = (*text)->getBuffer().split('\n').first.str();
  return llvm::createStringError("cannot link the model: " + message);
}

llvm::Error mp::linkSharedObject(llvm::ArrayRef<std::string> objects,
                                 llvm::StringRef stub,
                                 llvm::StringRef directory,
                                 llvm::StringRef output) {
  llvm::Expected<std::string> linker = findLinker();
  if (!linker)
    return linker.takeError();
  // Empty libraries with the right names: a model can then be linked where the
  // runtime is not installed, and the bytes do not depend on what is.
  std::vector<std::string> libraries;
  for (llvm::StringRef soname : {MP_RT_SONAME, "libm.so.6"}) {
    std::string path = join(directory, soname);
    if (llvm::Error error = runLinker(
            *linker,
            {"-shared", "-soname", soname.str(), stub.str(), "-o", path},
            directory))
      return error;
    libraries.push_back(path);
  }
  std::vector<std::string> arguments = {"-shared",
                                        "-o",
                                        output.str(),
                                        "--hash-style=gnu",
                                        "--build-id=none",
                                        "--no-as-needed",
                                        "-z",
                                        "relro",
                                        "-z",
                                        "now",
                                        "-z",
                                        "noexecstack"};
  llvm::append_range(arguments, objects);
  llvm::append_range(arguments, libraries);
  return runLinker(*linker, arguments, directory);
}
