//===- CompileProcess.cpp - compilation in a child process ----------------===//

#include "mp/Tools/Compile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace mlir;
using namespace mlir::mp;
namespace fs = llvm::sys::fs;

static void printError(const llvm::Twine &message) {
  llvm::WithColor::error(llvm::errs(), "mp-compile") << message << "\n";
}

namespace {
/// A directory for object files that disappears with its owner.
class ScratchDirectory {
public:
  bool create() {
    if (std::error_code code = fs::createUniqueDirectory("mp-compile", path)) {
      printError("cannot create a directory for temporary files: " +
                 code.message());
      path.clear();
      return false;
    }
    return true;
  }
  ~ScratchDirectory() {
    if (!path.empty())
      fs::remove_directories(path);
  }
  llvm::StringRef get() const { return path; }

private:
  llvm::SmallString<128> path;
};

/// A file beside `target` that takes its place when complete.
class AtomicOutput {
public:
  explicit AtomicOutput(llvm::StringRef target) : target(target) {}

  bool create() {
    if (fs::is_directory(target)) {
      printError("cannot write '" + target + "': it is a directory");
      return false;
    }
    llvm::SmallString<128> model(llvm::sys::path::parent_path(target));
    llvm::sys::path::append(model, "." + llvm::sys::path::filename(target) +
                                       ".%%%%%%%%");
    int file;
    if (std::error_code code = fs::createUniqueFile(model, file, path)) {
      path.clear();
      printError("cannot write '" + target + "': " + code.message());
      return false;
    }
    close(file);
    return true;
  }

  /// Makes the content durable before the name: after a crash of the machine
  /// there is the old file or the new one.
  bool commit() {
    int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    bool written = file >= 0 && fsync(file) == 0;
    int code = errno;
    if (file >= 0)
      close(file);
    if (written) {
      mode_t mask = umask(0);
      umask(mask);
      chmod(path.c_str(), 0666 & ~mask);
      if (rename(path.c_str(), target.c_str()) == 0) {
        path.clear();
        return true;
      }
      code = errno;
    }
    printError("cannot write '" + target + "': " + std::strerror(code));
    return false;
  }

  ~AtomicOutput() {
    if (!path.empty())
      fs::remove(path);
  }
  llvm::StringRef getPath() const { return path; }

private:
  std::string target;
  llvm::SmallString<128> path;
};
} // namespace

static volatile sig_atomic_t pendingSignal = 0;

static void noteSignal(int signal) { pendingSignal = signal; }

/// The child's death is our message: no core file, no stack dump of LLVM's.
[[noreturn]] static void runChild(const CompileOptions &options,
                                  llvm::StringRef path, llvm::StringRef scratch,
                                  pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent)
    _exit(1);
  rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  for (int signal : {SIGINT, SIGTERM, SIGHUP})
    std::signal(signal, SIG_DFL);
  llvm::install_fatal_error_handler([](void *, const char *reason, bool) {
    printError(reason);
    _exit(1);
  });
  llvm::install_bad_alloc_error_handler([](void *, const char *, bool) {
    printError("out of memory");
    _exit(1);
  });
  bool done = compileToFile(options, path, scratch);
  llvm::outs().flush();
  llvm::errs().flush();
  // Not exit: the many objects of a compilation need not be taken apart.
  _exit(done ? 0 : 1);
}

/// Waits for the child; hands on signals that ask us to stop.
static bool waitForChild(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      printError(llvm::Twine("cannot wait for the compiler: ") +
                 std::strerror(errno));
      return false;
    }
    if (pendingSignal)
      kill(child, SIGKILL);
  }
  if (pendingSignal) {
    printError("interrupted");
    return false;
  }
  if (WIFSIGNALED(status)) {
    int signal = WTERMSIG(status);
    printError(llvm::Twine("the compiler was stopped by signal ") +
               llvm::Twine(signal) + " (" + strsignal(signal) + ")" +
               (signal == SIGKILL ? "; was there enough memory?"
                                  : "; this is a fault of the compiler"));
    return false;
  }
  return WEXITSTATUS(status) == 0;
}

static bool forkAndCompile(const CompileOptions &options, llvm::StringRef path,
                           llvm::StringRef scratch) {
  struct sigaction action = {};
  action.sa_handler = noteSignal;
  for (int signal : {SIGINT, SIGTERM, SIGHUP})
    sigaction(signal, &action, nullptr);
  pid_t parent = getpid(), child = fork();
  if (child < 0) {
    printError(llvm::Twine("cannot start the compiler: ") +
               std::strerror(errno));
    return false;
  }
  if (child == 0)
    runChild(options, path, scratch, parent);
  return waitForChild(child);
}

/// Copies a finished file to standard output or to a device, which cannot be
/// replaced; `target` "-" is standard output.
static bool copyTo(llvm::StringRef path, llvm::StringRef target) {
  auto content = llvm::MemoryBuffer::getFile(path);
  if (!content) {
    printError("cannot read '" + path + "': " + content.getError().message());
    return false;
  }
  std::error_code code;
  llvm::raw_fd_ostream os(target, code, fs::CD_OpenExisting, fs::FA_Write,
                          fs::OF_None);
  if (!code) {
    os << (*content)->getBuffer();
    os.flush();
    code = os.error();
    os.clear_error();
  }
  if (code)
    printError("cannot write '" + target + "': " + code.message());
  return !code;
}

static bool isDevice(llvm::StringRef path) {
  fs::file_status status;
  return !fs::status(path, status) &&
         status.type() != fs::file_type::regular_file &&
         status.type() != fs::file_type::directory_file;
}

int mp::compileInChild(const CompileOptions &options) {
  ScratchDirectory scratch;
  if (!scratch.create())
    return 1;
  if (options.output.empty() || isDevice(options.output)) {
    llvm::SmallString<128> path(scratch.get());
    llvm::sys::path::append(path, "output");
    std::string target = options.output.empty() ? "-" : options.output;
    return forkAndCompile(options, path, scratch.get()) && copyTo(path, target)
               ? 0
               : 1;
  }
  AtomicOutput output(options.output);
  if (!output.create() ||
      !forkAndCompile(options, output.getPath(), scratch.get()))
    return 1;
  return output.commit() ? 0 : 1;
}
