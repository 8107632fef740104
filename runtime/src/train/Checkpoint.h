//===- Checkpoint.h - a train step's state in files -----------------------===//

#ifndef MP_TRAIN_CHECKPOINT_H
#define MP_TRAIN_CHECKPOINT_H

#include "train/TrainStep.h"

namespace mp::train {

/// Checkpoints of one run: DIR/step-<n>.safetensors, and DIR/latest, which
/// holds the name of the newest one. Each appears whole or not at all, and
/// `latest` moves only after the file it names is on disk.
class Checkpoints {
public:
  /// Makes the directory if it is not there.
  explicit Checkpoints(std::string directory);

  void save(TrainStep &step, int64_t number, int64_t skipped) const;

  /// Restores the newest checkpoint. False if there is none; throws if it is
  /// damaged or belongs to another model.
  bool restore(TrainStep &step, int64_t &number, int64_t &skipped) const;

private:
  std::string directory;
};

} // namespace mp::train

#endif // MP_TRAIN_CHECKPOINT_H
