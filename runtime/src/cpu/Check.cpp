// mp_rt_check: the comparison behind StableHLO's check.expect_* calls.
#include "cpu/Float.h"
#include "cpu/Library.h"

#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <cstdlib>

using namespace mp::rt;

namespace {

enum class Kind : int64_t { Equal = 0, Ulp = 1, AlmostEqual = 2 };

struct Check {
  Kind kind;
  int64_t minUlp, maxUlp;
  ElementType type;
  FloatFormat format; // of the parts, where the type is complex
  bool isFloat;
  uint64_t parts; // numbers compared for each element

  bool holdsFloat(uint64_t got, uint64_t expected) const;
  bool holds(const void *got, const void *expected, uint64_t index) const;
  std::string print(const void *data, uint64_t index) const;
};

constexpr double almostEqual = 1e-3;

} // namespace

bool Check::holdsFloat(uint64_t got, uint64_t expected) const {
  bool gotNan = format.isNan(got), expectedNan = format.isNan(expected);
  if (gotNan || expectedNan)
    return gotNan && expectedNan;
  if (kind == Kind::Ulp) {
    // The distance of two doubles of unlike sign may exceed 63 bits.
    int64_t distance;
    if (__builtin_sub_overflow(format.ordered(got), format.ordered(expected),
                               &distance) ||
        distance == INT64_MIN)
      return false;
    distance = std::llabs(distance);
    // One step past the largest finite number is infinity; no tolerance makes
    // the two alike.
    double a = format.toDouble(got), b = format.toDouble(expected);
    if (std::isinf(a) != std::isinf(b))
      return false;
    return distance >= minUlp && distance <= maxUlp;
  }
  double a = format.toDouble(got), b = format.toDouble(expected);
  if (a == b)
    return true;
  if (kind == Kind::Equal || !std::isfinite(a) || !std::isfinite(b))
    return false;
  return std::fabs(a - b) <= almostEqual * std::fmax(1.0, std::fabs(b));
}

bool Check::holds(const void *got, const void *expected, uint64_t index) const {
  if (!isFloat)
    return loadInteger(type, got, index) == loadInteger(type, expected, index);
  for (uint64_t i = index * parts; i < (index + 1) * parts; ++i) {
    if (!holdsFloat(format.load(got, i), format.load(expected, i)))
      return false;
  }
  return true;
}

std::string Check::print(const void *data, uint64_t index) const {
  char text[96];
  if (!isFloat) {
    int64_t value = loadInteger(type, data, index);
    std::snprintf(text, sizeof(text),
                  type.code == MP_RT_DL_UINT ? "%" PRIu64 : "%" PRId64, value);
    return text;
  }
  double re = format.toDouble(format.load(data, index * parts));
  if (parts == 1) {
    std::snprintf(text, sizeof(text), "%.17g", re);
    return text;
  }
  double im = format.toDouble(format.load(data, index * parts + 1));
  std::snprintf(text, sizeof(text), "(%.17g, %.17g)", re, im);
  return text;
}

/// "[1, 2]" of a row-major position.
static std::string position(const mp_rt_operand &operand, uint64_t index) {
  std::string text;
  for (int32_t i = operand.rank - 1; i >= 0; --i) {
    uint64_t size = static_cast<uint64_t>(operand.shape[i]);
    text = std::to_string(index % size) + (text.empty() ? "" : ", ") + text;
    index /= size;
  }
  return "[" + text + "]";
}

static mp_rt_status check(const mp_rt_library_call *call) {
  if (mp_rt_status status = expectOperands("mp_rt_check", call, 2, 0, 3))
    return status;
  const mp_rt_operand &got = call->operands[0], &expected = call->operands[1];
  Check check = {};
  check.kind = static_cast<Kind>(call->config[0]);
  check.minUlp = call->config[1];
  check.maxUlp = call->config[2];
  check.type = {got.code, got.bits};
  check.isFloat = FloatFormat::of(check.type, check.format);
  check.parts = check.type.code == MP_RT_DL_COMPLEX ? 2 : 1;
  uint64_t count, expectedCount;
  if (check.type.bytes() == 0 || call->config[0] < 0 || call->config[0] > 2 ||
      !countElements(got.shape, got.rank, count))
    return fail(MP_RT_INTERNAL,
                "mp_rt_check: unsupported type %s or comparison %" PRId64,
                check.type.name().c_str(), call->config[0]);
  ElementType expectedType{expected.code, expected.bits};
  std::string gotName = typeName(check.type, got.shape, got.rank);
  std::string expectedName =
      typeName(expectedType, expected.shape, expected.rank);
  if (gotName != expectedName ||
      !countElements(expected.shape, expected.rank, expectedCount))
    return fail(MP_RT_INTERNAL,
                "mp_rt_check: expected tensors of one type, but got '%s' and "
                "'%s'",
                gotName.c_str(), expectedName.c_str());

  uint64_t differing = 0, first = 0;
  for (uint64_t i = 0; i < count; ++i) {
    if (!check.holds(got.data, expected.data, i) && differing++ == 0)
      first = i;
  }
  if (differing == 0)
    return MP_RT_OK;
  return fail(MP_RT_CHECK_FAILED,
              "check failed for %" PRIu64 " of %" PRIu64
              " elements of '%s', first at %s: expected %s, but got %s",
              differing, count, gotName.c_str(), position(got, first).c_str(),
              check.print(expected.data, first).c_str(),
              check.print(got.data, first).c_str());
}

extern "C" mp_rt_status mp_rt_check(mp_rt_exec *exec,
                                    const mp_rt_library_call *call) {
  return runRoutine("mp_rt_check", exec, call, [&] { return check(call); });
}
