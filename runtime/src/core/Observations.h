//===- Observations.h - what is known of the values of one call -----------===//

#ifndef MP_RT_CORE_OBSERVATIONS_H
#define MP_RT_CORE_OBSERVATIONS_H

#include "mp_rt/mp_rt.h"

#include <vector>

namespace mp::rt {

/// Follows which values hold numbers that are not finite, and decides where
/// these came from.
class Observations {
public:
  enum class Kind : int64_t { Outside = 0, Passed = 1, Op = 2 };
  /// Stands in the list of sources for a constant that is not finite.
  static constexpr int64_t kConstant = -1;

  mp_rt_observe_fn callback = nullptr;
  void *user = nullptr;

  /// Forgets the call before.
  void begin();
  /// Of a value that was just computed. `elementwise`: each element was made
  /// of those at its place in the sources.
  void note(const mp_rt_observation &value, Kind kind, bool elementwise);
  /// One of those on mp_rt_culprit_kind that were found, the first rule first.
  mp_rt_culprit_info culprit() const;

private:
  struct Count {
    uint64_t nans = 0, infinities = 0;
  };
  Count sumSources(const mp_rt_observation &value) const;

  /// Of each value as it was last computed: what an op reads is always the
  /// last value that its operand had.
  std::vector<Count> counts;
  mp_rt_culprit_info found[MP_RT_CULPRIT_ARGUMENT + 1] = {};
};

} // namespace mp::rt

#endif // MP_RT_CORE_OBSERVATIONS_H
