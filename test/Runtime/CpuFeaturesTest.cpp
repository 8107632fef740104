#include "core/CpuFeatures.h"

#include "core/Error.h"
#include "mp_rt/mp_rt.h"

#include <gtest/gtest.h>

#include <string>

using namespace mp::rt;

TEST(CpuFeatures, EveryX86_64HasTheBaseline) {
  EXPECT_EQ(checkCpuFeatures("m.so", ""), MP_RT_OK);
  EXPECT_EQ(checkCpuFeatures("m.so", "64bit,cmov,cx8,fxsr,mmx,sse,sse2"),
            MP_RT_OK);
  EXPECT_EQ(checkCpuFeatures("m.so", "+sse2,-avx512f,,"), MP_RT_OK);
}

// What the compiler's builtins say is an independent reading of CPUID.
TEST(CpuFeatures, AgreesWithTheCompiler) {
  __builtin_cpu_init();
#define CHECK_FEATURE(name)                                                    \
  EXPECT_EQ(checkCpuFeatures("m.so", name) == MP_RT_OK,                        \
            __builtin_cpu_supports(name) != 0)                                 \
      << name
  CHECK_FEATURE("sse4.2");
  CHECK_FEATURE("popcnt");
  CHECK_FEATURE("avx");
  CHECK_FEATURE("avx2");
  CHECK_FEATURE("fma");
  CHECK_FEATURE("bmi");
  CHECK_FEATURE("bmi2");
  CHECK_FEATURE("avx512f");
  CHECK_FEATURE("avx512bw");
  CHECK_FEATURE("avx512vl");
  CHECK_FEATURE("avx512vnni");
  CHECK_FEATURE("avx512bf16");
  CHECK_FEATURE("gfni");
#undef CHECK_FEATURE
}

TEST(CpuFeatures, NamesWhatIsMissing) {
  EXPECT_EQ(checkCpuFeatures("m.so", "sse2,lwp,xop"), MP_RT_UNSUPPORTED);
  std::string text = mp_rt_last_error();
  EXPECT_NE(text.find("'lwp'"), std::string::npos) << text;
  EXPECT_EQ(text.find("'sse2'"), std::string::npos) << text;
  EXPECT_EQ(checkCpuFeatures("m.so", "warp"), MP_RT_UNSUPPORTED);
  EXPECT_STREQ(mp_rt_last_error(),
               "'m.so' needs the CPU feature 'warp', which this runtime does "
               "not know");
}
