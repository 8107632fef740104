//===- Options.h - the command line of mp-bisect --------------------------===//

#ifndef MP_BISECT_OPTIONS_H
#define MP_BISECT_OPTIONS_H

#include "common/Command.h"

#include <cstdint>
#include <string>

namespace mp::bisect {

using tool::Error;
using tool::Reported;

struct Options {
  std::string model, policy = "bf16", output, state;
  std::string function, roles, ranges, target, inputs, expect, command;
  /// As the user wrote them, for mp-run; empty where they are not given.
  std::string rtol, atol, maxError, threads;
  uint64_t maxRuns = 100;
  bool quiet = false;
};

/// Fills in `options`, which must outlive it.
tool::Command commandLine(Options &options);

} // namespace mp::bisect

#endif // MP_BISECT_OPTIONS_H
