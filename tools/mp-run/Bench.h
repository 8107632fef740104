//===- Bench.h - the time of one run --------------------------------------===//

#ifndef MP_RUN_BENCH_H
#define MP_RUN_BENCH_H

#include <cstdint>
#include <functional>

namespace mp::run {

struct Timing {
  int64_t runs = 0, warmup = 0;
  double firstMs = 0; // with packing of parameters and page faults
  double minMs = 0, medianMs = 0, meanMs = 0, p90Ms = 0, maxMs = 0;
};

/// Calls `once` until the clock of the CPU and its caches have settled, then
/// `runs` times more, and times each.
Timing benchmark(int64_t runs, double firstMs,
                 const std::function<void()> &once);

/// Milliseconds that one call takes.
double timeMs(const std::function<void()> &once);

} // namespace mp::run

#endif // MP_RUN_BENCH_H
