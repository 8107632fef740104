//===- OpUnits.h - groups of ops as they are written on the IR --*- C++ -*-===//
#ifndef MP_ANALYSIS_OPUNITS_H
#define MP_ANALYSIS_OPUNITS_H

#include "mp/Analysis/PrecisionOpInterface.h"

#include "llvm/ADT/MapVector.h"

namespace mlir::mp {

/// The units that `mp.pattern` and `mp.unit` attributes tell.
class OpUnits {
public:
  struct Unit {
    std::string name;
    /// In the order of the program.
    SmallVector<Operation *, 8> members;

    /// The op whose result is that of the unit: it stands for all of them.
    Operation *getRoot() const { return members.back(); }
  };

  explicit OpUnits(Operation *root);

  /// The outermost unit of `op` whose name is listed, or null.
  const Unit *find(Operation *op, llvm::ArrayRef<std::string> names) const;
  /// The unit of this number, or null.
  const Unit *get(int64_t number) const;
  /// Number of a unit that was found.
  int64_t getNumber(const Unit *unit) const { return numbers.lookup(unit); }

  /// True where `op`, a member of `unit`, is in the named part of it: `exp`
  /// and `sum` are ops of that kind, `statistics` is what reductions are of
  /// and what is smaller than the result; other parts are units inside. The
  /// softmax of an attention is all that is between its products.
  bool isInPart(Operation *op, const Unit &unit, StringRef part) const;

private:
  llvm::MapVector<int64_t, Unit> units;
  llvm::DenseMap<const Unit *, int64_t> numbers;
};

} // namespace mlir::mp

#endif // MP_ANALYSIS_OPUNITS_H
