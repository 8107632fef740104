//===- Policy.h - precision policies as data ------------------------------===//
//
// A policy is an ordered list of rules. The first rule that matches an op
// decides it; its id and reason are what the user is shown. This library
// knows no IR: what a rule can ask about an op is the class `RuleSubject`.
//
//===----------------------------------------------------------------------===//
#ifndef MP_POLICY_POLICY_H
#define MP_POLICY_POLICY_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Regex.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mlir::mp {

/// The formats a policy can name.
enum class Format { F32, BF16, F16, F8E4M3FN, F8E5M2, TF32 };

/// All of them, f32 first.
llvm::ArrayRef<Format> getFormats();

llvm::StringRef stringify(Format format);

/// False for a format that is only one of arithmetic: products read f32 from
/// memory and round what they multiply.
bool isStored(Format format);

/// What a rule says about the ops that it matches.
enum class Action {
  Allow,   // operands low
  Deny,    // wide
  Infer,   // either, chosen by cost; rounding matters a little
  Clear,   // either, chosen by cost; the op only moves or compares bits
  Promote, // low only where all its operands are low
  Keep,    // exactly the types the author wrote
  Error    // refuse
};

llvm::StringRef stringify(Action action);

/// The result of an op whose operands are low.
enum class ResultChoice {
  Low,  // the low format
  Wide, // the accumulator, unrounded
  Free  // either, chosen by cost
};

llvm::StringRef stringify(ResultChoice result);

/// A point in a policy file.
struct PolicyLocation {
  std::string file;
  unsigned line = 1;
  unsigned column = 1;
};

struct PolicyDiagnostic {
  PolicyLocation location;
  std::string message;
};
using PolicyDiagnosticHandler =
    llvm::function_ref<void(const PolicyDiagnostic &)>;

/// The numbers of an op that a `where` condition can compare.
enum class Quantity {
  K,
  M,
  N,
  Batch,
  Elements,
  Bytes,
  Rank,
  LhsRank,
  RhsRank,
  ReductionLength,
  FanIn,
  ConstAbsMax,
  ConstAbsMinNonzero,
  ProvedAbsMax,
  CalibratedAbsMax,
  Alignment,
  Uses
};

/// The words of an op that a `where` condition can compare.
enum class Word { Body, Window, ElementType, Precision, Algorithm };

/// What an op that a rule leaves free does where its operands differ.
enum class MixedOperands {
  Cast,   // its format is chosen by cost
  Promote // it is low only where all of its operands are
};

/// Where values at the boundary of the model are kept.
enum class Storage {
  AsComputed, // in the format that is cheapest
  Wide,
  Low
};

/// How training scales the loss; what is not given has the trainer's default.
struct LossScale {
  std::string kind; // `dynamic`, `static` or `none`
  std::optional<double> init, growth, interval, backoff, min, max;
};

/// What a rule can ask about an op. Every answer is computed when asked for,
/// since most rules are decided by class or name.
class RuleSubject {
public:
  virtual ~RuleSubject() = default;
  /// What reports call the op; asked for only if a rule speaks of ids.
  virtual llvm::StringRef id() const = 0;
  virtual llvm::StringRef opName() const = 0;
  /// The StableHLO op that computes the same, where there is one.
  virtual llvm::StringRef opAlias() const { return ""; }
  virtual llvm::StringRef opClass() const = 0;
  /// What stands for the outermost group of this name that the op is in, or
  /// null where it is in none: all of its members get one answer.
  virtual const RuleSubject *
  getUnit(llvm::ArrayRef<std::string> patterns) const = 0;
  virtual llvm::StringRef role() const = 0;
  virtual llvm::StringRef functionName() const = 0;
  virtual llvm::StringRef targetName() const = 0;
  /// Every name on the location's call path.
  virtual llvm::ArrayRef<std::string> locationNames() const = 0;
  virtual std::optional<double> number(Quantity quantity) const = 0;
  virtual llvm::StringRef word(Word word) const = 0;
  /// The value of every element of an operand, where that is one constant.
  virtual std::optional<double> splat(unsigned operand) const = 0;
  /// The capability that the op's low form lacks at the target, or nothing.
  virtual llvm::StringRef missingCapability() const = 0;
};

/// A condition on a number, `"> 4"`. A missing number satisfies none.
struct NumberCondition {
  enum class Relation {
    Less,
    LessEqual,
    Equal,
    NotEqual,
    GreaterEqual,
    Greater
  };
  Quantity quantity;
  Relation relation;
  double value;

  bool holds(double number) const;
};

/// The condition of a rule: keys are and-ed, the values of one key or-ed.
struct RuleMatch {
  /// Regular expressions cannot be copied, rules are (`extends`).
  struct Pattern {
    std::string text;
    std::shared_ptr<const llvm::Regex> regex;
  };

  llvm::StringSet<> ids;
  std::vector<std::string> ops, classes, patterns, roles, capabilities;
  std::vector<Pattern> names, locations, targets;
  std::vector<NumberCondition> numbers;
  std::vector<std::pair<Word, std::vector<std::string>>> words;
  std::vector<std::pair<unsigned, double>> splats;
  std::vector<RuleMatch> excluded;
  /// A condition on a parameter that the policy leaves null never holds.
  bool impossible = false;

  bool holds(const RuleSubject &subject) const;
  /// True if the condition, or one that it excludes, speaks of ids.
  bool asksForIds() const;
  /// The same of what the target can do.
  bool asksForTarget() const;

private:
  /// All but `patterns`, which choose who is asked.
  bool holdsFor(const RuleSubject &subject) const;
};

struct PolicyRule {
  std::string id;
  std::string why;
  std::string policy; // the policy that wrote the rule
  PolicyLocation location;
  RuleMatch match;
  Action action = Action::Keep;
  std::optional<Format> compute, accumulate;
  ResultChoice result = ResultChoice::Low;
  /// The rule speaks about the values tied to this operand only.
  std::optional<unsigned> operand;
  /// Parts of the matched pattern, and whether they are low.
  std::vector<std::pair<std::string, bool>> inner;
  /// Whether the bias that is added to a matched product is low.
  std::optional<bool> bias;
  /// What free ops do is otherwise the policy's choice.
  std::optional<MixedOperands> mixedOperands;
  /// Ops that read what a contaminating op computes are wide too, unless a
  /// rule allows them.
  bool contaminates = false;
  /// The rule stands even where a value provably does not fit the low format.
  bool isForced = false;
};

/// What a policy promises about an argument of the model.
struct PolicyRange {
  std::string argument;
  double low, high;
  PolicyLocation location;
};

class Policy {
public:
  std::string name, description;
  /// A hash of the text, and of what it extends; empty if not loaded.
  std::string digest;
  PolicyLocation location;
  Format compute = Format::BF16;
  Format accumulate = Format::F32;
  Action unlisted = Action::Infer;
  bool followIO = false;
  MixedOperands mixedOperands = MixedOperands::Cast;
  /// A value that was narrowed and widened may be read unrounded.
  bool allowsExcessPrecision = false;
  /// By role, where the types of arguments and results follow: `param`,
  /// `grad`, `opt_state`.
  std::vector<std::pair<std::string, Storage>> storage;
  std::optional<LossScale> lossScale;
  bool needsCalibration = false;
  /// What is illegal at the target is computed wide, rather than an error.
  bool fallback = false;
  /// How a train step keeps what the forward pass computes and the backward
  /// pass reads.
  Storage saved = Storage::AsComputed;
  std::vector<PolicyRule> rules;
  std::vector<PolicyRange> ranges;

  /// True if a rule speaks of the ids of ops, which take time to find.
  bool asksForIds() const;
  /// True if a rule speaks of what the target can do.
  bool asksForTarget() const;

  /// The first rule that speaks about the whole of `subject`, or null.
  const PolicyRule *match(const RuleSubject &subject) const;

  /// The rules in front of `before` that speak about single operands of
  /// `subject`, in order.
  llvm::SmallVector<const PolicyRule *>
  matchOperands(const RuleSubject &subject, const PolicyRule *before) const;
};

/// Reads a policy from text. `resolve` finds the policy that `extends` names
/// and reports to the handler where there is none.
using PolicyResolver = llvm::function_ref<std::optional<Policy>(
    llvm::StringRef name, const PolicyLocation &from)>;
std::optional<Policy> parsePolicy(llvm::StringRef text, llvm::StringRef file,
                                  PolicyResolver resolve,
                                  PolicyDiagnosticHandler handler);

/// Loads a shipped policy by name, or a file by path.
std::optional<Policy> loadPolicy(llvm::StringRef nameOrPath,
                                 PolicyDiagnosticHandler handler);

/// A policy that ships with the library.
struct ShippedPolicy {
  llvm::StringRef name, text;
};
llvm::ArrayRef<ShippedPolicy> getShippedPolicies();

/// Up to three of `known` in which a regular expression almost matches: where
/// its letters differ least from the beginning of some component of the name.
std::vector<llvm::StringRef>
findNearestNames(llvm::StringRef regex, llvm::ArrayRef<llvm::StringRef> known);

/// The entry of `known` that `word` was probably meant to be, or nothing.
llvm::StringRef findNearest(llvm::StringRef word,
                            llvm::ArrayRef<llvm::StringRef> known);

} // namespace mlir::mp

#endif // MP_POLICY_POLICY_H
