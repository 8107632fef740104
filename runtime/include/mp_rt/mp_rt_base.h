/* mp_rt_base.h - the status type and the export macro shared by both headers.
 */
#ifndef MP_RT_BASE_H
#define MP_RT_BASE_H

#include <stddef.h>
#include <stdint.h>

#ifndef MP_RT_API
#define MP_RT_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Few, and each means an action. */
typedef enum mp_rt_code {
  MP_RT_OK = 0,
  MP_RT_INVALID_ARGUMENT = 1, /* the caller must pass something else */
  MP_RT_UNSUPPORTED = 2,      /* this machine or device cannot do it */
  MP_RT_OUT_OF_MEMORY = 3,
  MP_RT_DEVICE_ERROR = 4, /* the driver said no; the text says why */
  MP_RT_INTERNAL = 5,     /* a fault of the runtime or of the compiler */
  MP_RT_CHECK_FAILED = 6  /* the model compared values, and they differ */
} mp_rt_code;

/* Zero is success; other values are mp_rt_code. The text of a failure is in
 * mp_rt_last_error(), per thread. */
typedef int32_t mp_rt_status;

#ifdef __cplusplus
}
#endif
#endif /* MP_RT_BASE_H */
