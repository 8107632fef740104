//===- Device.h - the table of devices ------------------------------------===//

#ifndef MP_RT_CORE_DEVICE_H
#define MP_RT_CORE_DEVICE_H

#include "mp_rt/mp_rt.h"
#include "mp_rt/mp_rt_codegen.h"

namespace mp::rt {

/// One kind of device. A call goes through `run`, so that code which computes
/// nothing, or elsewhere, needs no special case in the call itself.
struct Device {
  const char *name;
  /// DLPack's device type of the tensors that calls take.
  DLDeviceType tensors;
  /// What "device" of a model's descriptor this can run; null: any.
  const char *models;
  mp_rt_status (*available)();
  mp_rt_status (*run)(mp_rt_entry entry, mp_rt_exec *exec, void *const *args,
                      void *const *results, void *arena, void *persistent);
};

extern const Device cpuDevice, nullDevice, cudaDevice;

/// Finds a usable device. A null or empty `name` means MP_RT_DEVICE, else
/// `fallback`.
mp_rt_status findDevice(const char *name, const char *fallback,
                        const Device *&out);

} // namespace mp::rt

#endif // MP_RT_CORE_DEVICE_H
