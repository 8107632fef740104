#include "io/Narrow.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

using namespace mp::io;

static constexpr float infinity = std::numeric_limits<float>::infinity();

TEST(Narrow, RoundsToNearestEven) {
  EXPECT_EQ(narrow(0.0f, DType::F16), 0x0000);
  EXPECT_EQ(narrow(-0.0f, DType::BF16), 0x8000);
  EXPECT_EQ(narrow(1.0f, DType::F16), 0x3c00);
  EXPECT_EQ(narrow(-2.0f, DType::BF16), 0xc000);
  // Ties between neighbours go to the even code, both ways.
  EXPECT_EQ(narrow(1.0f + 0x1p-11f, DType::F16), 0x3c00);
  EXPECT_EQ(narrow(1.0f + 0x1.8p-10f, DType::F16), 0x3c02);
  EXPECT_EQ(narrow(1.0f + 0x1p-8f, DType::BF16), 0x3f80);
  EXPECT_EQ(narrow(1.0f + 0x1.02p-8f, DType::BF16), 0x3f81);
  // A carry out of the mantissa moves on to the next exponent.
  EXPECT_EQ(narrow(2.0f - 0x1p-12f, DType::F16), 0x4000);
}

TEST(Narrow, HasSubnormalsAndInfinity) {
  EXPECT_EQ(narrow(0x1p-24f, DType::F16), 0x0001);
  EXPECT_EQ(narrow(0x1p-25f, DType::F16), 0x0000);
  EXPECT_EQ(narrow(0x1.02p-25f, DType::F16), 0x0001);
  EXPECT_EQ(narrow(0x1.ffep-15f, DType::F16), 0x0400);
  EXPECT_EQ(narrow(0x1p-133f, DType::BF16), 0x0001);
  EXPECT_EQ(narrow(65519.0f, DType::F16), 0x7bff);
  EXPECT_EQ(narrow(65520.0f, DType::F16), 0x7c00);
  EXPECT_EQ(narrow(-1e38f, DType::F16), 0xfc00);
  EXPECT_EQ(narrow(std::numeric_limits<float>::max(), DType::BF16), 0x7f80);
  EXPECT_EQ(narrow(infinity, DType::BF16), 0x7f80);
  EXPECT_EQ(narrow(std::nanf(""), DType::F16) & 0x7fff, 0x7e00);
}

TEST(Narrow, EveryCodeWidensToTheNumberItMeans) {
  for (DType type : {DType::F16, DType::BF16})
    for (int code = 0; code <= 0xffff; ++code) {
      float value = widen(uint16_t(code), type);
      if (std::isnan(value))
        EXPECT_TRUE(std::isnan(widen(narrow(value, type), type)));
      else
        EXPECT_EQ(narrow(value, type), code);
    }
}
