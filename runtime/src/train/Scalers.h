//===- Scalers.h - the loss scales of a train step ------------------------===//

#ifndef MP_TRAIN_SCALERS_H
#define MP_TRAIN_SCALERS_H

#include "train/TrainStep.h"

#include <map>

namespace mp::train {

/// The state `scaler/scale`, or `scaler/<loss>/scale` of each loss; empty where
/// the loss scale is static or there is none.
class Scalers {
public:
  explicit Scalers(TrainStep &step);

  bool empty() const { return scales.empty(); }
  void set(float value);
  /// By the names of the losses; "" of the one scaler.
  std::map<std::string, double> values() const;
  /// The scale that `gradient` carries, and in which one step is named.
  double of(const GradientInfo &gradient,
            const std::map<std::string, double> &values) const;

private:
  struct Scale {
    std::string loss;
    Slot *slot;
  };
  std::vector<Scale> scales;
};

/// The least of them; 1 where there is none.
double leastOf(const std::map<std::string, double> &scales);

} // namespace mp::train

#endif // MP_TRAIN_SCALERS_H
