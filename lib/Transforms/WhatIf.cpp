#include "PolicyErrors.h"
#include "Trial.h"

#include "mp/Analysis/OpSubject.h"
#include "mp/Transforms/Passes.h"

#include "llvm/ADT/StringExtras.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPWHATIFPASS
#include "mp/Transforms/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

namespace {
/// One change of the policy, and what came of it.
struct Change {
  std::string text;
  TrialSetup setup;
  std::optional<Trial> trial = std::nullopt;
};

class WhatIfPass : public mp::impl::MPWhatIfPassBase<WhatIfPass> {
  using Base::Base;
  void runOnOperation() override;

  bool load();
  std::optional<unsigned> findOp(StringRef name);
  std::vector<Change> proposeChanges();
  void addRule(std::vector<Change> &changes, unsigned op, bool isForced);
  void addLooser(std::vector<Change> &changes, const Decision &decision);
  template <typename Edit>
  Change makeChange(std::string text, Edit edit);
  std::string describeNow();
  void answer(InFlightDiagnostic &diagnostic, std::vector<Change> &changes);

  TrialSetup setup;
  Format wanted = Format::F16;
  std::shared_ptr<Trial> now; // shared, since passes are copied
  const OpIds *ids = nullptr;
  SmallVector<Operation *, 0> ops;
  unsigned asked = 0; // index of the op
};
} // namespace

bool WhatIfPass::load() {
  auto [name, format] = StringRef(question).rsplit(':');
  const Format *known =
      llvm::find_if(getFormats(), [&, format = format](Format known) {
        return known != Format::F32 && stringify(known) == format;
      });
  if (known == getFormats().end() || name.empty()) {
    emitError(getOperation()->getLoc())
        << "expected an op and a low format, 'ID:f16', but got '" << question
        << "'";
    return false;
  }
  wanted = *known;
  std::optional<Policy> policy = loadPolicy(policyName, &getContext());
  if (!policy)
    return false;
  setup = {std::make_shared<Policy>(std::move(*policy)), targetName, rangesFile,
           keepIO};
  std::optional<Trial> trial =
      Trial::run(getOperation(), setup, /*isQuiet=*/false);
  if (!trial)
    return false;
  now = std::make_shared<Trial>(std::move(*trial));
  ids = &getAnalysis<OpIds>();
  ops.clear();
  walkDecidedOps(getOperation(), [&](Operation *op) {
    if (isDecidedByPolicy(op, getOperation()))
      ops.push_back(op);
  });
  std::optional<unsigned> found = findOp(name);
  asked = found.value_or(0);
  return found.has_value();
}

/// The line of the source that an op comes from, or 0.
static unsigned getLine(Location loc) {
  unsigned line = 0;
  loc->walk([&](Location inner) {
    auto place = dyn_cast<FileLineColLoc>(inner);
    if (!place)
      return WalkResult::advance();
    line = place.getLine();
    return WalkResult::interrupt();
  });
  return line;
}

/// An op is called by its id, by a name in its location, or by its line.
std::optional<unsigned> WhatIfPass::findOp(StringRef name) {
  SmallVector<unsigned> found;
  unsigned line = 0;
  bool isLine = !name.getAsInteger(10, line);
  std::vector<StringRef> known;
  for (auto [index, op] : llvm::enumerate(ops)) {
    StringRef id = ids->get(op);
    known.push_back(id);
    SmallVector<std::string> names;
    collectLocationNames(op->getLoc(), names);
    if (id == name)
      return index;
    if (isLine ? getLine(op->getLoc()) == line
               : llvm::is_contained(names, name))
      found.push_back(index);
  }
  // A name is mostly that of a whole layer, of which few ops have a choice.
  if (found.size() > 1)
    llvm::erase_if(found,
                   [&](unsigned index) { return !now->getFormat(index); });
  if (found.size() == 1)
    return found.front();
  InFlightDiagnostic diagnostic = emitError(getOperation()->getLoc());
  if (found.empty()) {
    diagnostic << "there is no op '" << name << "'";
    for (StringRef near : findNearestNames(name, known))
      diagnostic.attachNote() << "there is '" << near << "'";
    return std::nullopt;
  }
  diagnostic << "'" << name << "' is the name of " << found.size() << " ops";
  for (unsigned index : ArrayRef(found).take_front(8))
    diagnostic.attachNote(ops[index]->getLoc())
        << "'" << ids->get(ops[index]) << "'";
  return std::nullopt;
}

static std::string getPlace(const PolicyRule &rule) {
  return "rule '" + rule.id + "' at " + rule.location.file + ":" +
         std::to_string(rule.location.line) + ":" +
         std::to_string(rule.location.column);
}

template <typename Edit>
Change WhatIfPass::makeChange(std::string text, Edit edit) {
  auto policy = std::make_shared<Policy>(*setup.policy);
  edit(*policy);
  Change change{std::move(text), setup};
  change.setup.policy = std::move(policy);
  return change;
}

/// A rule in front of all others for one op.
void WhatIfPass::addRule(std::vector<Change> &changes, unsigned op,
                         bool isForced) {
  StringRef id = ids->get(ops[op]);
  std::string text = "with a rule in front, { id: what-if, match: { id: \"" +
                     id.str() + "\" }, action: allow, ";
  if (wanted != setup.policy->compute)
    text += "compute: " + stringify(wanted).str() + ", ";
  text += isForced ? "force: true, why: ... }" : "why: ... }";
  changes.push_back(makeChange(std::move(text), [&](Policy &policy) {
    PolicyRule rule;
    rule.id = "what-if";
    rule.why = "What if?";
    rule.policy = policy.name;
    rule.location = policy.location;
    rule.match.ids.insert(id);
    rule.action = Action::Allow;
    rule.compute = wanted;
    rule.isForced = isForced;
    policy.rules.insert(policy.rules.begin(), std::move(rule));
  }));
}

/// The rule of a decision, less strict than it is.
void WhatIfPass::addLooser(std::vector<Change> &changes,
                           const Decision &decision) {
  for (auto [index, rule] : llvm::enumerate(setup.policy->rules)) {
    if (rule.id != decision.rule || rule.location.file != decision.file ||
        rule.location.line != decision.line)
      continue;
    if (rule.contaminates)
      changes.push_back(
          makeChange("without 'contaminates' in " + getPlace(rule),
                     [i = index](Policy &policy) {
                       policy.rules[i].contaminates = false;
                     }));
    if (rule.action != Action::Allow)
      changes.push_back(makeChange("with 'action: allow' in " + getPlace(rule),
                                   [i = index](Policy &policy) {
                                     policy.rules[i].action = Action::Allow;
                                     policy.rules[i].mixedOperands =
                                         std::nullopt;
                                   }));
    return;
  }
}

/// Changes of one rule each, any of which may do.
std::vector<Change> WhatIfPass::proposeChanges() {
  std::vector<Change> changes;
  Decision decision = now->getDecision(asked);
  addRule(changes, asked, /*isForced=*/false);
  addRule(changes, asked, /*isForced=*/true);
  addLooser(changes, decision);
  // Up the way on which it became wide.
  llvm::StringMap<unsigned> indexOf;
  for (auto [index, op] : llvm::enumerate(ops))
    indexOf[ids->get(op)] = index;
  StringRef from = decision.inheritedFrom;
  while (indexOf.contains(from)) {
    Decision origin = now->getDecision(indexOf[from]);
    if (origin.inheritedFrom.empty())
      addLooser(changes, origin);
    from = origin.inheritedFrom;
  }
  // What is as wide as its operands are follows the ops that give them.
  if (decision.isFree())
    for (Value operand : ops[asked]->getOperands())
      if (Operation *producer = operand.getDefiningOp())
        if (auto it = indexOf.find(ids->get(producer)); it != indexOf.end())
          if (FloatType format = now->getFormat(it->second);
              format && format.isF32())
            addRule(changes, it->second, /*isForced=*/false);
  return changes;
}

std::string WhatIfPass::describeNow() {
  Decision decision = now->getDecision(asked);
  std::string text;
  llvm::raw_string_ostream os(text);
  FloatType format = now->getFormat(asked);
  os << "'" << ids->get(ops[asked]) << "' ";
  if (format)
    os << "is " << format;
  else
    os << "keeps its types";
  os << " under '" << setup.policy->name << "': rule '" << decision.rule << "'";
  if (decision.line)
    os << " at " << decision.file << ":" << decision.line << ":"
       << decision.column;
  os << ": " << decision.why;
  if (decision.isFree() && format && format.isF32())
    os << " It is free to be low, and wide moves fewer bytes.";
  if (!decision.inheritedFrom.empty())
    os << " It is wide because of " << decision.inheritedFrom << ".";
  return text;
}

/// "2 more casts", "512 fewer bytes".
static std::string getDifference(int64_t before, int64_t after,
                                 StringRef noun) {
  int64_t difference = after - before;
  if (difference == 0)
    return ("as many " + noun + "s").str();
  int64_t count = std::abs(difference);
  return std::to_string(count) + (difference > 0 ? " more " : " fewer ") +
         noun.str() + (count == 1 ? "" : "s");
}

void WhatIfPass::answer(InFlightDiagnostic &diagnostic,
                        std::vector<Change> &changes) {
  FloatType low = getFormatType(&getContext(), wanted);
  std::vector<std::pair<int64_t, size_t>> answers; // cost and index
  for (auto [index, change] : llvm::enumerate(changes)) {
    // Forcing is for what would not do otherwise.
    if (index == 1 && !answers.empty())
      continue;
    change.trial = Trial::run(getOperation(), change.setup, /*isQuiet=*/true);
    if (change.trial && change.trial->getFormat(asked) == low)
      answers.emplace_back(change.trial->getFigure("cost"), index);
    else
      change.trial.reset();
  }
  llvm::sort(answers);
  if (answers.empty())
    diagnostic.attachNote()
        << "no change of one rule makes it " << stringify(wanted);
  for (auto [cost, index] : answers) {
    const Change &change = changes[index];
    diagnostic.attachNote(ops[asked]->getLoc())
        << stringify(wanted) << " " << change.text << ": "
        << getDifference(now->getFigure("casts"),
                         change.trial->getFigure("casts"), "cast")
        << " and " << getDifference(now->getFigure("cost"), cost, "byte")
        << " in each call, " << change.trial->countLow()
        << " low ops rather than " << now->countLow();
  }
}

void WhatIfPass::runOnOperation() {
  markAllAnalysesPreserved();
  if (question.empty())
    return;
  if (!load())
    return signalPassFailure();
  FloatType low = getFormatType(&getContext(), wanted);
  InFlightDiagnostic diagnostic = emitRemark(ops[asked]->getLoc());
  diagnostic << describeNow();
  if (now->getFormat(asked) == low)
    return;
  if (!now->getFormat(asked)) {
    diagnostic.attachNote() << "no rule can change that";
    return;
  }
  std::vector<Change> changes = proposeChanges();
  answer(diagnostic, changes);
}
