//===- Report.h - what mp-run prints --------------------------------------===//

#ifndef MP_RUN_REPORT_H
#define MP_RUN_REPORT_H

#include "mp-run/Bench.h"
#include "mp-run/Compare.h"

#include <string>
#include <vector>

namespace mp::run {

struct Memory {
  uint64_t arguments = 0, results = 0;
  mp_rt_memory_info instance = {};
  uint64_t peak() const { return arguments + results + instance.peak_bytes; }
};

struct Report {
  std::string model, function, device, policy;
  std::vector<io::Tensor> results;
  std::vector<Comparison> comparisons;
  bool compared = false;
  double rtol = 0, atol = 0;
  Timing timing;
  Memory memory;

  bool pass() const;
};

/// One JSON object on one line.
std::string toJson(const Report &report);

/// Tables for people.
std::string toText(const Report &report);

/// "comparison failed: ..." naming the worst result; empty if all is well.
std::string failureText(const Report &report);

} // namespace mp::run

#endif // MP_RUN_REPORT_H
