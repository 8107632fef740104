//===- Narrow.h - f32 numbers as 16-bit codes -----------------------------===//

#ifndef MP_IO_NARROW_H
#define MP_IO_NARROW_H

#include "io/Safetensors.h"

namespace mp::io {

/// Whether f32 numbers can be stored as `type`: F16 or BF16.
bool isNarrow(DType type);

/// The nearest code of `type`, ties to even, overflow to infinity.
uint16_t narrow(float value, DType type);

/// The number that a code of `type` means, exactly.
float widen(uint16_t code, DType type);

} // namespace mp::io

#endif // MP_IO_NARROW_H
