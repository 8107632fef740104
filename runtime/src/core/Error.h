//===- Error.h - statuses with a text, per thread -------------------------===//

#ifndef MP_RT_CORE_ERROR_H
#define MP_RT_CORE_ERROR_H

#include "mp_rt/mp_rt_base.h"

#include <exception>
#include <new>

namespace mp::rt {

/// Sets the calling thread's error text and returns `code`.
mp_rt_status fail(mp_rt_code code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/// No exception crosses the C ABI: runs `body`, turns what it throws into a
/// status.
template <typename Body>
mp_rt_status guarded(Body &&body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc &) {
    return fail(MP_RT_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception &e) {
    return fail(MP_RT_INTERNAL, "unexpected failure: %s", e.what());
  }
}

} // namespace mp::rt

#endif // MP_RT_CORE_ERROR_H
