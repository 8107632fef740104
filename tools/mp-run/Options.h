//===- Options.h - the command line of mp-run -----------------------------===//

#ifndef MP_RUN_OPTIONS_H
#define MP_RUN_OPTIONS_H

#include "common/Command.h"
#include "mp-run/Compare.h"

#include <cstdint>
#include <string>

namespace mp::run {

using tool::Error;
using tool::Reported;

struct Options {
  std::string model, function, inputs, outputs, expect;
  std::string device, roles, policy, ranges, target, lock, recordRanges,
      comparePolicy, report, fix;
  Tolerance tolerance;
  int64_t bench = 0;
  int32_t threads = 0;
  bool json = false, quiet = false, checkFinite = false;
};

/// Fills in `options`, which must outlive it.
tool::Command commandLine(Options &options);

} // namespace mp::run

#endif // MP_RUN_OPTIONS_H
