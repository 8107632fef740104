//===- FitProofs.h - which values a narrow format can hold ------*- C++ -*-===//
#ifndef MP_ANALYSIS_FITPROOFS_H
#define MP_ANALYSIS_FITPROOFS_H

#include "mp/Analysis/RangeAnalysis.h"

#include <optional>

namespace mlir::mp {

/// Whether the useful elements of a value survive in a narrow format.
enum class Fit {
  Fits,       // no finite element is beyond the largest number of the format
  Overflows,  // in some run one is
  Underflows, // every element but zero vanishes
  Unknown
};
StringRef stringify(Fit fit);

/// Judges values by what can be proved about them and by what was recorded.
///
/// That a bound is beyond a format proves nothing: no run need reach it. The
/// proof of an overflow is a run: all declared arguments at their lowest, or
/// at their highest, or the one that was recorded.
class FitProofs {
public:
  /// `declared` are promises about all runs, `recorded` is what some runs did.
  static FailureOr<FitProofs> run(Operation *root,
                                  const RangeAssumptions &declared,
                                  const RangeAssumptions &recorded);

  Fit judge(Value value, FloatType format) const;
  /// True where `value` is proved not to survive in the format.
  bool isMisfit(Value value, FloatType format) const {
    Fit fit = judge(value, format);
    return fit == Fit::Overflows || fit == Fit::Underflows;
  }

  /// How a value comes to be beyond a format: "proved to reach 9.1e+04, beyond
  /// 65504, from arg0 in [1, 3] by multiply at model.mlir:3:8".
  std::string explain(Value value, FloatType format) const;

  /// In one line, what gave the range of a value.
  std::string describe(Value value) const;

  FloatRange getProved(Value value) const { return proved.get(value); }
  std::optional<FloatRange> getRecorded(Value value) const;

private:
  explicit FitProofs(RangeAnalysis proved) : proved(std::move(proved)) {}
  double getReach(Value value) const;
  Value findOrigin(Value value, FloatType format, Fit fit) const;
  Value findSource(Value value) const;

  RangeAnalysis proved;
  /// One range for each value in each run that serves as a proof.
  SmallVector<RangeAnalysis, 2> runs;
  RangeAssumptions declared, recorded;
  /// Answers that were given before.
  using Answers = llvm::DenseMap<Value, Value>;
  mutable llvm::DenseMap<std::pair<Type, unsigned>, Answers> origins;
  mutable Answers sources;
};

} // namespace mlir::mp

#endif // MP_ANALYSIS_FITPROOFS_H
