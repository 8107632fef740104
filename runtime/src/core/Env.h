//===- Env.h - the environment variables MP_RT_* --------------------------===//

#ifndef MP_RT_CORE_ENV_H
#define MP_RT_CORE_ENV_H

#include "mp_rt/mp_rt_base.h"

namespace mp::rt {

/// CPUs that this process may run on, at least 1.
int32_t availableCpus();

/// Threads to use where the caller asks for none: MP_RT_THREADS, else all
/// available CPUs. A value that is no count is an error.
mp_rt_status defaultThreads(int32_t &threads);

/// True if MP_RT_VERBOSE=1: one line on stderr for each launch and library
/// call. Other values than 0 and 1 are an error.
mp_rt_status readVerbose(bool &verbose);

/// MP_RT_DEVICE, null if unset or empty.
const char *deviceFromEnv();

inline constexpr int32_t maxThreads = 1024;

} // namespace mp::rt

#endif // MP_RT_CORE_ENV_H
