#include "io/Narrow.h"

#include <algorithm>
#include <cmath>

using namespace mp;

bool io::isNarrow(DType type) {
  return type == DType::F16 || type == DType::BF16;
}

uint16_t io::narrow(float value, DType type) {
  int mantissaBits = type == DType::F16 ? 10 : 7;
  int lowest = type == DType::F16 ? -14 : -126; // exponent of the first normal
  int infinity = ((1 << (15 - mantissaBits)) - 1) << mantissaBits;
  int sign = std::signbit(value) ? 0x8000 : 0;
  if (std::isnan(value))
    return uint16_t(sign | infinity | 1 << (mantissaBits - 1));
  if (std::isinf(value))
    return uint16_t(sign | infinity);
  if (value == 0)
    return uint16_t(sign);
  int exponent = 0;
  std::frexp(value, &exponent);
  exponent = std::max(exponent - 1, lowest);
  // Codes of one sign are consecutive, so a carry out of the mantissa, from the
  // subnormal numbers and into infinity is an addition.
  double units = std::ldexp(std::fabs(double(value)), mantissaBits - exponent);
  int code = ((exponent - lowest) << mantissaBits) + int(std::nearbyint(units));
  return uint16_t(sign | std::min(code, infinity));
}

float io::widen(uint16_t code, DType type) {
  int mantissaBits = type == DType::F16 ? 10 : 7;
  int lowest = type == DType::F16 ? -14 : -126;
  int top = (1 << (15 - mantissaBits)) - 1;
  int exponent = (code & 0x7fff) >> mantissaBits;
  int mantissa = code & ((1 << mantissaBits) - 1);
  float value = 0;
  if (exponent == top)
    value = mantissa ? NAN : INFINITY;
  else
    value =
        std::ldexp(float(exponent ? mantissa + (1 << mantissaBits) : mantissa),
                   lowest + std::max(exponent - 1, 0) - mantissaBits);
  return code & 0x8000 ? -value : value;
}
