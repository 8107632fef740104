//===- Cache.h - models compiled from .mlir files -------------------------===//

#ifndef MP_RUN_CACHE_H
#define MP_RUN_CACHE_H

#include "mp-run/Options.h"

#include <string>

namespace mp::run {

/// True if the file has to be compiled before it can run: it is not an ELF
/// file and not called `.so`.
bool isSource(const std::string &path);

/// Where the compiled form of `options.model` lies, compiled by a child process
/// if it is not there yet, or damaged. Throws Error, or Reported if the
/// compiler has told what is wrong.
std::string compiledModel(const Options &options);

} // namespace mp::run

#endif // MP_RUN_CACHE_H
