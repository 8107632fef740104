//===- Types.h - element types by their DLPack codes ----------------------===//

#ifndef MP_RT_CORE_TYPES_H
#define MP_RT_CORE_TYPES_H

#include "mp_rt/mp_rt_dlpack.h"

#include <cstddef>
#include <string>

namespace mp::rt {

struct ElementType {
  uint8_t code = 0, bits = 0;

  /// Bytes that one element takes in memory, 0 if the type is not supported.
  size_t bytes() const;
  /// "f32", "bf16", "f8E4M3FN", "complex<f32>", "i64", "ui8", "i1".
  std::string name() const;

  bool operator==(const ElementType &o) const {
    return code == o.code && bits == o.bits;
  }
  bool operator!=(const ElementType &o) const { return !(*this == o); }
};

/// "2x3xf32"; "f32" for a scalar.
std::string typeName(ElementType type, const int64_t *shape, int32_t rank);

/// False if a size is negative or the product does not fit.
bool countElements(const int64_t *shape, int32_t rank, uint64_t &count);

} // namespace mp::rt

#endif // MP_RT_CORE_TYPES_H
