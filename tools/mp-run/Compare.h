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

struct Comparison {
  std::string name;
  uint64_t count = 0, failing = 0, firstFailing = 0;
  double maxAbs = 0, maxRel = 0; // over elements that are finite on both sides
  double relL2 = 0;
  double got = 0, expected = 0; // at the first failing element
  bool pass() const { return failing == 0; }
};

/// Compares each result with the tensor of its name in `file`. Throws Error if
/// one is missing or of another type.
std::vector<Comparison> compare(const Function &function,
                                const std::vector<io::Tensor> &results,
                                const io::SafetensorsFile &file,
                                const std::string &path, double rtol,
                                double atol);

} // namespace mp::run

#endif // MP_RUN_COMPARE_H
