#include "core/Exec.h"

#include <cinttypes>
#include <cstdio>
#include <ctime>

using namespace mp::rt;

uint64_t mp::rt::nowNs() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1000000000u +
         static_cast<uint64_t>(time.tv_nsec);
}

void mp_rt_exec::report(mp_rt_event_kind kind, const char *name, int64_t extent,
                        int64_t grain, uint64_t beginNs) {
  static const char *const kinds[] = {"launch", "library", "prepare", "call"};
  uint64_t endNs = nowNs();
  if (!name)
    name = "?";
  if (verbose && kind == MP_RT_EVENT_LAUNCH)
    std::fprintf(stderr,
                 "mp_rt: launch %s, extent %" PRId64 ", grain %" PRId64
                 ", %" PRIu32 " pieces, %d threads, %.1f us\n",
                 name, extent, grain, Split::of(extent, grain).pieces,
                 pool->threads(), static_cast<double>(endNs - beginNs) * 1e-3);
  else if (verbose)
    std::fprintf(stderr, "mp_rt: %s %s, %d threads, %.1f us\n", kinds[kind],
                 name, pool->threads(),
                 static_cast<double>(endNs - beginNs) * 1e-3);
  if (profile) {
    mp_rt_event event = {
        sizeof(mp_rt_event), kind, name, extent, grain, beginNs, endNs};
    profile(profileUser, &event);
  }
}

extern "C" mp_rt_status mp_rt_launch(mp_rt_exec *exec, mp_rt_kernel kernel,
                                     void *const *buffers, int64_t extent,
                                     int64_t grain, int64_t scratch_bytes,
                                     const char *name) {
  Job job = {kernel, buffers, extent, grain,
             scratch_bytes < 0 ? 0 : scratch_bytes};
  if (__builtin_expect(!exec->observed(), true))
    return exec->pool->run(job);
  uint64_t begin = nowNs();
  mp_rt_status status = exec->pool->run(job);
  exec->report(MP_RT_EVENT_LAUNCH, name, extent, grain, begin);
  return status;
}
