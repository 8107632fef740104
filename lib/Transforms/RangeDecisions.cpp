#include "RangeDecisions.h"

#include "PolicyErrors.h"
#include "RangeFile.h"

#include "mlir/IR/Remarks.h"

using namespace mlir;
using namespace mlir::mp;

/// Of the formats that a policy can name, only f16 is both stored as it is and
/// short of range: bf16 reaches as far as f32, and the eight-bit formats are
/// scaled to what they hold.
static bool hasShortRange(Format format) { return format == Format::F16; }

static bool needsProofs(const Policy &policy) {
  auto asksForRange = [](const RuleMatch &match) {
    return llvm::any_of(match.numbers, [](const NumberCondition &condition) {
      return condition.quantity == Quantity::ProvedAbsMax ||
             condition.quantity == Quantity::CalibratedAbsMax;
    });
  };
  return hasShortRange(policy.compute) || policy.needsCalibration ||
         llvm::any_of(policy.rules, [&](const PolicyRule &rule) {
           return (rule.compute && hasShortRange(*rule.compute)) ||
                  asksForRange(rule.match) ||
                  llvm::any_of(rule.match.excluded, asksForRange);
         });
}

LogicalResult RangeDecisions::load(Operation *root, const Policy &policy,
                                   StringRef path) {
  proofs.reset();
  lostConstants.reset();
  MLIRContext *context = root->getContext();
  if (policy.needsCalibration && path.empty())
    return emitError(getLocation(context, policy.location))
           << "policy '" << policy.name
           << "' needs recorded ranges, and none are given: mp-run "
              "--record-ranges=FILE records them, ranges=FILE reads them";
  RangeAssumptions declared, recorded;
  for (const PolicyRange &range : policy.ranges) {
    SmallVector<Value> arguments = findArguments(root, range.argument);
    if (arguments.empty())
      emitWarning(getLocation(context, range.location))
          << "no function has an argument '" << range.argument << "'";
    for (Value argument : arguments)
      declared[argument] = FloatRange::between(range.low, range.high);
  }
  // What the model itself says is closer to it than what a policy says.
  if (failed(addDeclaredRanges(root, declared)))
    return failure();
  if (!path.empty()) {
    FailureOr<RangeAssumptions> read = readRecordedRanges(path, root);
    if (failed(read))
      return failure();
    recorded = std::move(*read);
  }
  if (!needsProofs(policy))
    return success();
  FailureOr<FitProofs> run = FitProofs::run(root, declared, recorded);
  if (failed(run))
    return failure();
  proofs.emplace(std::move(*run));
  lostConstants.emplace(root, Float16Type::get(context));
  return success();
}

Value RangeDecisions::findMisfit(Operation *op, const TypeGroup &group,
                                 FloatType low) const {
  auto isMisfit = [&](Value value) { return proofs->isMisfit(value, low); };
  for (OpOperand *operand : group.reads)
    if (isMisfit(operand->get()) ||
        (lostConstants->get(operand->get()) && !LostConstants::isHarmless(op)))
      return operand->get();
  for (Value value : group.gives)
    if (isMisfit(value))
      return value;
  return {};
}

/// An accumulator stops growing where its terms are below half a unit of it,
/// which equal terms are after as many of them as it has digits; and it may
/// overflow where its result does not.
void RangeDecisions::judgeAccumulator(Operation *op, Decision &decision) const {
  auto precision = dyn_cast<PrecisionOpInterface>(op);
  if (!precision || !decision.accumulate || decision.accumulate.isF32())
    return;
  auto terms = precision.getPrecisionNumber(Quantity::ReductionLength);
  unsigned digits = decision.accumulate.getFPMantissaWidth();
  if (!terms || *terms <= std::ldexp(1, digits))
    return;
  remark::analysis(op->getLoc(),
                   remark::RemarkOpts::name("range").category("mp"))
      << remark::reason("it accumulates in f32: {0} equal terms are lost to an "
                        "accumulator of {1} digits",
                        int64_t(*terms), digits);
  decision.accumulate = Float32Type::get(op->getContext());
}

/// The worst verdict on what an op computes.
Fit RangeDecisions::judgeResults(Operation *op, ArrayRef<TypeGroup> groups,
                                 FloatType low) const {
  Fit worst = Fit::Fits;
  auto getRank = [](Fit fit) {
    switch (fit) {
    case Fit::Fits:
      return 0;
    case Fit::Unknown:
      return 1;
    case Fit::Underflows:
      return 2;
    case Fit::Overflows:
      return 3;
    }
    return 0;
  };
  for (const TypeGroup &group : groups)
    if (isManaged(group))
      for (Value value : group.gives)
        // Nothing is known of values in a body that belongs to the op.
        if (Fit fit = proofs->judge(value, low);
            value.getDefiningOp() == op && getRank(fit) > getRank(worst))
          worst = fit;
  return worst;
}

void RangeDecisions::amend(Operation *op, ArrayRef<TypeGroup> groups,
                           Decision &decision) {
  bool mayBeLow = decision.action == Action::Allow || decision.isFree();
  if (!proofs || !mayBeLow || !decision.low || !decision.low.isF16())
    return;
  judgeAccumulator(op, decision);
  decision.fit = stringify(judgeResults(op, groups, decision.low));
  auto say = [&](StringRef what, StringRef why) {
    remark::analysis(op->getLoc(),
                     remark::RemarkOpts::name("range").category("mp"))
        << remark::reason("{0}: {1}", what, why);
  };
  for (const TypeGroup &group : groups) {
    Value misfit =
        isManaged(group) ? findMisfit(op, group, decision.low) : Value();
    if (!misfit)
      continue;
    bool isProved = proofs->isMisfit(misfit, decision.low);
    std::string why = isProved ? proofs->explain(misfit, decision.low)
                               : lostConstants->explain(misfit);
    // The smallest part of the op that can stay wide, does.
    if (group.kind == GroupKind::Result && decision.action == Action::Allow) {
      if (decision.result != ResultChoice::Wide)
        say("its result stays f32", why);
      decision.result = ResultChoice::Wide;
      continue;
    }
    auto own = llvm::find_if(group.reads, [&](OpOperand *operand) {
      return operand->getOwner() == op;
    });
    if (group.kind == GroupKind::Carried && own != group.reads.end()) {
      say("what it carries from operand " +
              std::to_string((*own)->getOperandNumber()) + " stays f32",
          why);
      decision.wideOperands.push_back((*own)->getOperandNumber());
      continue;
    }
    say("it stays f32", why);
    decision.action = Action::Deny;
    decision.rule = isProved ? "proved-range" : "lost-constant";
    decision.policy = decision.file = "";
    decision.line = decision.column = 0;
    decision.why = StringAttr::get(op->getContext(), why).getValue();
    return;
  }
}

void mp::warnOfLongSums(Operation *root) {
  // As many terms of 32 are beyond f16, which no single one is near.
  constexpr int64_t manyTerms = 2048;
  constexpr unsigned most = 4;
  SmallVector<std::pair<Operation *, int64_t>> sums;
  walkDecidedOps(root, [&](Operation *op) {
    auto precision = dyn_cast<PrecisionOpInterface>(op);
    auto formats = op->getAttrOfType<ArrayAttr>(attr::formats);
    if (!precision || !formats ||
        precision.getPrecisionClass() != OpClass::Reduction ||
        precision.getPrecisionWord(Word::Body) != "add")
      return;
    std::optional<Decision> decision = getDecision(op);
    if (!decision || decision->fit != stringify(Fit::Unknown))
      return;
    auto terms = precision.getPrecisionNumber(Quantity::ReductionLength);
    if (terms && *terms >= manyTerms &&
        llvm::any_of(formats.getAsValueRange<TypeAttr>(),
                     [](Type type) { return type.isF16(); }))
      sums.emplace_back(op, int64_t(*terms));
  });
  if (sums.empty())
    return;
  InFlightDiagnostic warning =
      emitWarning(sums.front().first->getLoc())
      << "possible overflow: a sum of " << sums.front().second
      << " terms is rounded to f16, and nothing bounds it; give the ranges of "
         "arguments, or keep it f32";
  for (auto [op, terms] : ArrayRef(sums).drop_front().take_front(most))
    warning.attachNote(op->getLoc()) << "and a sum of " << terms << " terms";
  if (sums.size() > most + 1)
    warning.attachNote() << "and " << sums.size() - most - 1 << " more";
}
