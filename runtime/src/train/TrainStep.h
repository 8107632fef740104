//===- TrainStep.h - a compiled train step and its state ------------------===//

#ifndef MP_TRAIN_TRAINSTEP_H
#define MP_TRAIN_TRAINSTEP_H

#include "io/Safetensors.h"
#include "mp_rt/mp_rt.h"
#include "train/StepInfo.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace mp::train {

/// One error text a failed run; caught where the C API begins.
class Error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Throws Error with the runtime's text if `status` is not zero.
void check(mp_rt_status status, const std::string &what);

/// "F32", "I32", ... for a DLPack type; throws if safetensors has none.
io::DType storedType(const DLDataType &type, const std::string &name);

/// An argument or result and the memory it lives in.
struct Slot {
  std::string name, role;
  DLDataType type;
  std::vector<int64_t> shape;
  uint64_t bytes = 0;
  std::shared_ptr<uint8_t> data;

  io::Tensor tensor() const;
  void allocate();
  /// What mp_rt_call wants to see; it points into this slot.
  DLTensor view();
  bool isFloat() const;
  /// The one number of an f32, f64, i32, i64 or i1; they throw for others.
  double scalar() const;
  void setScalar(double value);
};

/// The arguments and results of a function; only arguments have no memory yet.
void describeFunction(const mp_rt_model *model, int32_t function,
                      std::vector<Slot> &args, std::vector<Slot> &results,
                      std::vector<int32_t> *donations = nullptr);

/// Loads a model, finds out which results replace which arguments, and calls
/// it step by step.
class TrainStep {
public:
  TrainStep(const std::string &model, const char *function, int32_t threads);
  ~TrainStep();
  TrainStep(const TrainStep &) = delete;
  TrainStep &operator=(const TrainStep &) = delete;

  /// Arguments that results replace: parameters, optimizer and scaler state.
  std::vector<Slot *> state();
  /// Arguments that every step gets anew.
  std::vector<Slot *> inputs();
  Slot *findState(const std::string &name);
  /// Gives state its first values: zero, or what the compiler says.
  void initialise();
  const StepInfo &info() const { return stepInfo; }

  /// Runs one step: reads inputs and state, replaces the state.
  void run();

  double loss() const;
  /// Whether the step looks for overflow and skips its update then.
  bool isGuarded() const { return finiteResult; }
  /// True where the step does not check.
  bool finite() const;
  /// Weights that an update left where they were; -1 where nobody counts.
  int64_t stuckWeights() const;
  /// The first parameter with an element that is not finite, null if there is
  /// none.
  const Slot *findBadParameter();
  /// Elements of all parameters.
  int64_t numParameters();
  /// What made numbers that are not finite in the last step, for people; empty
  /// unless the model was compiled to check.
  std::string findFaultyOp() const;
  /// Index of the first bad gradient, -1 if there is none or nobody looked.
  int64_t culprit() const;

  /// What the compiler wrote about the model, as JSON.
  const char *manifest() const;
  uint64_t stateBytes();
  uint64_t peakBytes() const;

private:
  struct Pair {
    size_t arg, result;
    bool inPlace;
  };
  void pairResults();
  void makeViews();
  const Slot *findResult(const std::string &name) const;

  StepInfo stepInfo;
  mp_rt_model *model = nullptr;
  mp_rt_instance *instance = nullptr;
  int32_t function = 0;
  std::vector<Slot> args, results;
  /// What mp_rt_call wants to see of `args` and then `results`.
  std::vector<DLTensor> views;
  std::vector<DLTensor *> argViews, resultViews;
  std::vector<int32_t> donations;
  std::vector<Pair> pairs;
  std::vector<size_t> inputArgs;
  bool handedOut = true; // somebody may have written to the state
  const Slot *lossResult = nullptr, *finiteResult = nullptr,
             *culpritResult = nullptr, *stuckResult = nullptr;
};

} // namespace mp::train

#endif // MP_TRAIN_TRAINSTEP_H
