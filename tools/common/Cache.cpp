#include "common/Cache.h"

#include "common/Child.h"
#include "common/Error.h"
#include "io/AtomicFile.h"
#include "io/Sha256.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

using namespace mp::tool;
using mp::io::Sha256;

//===----------------------------------------------------------------------===//
// The folder
//===----------------------------------------------------------------------===//

static std::string folderName() {
  auto env = [](const char *name) -> std::string {
    const char *value = std::getenv(name);
    return value ? value : "";
  };
  if (std::string own = env("MP_CACHE_DIR"); !own.empty())
    return own;
  if (std::string shared = env("XDG_CACHE_HOME"); !shared.empty())
    return shared + "/mp";
  if (std::string home = env("HOME"); !home.empty())
    return home + "/.cache/mp";
  throw Error("no place for compiled models: expected one of MP_CACHE_DIR, "
              "XDG_CACHE_HOME and HOME to be set");
}

/// Code is loaded from here, so nobody else may write to it.
static void makeFolder(const std::string &path) {
  for (size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    std::string part = path.substr(0, slash);
    if (mkdir(part.c_str(), 0700) != 0 && errno != EEXIST)
      throw Error("cannot create cache folder '" + part +
                  "': " + std::strerror(errno));
    if (slash == path.npos)
      break;
  }
  struct stat info;
  if (stat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode))
    throw Error("cache folder '" + path + "' is not a folder");
  if (info.st_uid != geteuid())
    throw Error("cache folder '" + path +
                "' belongs to another user; set MP_CACHE_DIR to one of yours");
  if (info.st_mode & (S_IWGRP | S_IWOTH))
    throw Error("cache folder '" + path +
                "' can be written by other users; expected mode 0700");
}

//===----------------------------------------------------------------------===//
// The key
//===----------------------------------------------------------------------===//

static std::string readFile(const std::string &path, const char *what) {
  std::ifstream file(path, std::ios::binary);
  struct stat info;
  if (!file || stat(path.c_str(), &info) != 0)
    throw Error(std::string("cannot open ") + what + " '" + path +
                "': " + std::strerror(errno));
  if (S_ISDIR(info.st_mode))
    throw Error(std::string("cannot read ") + what + " '" + path +
                "': it is a folder");
  std::string text((std::istreambuf_iterator<char>(file)),
                   std::istreambuf_iterator<char>());
  if (file.bad())
    throw Error(std::string("cannot read ") + what + " '" + path + "'");
  return text;
}

/// Which file this is, without reading it: a new build of the compiler is a new
/// file, and a file that is written to has a new time of change.
static std::string identity(const std::string &path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0)
    return path;
  std::ostringstream text;
  text << path << ' ' << info.st_dev << ' ' << info.st_ino << ' '
       << info.st_size << ' ' << info.st_mtim.tv_sec << '.'
       << info.st_mtim.tv_nsec << ' ' << info.st_ctim.tv_sec << '.'
       << info.st_ctim.tv_nsec;
  return text.str();
}

/// The compiler generates code for the CPU that it runs on.
static std::string cpuIdentity() {
  std::ifstream file("/proc/cpuinfo");
  std::string line, text;
  while (std::getline(file, line) && !line.empty()) {
    if (line.rfind("model name", 0) == 0 || line.rfind("flags", 0) == 0)
      text += line + "\n";
  }
  return text;
}

/// What `extends:` of a policy names, empty if there is none. It may be a path,
/// seen from the policy's folder, or the name of a policy that the compiler
/// has.
static std::string extendedPolicy(const std::string &text,
                                  const std::string &path) {
  static constexpr std::string_view keyword = "extends:";
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.compare(0, keyword.size(), keyword) != 0)
      continue;
    std::string value = line.substr(keyword.size());
    value = value.substr(0, value.find(" #"));
    size_t first = value.find_first_not_of(" \t'\"");
    if (first == value.npos)
      return "";
    value = value.substr(first, value.find_last_not_of(" \t\r'\"") - first + 1);
    return value[0] == '/' ? value
                           : path.substr(0, path.rfind('/') + 1) + value;
  }
  return "";
}

/// A policy or lock may be a file, whose contents then count, and those of the
/// policies that it extends.
static void addFile(Sha256 &hash, std::string name) {
  hash.field(name);
  // Policies that extend each other in a circle are the compiler's to report.
  for (int depth = 0; depth < 16 && !name.empty(); ++depth) {
    struct stat info;
    if (stat(name.c_str(), &info) != 0 || !S_ISREG(info.st_mode))
      return;
    std::string text = readFile(name, "file");
    hash.field(text);
    name = extendedPolicy(text, name);
  }
}

std::string mp::tool::cacheFolder() {
  std::string folder = folderName();
  makeFolder(folder);
  return folder;
}

static std::string findCompiler() {
  return findTool("mp-compile", "MP_COMPILE");
}

std::string mp::tool::compiledKey(const CompileRequest &request) {
  Sha256 hash;
  hash.field("mp cache 1");
  hash.field(readFile(request.model, "model"));
  hash.field(request.tellsPlaces ? request.model : "");
  for (const auto &[flag, value] : request.options) {
    hash.field(flag);
    addFile(hash, value);
  }
  hash.field(identity(findCompiler()));
  hash.field(cpuIdentity());
  return hash.finish();
}

//===----------------------------------------------------------------------===//
// Entries: KEY.so, and KEY.sum with its SHA-256 and which file that is of
//===----------------------------------------------------------------------===//

static std::string sumOf(const std::string &path) {
  Sha256 hash;
  hash.field(readFile(path, "compiled model"));
  return hash.finish();
}

/// The text of what went wrong, empty if nothing did.
static std::string writeSum(const std::string &entry, const std::string &sum,
                            const std::string &sumFile) {
  std::string text = sum + "\n" + identity(entry) + "\n";
  mp::io::AtomicFile file(sumFile);
  bool written =
      file.open(0600) && file.write(text.data(), text.size()) && file.commit();
  return written ? "" : file.error();
}

/// Reading all of a large model at each start takes longer than the rest of the
/// start, so the sum is only computed if the file is not the one that was last
/// found good. Time of change and inode cannot be set back by accident.
static bool isGood(const std::string &entry, const std::string &sumFile) {
  struct stat info;
  if (stat(entry.c_str(), &info) != 0 || !S_ISREG(info.st_mode) ||
      info.st_uid != geteuid())
    return false;
  std::ifstream file(sumFile);
  std::string sum, known;
  if (!std::getline(file, sum))
    return false;
  if (std::getline(file, known) && known == identity(entry))
    return true;
  if (sum != sumOf(entry))
    return false;
  // In a cache that cannot be written the sum is computed each time.
  (void)writeSum(entry, sum, sumFile);
  return true;
}

namespace {
/// A file name that is removed again, whatever happens.
struct Temporary {
  std::string path;
  ~Temporary() { unlink(path.c_str()); }
};
} // namespace

static void compile(const CompileRequest &request, const std::string &compiler,
                    const std::string &output) {
  std::vector<std::string> args = {compiler, request.model, "-o", output};
  for (const auto &[flag, value] : request.options) {
    if (!value.empty())
      args.push_back(flag + value);
  }
  if (!request.report.empty())
    args.push_back("--report=" + request.report);
  bool tell = !request.quiet && isatty(STDERR_FILENO);
  if (tell)
    std::fprintf(stderr, "%s: compiling %s ...", request.tool,
                 request.model.c_str());
  ChildResult result = runChild(args, /*capture=*/false);
  if (tell)
    std::fprintf(stderr, "\r\033[K");
  if (!result.started)
    throw Error("cannot run '" + compiler + "'");
  if (result.signal)
    throw Error("the compiler crashed (" +
                std::string(strsignal(result.signal)) + ") on '" +
                request.model + "'");
  if (result.exitCode)
    throw Reported();
  if (access(output.c_str(), R_OK) != 0)
    throw Error("'" + compiler + "' reported success but wrote no model");
}

bool mp::tool::isSource(const std::string &path) {
  if (path.size() > 3 && path.compare(path.size() - 3, 3, ".so") == 0)
    return false;
  std::ifstream file(path, std::ios::binary);
  char magic[4] = {};
  file.read(magic, sizeof(magic));
  return std::memcmp(magic, "\177ELF", sizeof(magic)) != 0;
}

std::string mp::tool::compiledModel(const CompileRequest &request) {
  // An unreadable model is worth more to the user than a missing compiler.
  readFile(request.model, "model");
  std::string compiler = findCompiler();
  std::string base = cacheFolder() + "/" + compiledKey(request);
  std::string entry = base + ".so", sumFile = base + ".sum";
  if (request.report.empty() && isGood(entry, sumFile))
    return entry;

  // Another process may be doing the same: each writes its own file, and the
  // last rename wins with equal contents.
  Temporary temporary{base + "." + std::to_string(getpid()) + ".so"};
  compile(request, compiler, temporary.path);
  std::string sum = sumOf(temporary.path);
  if (rename(temporary.path.c_str(), entry.c_str()) != 0)
    throw Error("cannot write '" + entry + "': " + std::strerror(errno));
  if (std::string error = writeSum(entry, sum, sumFile); !error.empty())
    throw Error(error);
  return entry;
}
