//===- Match.h - reading a group of ops backwards ---------------*- C++ -*-===//
#ifndef MP_LIB_ANALYSIS_PATTERNS_MATCH_H
#define MP_LIB_ANALYSIS_PATTERNS_MATCH_H

#include "Terms.h"
#include "mp/Analysis/Patterns.h"

namespace mlir::mp::patterns {

/// One attempt to read a value as a known function. Every op that is read is
/// noted as a member; ops that change only shapes are looked through.
class Match {
public:
  explicit Match(const Terms &terms) : terms(terms) {}

  /// True where `value` is computed by `meaning`; gives its first operands.
  template <typename... Values>
  bool is(Value value, Meaning meaning, Values &...operands) {
    if (terms.getMeaning(value) != meaning)
      return false;
    SmallVector<Value, 3> found = terms.getOperands(value);
    if (found.size() < sizeof...(operands))
      return false;
    [[maybe_unused]] unsigned next = 0;
    ((operands = found[next++]), ...);
    note(terms.strip(value).getDefiningOp());
    return true;
  }

  /// Tries both orders of the operands of a function of two values.
  bool isEither(Value value, Meaning meaning,
                llvm::function_ref<bool(Value, Value)> rest);
  /// Runs `rest`, and takes back what it noted where it fails.
  bool attempt(llvm::function_ref<bool()> rest);
  /// Asks without noting anything.
  bool peek(llvm::function_ref<bool()> rest);
  /// Goes on from `result` to the result of the first op that reads it, through
  /// movers with no other reader, in a way that `accepts`. Notes the ops
  /// passed.
  bool follow(Value &result, llvm::function_ref<bool(OpOperand &)> accepts);

  bool areSame(Value a, Value b) const { return terms.areSame(a, b); }
  bool isSplat(Value value, double number) const {
    return terms.isSplat(value, number);
  }
  void note(Operation *op) { members.push_back(op); }

  const Terms &terms;
  SmallVector<Operation *, 16> members;
};

//===----------------------------------------------------------------------===//
// Functions that several groups hold
//===----------------------------------------------------------------------===//

/// x * x in any spelling.
bool matchSquare(Match &m, Value value, Value &x);
/// The average of `x` over some dimensions.
bool matchMean(Match &m, Value value, Value &x);
/// The variance of `x` over some dimensions, with or without correction.
bool matchVariance(Match &m, Value value, Value &x);
/// The square root of `x`.
bool matchRoot(Match &m, Value value, Value &x);
/// One over the square root of `x`.
bool matchInverseRoot(Match &m, Value value, Value &x);
/// `value` without the small number that is added to it, if there is one.
Value stripEpsilon(Match &m, Value value);
/// The square root of a sum of squares of `x`, kept from zero or not.
bool matchVectorNorm(Match &m, Value value, Value &x);
bool matchSoftmax(Match &m, Value value, Value &x);
bool matchLogSoftmax(Match &m, Value value, Value &x);
bool matchLogSumExp(Match &m, Value value, Value &x);
bool matchSigmoid(Match &m, Value value, Value &x);
bool matchSoftplus(Match &m, Value value, Value &x);
/// Makes some elements zero and scales the others up.
bool matchDropout(Match &m, Value value, Value &x);
/// The logarithm of the sigmoid of `x`.
bool matchLogSigmoid(Match &m, Value value, Value &x);

/// Adds to the match what is done with its result to sum, average and negate
/// it, and gives the last such value.
Value extendToLoss(Match &m, Value result);

/// True where `value` is a smaller one that is broadcast to the shape of
/// `whole`, by an op or where it is read.
bool isRowLike(const Match &m, Value value, Value whole);

//===----------------------------------------------------------------------===//
// Recognisers
//===----------------------------------------------------------------------===//

/// Where a group may be found.
enum class Nesting {
  Anywhere,   // alone, and inside of any other group
  OtherClass, // alone, and inside of groups of another class
  Alone
};

/// Tries to read the result of one op as a function.
struct Recogniser {
  StringRef name;
  std::optional<OpClass> opClass;
  /// What the op may compute whose result is read.
  SmallVector<Meaning, 3> anchors;
  /// Returns false where the value is something else. The name may be changed
  /// to a relative of the function.
  bool (*match)(Match &m, Value result, StringRef &name);
  Nesting nesting = Nesting::Anywhere;
};

/// By group of patterns; the order in which they are tried is that of
/// `PatternUnits`.
ArrayRef<Recogniser> getAttentionRecognisers();
ArrayRef<Recogniser> getLossRecognisers();
ArrayRef<Recogniser> getNormalizationRecognisers();
ArrayRef<Recogniser> getSoftmaxRecognisers();
ArrayRef<Recogniser> getActivationRecognisers();
ArrayRef<Recogniser> getOptimizerRecognisers();
ArrayRef<Recogniser> getStatisticsRecognisers();
ArrayRef<Recogniser> getMovementRecognisers();

} // namespace mlir::mp::patterns

#endif // MP_LIB_ANALYSIS_PATTERNS_MATCH_H
