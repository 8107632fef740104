//===- Decision.h - what is written on an op between the steps --*- C++ -*-===//
#ifndef MP_LIB_TRANSFORMS_DECISION_H
#define MP_LIB_TRANSFORMS_DECISION_H

#include "mp/Analysis/OpIds.h"
#include "mp/Analysis/PrecisionOpInterface.h"

namespace mlir::mp {

/// Attributes that the steps of autocast leave for each other.
namespace attr {
constexpr StringLiteral opClass = "mp.class";
constexpr StringLiteral pattern = "mp.pattern";
constexpr StringLiteral unit = "mp.unit";
constexpr StringLiteral role = "mp.role";     // given by who made the program
constexpr StringLiteral region = "mp.region"; // part of a train step, found
constexpr StringLiteral decision = "mp.decision";
constexpr StringLiteral precision = "mp.precision";
constexpr StringLiteral formats = "mp.formats";
constexpr StringLiteral format = "mp.format";           // on function arguments
constexpr StringLiteral policy = "mp.policy";           // on the root
constexpr StringLiteral followIO = "mp.follow_io";      // on the root
constexpr StringLiteral excess = "mp.excess_precision"; // on the root
constexpr StringLiteral storage = "mp.storage";     // on arguments and results
constexpr StringLiteral placement = "mp.placement"; // on the root
constexpr StringLiteral id = "mp.id";               // what OpIds calls the op
} // namespace attr

/// The verdict on one op, and whose it is.
struct Decision {
  Action action = Action::Keep;
  StringRef rule, policy, file, why;
  unsigned line = 0, column = 0;
  /// The low format; null where the op keeps its types.
  FloatType low;
  FloatType accumulate;
  ResultChoice result = ResultChoice::Low;
  /// Operands whose group a rule keeps wide.
  SmallVector<int64_t> wideOperands;
  /// The group that is free as a whole.
  std::optional<int64_t> unit;
  /// The verdict on the range of what the op computes, where it is asked for.
  StringRef fit;
  /// The op that made this one wide, as text.
  StringRef inheritedFrom;

  /// Nothing is stored in the low format: products only multiply in it.
  bool isArithmetic() const { return isa_and_present<FloatTF32Type>(low); }
  bool isFree() const {
    return action == Action::Infer || action == Action::Clear ||
           action == Action::Promote;
  }
};

void setDecision(Operation *op, const Decision &decision);
std::optional<Decision> getDecision(Operation *op);
/// The same from the attribute, whose strings the decision refers to.
std::optional<Decision> getDecision(DictionaryAttr dictionary);

/// Writes the precision of an op whose groups a decision leaves no choice.
void setPinnedPrecision(Operation *op, const Decision &decision, bool isLow);

/// True for ops that a policy has a say about: not for functions, and not for
/// what ends a block.
bool isDecidedByPolicy(Operation *op, Operation *root);

/// A group is managed where all its values are f32: only those are lowered.
bool isManaged(const TypeGroup &group);

} // namespace mlir::mp

#endif // MP_LIB_TRANSFORMS_DECISION_H
