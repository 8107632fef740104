#include "cpu/Library.h"

#include <gtest/gtest.h>

#include <stdexcept>

using namespace mp::rt;

namespace {

struct Packed : CallState {
  uint64_t packedAt = 0;
  uint64_t bytes() const override { return 4096; }
};

struct LibraryTest : testing::Test {
  LibraryTest() { ThreadPool::create(2, exec.pool); }
  mp_rt_exec exec;
  mp_rt_library_call call = {sizeof(call), 5,       0,           0, 0,
                             nullptr,      nullptr, "f.mlir:1:2"};
};

} // namespace

TEST_F(LibraryTest, StateIsKeptForEachCallSite) {
  auto &state = callState<Packed>(&exec, &call);
  EXPECT_NE(state.packedAt, generation(&exec));
  state.packedAt = generation(&exec);
  EXPECT_EQ(&callState<Packed>(&exec, &call), &state);
  call.call_id = 6;
  EXPECT_NE(&callState<Packed>(&exec, &call), &state);
}

TEST_F(LibraryTest, FailuresCarryTheLabel) {
  mp_rt_status status =
      runRoutine("mp_rt_thing", &exec, &call, []() -> mp_rt_status {
        return fail(MP_RT_UNSUPPORTED, "no such thing");
      });
  EXPECT_EQ(status, MP_RT_UNSUPPORTED);
  EXPECT_STREQ(mp_rt_last_error(), "f.mlir:1:2: no such thing");
}

TEST_F(LibraryTest, ExceptionsStayInside) {
  EXPECT_EQ(runRoutine("mp_rt_thing", &exec, &call,
                       []() -> mp_rt_status {
                         throw std::runtime_error("vendor trouble");
                       }),
            MP_RT_INTERNAL);
  EXPECT_STREQ(mp_rt_last_error(),
               "f.mlir:1:2: unexpected failure: vendor trouble");
  EXPECT_EQ(runRoutine("mp_rt_thing", &exec, &call,
                       []() -> mp_rt_status { throw std::bad_alloc(); }),
            MP_RT_OUT_OF_MEMORY);
}

TEST_F(LibraryTest, RoutinesAreReported) {
  static int events;
  events = 0;
  exec.profile = [](void *, const mp_rt_event *event) {
    ++events;
    EXPECT_EQ(event->kind, MP_RT_EVENT_LIBRARY);
    EXPECT_STREQ(event->name, "mp_rt_thing");
    EXPECT_LE(event->begin_ns, event->end_ns);
  };
  runRoutine("mp_rt_thing", &exec, &call, [] { return mp_rt_status(0); });
  EXPECT_EQ(events, 1);
}
