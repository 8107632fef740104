#include "core/Env.h"

#include "core/Error.h"

#include <cerrno>
#include <cstdlib>
#include <sched.h>
#include <thread>

using namespace mp::rt;

static const char *nonEmpty(const char *name) {
  const char *value = std::getenv(name);
  return value && *value ? value : nullptr;
}

int32_t mp::rt::availableCpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  int count = sched_getaffinity(0, sizeof(set), &set) == 0
                  ? CPU_COUNT(&set)
                  : static_cast<int>(std::thread::hardware_concurrency());
  return count < 1 ? 1 : count > maxThreads ? maxThreads : count;
}

mp_rt_status mp::rt::defaultThreads(int32_t &threads) {
  if (const char *text = nonEmpty("MP_RT_THREADS")) {
    char *end = nullptr;
    errno = 0;
    long value = std::strtol(text, &end, 10);
    if (errno || *end || value < 1 || value > maxThreads)
      return fail(MP_RT_INVALID_ARGUMENT,
                  "expected MP_RT_THREADS to be a count from 1 to %d, but got "
                  "'%s'",
                  maxThreads, text);
    threads = static_cast<int32_t>(value);
    return MP_RT_OK;
  }
  threads = availableCpus();
  return MP_RT_OK;
}

mp_rt_status mp::rt::readVerbose(bool &verbose) {
  const char *text = nonEmpty("MP_RT_VERBOSE");
  verbose = false;
  if (!text)
    return MP_RT_OK;
  if (text[1] || (text[0] != '0' && text[0] != '1'))
    return fail(MP_RT_INVALID_ARGUMENT,
                "expected MP_RT_VERBOSE to be 0 or 1, but got '%s'", text);
  verbose = text[0] == '1';
  return MP_RT_OK;
}

const char *mp::rt::deviceFromEnv() { return nonEmpty("MP_RT_DEVICE"); }
