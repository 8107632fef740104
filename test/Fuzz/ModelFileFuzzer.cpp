// libFuzzer target for the reader of model files, which decides whether a file
// may be loaded at all.
#include "core/ModelFile.h"
#include "mp_rt/mp_rt.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  mp::rt::ModelNote note;
  if (mp::rt::readModelNote("fuzz", data, size, note) != MP_RT_OK &&
      !*mp_rt_last_error())
    abort();
  return 0;
}
