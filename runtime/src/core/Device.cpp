#include "core/Device.h"

#include "core/Env.h"
#include "core/Error.h"

#include <cstring>
#include <string>

using namespace mp::rt;

static const Device *const devices[] = {&cpuDevice, &nullDevice, &cudaDevice};
static constexpr int32_t numDevices = sizeof(devices) / sizeof(devices[0]);

mp_rt_status mp::rt::findDevice(const char *name, const char *fallback,
                                const Device *&out) {
  if (!name || !*name)
    name = deviceFromEnv();
  if (!name)
    name = fallback;
  for (const Device *device : devices) {
    if (std::strcmp(device->name, name) != 0)
      continue;
    if (mp_rt_status status = device->available())
      return status;
    out = device;
    return MP_RT_OK;
  }
  std::string known;
  for (const Device *device : devices)
    known += (known.empty() ? "'" : ", '") + std::string(device->name) + "'";
  return fail(MP_RT_INVALID_ARGUMENT, "unknown device '%s': expected one of %s",
              name, known.c_str());
}

extern "C" int32_t mp_rt_device_kinds(void) { return numDevices; }

extern "C" const char *mp_rt_device_kind_name(int32_t index) {
  return index >= 0 && index < numDevices ? devices[index]->name : nullptr;
}

extern "C" mp_rt_status mp_rt_device_available(const char *name) {
  return guarded([&] {
    const Device *device;
    return findDevice(name, "cpu", device);
  });
}
