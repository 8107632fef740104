//===- Growth.h - which op loses how much accuracy ------------------------===//

#ifndef MP_RUN_GROWTH_H
#define MP_RUN_GROWTH_H

#include "mp-run/Observe.h"

#include <cstdio>
#include <map>
#include <memory>

namespace mp::run {

/// What became of one value under a policy, against the reference.
struct ErrorRow {
  ObservedValue value;
  std::string type;
  /// Relative L2 errors: the largest of what the op read, that of what it
  /// gave, and by how much the second is larger. Infinite where a number is
  /// infinite or NaN and should not be.
  double in = 0, out = 0, added = 0;
  double largest = 0; // magnitude in the reference
  uint64_t numbers = 0, notFinite = 0,
           flushed = 0; // flushed: 0, but should not
};

/// Follows the error from value to value. The reference's values go through a
/// file that has no name, so memory does not grow with the model.
class ErrorGrowth {
public:
  ErrorGrowth();

  /// Begins a run, whose values are these.
  void begin(const Observed &observed);
  /// The values of the first run, then those of the second.
  void noteReference(const mp_rt_observation &value);
  void noteCompared(const mp_rt_observation &value);

  /// Of the ops and casts of the second run that the reference has as well, in
  /// the order of the program.
  std::vector<ErrorRow> rows(const Observed &compared) const;

private:
  /// A value of the reference: one place in the file for each round.
  struct Kept {
    DLDataType type;
    uint64_t numbers;
    std::vector<long> places;
  };
  struct Sums {
    double errorSquares = 0, squares = 0, largest = 0;
    uint64_t numbers = 0, notFinite = 0, flushed = 0;
    size_t rounds = 0;
    DLDataType type = {};
    std::vector<int64_t> sources;
    bool compared = false;
    double error() const;
  };
  void compare(const Kept &kept, const mp_rt_observation &value, Sums &sums);

  struct Close {
    void operator()(std::FILE *file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file;
  std::map<std::string, Kept> reference;
  std::vector<Sums> sums;
  /// The name of each value of the run, and of what a cast converts.
  std::vector<std::string> keys, sources;
};

} // namespace mp::run

#endif // MP_RUN_GROWTH_H
