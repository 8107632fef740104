//===- Checkpoint.h - a train step's state in files -----------------------===//

#ifndef MP_TRAIN_CHECKPOINT_H
#define MP_TRAIN_CHECKPOINT_H

#include "train/TrainStep.h"

#include <functional>

namespace mp::train {

/// How far a run is: what the loop has to know, beside the step's own state, to
/// go on as if it had never stopped.
struct Position {
  int64_t step = 0;
  int64_t skipped = 0;
  int64_t stuck = 0; // overflows in a row that did not lower the scale
  int64_t epochClean = 0;
  double epochLoss = 0; // sum over the clean steps of this epoch
};

/// Options that decide the bits of a run, as pairs of name and value. A run
/// only goes on from a checkpoint written with the same ones.
using RunOptions = std::vector<std::pair<std::string, std::string>>;

/// Checkpoints of one run: DIR/step-<n>.safetensors, and DIR/latest, which
/// holds the name of the newest one. Each appears whole or not at all, and
/// `latest` moves only after the file it names is on disk.
class Checkpoints {
public:
  /// Makes the directory if it is not there, and keeps other runs out of it
  /// until destruction.
  Checkpoints(std::string directory, RunOptions options);
  ~Checkpoints();
  Checkpoints(const Checkpoints &) = delete;
  Checkpoints &operator=(const Checkpoints &) = delete;

  void save(TrainStep &step, const Position &position) const;

  /// Restores the newest checkpoint. False if there is none; throws if it is
  /// damaged or belongs to another run. With `fallBack`, damaged ones are
  /// reported to it and the newest whole one is taken.
  bool restore(TrainStep &step, Position &position,
               const std::function<void(const std::string &)> &fallBack) const;

private:
  void removeLeftovers() const;
  std::vector<std::string> names() const;
  std::string latestName() const;
  void restoreFile(const std::string &path, TrainStep &step,
                   Position &position) const;
  void checkOptions(const std::string &path,
                    const io::SafetensorsFile &file) const;

  std::string directory;
  RunOptions options;
  int lock = -1;
};

} // namespace mp::train

#endif // MP_TRAIN_CHECKPOINT_H
