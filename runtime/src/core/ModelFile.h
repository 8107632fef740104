//===- ModelFile.h - what can be told of a model without running it -------===//

#ifndef MP_RT_CORE_MODELFILE_H
#define MP_RT_CORE_MODELFILE_H

#include "mp_rt/mp_rt_base.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace mp::rt {

/// The text of the model's ELF note, taken apart.
struct ModelNote {
  uint32_t major = 0, minor = 0;
  std::string device, cpuFeatures;
};

/// Checks that `data` is a complete x86-64 shared object with our note, and
/// reads the note. `path` is for messages. Every access is bounds-checked, so
/// any bytes may be given.
mp_rt_status readModelNote(const char *path, const uint8_t *data, size_t size,
                           ModelNote &note);

/// The same for a file.
mp_rt_status readModelFile(const char *path, ModelNote &note);

} // namespace mp::rt

#endif // MP_RT_CORE_MODELFILE_H
