//===- Float.h - elements as double, and as ordered integers --------------===//

#ifndef MP_RT_CPU_FLOAT_H
#define MP_RT_CPU_FLOAT_H

#include "core/Types.h"

#include <cstdint>

namespace mp::rt {

/// The layout of a binary floating-point format.
struct FloatFormat {
  int bits = 0, exponentBits = 0, mantissaBits = 0;
  /// e4m3fn: the top exponent is a normal one, only all ones is NaN.
  bool finiteOnly = false;

  /// False if `type` is no float (or, for complex, its parts are none).
  static bool of(ElementType type, FloatFormat &out);
  size_t bytes() const { return bits / 8; }
  uint64_t load(const void *data, uint64_t index) const;
  bool isNan(uint64_t raw) const;
  double toDouble(uint64_t raw) const;
  /// Neighbouring values differ by one; -0 and +0 are the same.
  int64_t ordered(uint64_t raw) const;
};

/// Sign- or zero-extended; elements narrower than a byte take one byte.
int64_t loadInteger(ElementType type, const void *data, uint64_t index);

} // namespace mp::rt

#endif // MP_RT_CPU_FLOAT_H
