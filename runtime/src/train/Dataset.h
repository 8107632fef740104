//===- Dataset.h - samples, initial values and their order ----------------===//

#ifndef MP_TRAIN_DATASET_H
#define MP_TRAIN_DATASET_H

#include "train/Schedule.h"
#include "train/TrainStep.h"

namespace mp::train {

/// The training data of one file, checked against one train step.
class Dataset {
public:
  /// Arguments that have a schedule take nothing from the file.
  Dataset(const std::string &path, TrainStep &step, int64_t batch,
          int64_t epochs, uint64_t seed, const Schedules &schedules);

  int64_t stepsPerEpoch() const { return samples / batch; }
  int64_t numSamples() const { return samples; }
  /// By the seed, as there is no batch order; or some argument is random.
  bool isShuffled() const { return !batchOrder || !randomKeys.empty(); }

  /// Copies the initial parameters and states into the step, once: their part
  /// of the file is given back.
  void initialise(TrainStep &step) const;

  /// Copies the samples of step `index` of `epoch` into the inputs.
  void load(int64_t epoch, int64_t index);

private:
  struct Source {
    Slot *slot;
    const io::Tensor *tensor;
    uint64_t sampleBytes; // 0: the whole tensor, every step
  };
  const io::Tensor *find(const std::string &key, const Slot &slot,
                         bool whole) const;
  void addSource(Slot *slot);
  void orderEpoch(int64_t epoch);

  std::string path;
  std::unique_ptr<io::SafetensorsFile> file;
  int64_t batch, samples = -1;
  uint64_t seed;
  const io::Tensor *batchOrder = nullptr;
  std::vector<Source> sources;
  std::vector<Slot *> randomKeys;
  std::vector<int64_t> order;
  int64_t orderedEpoch = -1;
};

} // namespace mp::train

#endif // MP_TRAIN_DATASET_H
