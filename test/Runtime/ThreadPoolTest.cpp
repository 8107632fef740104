#include "cpu/ThreadPool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

using namespace mp::rt;

namespace {

std::unique_ptr<ThreadPool> makePool(int32_t threads) {
  std::unique_ptr<ThreadPool> pool;
  EXPECT_EQ(ThreadPool::create(threads, pool), MP_RT_OK);
  return pool;
}

/// Notes the pieces that a job was cut into.
struct Pieces {
  std::mutex mutex;
  std::set<std::pair<int64_t, int64_t>> ranges;

  static void kernel(void *const *buffers, int64_t begin, int64_t end, void *) {
    auto *self = static_cast<Pieces *>(buffers[0]);
    std::lock_guard<std::mutex> lock(self->mutex);
    self->ranges.insert({begin, end});
  }
};

std::set<std::pair<int64_t, int64_t>> cut(int32_t threads, int64_t extent,
                                          int64_t grain) {
  auto pool = makePool(threads);
  Pieces pieces;
  void *buffers[] = {&pieces};
  EXPECT_EQ(pool->run({Pieces::kernel, buffers, extent, grain, 0}), MP_RT_OK);
  return pieces.ranges;
}

} // namespace

// The contract of mp_rt_launch: disjoint, complete, at least `grain` long and
// beginning at multiples of it, whatever the sizes.
TEST(Split, CoversTheExtentInGrains) {
  for (int64_t extent : {1, 2, 7, 255, 256, 257, 511, 513, 1000, 100000}) {
    for (int64_t grain : {1, 2, 3, 100, 256, 1000, 200000}) {
      Split split = Split::of(extent, grain);
      ASSERT_GE(split.pieces, 1u);
      ASSERT_LE(split.pieces, Split::maxPieces);
      ASSERT_TRUE(split.step % grain == 0 || split.pieces == 1);
      ASSERT_GE(split.step, std::min(extent, grain));
      ASSERT_GE(split.step * split.pieces, extent);
      ASSERT_LT(split.step * (split.pieces - 1), extent);
    }
  }
}

TEST(Split, NothingToDoAndOddGrains) {
  EXPECT_EQ(Split::of(0, 4).pieces, 0u);
  EXPECT_EQ(Split::of(-3, 4).pieces, 0u);
  EXPECT_EQ(Split::of(5, 0).pieces, 5u);
  EXPECT_EQ(Split::of(5, INT64_MAX).pieces, 1u);
  EXPECT_EQ(Split::of(INT64_MAX, INT64_MAX - 1).pieces, 2u);
}

// Results may not depend on the number of threads, so neither may the pieces.
TEST(ThreadPool, PiecesDoNotDependOnThreads) {
  for (int64_t extent : {1, 5, 300, 4096}) {
    auto expected = cut(1, extent, 3);
    for (int32_t threads : {2, 3, 8})
      EXPECT_EQ(cut(threads, extent, 3), expected);
  }
}

TEST(ThreadPool, RunsEveryItemOnce) {
  auto pool = makePool(4);
  for (int round = 0; round < 3000; ++round) {
    std::vector<int> items(1 + round % 777, 0);
    void *buffers[] = {items.data()};
    ASSERT_EQ(pool->run({[](void *const *buffers, int64_t begin, int64_t end,
                            void *) {
                           for (int64_t i = begin; i < end; ++i)
                             ++static_cast<int *>(buffers[0])[i];
                         },
                         buffers, static_cast<int64_t>(items.size()), 2, 0}),
              MP_RT_OK);
    for (int item : items)
      ASSERT_EQ(item, 1);
  }
}

// Sleeping workers must wake: after a pause longer than they spin.
TEST(ThreadPool, WakesAfterAPause) {
  auto pool = makePool(3);
  for (int round = 0; round < 5; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    std::atomic<int> count{0};
    void *buffers[] = {&count};
    pool->run({[](void *const *buffers, int64_t begin, int64_t end, void *) {
                 std::this_thread::sleep_for(std::chrono::milliseconds(1));
                 *static_cast<std::atomic<int> *>(buffers[0]) +=
                     static_cast<int>(end - begin);
               },
               buffers, 12, 1, 0});
    EXPECT_EQ(count, 12);
  }
}

TEST(ThreadPool, ScratchIsPrivateAlignedAndGrows) {
  auto pool = makePool(4);
  for (int64_t bytes : {64, 4096, 100, 1 << 20}) {
    std::atomic<int> faults{0};
    void *buffers[] = {&faults, &bytes};
    pool->run({[](void *const *buffers, int64_t begin, int64_t, void *scratch) {
                 auto &faults = *static_cast<std::atomic<int> *>(buffers[0]);
                 int64_t words = *static_cast<int64_t *>(buffers[1]) / 8;
                 auto *mine = static_cast<int64_t *>(scratch);
                 faults += reinterpret_cast<uintptr_t>(scratch) % 64 != 0;
                 for (int64_t i = 0; i < words; ++i)
                   mine[i] = begin;
                 std::this_thread::yield();
                 for (int64_t i = 0; i < words; ++i)
                   faults += mine[i] != begin;
               },
               buffers, 64, 1, bytes});
    EXPECT_EQ(faults, 0);
  }
  EXPECT_EQ(pool->scratchBytes(), 4u << 20);
}

TEST(ThreadPool, ScratchThatCannotBeHadIsAnError) {
  auto pool = makePool(2);
  void *buffers[] = {nullptr};
  auto kernel = [](void *const *, int64_t, int64_t, void *) {};
  EXPECT_EQ(pool->run({kernel, buffers, 4, 1, INT64_MAX - 100}),
            MP_RT_OUT_OF_MEMORY);
  EXPECT_EQ(pool->run({kernel, buffers, 4, 1, 64}), MP_RT_OK);
}

// A launch from inside a kernel runs where it is, with scratch of its own.
TEST(ThreadPool, NestedLaunchesRunInline) {
  auto pool = makePool(3);
  std::atomic<int> count{0};
  void *buffers[] = {&count, pool.get()};
  pool->run(
      {[](void *const *buffers, int64_t begin, int64_t end, void *scratch) {
         for (int64_t i = begin; i < end; ++i) {
           *static_cast<int64_t *>(scratch) = i;
           static_cast<ThreadPool *>(buffers[1])
               ->run(
                   {[](void *const *buffers, int64_t, int64_t, void *scratch) {
                      *static_cast<int64_t *>(scratch) = -1;
                      ++*static_cast<std::atomic<int> *>(buffers[0]);
                    },
                    buffers, 5, 1, 8});
           EXPECT_EQ(*static_cast<int64_t *>(scratch), i);
         }
       },
       buffers, 20, 1, 8});
  EXPECT_EQ(count, 100);
}

// Each instance has its pool; several may be busy at the same time.
TEST(ThreadPool, PoolsAreIndependent) {
  std::vector<std::thread> users;
  std::atomic<int64_t> sum{0};
  for (int user = 0; user < 4; ++user)
    users.emplace_back([&] {
      auto pool = makePool(3);
      void *buffers[] = {&sum};
      for (int round = 0; round < 300; ++round)
        pool->run(
            {[](void *const *buffers, int64_t begin, int64_t end, void *) {
               *static_cast<std::atomic<int64_t> *>(buffers[0]) += end - begin;
             },
             buffers, 100, 1, 0});
    });
  for (std::thread &user : users)
    user.join();
  EXPECT_EQ(sum, 4 * 300 * 100);
}

// Generated code recurses little, but a kernel may use large stack buffers.
TEST(ThreadPool, WorkersHaveEightMebibytesOfStack) {
  auto pool = makePool(2);
  std::atomic<size_t> least{SIZE_MAX};
  void *buffers[] = {&least};
  pool->run({[](void *const *buffers, int64_t, int64_t, void *) {
               pthread_attr_t attributes;
               size_t size = 0;
               pthread_getattr_np(pthread_self(), &attributes);
               pthread_attr_getstacksize(&attributes, &size);
               pthread_attr_destroy(&attributes);
               auto &least = *static_cast<std::atomic<size_t> *>(buffers[0]);
               if (size < least)
                 least = size;
             },
             buffers, 64, 1, 0});
  // The C library takes a guard page or two from it.
  EXPECT_GE(least + (size_t(1) << 16), size_t(8) << 20);
}
