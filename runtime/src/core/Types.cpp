#include "core/Types.h"

using namespace mp::rt;

size_t ElementType::bytes() const {
  switch (code) {
  case MP_RT_DL_INT:
  case MP_RT_DL_UINT:
    switch (bits) {
    case 2:
    case 4:
    case 8:
      return 1;
    case 16:
    case 32:
    case 64:
      return bits / 8;
    default:
      return 0;
    }
  case MP_RT_DL_FLOAT:
    return bits == 16 || bits == 32 || bits == 64 ? bits / 8 : 0;
  case MP_RT_DL_BFLOAT:
    return bits == 16 ? 2 : 0;
  case MP_RT_DL_COMPLEX:
    return bits == 64 || bits == 128 ? bits / 8 : 0;
  case MP_RT_DL_BOOL:
  case MP_RT_DL_FLOAT8_E4M3FN:
  case MP_RT_DL_FLOAT8_E5M2:
    return bits == 8 ? 1 : 0;
  default:
    return 0;
  }
}

std::string ElementType::name() const {
  switch (code) {
  case MP_RT_DL_INT:
    return "i" + std::to_string(bits);
  case MP_RT_DL_UINT:
    return "ui" + std::to_string(bits);
  case MP_RT_DL_FLOAT:
    return "f" + std::to_string(bits);
  case MP_RT_DL_BFLOAT:
    return "bf" + std::to_string(bits);
  case MP_RT_DL_COMPLEX:
    return "complex<f" + std::to_string(bits / 2) + ">";
  case MP_RT_DL_BOOL:
    return "i1";
  case MP_RT_DL_FLOAT8_E4M3FN:
    return "f8E4M3FN";
  case MP_RT_DL_FLOAT8_E5M2:
    return "f8E5M2";
  default:
    return "type " + std::to_string(code) + ":" + std::to_string(bits);
  }
}

std::string mp::rt::typeName(ElementType type, const int64_t *shape,
                             int32_t rank) {
  std::string text;
  for (int32_t i = 0; i < rank; ++i)
    text += std::to_string(shape[i]) + "x";
  return text + type.name();
}

bool mp::rt::countElements(const int64_t *shape, int32_t rank,
                           uint64_t &count) {
  // An empty tensor is empty however large its other sizes are.
  for (int32_t i = 0; i < rank; ++i) {
    if (shape[i] < 0)
      return false;
  }
  count = 1;
  for (int32_t i = 0; i < rank; ++i) {
    if (shape[i] == 0) {
      count = 0;
      return true;
    }
  }
  for (int32_t i = 0; i < rank; ++i) {
    if (__builtin_mul_overflow(count, static_cast<uint64_t>(shape[i]), &count))
      return false;
  }
  return count <= static_cast<uint64_t>(INT64_MAX) / 16;
}
