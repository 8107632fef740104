#include "core/Exec.h"
#include "mp_rt/mp_rt_dlpack.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

using namespace mp::rt;

namespace {

struct Result {
  mp_rt_status status;
  std::string text;
};

template <typename T>
Result check(uint8_t code, uint8_t bits, std::vector<int64_t> shape,
             std::vector<T> got, std::vector<T> expected,
             std::vector<int64_t> config) {
  mp_rt_exec exec;
  ThreadPool::create(1, exec.pool);
  auto rank = static_cast<int32_t>(shape.size());
  mp_rt_operand operands[2] = {
      {got.data(), shape.data(), rank, code, bits, 0, 0},
      {expected.data(), shape.data(), rank, code, bits, 0, 0}};
  mp_rt_library_call call = {sizeof(call),
                             0,
                             2,
                             0,
                             static_cast<int32_t>(config.size()),
                             operands,
                             config.data(),
                             "f.mlir:1:2"};
  mp_rt_status status = mp_rt_check(&exec, &call);
  return {status, status ? mp_rt_last_error() : ""};
}

constexpr float inf = std::numeric_limits<float>::infinity();
constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();
const std::vector<int64_t> equal = {0, 0, 0}, ulp = {1, 0, 3},
                           almost = {2, 0, 0};

Result checkF32(float got, float expected, std::vector<int64_t> config) {
  return check<float>(MP_RT_DL_FLOAT, 32, {}, {got}, {expected}, config);
}

} // namespace

TEST(Check, SaysWhereAndWhat) {
  Result r = check<int32_t>(MP_RT_DL_INT, 32, {2, 3}, {1, 2, 3, 4, 5, -6},
                            {1, 2, 3, 4, 7, 6}, equal);
  EXPECT_EQ(r.status, MP_RT_CHECK_FAILED);
  EXPECT_EQ(r.text, "f.mlir:1:2: check failed for 2 of 6 elements of "
                    "'2x3xi32', first at [1, 1]: expected 7, but got 5");
  EXPECT_EQ(check<int32_t>(MP_RT_DL_INT, 32, {2}, {1, 2}, {1, 2}, equal).status,
            MP_RT_OK);
}

TEST(Check, NanEqualsNanAndZerosAreEqual) {
  for (const auto &kind : {equal, ulp, almost}) {
    EXPECT_EQ(checkF32(notANumber, notANumber, kind).status, MP_RT_OK);
    EXPECT_EQ(checkF32(notANumber, 1, kind).status, MP_RT_CHECK_FAILED);
    EXPECT_EQ(checkF32(1, notANumber, kind).status, MP_RT_CHECK_FAILED);
    EXPECT_EQ(checkF32(-0.0f, 0.0f, kind).status, MP_RT_OK);
    EXPECT_EQ(checkF32(inf, inf, kind).status, MP_RT_OK);
    EXPECT_EQ(checkF32(-inf, inf, kind).status, MP_RT_CHECK_FAILED);
    // The largest number is one step from infinity, and yet not alike.
    EXPECT_EQ(checkF32(std::numeric_limits<float>::max(), inf, kind).status,
              MP_RT_CHECK_FAILED);
  }
}

TEST(Check, UlpsAreCountedAcrossZero) {
  float tiny = std::numeric_limits<float>::denorm_min();
  EXPECT_EQ(checkF32(tiny, -tiny, ulp).status, MP_RT_OK);
  EXPECT_EQ(checkF32(2 * tiny, -2 * tiny, ulp).status, MP_RT_CHECK_FAILED);
  float next = 1;
  for (int i = 0; i < 3; ++i)
    next = std::nextafter(next, 2.0f);
  EXPECT_EQ(checkF32(next, 1, ulp).status, MP_RT_OK);
  EXPECT_EQ(checkF32(std::nextafter(next, 2.0f), 1, ulp).status,
            MP_RT_CHECK_FAILED);
  // A least distance is a check as well.
  EXPECT_EQ(checkF32(1, 1, {1, 1, 3}).status, MP_RT_CHECK_FAILED);
  double big = std::numeric_limits<double>::max();
  EXPECT_EQ(check<double>(MP_RT_DL_FLOAT, 64, {}, {big}, {-big}, ulp).status,
            MP_RT_CHECK_FAILED);
}

TEST(Check, AlmostEqualIsAbsoluteOrRelative) {
  EXPECT_EQ(checkF32(0.0009f, 0, almost).status, MP_RT_OK);
  EXPECT_EQ(checkF32(0.0011f, 0, almost).status, MP_RT_CHECK_FAILED);
  EXPECT_EQ(checkF32(10009, 10000, almost).status, MP_RT_OK);
  EXPECT_EQ(checkF32(10011, 10000, almost).status, MP_RT_CHECK_FAILED);
}

// 1, 1.5 and NaN of each narrow format.
TEST(Check, NarrowFloats) {
  struct Format {
    uint8_t code, bits;
    uint16_t one, oneAndHalf, nan;
  };
  for (const Format &f : {Format{MP_RT_DL_FLOAT, 16, 0x3c00, 0x3e00, 0x7e00},
                          Format{MP_RT_DL_BFLOAT, 16, 0x3f80, 0x3fc0, 0x7fc0},
                          Format{MP_RT_DL_FLOAT8_E4M3FN, 8, 0x38, 0x3c, 0x7f},
                          Format{MP_RT_DL_FLOAT8_E5M2, 8, 0x3c, 0x3e, 0x7f}}) {
    auto run = [&](uint16_t got, uint16_t expected) {
      return check<uint16_t>(f.code, f.bits, {}, {got}, {expected}, equal);
    };
    EXPECT_EQ(run(f.one, f.one).status, MP_RT_OK);
    EXPECT_EQ(run(f.nan, f.nan).status, MP_RT_OK);
    Result r = run(f.oneAndHalf, f.one);
    EXPECT_NE(r.text.find("expected 1, but got 1.5"), std::string::npos)
        << r.text;
  }
  // 448 is a number in e4m3fn, where e5m2 has an infinity.
  Result r = check<uint8_t>(MP_RT_DL_FLOAT8_E4M3FN, 8, {}, {0x7e}, {0}, equal);
  EXPECT_NE(r.text.find("got 448"), std::string::npos) << r.text;
}

TEST(Check, ComplexBoolUnsignedAndEmpty) {
  Result r = check<float>(MP_RT_DL_COMPLEX, 64, {2}, {1, 2, 3, 4}, {1, 2, 3, 5},
                          equal);
  EXPECT_NE(r.text.find("first at [1]: expected (3, 5), but got (3, 4)"),
            std::string::npos)
      << r.text;
  EXPECT_EQ(check<uint8_t>(MP_RT_DL_BOOL, 8, {2}, {0, 1}, {0, 1}, equal).status,
            MP_RT_OK);
  r = check<uint64_t>(MP_RT_DL_UINT, 64, {}, {UINT64_MAX}, {0}, equal);
  EXPECT_NE(r.text.find("got 18446744073709551615"), std::string::npos);
  EXPECT_EQ(check<float>(MP_RT_DL_FLOAT, 32, {0, 3}, {}, {}, equal).status,
            MP_RT_OK);
  // Four bits in a byte: what the upper four hold does not matter.
  EXPECT_EQ(check<uint8_t>(MP_RT_DL_INT, 4, {}, {0x0f}, {0xff}, equal).status,
            MP_RT_OK);
}

TEST(Check, OperandsThatDoNotFitAreTheCompilersFault) {
  EXPECT_EQ(check<float>(MP_RT_DL_FLOAT, 32, {}, {1}, {1}, {7, 0, 0}).status,
            MP_RT_INTERNAL);
  EXPECT_EQ(check<float>(MP_RT_DL_FLOAT, 32, {}, {1}, {1}, {0}).status,
            MP_RT_INTERNAL);
  EXPECT_EQ(check<float>(77, 32, {}, {1}, {1}, equal).status, MP_RT_INTERNAL);
}
