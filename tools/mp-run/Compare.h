//===- Compare.h - results as numbers -------------------------------------===//

#ifndef MP_RUN_COMPARE_H
#define MP_RUN_COMPARE_H

#include "io/Safetensors.h"
#include "mp-run/Binding.h"

#include <optional>
#include <string>
#include <vector>

namespace mp::run {

/// Reads elements of a file's type as numbers.
double toDouble(io::DType type, const uint8_t *data, uint64_t index);
bool isFloat(io::DType type);

struct Summary {
  double min = 0, max = 0, mean = 0; // of the finite ones
  uint64_t count = 0, nans = 0, infinities = 0;
};

Summary summarise(const io::Tensor &tensor);

/// How far a result may be from what is expected of it.
struct Tolerance {
  double rtol = 1e-5, atol = 1e-5;
  /// Instead of the two: the largest relative L2 error of a whole result;
  /// negative if there is none.
  double maxError = -1;
};

struct Comparison {
  std::string name;
  uint64_t count = 0, failing = 0, firstFailing = 0;
  double maxAbs = 0, maxRel = 0; // over elements that are finite on both sides
  double relL2 = 0; // infinite where one side only is infinite or NaN
  double got = 0, expected = 0; // at the first failing element
  double maxError = -1;         // what was allowed, as in Tolerance
  bool isTooFar() const { return maxError >= 0 && !(relL2 <= maxError); }
  bool pass() const { return failing == 0 && !isTooFar(); }
};

/// Compares each result with the tensor of its name in `file`. Throws Error if
/// one is missing or of another type.
std::vector<Comparison> compare(const Function &function,
                                const std::vector<io::Tensor> &results,
                                const io::SafetensorsFile &file,
                                const std::string &path,
                                const Tolerance &tolerance);

} // namespace mp::run

#endif // MP_RUN_COMPARE_H
