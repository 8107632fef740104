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

  /// First values of state that does not start at zero, by name.
  std::map<std::string, double> initial;
  /// The dynamic scaler's floor; 0 where none is known.
  double minimumScale = 0;

private:
  std::vector<GradientInfo> gradients;
};

} // namespace mp::train

#endif // MP_TRAIN_STEPINFO_H
