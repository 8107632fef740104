#include "mp-run/Bench.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <vector>

using namespace mp::run;

double mp::run::timeMs(const std::function<void()> &once) {
  auto begin = std::chrono::steady_clock::now();
  once();
  std::chrono::duration<double, std::milli> time =
      std::chrono::steady_clock::now() - begin;
  return time.count();
}

Timing mp::run::benchmark(int64_t runs, double firstMs,
                          const std::function<void()> &once) {
  Timing timing;
  timing.runs = runs;
  timing.firstMs = firstMs;
  // At least two calls and a tenth of a second, but not more than were asked
  // for: a model of seconds is warm after two.
  constexpr double enoughMs = 100;
  double spent = 0;
  while (timing.warmup < 2 ||
         (spent < enoughMs && timing.warmup < std::max<int64_t>(runs, 20))) {
    spent += timeMs(once);
    ++timing.warmup;
  }
  std::vector<double> times(static_cast<size_t>(runs));
  for (double &time : times)
    time = timeMs(once);
  timing.meanMs = std::accumulate(times.begin(), times.end(), 0.0) /
                  static_cast<double>(runs);
  std::sort(times.begin(), times.end());
  size_t n = times.size();
  timing.minMs = times.front();
  timing.maxMs = times.back();
  timing.medianMs =
      n % 2 ? times[n / 2] : (times[n / 2 - 1] + times[n / 2]) / 2;
  timing.p90Ms = times[std::min(n - 1, n * 9 / 10)];
  return timing;
}
