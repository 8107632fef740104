//===- Report.h - what mp-run prints --------------------------------------===//

#ifndef MP_RUN_REPORT_H
#define MP_RUN_REPORT_H

#include "mp-run/Bench.h"
#include "mp-run/Compare.h"
#include "mp-run/Observe.h"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace mp::run {

struct Memory {
  uint64_t arguments = 0, results = 0;
  mp_rt_memory_info instance = {};
  nlohmann::ordered_json table; // that of tool::memoryTable
  uint64_t peak() const { return arguments + results + instance.peak_bytes; }
};

struct Report {
  std::string model, function, device, policy;
  std::vector<io::Tensor> results;
  std::vector<Comparison> comparisons;
  bool compared = false;
  bool checkedFinite = false;
  Culprit culprit; // of kind none if all is well
  Tolerance tolerance;
  Timing timing;
  Memory memory;

  /// The comparison and the check went well, as far as they were asked for.
  bool pass() const;
};

/// One JSON object on one line.
std::string toJson(const Report &report);

/// Tables for people.
std::string toText(const Report &report);

/// "mp-run: error: comparison failed: ..." naming the first result that is out
/// of tolerance; empty if all are well.
std::string failureText(const Report &report);

} // namespace mp::run

#endif // MP_RUN_REPORT_H
