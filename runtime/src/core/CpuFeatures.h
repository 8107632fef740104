//===- CpuFeatures.h - does this CPU have what a model needs? -------------===//

#ifndef MP_RT_CORE_CPUFEATURES_H
#define MP_RT_CORE_CPUFEATURES_H

#include "mp_rt/mp_rt_base.h"

#include <string>

namespace mp::rt {

/// Checks a comma-separated list of LLVM feature names ("avx2,fma"; a leading
/// '+' is allowed) against this CPU and operating system. All that are missing
/// are named. Asks the kernel for AMX tiles if the list needs them. `path` is
/// for messages.
mp_rt_status checkCpuFeatures(const char *path, const std::string &features);

} // namespace mp::rt

#endif // MP_RT_CORE_CPUFEATURES_H
