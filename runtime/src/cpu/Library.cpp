#include "cpu/Library.h"

#include <dlfcn.h>

using namespace mp::rt;

void mp::rt::limitOpenMP(int32_t threads) {
  // Whichever OpenMP runtime the vendor library brought is the one to tell; a
  // library built without OpenMP brings none. The setting is per thread.
  using SetThreads = void (*)(int);
  static const SetThreads setThreads =
      reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
  static thread_local int32_t current = 0;
  if (setThreads && current != threads)
    setThreads(threads);
  current = threads;
}

mp_rt_status mp::rt::expectOperands(const char *name,
                                    const mp_rt_library_call *call,
                                    int32_t inputs, int32_t outputs,
                                    int32_t config) {
  if (call->num_inputs == inputs && call->num_outputs == outputs &&
      call->num_config >= config)
    return MP_RT_OK;
  return fail(MP_RT_INTERNAL,
              "%s: expected %d inputs, %d results and %d parameters, but got "
              "%d, %d and %d",
              name, inputs, outputs, config, call->num_inputs,
              call->num_outputs, call->num_config);
}
