//===- Ranges.h - what values a model has had -----------------------------===//

#ifndef MP_RUN_RANGES_H
#define MP_RUN_RANGES_H

#include "mp-run/Binding.h"
#include "mp-run/Observe.h"

namespace mp::run {

/// Collects the range of each value while a model runs, for --record-ranges.
class RangeRecorder {
public:
  explicit RangeRecorder(const Observed &observed)
      : observed(observed), ranges(observed.values.size()) {}

  void note(const mp_rt_observation &value);

  /// Adds what was seen to the file, which is made if it is not there. Throws
  /// Error if it cannot be written, or holds something else.
  void mergeInto(const std::string &path) const;

private:
  struct Range {
    double min, max, smallest = 0;
    uint64_t nans = 0, infinities = 0;
    bool seen = false, anyFinite = false;
  };

  const Observed &observed;
  std::vector<Range> ranges;
};

/// True where the arguments that hold data, floats and no parameters, all lie
/// within [-1, 1], as random stand-ins for data do.
bool looksMadeUp(const Function &function);

} // namespace mp::run

#endif // MP_RUN_RANGES_H
