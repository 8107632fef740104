//===- LostConstants.h - constants that a format cannot hold ----*- C++ -*-===//
#ifndef MP_ANALYSIS_LOSTCONSTANTS_H
#define MP_ANALYSIS_LOSTCONSTANTS_H

#include "mp/Analysis/PrecisionOpInterface.h"

#include "llvm/ADT/DenseMap.h"

namespace mlir::mp {

/// Finds the values that rely on a constant which a format would turn into
/// infinity or zero: that may hold it as an element, as scores do behind a
/// mask, or are it where everything else is zero, as a radicand with an epsilon
/// is. Whoever reads such a value in the format reads another one.
///
/// A value stops relying on the constant where it is mapped to one that the
/// format holds: the root of 1e-8 is 1e-4.
class LostConstants {
public:
  LostConstants(Operation *root, FloatType format);

  /// The number, and the constant that it comes from.
  struct Lost {
    double number;
    Value constant;
  };
  /// What `value` relies on, where that is lost.
  std::optional<Lost> get(Value value) const;

  /// Why whoever reads `value` must not read it in the format.
  std::string explain(Value value) const;

  /// True where reading infinity for a huge number, or zero for a tiny one,
  /// gives the same: where the function has a limit there.
  static bool isHarmless(Operation *reader);

private:
  void visit(Operation *op);
  bool isLost(double number) const;
  bool isHuge(Value constant) const;

  double largest, smallest;
  llvm::DenseMap<Value, Lost> lost;
};

} // namespace mlir::mp

#endif // MP_ANALYSIS_LOSTCONSTANTS_H
