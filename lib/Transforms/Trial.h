//===- Trial.h - what another policy would choose ---------------*- C++ -*-===//
#ifndef MP_LIB_TRANSFORMS_TRIAL_H
#define MP_LIB_TRANSFORMS_TRIAL_H

#include "Decision.h"

#include "mp/IR/MPDialect.h"
#include "mp/IR/MPOps.h"

#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/Pass.h"

namespace mlir::mp {

/// What a program is decided by.
struct TrialSetup {
  std::shared_ptr<const Policy> policy;
  std::string target, ranges;
  bool keepIO = true;
};

/// A classified program whose precision was decided and placed on a copy.
class Trial {
public:
  /// Nothing where the policy refuses the program; what it reports is dropped
  /// if `isQuiet`.
  static std::optional<Trial> run(Operation *root, const TrialSetup &setup,
                                  bool isQuiet);

  /// The ops that are decided, in the order of the program: the same number of
  /// the same ops in every trial of it.
  ArrayRef<Operation *> getOps() const { return ops; }
  Decision getDecision(unsigned index) const {
    return *mp::getDecision(ops[index]);
  }
  /// What the op computes in; null where it keeps the types as written.
  FloatType getFormat(unsigned index) const;
  int64_t countLow() const;
  /// A figure of `mp.placement`.
  int64_t getFigure(StringRef name) const;

private:
  OwningOpRef<Operation *> program;
  SmallVector<Operation *, 0> ops;
};

/// `mp-decide-precision` by a policy that is no file.
std::unique_ptr<Pass> createDecidePrecisionPass(const TrialSetup &setup);

} // namespace mlir::mp

#endif // MP_LIB_TRANSFORMS_TRIAL_H
