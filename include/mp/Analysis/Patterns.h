//===- Patterns.h - groups of ops that are one function ---------*- C++ -*-===//
//
// Exporters spell out softmax, normalization, activations, losses and the
// updates of optimizers. What they meant is recognised by what the ops compute
// and where their values go, never by a name that an exporter chose.
//
//===----------------------------------------------------------------------===//
#ifndef MP_ANALYSIS_PATTERNS_H
#define MP_ANALYSIS_PATTERNS_H

#include "mp/Analysis/PrecisionOpInterface.h"

namespace mlir::mp {

/// One group. Units nest: the softmax of an attention is a unit inside it.
struct PatternUnit {
  StringRef name;
  /// The class of the members where the group has one of its own.
  std::optional<OpClass> opClass;
  /// In the order of the program; the last gives the unit's result.
  SmallVector<Operation *, 8> members;
  /// Index of the unit around this one, or -1.
  int parent = -1;

  Operation *getRoot() const { return members.back(); }
};

/// All units under a root, and where each op belongs.
class PatternUnits {
public:
  explicit PatternUnits(Operation *root);

  ArrayRef<PatternUnit> get() const { return units; }
  /// Indices of the units that `op` is in, from the outside in.
  SmallVector<unsigned, 3> getUnitsOf(Operation *op) const;

private:
  friend class UnitBuilder;
  std::vector<PatternUnit> units;
  llvm::DenseMap<Operation *, unsigned> innermost;
};

} // namespace mlir::mp

#endif // MP_ANALYSIS_PATTERNS_H
