//===- Metrics.h - one JSON object for each step --------------------------===//

#ifndef MP_TRAIN_METRICS_H
#define MP_TRAIN_METRICS_H

#include "train/StepInfo.h"

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

namespace mp::train {

/// Why a step was skipped.
struct StepFault {
  GradientInfo gradient; // the first bad one
  const char *origin;    // forward, backward or scale
};

struct StepMetrics {
  int64_t step, epoch;
  double loss, scale;
  std::optional<StepFault> fault;
};

/// Appends lines to a file. After a resume, lines of steps that will run again
/// are dropped first, so that a stopped and resumed run leaves the same file.
class MetricsFile {
public:
  MetricsFile(const std::string &path, int64_t firstStep);
  ~MetricsFile();
  MetricsFile(const MetricsFile &) = delete;
  MetricsFile &operator=(const MetricsFile &) = delete;

  void write(const StepMetrics &metrics);
  /// To the disk's care; called when a checkpoint is written.
  void flush();

private:
  std::string path;
  std::FILE *file = nullptr;
};

} // namespace mp::train

#endif // MP_TRAIN_METRICS_H
