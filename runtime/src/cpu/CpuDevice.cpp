#include "core/Device.h"

using namespace mp::rt;

const Device mp::rt::cpuDevice = {
    "cpu", kDLCPU, "cpu", [] { return mp_rt_status(MP_RT_OK); },
    [](mp_rt_entry entry, mp_rt_exec *exec, void *const *args,
       void *const *results, void *arena, void *persistent) {
      return entry(exec, args, results, arena, persistent);
    }};
