//===- Options.h - the command line of mp-train ---------------------------===//

#ifndef MP_TRAIN_OPTIONS_H
#define MP_TRAIN_OPTIONS_H

#include "common/Command.h"

#include <cstdint>
#include <string>

namespace mp::train_tool {

using tool::Error;

struct Options {
  std::string model, function, data, roles, policy, target, lock;
  std::string lossScale; // empty: the policy's own
  std::string checkpoint, metrics, report, ranges;
  std::string schedule, evalData, evalModel, evalRoles;
  int64_t batch = 0, epochs = 0, every = 0, patience = 10;
  uint64_t seed = 0;
  int32_t threads = 0;
  double initialScale = 0; // the model's own
  std::string trainStep;   // further options of the train step
  bool resume = false, fallBack = false, quiet = false, json = false,
       checkFinite = false;
};

/// Fills in `options`, which must outlive it.
tool::Command commandLine(Options &options);

} // namespace mp::train_tool

#endif // MP_TRAIN_OPTIONS_H
