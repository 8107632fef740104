// mp_rt_observe: counts and ranges of a value that the program has computed.
#include "cpu/Float.h"
#include "cpu/Library.h"

#include <algorithm>
#include <cinttypes>
#include <cstring>

using namespace mp::rt;

namespace {
/// Bit patterns without their sign are ordered as the magnitudes are, so all
/// formats are scanned as integers.
template <typename Bits>
struct Scan {
  Bits largestPositive = 0, largestNegative = 0;
  Bits smallestPositive, smallestNegative; // zeros included
  Bits smallestNonzero;
  bool anyPositive = false, anyNegative = false;
  uint64_t nans = 0, infinities = 0;

  static constexpr Bits kNone = static_cast<Bits>(~Bits(0));

  /// Magnitudes up to `largest` are finite; `infinity` is 0 where the format
  /// has none.
  void run(const void *data, uint64_t count, Bits largest, Bits infinity) {
    constexpr Bits signBit = Bits(Bits(1) << (8 * sizeof(Bits) - 1));
    smallestPositive = smallestNegative = smallestNonzero = kNone;
    const char *bytes = static_cast<const char *>(data);
    for (uint64_t i = 0; i < count; ++i) {
      Bits raw;
      std::memcpy(&raw, bytes + i * sizeof(Bits), sizeof(Bits));
      Bits magnitude = raw & Bits(~signBit);
      bool negative = raw & signBit, finite = magnitude <= largest;
      bool positive = finite && !negative;
      negative = finite && negative;
      largestPositive =
          std::max(largestPositive, positive ? magnitude : Bits(0));
      largestNegative =
          std::max(largestNegative, negative ? magnitude : Bits(0));
      smallestPositive =
          std::min(smallestPositive, positive ? magnitude : kNone);
      smallestNegative =
          std::min(smallestNegative, negative ? magnitude : kNone);
      smallestNonzero =
          std::min(smallestNonzero, finite && magnitude ? magnitude : kNone);
      bool infinite = infinity && magnitude == infinity;
      infinities += infinite;
      nans += !finite && !infinite;
    }
    anyPositive = smallestPositive != kNone;
    anyNegative = smallestNegative != kNone;
  }
};
} // namespace

template <typename Bits>
static void scan(const FloatFormat &format, mp_rt_observation &out) {
  Bits top =
      Bits(((Bits(1) << format.exponentBits) - 1) << format.mantissaBits);
  Bits largest = format.finiteOnly
                     ? Bits(top | Bits((Bits(1) << format.mantissaBits) - 2))
                     : Bits(top - 1);
  Scan<Bits> result;
  result.run(out.tensor->data, out.numbers, largest,
             format.finiteOnly ? Bits(0) : top);
  out.nans = result.nans;
  out.infinities = result.infinities;
  if (result.smallestNonzero != result.kNone)
    out.smallest = format.toDouble(result.smallestNonzero);
  if (!result.anyPositive && !result.anyNegative)
    return;
  out.min = result.anyNegative ? -format.toDouble(result.largestNegative)
                               : format.toDouble(result.smallestPositive);
  out.max = result.anyPositive ? format.toDouble(result.largestPositive)
                               : -format.toDouble(result.smallestNegative);
}

static mp_rt_status observe(mp_rt_exec *exec, const mp_rt_library_call *call) {
  if (mp_rt_status status = expectOperands("mp_rt_observe", call, 1, 0, 3))
    return status;
  const mp_rt_operand &operand = call->operands[0];
  ElementType type{operand.code, operand.bits};
  FloatFormat format;
  mp_rt_observation value = {};
  value.struct_size = sizeof(value);
  if (!FloatFormat::of(type, format) || call->config[0] < 0 ||
      call->config[0] > INT32_MAX ||
      !countElements(operand.shape, operand.rank, value.numbers))
    return fail(MP_RT_INTERNAL,
                "mp_rt_observe: unsupported type %s or value %" PRId64,
                type.name().c_str(), call->config[0]);
  if (type.code == MP_RT_DL_COMPLEX)
    value.numbers *= 2;
  DLTensor tensor = {operand.data,
                     {kDLCPU, 0},
                     operand.rank,
                     {type.code, type.bits, 1},
                     const_cast<int64_t *>(operand.shape),
                     nullptr,
                     0};
  value.value = static_cast<int32_t>(call->config[0]);
  value.label = call->label ? call->label : "";
  value.tensor = &tensor;
  switch (format.bits) {
  case 8:
    scan<uint8_t>(format, value);
    break;
  case 16:
    scan<uint16_t>(format, value);
    break;
  case 32:
    scan<uint32_t>(format, value);
    break;
  default:
    scan<uint64_t>(format, value);
    break;
  }
  value.sources = call->config + 3;
  value.num_sources = call->num_config - 3;
  exec->observations.note(value,
                          static_cast<Observations::Kind>(call->config[1]),
                          /*elementwise=*/call->config[2] == 1);
  if (exec->observations.callback)
    exec->observations.callback(exec->observations.user, &value);
  return MP_RT_OK;
}

extern "C" mp_rt_status mp_rt_observe(mp_rt_exec *exec,
                                      const mp_rt_library_call *call) {
  return runRoutine("mp_rt_observe", exec, call,
                    [&] { return observe(exec, call); });
}
