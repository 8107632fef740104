//===- OpSubject.h - an op as policies see it -------------------*- C++ -*-===//
#ifndef MP_ANALYSIS_OPSUBJECT_H
#define MP_ANALYSIS_OPSUBJECT_H

#include "mp/Analysis/OpUnits.h"
#include "mp/Policy/Target.h"

#include "llvm/ADT/DenseMap.h"

namespace mlir::mp {

class FitProofs;

/// Magnitudes of the constants that a value may hold elements of.
struct ConstantMagnitudes {
  double largest = 0;             // finite ones
  std::optional<double> smallest; // that is not zero
};

/// Looks at constants through the ops that only move data.
class ConstantAnalysis {
public:
  /// Nothing where no constant reaches `value`.
  std::optional<ConstantMagnitudes> get(Value value);

  /// True where `attr` holds no value that `type` cannot hold exactly.
  bool isExactIn(ElementsAttr attr, FloatType type);

private:
  llvm::DenseMap<Value, std::optional<ConstantMagnitudes>> magnitudes;
  llvm::DenseMap<std::pair<Attribute, Type>, bool> exact;
};

/// Answers what a rule asks about one op. `mp.class` and `mp.pattern`
/// attributes, where a classifying pass has written them, come first.
class OpSubject : public RuleSubject {
public:
  OpSubject(Operation *op, ConstantAnalysis &constants);

  llvm::StringRef id() const override { return opId; }
  llvm::StringRef opName() const override;
  llvm::StringRef opAlias() const override;
  llvm::StringRef opClass() const override;
  const RuleSubject *
  getUnit(llvm::ArrayRef<std::string> patterns) const override;
  llvm::StringRef role() const override;
  llvm::StringRef functionName() const override;
  llvm::StringRef targetName() const override;
  llvm::ArrayRef<std::string> locationNames() const override;
  std::optional<double> number(Quantity quantity) const override;
  llvm::StringRef word(Word word) const override;
  std::optional<double> splat(unsigned operand) const override;
  llvm::StringRef missingCapability() const override;

  /// Tells which low format of which target the rules are asked about.
  void setTarget(const Target *target, Format low) {
    this->target = target;
    this->low = low;
  }
  /// Gives what is proved and recorded about values; null is nothing.
  void setProofs(const FitProofs *proofs) { this->proofs = proofs; }
  void setId(llvm::StringRef id) { opId = id; }
  /// Gives the groups that ops are in; without it they are in none.
  void setUnits(const OpUnits *units) { this->units = units; }
  /// Another op, asked in the same way.
  OpSubject getFor(Operation *other) const;
  bool isProduct() const;

private:
  std::optional<double> getLargest(bool isRecorded) const;

  Operation *op;
  ConstantAnalysis &constants;
  const Target *target = nullptr;
  const FitProofs *proofs = nullptr;
  const OpUnits *units = nullptr;
  Format low = Format::F32;
  llvm::StringRef opId;
  mutable std::optional<SmallVector<std::string>> names;
  mutable std::optional<llvm::StringRef> alias;
  mutable std::string elementType;
  /// The op that stands for a unit that was asked for.
  mutable std::shared_ptr<OpSubject> unitRoot;
};

/// Every name on the call path of `loc`, outermost last.
void collectLocationNames(Location loc, SmallVectorImpl<std::string> &names);

} // namespace mlir::mp

#endif // MP_ANALYSIS_OPSUBJECT_H
