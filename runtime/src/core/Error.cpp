#include "core/Error.h"

#include "mp_rt/mp_rt.h"
#include "mp_rt/mp_rt_codegen.h"

#include <cstdarg>
#include <cstdio>

// Plain storage: no constructor runs and no memory is allocated when a thread
// reports that memory is short.
static thread_local char lastError[4096];

mp_rt_status mp::rt::fail(mp_rt_code code, const char *format, ...) {
  // The text may be built from the previous one.
  char text[sizeof(lastError)];
  va_list args;
  va_start(args, format);
  std::vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  std::snprintf(lastError, sizeof(lastError), "%s", text);
  return code;
}

extern "C" const char *mp_rt_last_error(void) { return lastError; }

extern "C" mp_rt_status mp_rt_fail(mp_rt_status code, const char *text) {
  return mp::rt::fail(static_cast<mp_rt_code>(code), "%s",
                      text ? text : "no message");
}

extern "C" void mp_rt_version(uint32_t *out_major, uint32_t *out_minor) {
  if (out_major)
    *out_major = MP_RT_ABI_MAJOR;
  if (out_minor)
    *out_minor = MP_RT_ABI_MINOR;
}
