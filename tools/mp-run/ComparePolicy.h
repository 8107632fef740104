//===- ComparePolicy.h - a model beside itself under a policy -------------===//

#ifndef MP_RUN_COMPAREPOLICY_H
#define MP_RUN_COMPAREPOLICY_H

#include "mp-run/Options.h"

namespace mp::run {

/// Runs the model as --policy says (FP32 without), then as --compare-policy
/// does, and prints which op adds how much error. False if a result is further
/// off than --max-error allows.
bool comparePolicy(const Options &options);

} // namespace mp::run

#endif // MP_RUN_COMPAREPOLICY_H
