//===- StepInfo.h - what the compiler tells about a train step ------------===//

#ifndef MP_TRAIN_STEPINFO_H
#define MP_TRAIN_STEPINFO_H

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mp::train {

/// What a gradient is called and where in the model it is made.
struct GradientInfo {
  std::string name, location;
  std::string scale; // the state that holds its scale, where there are several

  bool operator==(const GradientInfo &other) const {
    return name == other.name && location == other.location;
  }
};

/// The part `train_step` of a model's manifest; empty where there is none.
class StepInfo {
public:
  StepInfo() = default;
  explicit StepInfo(const char *manifest);

  /// The gradient that `culprit` counts; behind the last one is the scale.
  GradientInfo gradient(int64_t culprit) const;
  bool isScale(int64_t culprit) const {
    return culprit == int64_t(gradients.size());
  }

  /// "'op' ("name") at place" of a value that the model was compiled to
  /// observe.
  std::string observed(int32_t value) const;

  /// First values of state that does not start at zero, by name.
  std::map<std::string, double> initial;
  /// The dynamic scaler's floor; 0 where none is known.
  double minimumScale = 0;

private:
  std::vector<GradientInfo> gradients;
  std::vector<std::string> values;
};

} // namespace mp::train

#endif // MP_TRAIN_STEPINFO_H
