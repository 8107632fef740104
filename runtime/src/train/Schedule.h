//===- Schedule.h - scalars that change from step to step -----------------===//

#ifndef MP_TRAIN_SCHEDULE_H
#define MP_TRAIN_SCHEDULE_H

#include "train/TrainStep.h"

#include <functional>
#include <map>

namespace mp::train {

/// The values of scalar arguments by step, from a JSON file: a number, a list
/// with one for each step, or a function of the step. They depend on nothing
/// else, so that a resumed run gets the same ones.
class Schedules {
public:
  /// None at all.
  Schedules() = default;
  /// Of some of the arguments `inputs`.
  Schedules(const std::string &path, const std::vector<Slot *> &inputs);

  Schedules(Schedules &&) = default;

  bool has(const std::string &name) const { return functions.count(name); }
  /// Throws if a list has less than `steps` values.
  void checkLengths(int64_t steps) const;
  /// Sets the arguments for `step`, counted from 0.
  void set(int64_t step) const;
  /// The values of `step` by name.
  std::map<std::string, double> values(int64_t step) const;
  /// Two files that say the same have one; "none" where there is no file.
  const std::string &digest() const { return hash; }

private:
  struct Function {
    std::function<double(int64_t)> at;
    int64_t length = -1; // of a list; -1: no end
  };
  void bind(const std::vector<Slot *> &inputs);

  std::string path, hash = "none";
  std::map<std::string, Function> functions;
  std::vector<std::pair<Slot *, const Function *>> bound;
  friend class ScheduleReader;
};

} // namespace mp::train

#endif // MP_TRAIN_SCHEDULE_H
