//===- Evaluation.h - a model's own measure of its parameters -------------===//

#ifndef MP_TRAIN_EVALUATION_H
#define MP_TRAIN_EVALUATION_H

#include "train/TrainStep.h"

#include <functional>

namespace mp::train {

/// One number that an evaluation gives.
struct Measure {
  std::string name;
  double value;
};

/// Calls a function of the trained parameters and states, of batches and
/// labels, for all samples of a file. Its results are scalars: floats are means
/// over a batch and averaged over the batches, integers are counts and divided
/// by the number of samples.
class Evaluation {
public:
  /// The function `function` of the model at `path`; if null the only one, or
  /// "evaluate".
  Evaluation(const std::string &path, const char *function,
             const std::string &data, TrainStep &step, int32_t threads);
  ~Evaluation();
  Evaluation(const Evaluation &) = delete;
  Evaluation &operator=(const Evaluation &) = delete;

  std::vector<Measure> run();

  int64_t samples() const { return batches * batch; }
  /// Samples that do not fill a batch.
  int64_t leftOut() const { return allSamples - samples(); }

private:
  /// Where the value of an argument comes from.
  struct Source {
    Slot slot;
    Slot *trained = nullptr;            // a parameter or state, or
    const io::Tensor *tensor = nullptr; // a tensor of the file, a batch of it
    uint64_t sampleBytes = 0;           // 0: all of it
  };
  void bind(Source &source, TrainStep &step);
  void bindData(Source &source);
  void checkResults();
  void loadTrained();
  void loadBatch(int64_t index);

  std::string model, name, path;
  std::unique_ptr<io::SafetensorsFile> file;
  mp_rt_model *handle = nullptr;
  mp_rt_instance *instance = nullptr;
  int32_t function = 0;
  std::vector<Source> sources;
  std::vector<Slot> results;
  int64_t allSamples = -1, batch = 0, batches = 0;
};

} // namespace mp::train

#endif // MP_TRAIN_EVALUATION_H
