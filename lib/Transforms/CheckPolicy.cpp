#include "Decision.h"
#include "PolicyErrors.h"

#include "mp/Analysis/OpSubject.h"
#include "mp/Policy/PatternNames.h"
#include "mp/Transforms/Passes.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"

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
  Location loc = getLocation(&getContext(), rule.location);
  if (strict) {
    emitError(loc) << "rule '" << rule.id << "' " << message;
    signalPassFailure();
  } else {
    emitWarning(loc) << "rule '" << rule.id << "' " << message;
  }
}

/// The names that a rule came closest to, or some of those that there are.
static std::string getNearNames(const RuleMatch &match,
                                ArrayRef<StringRef> names) {
  if (names.empty())
    return "; no op has a name in its location";
  std::vector<StringRef> near;
  for (const auto *patterns : {&match.locations, &match.names})
    for (const RuleMatch::Pattern &pattern : *patterns)
      if (near.empty())
        near = findNearestNames(pattern.text, names);
  std::string text = near.empty() ? "; names in the module are, for example, '"
                     : near.size() == 1 ? "; the nearest name is '"
                                        : "; the nearest names are '";
  return text +
         llvm::join(near.empty() ? names.take_front(3) : ArrayRef(near),
                    "', '") +
         "'";
}

/// A rule that names parts of one model; other rules may be for any.
static bool speaksOfNames(const RuleMatch &match) {
  return !match.ids.empty() || !match.names.empty() || !match.locations.empty();
}

void CheckPolicyPass::runOnOperation() {
  markAllAnalysesPreserved();
  std::optional<Policy> policy = loadPolicy(policyName, &getContext());
  if (!policy)
    return signalPassFailure();

  ConstantAnalysis constants;
  OpUnits units(getOperation());
  llvm::MapVector<const PolicyRule *, RuleUse> uses;
  for (const PolicyRule &rule : policy->rules)
    if (rule.location.file == policy->location.file &&
        (!onlyNames || speaksOfNames(rule.match)))
      uses[&rule];
  if (uses.empty())
    return;
  llvm::SetVector<StringRef> opNames, locationNames, opIds;
  const OpIds *ids = nullptr;
  if (policy->asksForIds())
    ids = &getAnalysis<OpIds>();
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
    const PolicyRule *winner = onlyNames ? nullptr : policy->match(subject);
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
    if (use.decided || (use.matched && onlyNames))
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
      hint = getNearNames(rule->match, locationNames.getArrayRef());
    report(*rule, "matches nothing" + hint);
  }
}
