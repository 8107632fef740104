//===- Cache.h - models compiled from .mlir files -------------------------===//

#ifndef MP_TOOL_CACHE_H
#define MP_TOOL_CACHE_H

#include <string>
#include <utility>
#include <vector>

namespace mp::tool {

/// True if the file has to be compiled before it can run: it is not an ELF
/// file and not called `.so`.
bool isSource(const std::string &path);

/// What to compile, and how.
struct CompileRequest {
  const char *tool; // who asks, for messages
  std::string model;
  /// Options of mp-compile, as {"--policy=", "bf16"}; those with an empty value
  /// are left out. A value that names a file counts with the file's contents.
  std::vector<std::pair<const char *, std::string>> options;
  bool quiet = false;
  /// The compiled model tells the user of places in the source, so a copy of
  /// the source is another model.
  bool tellsPlaces = false;
  /// Write a report of the compilation there: then it is compiled anew.
  std::string report = {};
};

/// The folder of compiled models, made if it is not there. Throws Error.
std::string cacheFolder();

/// Names the compiled form: a hash of the model's contents, of the options with
/// the contents of the files they name, of the compiler and of the CPU.
std::string compiledKey(const CompileRequest &request);

/// Where the compiled form of the model lies, compiled by a child process if it
/// is not there yet, or damaged. Throws Error, or Reported if the compiler has
/// told what is wrong.
std::string compiledModel(const CompileRequest &request);

} // namespace mp::tool

#endif // MP_TOOL_CACHE_H
