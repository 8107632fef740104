//===- Run.h - all that mp-run does ---------------------------------------===//

#ifndef MP_RUN_RUN_H
#define MP_RUN_RUN_H

#include "mp-run/Options.h"

namespace mp::run {

/// Loads, runs, compares, writes and prints. False if a comparison failed;
/// throws Error for all else that goes wrong.
bool run(const Options &options);

/// To stderr; suppressed by --quiet.
void warn(const std::string &text);

} // namespace mp::run

#endif // MP_RUN_RUN_H
