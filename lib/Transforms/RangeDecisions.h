//===- RangeDecisions.h - proofs that overrule a policy ---------*- C++ -*-===//
#ifndef MP_LIB_TRANSFORMS_RANGEDECISIONS_H
#define MP_LIB_TRANSFORMS_RANGEDECISIONS_H

#include "Decision.h"

#include "mp/Analysis/FitProofs.h"
#include "mp/Analysis/LostConstants.h"

namespace mlir::mp {

/// Keeps wide what a narrow format provably cannot hold.
class RangeDecisions {
public:
  /// Proves what the policy needs proved: nothing where it never narrows to a
  /// format with a short range. `path` is a file of recorded ranges, or empty.
  LogicalResult load(Operation *root, const Policy &policy, StringRef path);

  /// Changes the decision on an op where its values would not survive it.
  void amend(Operation *op, ArrayRef<TypeGroup> groups, Decision &decision);

  /// Null where nothing was proved.
  const FitProofs *getProofs() const { return proofs ? &*proofs : nullptr; }

private:
  Value findMisfit(Operation *op, const TypeGroup &group, FloatType low) const;
  Fit judgeResults(Operation *op, ArrayRef<TypeGroup> groups,
                   FloatType low) const;
  void judgeAccumulator(Operation *op, Decision &decision) const;

  std::optional<FitProofs> proofs;
  std::optional<LostConstants> lostConstants;
};

/// Warns of long sums that are rounded to f16 and that nothing proves to fit
/// it. The ops under `root` carry their decisions and formats.
void warnOfLongSums(Operation *root);

} // namespace mlir::mp

#endif // MP_LIB_TRANSFORMS_RANGEDECISIONS_H
