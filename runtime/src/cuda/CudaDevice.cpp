// This build of the runtime has no CUDA back end: asking for one is answered
// with one clear error, never with a run on another device.
#include "core/Device.h"
#include "core/Error.h"

using namespace mp::rt;

static mp_rt_status unavailable() {
  return fail(MP_RT_UNSUPPORTED,
              "device 'cuda' is not available: this runtime was built without "
              "CUDA support");
}

const Device mp::rt::cudaDevice = {"cuda", kDLCUDA, "cuda", unavailable,
                                   [](mp_rt_entry, mp_rt_exec *, void *const *,
                                      void *const *, void *,
                                      void *) { return unavailable(); }};
