/* mp_rt_dlpack.h - tensors as DLPack 1.x describes them.
 *
 * The layout is that of <dlpack/dlpack.h>. A program that includes the original
 * first keeps its definitions. */
#ifndef MP_RT_DLPACK_H
#define MP_RT_DLPACK_H

#include <stdint.h>

#ifndef DLPACK_VERSION
#ifndef DLPACK_DLPACK_H_

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { kDLCPU = 1, kDLCUDA = 2, kDLCUDAHost = 3 } DLDeviceType;

typedef struct {
  DLDeviceType device_type;
  int32_t device_id;
} DLDevice;

typedef struct {
  uint8_t code;
  uint8_t bits;
  uint16_t lanes;
} DLDataType;

typedef struct {
  void *data;
  DLDevice device;
  int32_t ndim;
  DLDataType dtype;
  int64_t *shape;   /* `ndim` sizes */
  int64_t *strides; /* in elements; null means row-major and contiguous */
  uint64_t byte_offset;
} DLTensor;

#ifdef __cplusplus
}
#endif

#endif /* DLPACK_DLPACK_H_ */
#endif /* DLPACK_VERSION */

/* Type codes of DLPack 1.1, spelt here because older headers lack some. */
enum {
  MP_RT_DL_INT = 0,
  MP_RT_DL_UINT = 1,
  MP_RT_DL_FLOAT = 2,
  MP_RT_DL_BFLOAT = 4,
  MP_RT_DL_COMPLEX = 5,
  MP_RT_DL_BOOL = 6,
  MP_RT_DL_FLOAT8_E4M3FN = 10,
  MP_RT_DL_FLOAT8_E5M2 = 12
};

#endif /* MP_RT_DLPACK_H */
