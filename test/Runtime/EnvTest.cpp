#include "core/Env.h"

#include "mp_rt/mp_rt.h"

#include <gtest/gtest.h>

#include <cstdlib>

using namespace mp::rt;

namespace {
/// Sets a variable for one test.
struct Variable {
  const char *name;
  Variable(const char *name, const char *value) : name(name) {
    setenv(name, value, 1);
  }
  ~Variable() { unsetenv(name); }
};
} // namespace

TEST(Env, ThreadsAreACount) {
  int32_t threads = 0;
  {
    Variable set("MP_RT_THREADS", "3");
    EXPECT_EQ(defaultThreads(threads), MP_RT_OK);
    EXPECT_EQ(threads, 3);
  }
  for (const char *bad :
       {"0", "-1", "two", "3x", "1025", "99999999999999999"}) {
    Variable set("MP_RT_THREADS", bad);
    EXPECT_EQ(defaultThreads(threads), MP_RT_INVALID_ARGUMENT) << bad;
    EXPECT_EQ(mp_rt_last_error(),
              "expected MP_RT_THREADS to be a count from 1 to 1024, but got '" +
                  std::string(bad) + "'");
  }
  EXPECT_EQ(defaultThreads(threads), MP_RT_OK);
  EXPECT_EQ(threads, availableCpus());
}

TEST(Env, VerboseIsZeroOrOne) {
  bool verbose = true;
  EXPECT_EQ(readVerbose(verbose), MP_RT_OK);
  EXPECT_FALSE(verbose);
  {
    Variable set("MP_RT_VERBOSE", "1");
    EXPECT_EQ(readVerbose(verbose), MP_RT_OK);
    EXPECT_TRUE(verbose);
  }
  Variable set("MP_RT_VERBOSE", "yes");
  EXPECT_EQ(readVerbose(verbose), MP_RT_INVALID_ARGUMENT);
}
