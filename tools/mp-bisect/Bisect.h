//===- Bisect.h - all that mp-bisect does ---------------------------------===//

#ifndef MP_BISECT_BISECT_H
#define MP_BISECT_BISECT_H

#include "mp-bisect/Options.h"

namespace mp::bisect {

/// Searches, verifies and writes the policy, and prints what was found. False
/// if no policy can help; throws Error for all else that goes wrong.
bool bisect(const Options &options);

} // namespace mp::bisect

#endif // MP_BISECT_BISECT_H
