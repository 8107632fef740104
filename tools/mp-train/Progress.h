//===- Progress.h - what the user sees while training ---------------------===//

#ifndef MP_TRAIN_PROGRESS_H
#define MP_TRAIN_PROGRESS_H

#include "mp_rt/mp_train.h"

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>

namespace mp::train_tool {

/// A bar on a terminal, a line an epoch elsewhere, nothing when quiet.
class Progress {
public:
  explicit Progress(bool quiet);

  void show(const mp_train_progress &progress);
  /// `memory` is that of mp::tool::memoryTable.
  void finish(const mp_train_summary &summary, const char *checkpoint,
              const nlohmann::ordered_json &memory);
  /// The same as one JSON object on one line.
  void print(const mp_train_summary &summary, const char *checkpoint,
             const nlohmann::ordered_json &memory);

private:
  bool quiet, terminal;
  std::chrono::steady_clock::time_point last;
  double lossSum = 0;
  int64_t lossCount = 0;
};

} // namespace mp::train_tool

#endif // MP_TRAIN_PROGRESS_H
