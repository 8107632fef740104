#include "Lock.h"
#include "PolicyErrors.h"
#include "PrecisionGraph.h"
#include "RangeDecisions.h"
#include "Recomputation.h"
#include "Trial.h"

#include "mp/IR/MPDialect.h"
#include "mp/IR/MPOps.h"
#include "mp/Transforms/Passes.h"

#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/StringSet.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPDECIDEPRECISIONPASS
#include "mp/Transforms/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

namespace {
class DecidePrecisionPass
    : public mp::impl::MPDecidePrecisionPassBase<DecidePrecisionPass> {
public:
  using Base::Base;
  explicit DecidePrecisionPass(const TrialSetup &setup)
      : Base({setup.policy->name, setup.target, setup.ranges}),
        given(setup.policy) {}

private:
  void runOnOperation() override;

  bool load();
  void markBoundary();
  const PolicyRule *findRule(Operation *op, const OpSubject &subject);
  bool addsWideBias(Operation *op, const OpSubject &subject,
                    const PolicyRule &rule);
  void applyParts(Operation *op, const PolicyRule &rule, Decision &decision);
  LogicalResult decide(Operation *op);
  LogicalResult checkLegality(Operation *op, const OpSubject &subject,
                              Decision &decision, Format &compute);
  void contaminate();
  void decideCopies();

  std::shared_ptr<const Policy> given; // rather than one that has a name
  std::optional<Policy> policy;
  const Target *target = nullptr;
  ConstantAnalysis constants;
  /// Shared, since passes are copied; each run makes its own.
  std::shared_ptr<RangeDecisions> ranges;
  /// Only where a rule asks for them.
  const OpIds *ids = nullptr;
  std::shared_ptr<OpUnits> units; // shared, since passes are copied
};
} // namespace

bool DecidePrecisionPass::load() {
  Operation *root = getOperation();
  if (given)
    policy = *given;
  else
    policy = loadPolicy(policyName, &getContext());
  if (!policy)
    return false;
  target = nullptr;
  if (!targetName.empty()) {
    target = findTarget(targetName, [&](const Twine &message) {
      emitError(root->getLoc()) << message;
    });
    if (!target)
      return false;
  }
  ranges = std::make_shared<RangeDecisions>();
  if (failed(ranges->load(root, *policy, rangesFile)))
    return false;
  markBoundary();
  root->setDiscardableAttr(attr::policy,
                           StringAttr::get(&getContext(), policy->name));
  return true;
}

/// Writes what the policy says about arguments, results and conversions, for
/// the steps that act on it.
void DecidePrecisionPass::markBoundary() {
  Operation *root = getOperation();
  Builder builder(&getContext());
  if (policy->followIO)
    root->setDiscardableAttr(attr::followIO, builder.getUnitAttr());
  if (policy->allowsExcessPrecision)
    root->setDiscardableAttr(attr::excess, builder.getUnitAttr());
  if (policy->storage.empty())
    return;
  auto getMark = [&](Attribute role) -> Attribute {
    auto name = dyn_cast_if_present<StringAttr>(role);
    for (const auto &[given, storage] : policy->storage)
      if (name && name.getValue() == given && storage != Storage::AsComputed)
        return builder.getStringAttr(storage == Storage::Wide ? "f32" : "low");
    return {};
  };
  root->walk([&](FunctionOpInterface function) {
    for (unsigned i = 0, e = function.getNumArguments(); i != e; ++i)
      if (Attribute mark = getMark(function.getArgAttr(i, attr::role)))
        function.setArgAttr(i, attr::storage, mark);
    for (unsigned i = 0, e = function.getNumResults(); i != e; ++i)
      if (Attribute mark = getMark(function.getResultAttr(i, attr::role)))
        function.setResultAttr(i, StringAttr::get(&getContext(), attr::storage),
                               mark);
  });
}

/// A product and the sum of it and its bias, or null.
static const OpUnits::Unit *getLinear(const OpUnits &units, Operation *op) {
  static const std::string linear[] = {"linear"};
  return units.find(op, linear);
}

/// The first rule that matches, but for the sum of a product and its bias:
/// where the product's rule speaks about it, and no rule in front of that one
/// about the sum, the product's rule decides both.
const PolicyRule *DecidePrecisionPass::findRule(Operation *op,
                                                const OpSubject &subject) {
  const PolicyRule *rule = policy->match(subject);
  const OpUnits::Unit *unit = getLinear(*units, op);
  if (!unit || unit->getRoot() != op)
    return rule;
  for (Operation *member : unit->members) {
    OpSubject product = subject.getFor(member);
    if (!product.isProduct())
      continue;
    const PolicyRule *own = policy->match(product);
    if (own && own->bias && (!rule || own <= rule))
      return own;
  }
  return rule;
}

/// True for a product whose rule wants the sum with its bias in f32, and has
/// the say about it.
bool DecidePrecisionPass::addsWideBias(Operation *op, const OpSubject &subject,
                                       const PolicyRule &rule) {
  if (!rule.bias || *rule.bias || !subject.isProduct())
    return false;
  const OpUnits::Unit *unit = getLinear(*units, op);
  return unit &&
         findRule(unit->getRoot(), subject.getFor(unit->getRoot())) == &rule;
}

/// Parts of a pattern may have another precision than the whole. A product
/// that only such a part reads hands it the accumulator unrounded.
void DecidePrecisionPass::applyParts(Operation *op, const PolicyRule &rule,
                                     Decision &decision) {
  const OpUnits::Unit *unit = units->find(op, rule.match.patterns);
  if (!unit)
    return;
  auto getPart = [&](Operation *op) -> std::optional<bool> {
    for (const auto &[part, isLow] : rule.inner)
      if (units->isInPart(op, *unit, part))
        return isLow;
    return std::nullopt;
  };
  if (std::optional<bool> isLow = getPart(op)) {
    decision.action = *isLow ? Action::Allow : Action::Deny;
    return;
  }
  if (decision.isFree())
    decision.unit = units->getNumber(unit);
  if (decision.action == Action::Allow && !op->use_empty() &&
      llvm::all_of(op->getUsers(), [&](Operation *user) {
        return units->find(user, rule.match.patterns) == unit &&
               getPart(user) == false;
      }))
    decision.result = ResultChoice::Wide;
}

/// Why the engine leaves an op alone whatever a policy says, or nothing.
/// `arithmetic` is the format that a rule asks for where nothing is stored in
/// it.
static StringRef getReasonToKeep(Operation *op, ArrayRef<TypeGroup> groups,
                                 FloatType arithmetic) {
  auto precision = dyn_cast<PrecisionOpInterface>(op);
  if (!precision)
    return "the op does not tell its precision, so it keeps its types";
  if (groups.empty())
    return "its types are a part of its meaning";
  if (llvm::none_of(groups, isManaged))
    return "the author chose its types, none of which is f32 throughout";
  // A product with operands that are not managed is the author's business,
  // whatever its result is.
  if (groups.front().kind == GroupKind::Compute && !isManaged(groups.front()))
    return "the author chose the types of its operands";
  if (StringRef pin = precision.getAuthorPin(); !pin.empty() || !arithmetic)
    return pin;
  OpClass opClass = precision.getPrecisionClass();
  return opClass == OpClass::Contraction || opClass == OpClass::Convolution
             ? precision.getArithmeticPin(arithmetic)
             : "only products compute in the format that the policy asks for";
}

/// What a rule pins must exist at the target. Ops that are free are not asked
/// for: they stay wide where they cannot be low.
LogicalResult DecidePrecisionPass::checkLegality(Operation *op,
                                                 const OpSubject &subject,
                                                 Decision &decision,
                                                 Format &compute) {
  bool isMovement = decision.action == Action::Clear;
  if (!target || decision.action == Action::Deny || isMovement)
    return success();
  StringRef low = stringify(compute);
  auto say = [&](const Twine &text) {
    remark::missed(op->getLoc(),
                   remark::RemarkOpts::name("legality").category("mp"))
        << remark::reason("target {0} {1}", target->name, text.str());
  };
  Support support = target->getSupport(compute, subject.isProduct());
  if (support == Support::Emulated && !isStored(compute))
    say("has no " + low + ", and computes it in f32, which is more exact");
  if (support != Support::Illegal)
    return success();
  if (decision.action == Action::Allow && !policy->fallback) {
    std::optional<Format> nearest =
        target->getNearestLegal(compute, subject.isProduct());
    InFlightDiagnostic diagnostic =
        op->emitError() << "rule '" << decision.rule << "' asks for '" << low
                        << "', which target '" << target->name
                        << "' cannot compute '" << op->getName() << "' in";
    diagnostic.attachNote(FileLineColLoc::get(&getContext(), decision.file,
                                              decision.line, decision.column))
        << "the nearest legal choice is '"
        << (nearest ? stringify(*nearest) : "f32")
        << "'; 'fallback: true' in the policy computes the op in f32";
    return diagnostic;
  }
  say("cannot compute it in " + low + ", so it is f32");
  decision.why =
      StringAttr::get(&getContext(),
                      "target '" + target->name + "' cannot compute it in " +
                          low + ", as rule '" + decision.rule + "' wants")
          .getValue();
  decision.action = Action::Deny;
  decision.rule = legalityRule;
  return success();
}

LogicalResult DecidePrecisionPass::decide(Operation *op) {
  SmallVector<TypeGroup> groups;
  if (auto precision = dyn_cast<PrecisionOpInterface>(op))
    precision.getTypeGroups(groups);

  Decision decision;
  OpSubject subject(op, constants);
  if (ids)
    subject.setId(ids->get(op));
  subject.setTarget(target, policy->compute);
  subject.setProofs(ranges->getProofs());
  subject.setUnits(units.get());
  const PolicyRule *rule = findRule(op, subject);
  Action action = rule ? rule->action : policy->unlisted;
  MixedOperands mixed = rule && rule->mixedOperands ? *rule->mixedOperands
                                                    : policy->mixedOperands;
  if (action == Action::Infer && mixed == MixedOperands::Promote)
    action = Action::Promote;
  // A rule reaches an op that is no product as the bias of one.
  if (rule && rule->bias && !subject.isProduct() && !*rule->bias)
    action = Action::Deny;
  decision.rule = rule ? StringRef(rule->id) : "unlisted";
  decision.policy = rule ? StringRef(rule->policy) : StringRef(policy->name);
  decision.why = rule ? StringRef(rule->why) : "no rule matches the op";
  const PolicyLocation &at = rule ? rule->location : policy->location;
  decision.file = at.file;
  decision.line = at.line;
  decision.column = at.column;

  if (action == Action::Error) {
    InFlightDiagnostic diagnostic =
        op->emitError() << "policy '" << policy->name << "' refuses '"
                        << op->getName() << "': " << decision.why;
    diagnostic.attachNote(getLocation(&getContext(), at))
        << "rule '" << decision.rule << "' is here";
    return diagnostic;
  }
  // The reason of an op that has nothing to decide is never a rule's.
  Format compute = rule && rule->compute ? *rule->compute : policy->compute;
  FloatType arithmetic;
  if (!isStored(compute) && action != Action::Deny)
    arithmetic = getFormatType(&getContext(), compute);
  StringRef reason = getReasonToKeep(op, groups, arithmetic);
  if (!reason.empty() && action != Action::Keep) {
    decision.action = Action::Keep;
    decision.rule = "as-written";
    decision.policy = decision.file = "";
    decision.line = 0;
    decision.why = reason;
  } else {
    decision.action = action;
  }
  // Values do not move for it, so a product that is free computes in it.
  if (arithmetic && decision.isFree())
    decision.action = Action::Allow;
  if (decision.action != Action::Keep &&
      failed(checkLegality(op, subject, decision, compute)))
    return failure();
  Format accumulate =
      rule && rule->accumulate ? *rule->accumulate : policy->accumulate;
  if (decision.action != Action::Keep && compute != Format::F32) {
    decision.low = getFormatType(&getContext(), compute);
    decision.accumulate = getFormatType(&getContext(), accumulate);
    decision.result = rule ? rule->result : ResultChoice::Low;
    // Such a sum is of the accumulator as it is.
    if (rule && addsWideBias(op, subject, *rule))
      decision.result = ResultChoice::Wide;
    if (rule)
      applyParts(op, *rule, decision);
    for (const PolicyRule *single : policy->matchOperands(subject, rule))
      decision.wideOperands.push_back(*single->operand);
    if (!rule || !rule->isForced)
      ranges->amend(op, groups, decision);
  } else {
    decision.action = Action::Keep;
  }
  setDecision(op, decision);
  if (decision.isFree() || decision.action == Action::Keep)
    return success();

  setPinnedPrecision(op, decision, decision.action == Action::Allow);
  return success();
}

/// Spreads the width of contaminating ops to the free ops that read them, up
/// to the next op that a rule pins.
void DecidePrecisionPass::contaminate() {
  llvm::StringSet<llvm::MallocAllocator> contaminating;
  for (const PolicyRule &rule : policy->rules)
    if (rule.contaminates)
      contaminating.insert(rule.id);
  if (contaminating.empty())
    return;
  const OpIds &ids = getAnalysis<OpIds>();
  PrecisionGraph graph(getOperation(), /*followIO=*/false);
  // In the order of the distance from where the width comes from, so that each
  // op inherits it on a shortest way. With each node, who hands it on.
  SmallVector<std::pair<PrecisionNode *, StringRef>> worklist;
  for (PrecisionNode &node : graph.nodes) {
    std::optional<Decision> decision = getDecision(node.op);
    if (decision->action == Action::Deny &&
        contaminating.contains(decision->rule))
      worklist.emplace_back(&node, ids.get(node.op));
  }
  FloatType wide = Float32Type::get(&getContext());
  auto widen = [&](PrecisionNode *reader, StringRef from) {
    reader->state = PrecisionNode::State::Wide;
    // Other values that an op carries are not concerned.
    if (reader->group.kind == GroupKind::Carried) {
      worklist.emplace_back(reader, from);
      return;
    }
    worklist.emplace_back(reader, ids.get(reader->op));
    Decision decision = *getDecision(reader->op);
    decision.action = Action::Deny;
    decision.inheritedFrom = from;
    setDecision(reader->op, decision);
    reader->op->setDiscardableAttr(
        attr::precision, PrecisionAttr::get(&getContext(), wide, wide, wide));
  };
  // What is free as a whole becomes wide as a whole.
  llvm::DenseMap<int64_t, SmallVector<PrecisionNode *>> members;
  for (PrecisionNode &node : graph.nodes)
    if (node.unit)
      members[*node.unit].push_back(&node);
  for (size_t next = 0; next != worklist.size(); ++next) {
    auto [node, from] = worklist[next];
    for (Value value : node->group.gives) {
      for (OpOperand &use : value.getUses()) {
        PrecisionNode *reader = graph.getReader(use);
        if (!reader || !reader->isFree())
          continue;
        if (!reader->unit) {
          widen(reader, from);
          continue;
        }
        for (PrecisionNode *member : members[*reader->unit])
          if (member->isFree())
            widen(member, from);
      }
    }
  }
}

/// What is computed again is computed as it was, or the two results would not
/// be the same.
void DecidePrecisionPass::decideCopies() {
  Recomputation again(getOperation());
  if (again.empty())
    return;
  walkDecidedOps(getOperation(), [&](Operation *op) {
    Operation *original = again.getOriginal(op);
    if (!original || op->hasAttr(attr::formats))
      return;
    Decision decision = *getDecision(original);
    Decision own = *getDecision(op);
    decision.unit = own.isFree() ? own.unit : std::nullopt;
    setDecision(op, decision);
    if (Attribute precision = original->getAttr(attr::precision))
      op->setDiscardableAttr(attr::precision, precision);
    else
      op->removeDiscardableAttr(attr::precision);
  });
}

void DecidePrecisionPass::runOnOperation() {
  // What it writes is a note on ops, and no part of what they are.
  markAllAnalysesPreserved();
  constants = {};
  units = std::make_shared<OpUnits>(getOperation());
  if (!load())
    return signalPassFailure();
  ids = policy->asksForIds() ? &getAnalysis<OpIds>() : nullptr;
  bool failed = false;
  walkDecidedOps(getOperation(), [&](Operation *op) {
    // A decision that is there already comes from a lock.
    if (!isDecidedByPolicy(op, getOperation()) || op->hasAttr(attr::decision))
      return;
    failed |= mlir::failed(decide(op));
  });
  if (failed)
    return signalPassFailure();
  contaminate();
  decideCopies();
}

std::unique_ptr<Pass> mp::createDecidePrecisionPass(const TrialSetup &setup) {
  return std::make_unique<DecidePrecisionPass>(setup);
}
