//===- Metrics.h - one JSON object for each step --------------------------===//

#ifndef MP_TRAIN_METRICS_H
#define MP_TRAIN_METRICS_H

#include "train/Evaluation.h"
#include "train/StepInfo.h"

#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <string>

namespace mp::train {

/// What was not finite in a step.
struct StepFault {
  GradientInfo gradient; // the first bad one
  const char *origin;    // forward, backward or scale
  bool skipped = true;   // false where the step has no guard
  std::string op;        // what made it, where the model was told to find out
};

struct StepMetrics {
  int64_t step, epoch;
  double loss;
  std::map<std::string, double> scales;    // by loss, "" of the only one
  std::map<std::string, double> schedules; // by argument
  int64_t stuckWeights;                    // -1: not counted
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
  void write(int64_t step, int64_t epoch, int64_t samples,
             const std::vector<Measure> &measures);
  /// To the disk's care; called when a checkpoint is written.
  void flush();

private:
  void writeLine(const std::string &line);

  std::string path;
  std::FILE *file = nullptr;
};

} // namespace mp::train

#endif // MP_TRAIN_METRICS_H
