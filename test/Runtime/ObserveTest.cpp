#include "core/Exec.h"
#include "mp_rt/mp_rt_dlpack.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

using namespace mp::rt;

namespace {

constexpr float inf = std::numeric_limits<float>::infinity();
constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();
enum Kind : int64_t { outside = 0, passed = 1, op = 2 };

/// A program that is observed, one value after the other.
struct ObserveTest : testing::Test {
  ObserveTest() {
    ThreadPool::create(1, exec.pool);
    exec.observations.user = this;
    exec.observations.callback = [](void *user,
                                    const mp_rt_observation *value) {
      static_cast<ObserveTest *>(user)->last = *value;
    };
    exec.observations.begin();
  }

  template <typename T>
  mp_rt_status observe(std::vector<T> data, uint8_t code, uint8_t bits,
                       std::vector<int64_t> config) {
    int64_t shape[1] = {
        static_cast<int64_t>(data.size() / (code == MP_RT_DL_COMPLEX ? 2 : 1))};
    mp_rt_operand operand = {data.data(), shape, 1, code, bits, 0, 0};
    mp_rt_library_call call = {sizeof(call),
                               0,
                               1,
                               0,
                               static_cast<int32_t>(config.size()),
                               &operand,
                               config.data(),
                               "f.mlir:1:2: main/add#0"};
    return mp_rt_observe(&exec, &call);
  }
  void f32(std::vector<float> data, std::vector<int64_t> config) {
    EXPECT_EQ(observe(std::move(data), MP_RT_DL_FLOAT, 32, std::move(config)),
              MP_RT_OK);
  }
  void expectCulprit(int32_t kind, int32_t value) {
    mp_rt_culprit_info info = exec.observations.culprit();
    EXPECT_EQ(info.kind, kind);
    EXPECT_EQ(info.value, value);
  }

  mp_rt_exec exec;
  mp_rt_observation last = {};
};

} // namespace

TEST_F(ObserveTest, MeasuresTheFiniteNumbers) {
  f32({-3, 0, inf, 0.25f, notANumber, -inf, 7}, {4, outside, 0});
  EXPECT_EQ(last.value, 4);
  EXPECT_STREQ(last.label, "f.mlir:1:2: main/add#0");
  EXPECT_EQ(last.min, -3);
  EXPECT_EQ(last.max, 7);
  EXPECT_EQ(last.smallest, 0.25);
  EXPECT_EQ(last.numbers, 7u);
  EXPECT_EQ(last.nans, 1u);
  EXPECT_EQ(last.infinities, 2u);

  f32({-3, -0.5f}, {4, outside, 0});
  EXPECT_EQ(last.min, -3);
  EXPECT_EQ(last.max, -0.5);
  f32({2, 5}, {4, outside, 0});
  EXPECT_EQ(last.min, 2);
  EXPECT_EQ(last.max, 5);
  f32({0, -0.0f}, {4, outside, 0});
  EXPECT_EQ(last.min, 0);
  EXPECT_EQ(last.smallest, 0);
  f32({}, {4, outside, 0});
  EXPECT_EQ(last.numbers, 0u);
  f32({inf}, {4, outside, 0});
  EXPECT_EQ(last.min, 0);
  EXPECT_EQ(last.max, 0);
}

// The largest finite number, the smallest, infinity and NaN of each format, as
// its standard gives their bits.
TEST_F(ObserveTest, KnowsEveryFormat) {
  auto expect = [&](double max, double smallest, uint64_t infinities) {
    EXPECT_EQ(last.max, max);
    EXPECT_EQ(last.min, -max);
    EXPECT_EQ(last.smallest, smallest);
    EXPECT_EQ(last.infinities, infinities);
    EXPECT_EQ(last.nans, 1u);
  };
  observe<uint16_t>({0x7bff, 0xfbff, 0x0001, 0x7c00, 0x7c01}, MP_RT_DL_FLOAT,
                    16, {0, outside, 0});
  expect(65504, 0x1p-24, 1);
  observe<uint16_t>({0x7f7f, 0xff7f, 0x8001, 0xff80, 0xffc0}, MP_RT_DL_BFLOAT,
                    16, {0, outside, 0});
  expect(0x1.fep127, 0x1p-133, 1);
  observe<uint8_t>({0x7e, 0xfe, 0x01, 0x7f}, MP_RT_DL_FLOAT8_E4M3FN, 8,
                   {0, outside, 0});
  expect(448, 0x1p-9, 0);
  observe<uint8_t>({0x7b, 0xfb, 0x01, 0x7c, 0x7d}, MP_RT_DL_FLOAT8_E5M2, 8,
                   {0, outside, 0});
  expect(57344, 0x1p-16, 1);
  double big = std::numeric_limits<double>::max();
  observe<double>({big, -big, 1, inf, notANumber}, MP_RT_DL_FLOAT, 64,
                  {0, outside, 0});
  expect(big, 1, 1);
  // The parts of complex numbers count one by one.
  observe<float>({8, -8, 1, inf, notANumber, 2}, MP_RT_DL_COMPLEX, 64,
                 {0, outside, 0});
  expect(8, 1, 1);
  EXPECT_EQ(last.numbers, 6u);
}

TEST_F(ObserveTest, RefusesWhatItCannotRead) {
  EXPECT_EQ(observe<int32_t>({1}, MP_RT_DL_INT, 32, {0, outside, 0}),
            MP_RT_INTERNAL);
  EXPECT_EQ(observe<float>({1}, MP_RT_DL_FLOAT, 32, {-1, outside, 0}),
            MP_RT_INTERNAL);
  EXPECT_EQ(observe<float>({1}, MP_RT_DL_FLOAT, 32, {0}), MP_RT_INTERNAL);
}

TEST_F(ObserveTest, BlamesTheFirstOpThatReadFiniteNumbers) {
  f32({1, 2}, {0, outside, 0});
  f32({1, 2}, {1, op, 1, 0});
  expectCulprit(MP_RT_CULPRIT_NONE, -1);
  f32({1, inf}, {2, op, 0, 0, 1});
  f32({inf, inf}, {3, op, 0, 2}); // handed on
  f32({inf, 2}, {4, op, 0, 0});   // another fault, but later
  expectCulprit(MP_RT_CULPRIT_OP, 2);
  mp_rt_culprit_info info = exec.observations.culprit();
  EXPECT_EQ(info.numbers, 2u);
  EXPECT_EQ(info.infinities, 1u);
  EXPECT_EQ(info.nans, 0u);
  EXPECT_STREQ(info.label, "f.mlir:1:2: main/add#0");
  // The next call starts without a past.
  exec.observations.begin();
  expectCulprit(MP_RT_CULPRIT_NONE, -1);
}

TEST_F(ObserveTest, BlamesNoOpForWhatItRead) {
  f32({1, -inf}, {0, outside, 0});
  f32({-inf, -inf}, {1, op, 0, 0});
  f32({1, -inf}, {2, op, 1, 5, -1}); // a constant that is not finite
  f32({inf, 1}, {3, passed, 0});     // what a loop hands on
  f32({inf, 1}, {4, op, 1, 3});
  expectCulprit(MP_RT_CULPRIT_ARGUMENT, 0);
}

TEST_F(ObserveTest, CountsWhereElementsStayInTheirPlaces) {
  f32({1, -inf}, {0, passed, 0});
  f32({1, -inf}, {1, op, 1, 0});
  expectCulprit(MP_RT_CULPRIT_NONE, -1);
  f32({inf, -inf}, {2, op, 1, 0});
  expectCulprit(MP_RT_CULPRIT_OP, 2);
}

TEST_F(ObserveTest, TellsNaNMadeOfInfinities) {
  f32({-inf, -inf}, {0, outside, 0});
  f32({notANumber, notANumber}, {1, op, 1, 0});
  expectCulprit(MP_RT_CULPRIT_NAN, 1);
  // An op that made infinities of finite numbers outranks it.
  f32({1, 1}, {2, outside, 0});
  f32({1, inf}, {3, op, 1, 2});
  expectCulprit(MP_RT_CULPRIT_OP, 3);
}

// In a loop a value is what it was in the last round.
TEST_F(ObserveTest, ForgetsTheRoundBefore) {
  f32({inf}, {0, passed, 0});
  f32({1}, {0, passed, 0});
  f32({inf}, {1, op, 1, 0});
  expectCulprit(MP_RT_CULPRIT_OP, 1);
}
