#include "cpu/Float.h"

#include <cmath>
#include <cstring>
#include <limits>

using namespace mp::rt;

bool FloatFormat::of(ElementType type, FloatFormat &out) {
  uint8_t bits = type.bits;
  switch (type.code) {
  case MP_RT_DL_COMPLEX:
    bits /= 2;
    [[fallthrough]];
  case MP_RT_DL_FLOAT:
    if (bits == 16)
      out = {16, 5, 10, false};
    else if (bits == 32)
      out = {32, 8, 23, false};
    else if (bits == 64)
      out = {64, 11, 52, false};
    else
      return false;
    return true;
  case MP_RT_DL_BFLOAT:
    out = {16, 8, 7, false};
    return bits == 16;
  case MP_RT_DL_FLOAT8_E4M3FN:
    out = {8, 4, 3, true};
    return bits == 8;
  case MP_RT_DL_FLOAT8_E5M2:
    out = {8, 5, 2, false};
    return bits == 8;
  default:
    return false;
  }
}

uint64_t FloatFormat::load(const void *data, uint64_t index) const {
  uint64_t raw = 0;
  std::memcpy(&raw, static_cast<const char *>(data) + index * bytes(), bytes());
  return raw;
}

bool FloatFormat::isNan(uint64_t raw) const {
  uint64_t magnitude = raw & ((uint64_t(1) << (bits - 1)) - 1);
  uint64_t top = ((uint64_t(1) << exponentBits) - 1) << mantissaBits;
  if (finiteOnly)
    return magnitude == (top | ((uint64_t(1) << mantissaBits) - 1));
  return magnitude > top;
}

double FloatFormat::toDouble(uint64_t raw) const {
  if (bits == 64) {
    double value;
    std::memcpy(&value, &raw, sizeof(value));
    return value;
  }
  if (isNan(raw))
    return std::numeric_limits<double>::quiet_NaN();
  int bias = (1 << (exponentBits - 1)) - 1;
  int exponent =
      static_cast<int>((raw >> mantissaBits) & ((1u << exponentBits) - 1));
  double mantissa =
      static_cast<double>(raw & ((uint64_t(1) << mantissaBits) - 1));
  double value;
  if (!finiteOnly && exponent == (1 << exponentBits) - 1)
    value = std::numeric_limits<double>::infinity();
  else if (exponent == 0)
    value = std::ldexp(mantissa, 1 - bias - mantissaBits);
  else
    value = std::ldexp(mantissa + std::ldexp(1.0, mantissaBits),
                       exponent - bias - mantissaBits);
  return raw >> (bits - 1) & 1 ? -value : value;
}

int64_t FloatFormat::ordered(uint64_t raw) const {
  uint64_t sign = uint64_t(1) << (bits - 1);
  int64_t magnitude = static_cast<int64_t>(raw & (sign - 1));
  return raw & sign ? -magnitude : magnitude;
}

int64_t mp::rt::loadInteger(ElementType type, const void *data,
                            uint64_t index) {
  size_t size = type.bytes();
  uint64_t raw = 0;
  std::memcpy(&raw, static_cast<const char *>(data) + index * size, size);
  int shift = 64 - (type.code == MP_RT_DL_BOOL ? 8 : type.bits);
  if (type.code == MP_RT_DL_INT)
    return static_cast<int64_t>(raw << shift) >> shift;
  return static_cast<int64_t>(raw << shift >> shift);
}
