//===- Train.h - one training ---------------------------------------------===//

#ifndef MP_TRAIN_TRAIN_H
#define MP_TRAIN_TRAIN_H

#include "mp-train/Options.h"

namespace mp::train_tool {

/// Compiles what has to be compiled, trains, and tells how it went. Throws
/// Error.
bool train(const Options &options);

} // namespace mp::train_tool

#endif // MP_TRAIN_TRAIN_H
