#include "train/Scalers.h"

#include <algorithm>

using namespace mp::train;

/// `scaler/gen/scale` -> `gen`, `scaler/scale` -> ``; false for other names.
static bool lossOf(const std::string &name, std::string &loss) {
  static const std::string prefix = "scaler/", suffix = "scale";
  if (name.size() < prefix.size() + suffix.size() ||
      name.compare(0, prefix.size(), prefix) != 0 ||
      name.compare(name.size() - suffix.size(), suffix.size(), suffix) != 0)
    return false;
  loss =
      name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
  if (loss.empty())
    return true;
  if (loss.back() != '/')
    return false;
  loss.pop_back();
  return true;
}

Scalers::Scalers(TrainStep &step) {
  std::string loss;
  for (Slot *slot : step.state())
    if (slot->role == "scaler" && lossOf(slot->name, loss))
      scales.push_back({loss, slot});
}

void Scalers::set(float value) {
  for (Scale &scale : scales)
    scale.slot->setScalar(value);
}

std::map<std::string, double> Scalers::values() const {
  std::map<std::string, double> result;
  for (const Scale &scale : scales)
    result[scale.loss] = scale.slot->scalar();
  return result;
}

double Scalers::of(const GradientInfo &gradient,
                   const std::map<std::string, double> &values) const {
  std::string loss;
  auto it = lossOf(gradient.scale, loss) ? values.find(loss) : values.end();
  return it == values.end() ? leastOf(values) : it->second;
}

double mp::train::leastOf(const std::map<std::string, double> &scales) {
  auto least = std::min_element(
      scales.begin(), scales.end(),
      [](const auto &a, const auto &b) { return a.second < b.second; });
  return least == scales.end() ? 1 : least->second;
}
