#include "PolicyErrors.h"
#include "Trial.h"

#include "mp/Analysis/OpSubject.h"
#include "mp/Transforms/Passes.h"

#include "llvm/ADT/StringMap.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPCOMPAREDECISIONSPASS
#include "mp/Transforms/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

namespace {
/// Ops of one kind that two policies decide differently in one way.
struct Difference {
  std::string text;
  unsigned first;
  unsigned count = 0;
};

class CompareDecisionsPass
    : public mp::impl::MPCompareDecisionsPassBase<CompareDecisionsPass> {
  using Base::Base;
  void runOnOperation() override;

  bool makeSetup(StringRef policy, StringRef target, TrialSetup &setup);
};
} // namespace

bool CompareDecisionsPass::makeSetup(StringRef name, StringRef target,
                                     TrialSetup &setup) {
  std::optional<Policy> policy = loadPolicy(name, &getContext());
  if (!policy)
    return false;
  setup = {std::make_shared<Policy>(std::move(*policy)), target.str(),
           rangesFile, keepIO};
  return true;
}

/// What the difference is told about: the outermost pattern that the op is in,
/// or the function that it computes.
static std::string getKind(Operation *op) {
  if (auto pattern = op->getAttrOfType<StringAttr>(attr::pattern))
    return pattern.getValue().split('/').first.str();
  ConstantAnalysis constants;
  OpSubject subject(op, constants);
  StringRef name =
      subject.opAlias().empty() ? subject.opName() : subject.opAlias();
  StringRef body = subject.word(Word::Body);
  return name.str() + (body.empty() ? "" : " of " + body.str());
}

/// "low, by rule 'x' (why)". Two low formats are alike.
static std::string describe(const Trial &trial, unsigned index) {
  FloatType format = trial.getFormat(index);
  Decision decision = trial.getDecision(index);
  std::string text = !format ? "as written" : format.isF32() ? "f32" : "low";
  return text + ", by rule '" + decision.rule.str() + "' (" +
         decision.why.str() + ")";
}

void CompareDecisionsPass::runOnOperation() {
  Operation *root = getOperation();
  TrialSetup setups[2];
  if (!makeSetup(policyName, targetName, setups[0]) ||
      !makeSetup(otherPolicy.empty() ? policyName : otherPolicy, otherTarget,
                 setups[1]))
    return signalPassFailure();
  std::optional<Trial> one = Trial::run(root, setups[0], /*isQuiet=*/false);
  std::optional<Trial> other = Trial::run(root, setups[1], /*isQuiet=*/false);
  if (!one || !other)
    return signalPassFailure();
  SmallVector<Operation *, 0> ops;
  walkDecidedOps(root, [&](Operation *op) {
    if (isDecidedByPolicy(op, root))
      ops.push_back(op);
  });
  auto isLow = [](const Trial &trial, unsigned index) {
    FloatType format = trial.getFormat(index);
    return format && !format.isF32();
  };
  // By kind and both verdicts, in the order of the program.
  std::vector<Difference> differences;
  llvm::StringMap<unsigned> indexOfText;
  unsigned all = 0;
  for (auto [index, op] : llvm::enumerate(ops)) {
    if (isLow(*one, index) == isLow(*other, index))
      continue;
    ++all;
    std::string text = "'" + getKind(op) + "': " + describe(*one, index) +
                       " -> " + describe(*other, index);
    auto [it, isNew] = indexOfText.try_emplace(text, differences.size());
    if (isNew)
      differences.push_back({std::move(text), unsigned(index)});
    ++differences[it->second].count;
  }
  auto getTitle = [](const TrialSetup &setup) {
    return "'" + setup.policy->name + "'" +
           (setup.target.empty() ? "" : " for " + setup.target);
  };
  InFlightDiagnostic diagnostic = emitRemark(root->getLoc());
  diagnostic << getTitle(setups[0]) << " -> " << getTitle(setups[1]) << ": "
             << all << " of " << ops.size()
             << " ops are low under one and not under the other";
  for (const Difference &difference : differences)
    diagnostic.attachNote(ops[difference.first]->getLoc())
        << difference.text << ", " << difference.count
        << (difference.count == 1 ? " op" : " ops");
}
