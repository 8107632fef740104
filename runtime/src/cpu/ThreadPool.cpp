#include "cpu/ThreadPool.h"

#include "core/Env.h"
#include "core/Error.h"

#include <algorithm>
#include <climits>
#include <cstring>
#include <immintrin.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace mp::rt;

/// True on a thread that runs a kernel now.
static thread_local bool insideKernel = false;

static constexpr size_t stackBytes = size_t(8) << 20;

static void futexWait(std::atomic<uint32_t> &word, uint32_t expected) {
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&word), FUTEX_WAIT_PRIVATE,
          expected, nullptr, nullptr, 0);
}

static void futexWake(std::atomic<uint32_t> &word, int count) {
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&word), FUTEX_WAKE_PRIVATE,
          count, nullptr, nullptr, 0);
}

//===----------------------------------------------------------------------===//
// Split
//===----------------------------------------------------------------------===//

Split Split::of(int64_t extent, int64_t grain) {
  grain = std::max<int64_t>(grain, 1);
  if (extent <= 0)
    return {grain, 0};
  int64_t grains = (extent - 1) / grain + 1;
  int64_t perPiece = (grains - 1) / maxPieces + 1;
  int64_t step = perPiece >= extent / grain + 1 ? extent : perPiece * grain;
  return {step, static_cast<uint32_t>((extent - 1) / step + 1)};
}

//===----------------------------------------------------------------------===//
// Shares: [epoch:32][end:16][next:16]
//===----------------------------------------------------------------------===//

static_assert(Split::maxPieces < (1u << 16));

bool ThreadPool::takePiece(Share &share, uint32_t epoch, uint32_t &piece) {
  uint64_t word = share.word.load(std::memory_order_acquire);
  do {
    if (static_cast<uint32_t>(word >> 32) != epoch)
      return false;
    piece = word & 0xffff;
    if (piece >= ((word >> 16) & 0xffff))
      return false;
  } while (!share.word.compare_exchange_weak(
      word, word + 1, std::memory_order_acq_rel, std::memory_order_acquire));
  return true;
}

static void runPiece(const Job &job, const Split &split, uint32_t piece,
                     void *scratch) {
  int64_t begin = static_cast<int64_t>(piece) * split.step;
  job.kernel(job.buffers, begin, std::min(begin + split.step, job.extent),
             scratch);
}

void ThreadPool::work(int32_t thread, uint32_t epoch) {
  insideKernel = true;
  for (int32_t i = 0; i < numThreads; ++i) {
    // One's own share first, then the others': neighbouring pieces of
    // successive kernels stay in one core's cache.
    int32_t victim = thread + i;
    Share &share = shares[victim < numThreads ? victim : victim - numThreads];
    uint32_t piece;
    while (takePiece(share, epoch, piece)) {
      // The job cannot end, and so cannot change, while this piece is held.
      uint32_t pieces = split.pieces;
      runPiece(job, split, piece, scratch[thread].data());
      if (done.fetch_add(1, std::memory_order_seq_cst) + 1 == pieces &&
          waiting.load(std::memory_order_seq_cst))
        futexWake(done, 1);
    }
  }
  insideKernel = false;
}

//===----------------------------------------------------------------------===//
// Workers
//===----------------------------------------------------------------------===//

void ThreadPool::workerLoop(int32_t thread) {
  uint32_t seen = 0;
  for (;;) {
    uint32_t now = epoch.load(std::memory_order_acquire);
    for (uint32_t i = 0; now == seen && i < spins; ++i) {
      _mm_pause();
      now = epoch.load(std::memory_order_acquire);
    }
    while (now == seen) {
      sleepers.fetch_add(1, std::memory_order_seq_cst);
      futexWait(epoch, seen);
      sleepers.fetch_sub(1, std::memory_order_relaxed);
      now = epoch.load(std::memory_order_acquire);
    }
    if (stopping.load(std::memory_order_acquire))
      return;
    seen = now;
    work(thread, now);
  }
}

ThreadPool::ThreadPool(int32_t threads)
    : numThreads(threads), shares(new Share[threads]), scratch(threads) {
  // About 20 microseconds; where threads must share CPUs, waiting is left to
  // the system at once.
  spins = threads <= availableCpus() ? 2000 : 0;
}

mp_rt_status ThreadPool::create(int32_t threads,
                                std::unique_ptr<ThreadPool> &out) {
  std::unique_ptr<ThreadPool> pool(new ThreadPool(threads));
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stackBytes);
  struct Start {
    ThreadPool *pool;
    int32_t thread;
  };
  int error = 0;
  for (int32_t i = 1; i < threads && !error; ++i) {
    auto start = std::make_unique<Start>(Start{pool.get(), i});
    pthread_t worker;
    error = pthread_create(
        &worker, &attributes,
        [](void *opaque) -> void * {
          std::unique_ptr<Start> start(static_cast<Start *>(opaque));
          start->pool->workerLoop(start->thread);
          return nullptr;
        },
        start.get());
    if (!error) {
      start.release();
      pool->workers.push_back(worker);
    }
  }
  pthread_attr_destroy(&attributes);
  if (error)
    return fail(MP_RT_OUT_OF_MEMORY, "cannot start %d threads: %s", threads,
                std::strerror(error));
  out = std::move(pool);
  return MP_RT_OK;
}

ThreadPool::~ThreadPool() {
  stopping.store(true, std::memory_order_release);
  epoch.fetch_add(1, std::memory_order_seq_cst);
  futexWake(epoch, INT_MAX);
  for (pthread_t worker : workers)
    pthread_join(worker, nullptr);
}

//===----------------------------------------------------------------------===//
// Running a job
//===----------------------------------------------------------------------===//

mp_rt_status ThreadPool::growScratch(uint64_t bytes) {
  if (bytes <= scratchEach)
    return MP_RT_OK;
  return guarded([&]() -> mp_rt_status {
    // All or nothing: a failure half way leaves the old blocks in use.
    std::vector<Block> grown;
    grown.reserve(numThreads);
    for (int32_t i = 0; i < numThreads; ++i)
      grown.emplace_back(bytes);
    scratch = std::move(grown);
    scratchEach = bytes;
    scratchTotal = bytes * static_cast<uint64_t>(numThreads);
    return MP_RT_OK;
  });
}

void ThreadPool::publish() {
  uint32_t next = epoch.load(std::memory_order_relaxed) + 1;
  done.store(0, std::memory_order_relaxed);
  for (int32_t i = 0; i < numThreads; ++i) {
    uint64_t begin = uint64_t(split.pieces) * i / numThreads;
    uint64_t end = uint64_t(split.pieces) * (i + 1) / numThreads;
    shares[i].word.store(uint64_t(next) << 32 | end << 16 | begin,
                         std::memory_order_release);
  }
  epoch.store(next, std::memory_order_seq_cst);
  if (sleepers.load(std::memory_order_seq_cst))
    futexWake(epoch,
              static_cast<int>(std::min<uint32_t>(split.pieces - 1, INT_MAX)));
}

void ThreadPool::awaitDone() {
  uint32_t count = done.load(std::memory_order_acquire);
  for (uint32_t i = 0; count != split.pieces && i < spins; ++i) {
    _mm_pause();
    count = done.load(std::memory_order_acquire);
  }
  if (count == split.pieces)
    return;
  waiting.store(1, std::memory_order_seq_cst);
  while ((count = done.load(std::memory_order_seq_cst)) != split.pieces)
    futexWait(done, count);
  waiting.store(0, std::memory_order_relaxed);
}

mp_rt_status ThreadPool::run(const Job &newJob) {
  Split pieces = Split::of(newJob.extent, newJob.grain);
  if (pieces.pieces == 0)
    return MP_RT_OK;
  if (insideKernel) {
    // The pool is busy with the outer job: this one runs here, with scratch of
    // its own, because the thread's is in use.
    return guarded([&]() -> mp_rt_status {
      Block own(newJob.scratchBytes);
      for (uint32_t piece = 0; piece < pieces.pieces; ++piece)
        runPiece(newJob, pieces, piece, own.data());
      return MP_RT_OK;
    });
  }
  if (mp_rt_status status = growScratch(newJob.scratchBytes))
    return status;
  if (numThreads == 1 || pieces.pieces == 1) {
    insideKernel = true;
    for (uint32_t piece = 0; piece < pieces.pieces; ++piece)
      runPiece(newJob, pieces, piece, scratch[0].data());
    insideKernel = false;
    return MP_RT_OK;
  }
  job = newJob;
  split = pieces;
  publish();
  work(0, epoch.load(std::memory_order_relaxed));
  awaitDone();
  return MP_RT_OK;
}
