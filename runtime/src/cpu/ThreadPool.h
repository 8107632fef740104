//===- ThreadPool.h - splits a range of work over threads -----------------===//
//
// How a range is cut depends on its extent and grain only, so that results do
// not depend on the number of threads; which thread takes which piece does
// depend on timing.
//
//===----------------------------------------------------------------------===//

#ifndef MP_RT_CPU_THREADPOOL_H
#define MP_RT_CPU_THREADPOOL_H

#include "cpu/Memory.h"
#include "mp_rt/mp_rt_codegen.h"

#include <atomic>
#include <memory>
#include <pthread.h>
#include <vector>

namespace mp::rt {

/// [0, extent) in pieces of `step` items, the last perhaps shorter.
struct Split {
  int64_t step = 0;
  uint32_t pieces = 0;

  static constexpr uint32_t maxPieces = 256;
  static Split of(int64_t extent, int64_t grain);
};

struct Job {
  mp_rt_kernel kernel;
  void *const *buffers;
  int64_t extent, grain, scratchBytes;
};

class ThreadPool {
public:
  /// `threads` counts the caller's, which works too.
  static mp_rt_status create(int32_t threads, std::unique_ptr<ThreadPool> &out);
  ~ThreadPool();
  ThreadPool(const ThreadPool &) = delete;
  ThreadPool &operator=(const ThreadPool &) = delete;

  int32_t threads() const { return numThreads; }
  uint64_t scratchBytes() const { return scratchTotal; }

  /// Runs the job and returns when all of it is done. From inside a kernel it
  /// runs on the calling thread alone.
  mp_rt_status run(const Job &job);

private:
  explicit ThreadPool(int32_t threads);

  /// What is left of one thread's share of the pieces. Thieves and owner take
  /// from it alike. The number of the job is part of the word, so that a late
  /// thread cannot take from a job that it has not seen begin.
  struct alignas(64) Share {
    std::atomic<uint64_t> word{0};
  };

  bool takePiece(Share &share, uint32_t epoch, uint32_t &piece);
  void work(int32_t thread, uint32_t epoch);
  void workerLoop(int32_t thread);
  mp_rt_status growScratch(uint64_t bytes);
  void publish();
  void awaitDone();

  const int32_t numThreads;
  uint32_t spins;
  std::unique_ptr<Share[]> shares;
  std::vector<Block> scratch;
  uint64_t scratchTotal = 0, scratchEach = 0;

  // The job: written before `epoch` moves, read only by who holds a piece.
  Job job{};
  Split split;

  alignas(64) std::atomic<uint32_t> epoch{0};
  std::atomic<uint32_t> sleepers{0};
  std::atomic<bool> stopping{false};
  alignas(64) std::atomic<uint32_t> done{0};
  std::atomic<uint32_t> waiting{0};

  std::vector<pthread_t> workers;
};

} // namespace mp::rt

#endif // MP_RT_CPU_THREADPOOL_H
