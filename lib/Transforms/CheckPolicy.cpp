#include "Decision.h"

#include "mp/Analysis/OpSubject.h"
#include "mp/Policy/PatternNames.h"
#include "mp/Transforms/Passes.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPCHECKPOLICYPASS
#include "mp/Transforms/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

namespace {
class CheckPolicyPass
    : public mp::impl::MPCheckPolicyPassBase<CheckPolicyPass> {
  using Base::Base;
  void runOnOperation() override;
  void report(const PolicyRule &rule, const Twine &message);
};

/// How a rule fared on a module.
struct RuleUse {
  unsigned matched = 0, decided = 0;
  const PolicyRule *shadowedBy = nullptr;
};
} // namespace

void CheckPolicyPass::report(const PolicyRule &rule, const Twine &message) {
  const PolicyLocation &at = rule.location;
  Location loc =
      FileLineColLoc::get(&getContext(), at.file, at.line, at.column);
  if (strict) {
    emitError(loc) << "rule '" << rule.id << "' " << message;
    signalPassFailure();
  } else {
    emitWarning(loc) << "rule '" << rule.id << "' " << message;
  }
}

/// A few of the names that the ops have, for a rule that meant others.
static std::string getExamples(const llvm::SetVector<StringRef> &names) {
  if (names.empty())
    return "; no op has a name in its location";
  std::string text = "; names in the module are, for example,";
  for (StringRef name : names.getArrayRef().take_front(3))
    text += " '" + name.str() + "'";
  return text;
}

void CheckPolicyPass::runOnOperation() {
  std::optional<Policy> policy =
      loadPolicy(policyName, [&](const PolicyDiagnostic &diagnostic) {
        const PolicyLocation &at = diagnostic.location;
        emitError(
            FileLineColLoc::get(&getContext(), at.file, at.line, at.column))
            << diagnostic.message;
      });
  if (!policy)
    return signalPassFailure();

  ConstantAnalysis constants;
  OpUnits units(getOperation());
  llvm::MapVector<const PolicyRule *, RuleUse> uses;
  for (const PolicyRule &rule : policy->rules)
    if (rule.location.file == policy->location.file)
      uses[&rule];
  llvm::SetVector<StringRef> opNames, locationNames, opIds;
  std::optional<OpIds> ids;
  if (policy->asksForIds())
    ids.emplace(getOperation());
  walkDecidedOps(getOperation(), [&](Operation *op) {
    if (op == getOperation() || op->hasTrait<OpTrait::IsTerminator>() ||
        op->hasTrait<OpTrait::SymbolTable>() || isa<FunctionOpInterface>(op))
      return;
    OpSubject subject(op, constants);
    if (ids) {
      subject.setId(ids->get(op));
      opIds.insert(subject.id());
    }
    subject.setUnits(&units);
    opNames.insert(subject.opName());
    for (const std::string &name : subject.locationNames())
      locationNames.insert(StringAttr::get(&getContext(), name).getValue());
    const PolicyRule *winner = policy->match(subject);
    for (auto &[rule, use] : uses) {
      if (!rule->match.holds(subject))
        continue;
      ++use.matched;
      if (rule == winner || rule->operand)
        ++use.decided;
      else
        use.shadowedBy = winner;
    }
  });
  for (auto &[rule, use] : uses) {
    // An id that no op has any more stands for an op that was edited.
    SmallVector<StringRef> missing;
    for (StringRef id : rule->match.ids.keys())
      if (!opIds.contains(id))
        missing.push_back(id);
    if (!missing.empty()) {
      StringRef first = *llvm::min_element(missing);
      StringRef nearest = findNearest(first, opIds.getArrayRef());
      std::string hint;
      for (const std::string &name : rule->match.patterns)
        if (!isRecognised(name))
          hint = "; pattern '" + name + "' is not recognised in any program";
      if (!nearest.empty())
        hint = "; did you mean '" + nearest.str() + "'?";
      report(*rule, "names " + Twine(missing.size()) +
                        (missing.size() == 1 ? " op" : " ops") +
                        " that the module does not have, '" + first + "'" +
                        hint);
      continue;
    }
    if (use.decided)
      continue;
    if (use.matched && use.shadowedBy) {
      report(*rule, "decides nothing: rule '" + use.shadowedBy->id +
                        "' in front of it matches the same ops");
      continue;
    }
    std::string hint;
    for (const std::string &name : rule->match.ops)
      if (StringRef nearest = findNearest(name, opNames.getArrayRef());
          !opNames.contains(name) && !nearest.empty())
        hint = "; did you mean '" + nearest.str() + "'?";
    if (!rule->match.locations.empty() || !rule->match.names.empty())
      hint = getExamples(locationNames);
    report(*rule, "matches nothing" + hint);
  }
}
