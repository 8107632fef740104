#include "PrecisionGraph.h"
#include "RangeDecisions.h"

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
  using Base::Base;
  void runOnOperation() override;

  bool load();
  LogicalResult decide(Operation *op);
  LogicalResult checkLegality(Operation *op, const OpSubject &subject,
                              Decision &decision, Format &compute);
  void contaminate();

  std::optional<Policy> policy;
  const Target *target = nullptr;
  ConstantAnalysis constants;
  /// Shared, since passes are copied; each run makes its own.
  std::shared_ptr<RangeDecisions> ranges;
  /// Only where a rule asks for them.
  std::optional<OpIds> ids;
};
} // namespace

static Location getLocation(MLIRContext *context, const PolicyLocation &at) {
  return FileLineColLoc::get(context, at.file, at.line, at.column);
}

bool DecidePrecisionPass::load() {
  Operation *root = getOperation();
  policy = loadPolicy(policyName, [&](const PolicyDiagnostic &diagnostic) {
    emitError(getLocation(&getContext(), diagnostic.location))
        << diagnostic.message;
  });
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
  for (const PolicyDiagnostic &note : policy->notes)
    remark::missed(getLocation(&getContext(), note.location),
                   remark::RemarkOpts::name("policy-note").category("mp"))
        << remark::reason("{0}", note.message);
  root->setDiscardableAttr(attr::policy,
                           StringAttr::get(&getContext(), policy->name));
  return true;
}

/// Why the engine leaves an op alone before any policy is asked, or nothing.
static StringRef getReasonToKeep(Operation *op, ArrayRef<TypeGroup> groups) {
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
  return precision.getAuthorPin();
}

/// What a rule pins must exist at the target. Ops that are free are not asked
/// for: they stay wide where they cannot be low.
LogicalResult DecidePrecisionPass::checkLegality(Operation *op,
                                                 const OpSubject &subject,
                                                 Decision &decision,
                                                 Format &compute) {
  bool isMovement = decision.action == Action::Clear;
  if (!target || decision.action == Action::Deny || isMovement ||
      target->getSupport(compute, subject.isProduct()) != Support::Illegal)
    return success();
  StringRef low = stringify(compute);
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
  if (decision.action == Action::Allow)
    remark::missed(op->getLoc(),
                   remark::RemarkOpts::name("legality").category("mp"))
        << remark::reason("target {0} cannot compute it in {1}, so it is f32",
                          target->name, low.str());
  decision.action = Action::Deny;
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
  const PolicyRule *rule = policy->match(subject);
  Action action = rule ? rule->action : policy->unlisted;
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
  StringRef reason = getReasonToKeep(op, groups);
  if (!reason.empty() && action != Action::Keep) {
    decision.action = Action::Keep;
    decision.rule = "as-written";
    decision.policy = decision.file = "";
    decision.line = 0;
    decision.why = reason;
  } else {
    decision.action = action;
  }
  Format compute = rule && rule->compute ? *rule->compute : policy->compute;
  if (decision.action != Action::Keep &&
      failed(checkLegality(op, subject, decision, compute)))
    return failure();
  Format accumulate =
      rule && rule->accumulate ? *rule->accumulate : policy->accumulate;
  if (decision.action != Action::Keep && compute != Format::F32) {
    decision.low = getFormatType(&getContext(), compute);
    decision.accumulate = getFormatType(&getContext(), accumulate);
    decision.result = rule ? rule->result : ResultChoice::Low;
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
  OpIds ids(getOperation());
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
  for (size_t next = 0; next != worklist.size(); ++next) {
    auto [node, from] = worklist[next];
    for (Value value : node->group.gives) {
      for (OpOperand &use : value.getUses()) {
        PrecisionNode *reader = graph.getReader(use);
        if (!reader || !reader->isFree())
          continue;
        reader->state = PrecisionNode::State::Wide;
        // Other values that an op carries are not concerned.
        if (reader->group.kind == GroupKind::Carried) {
          worklist.emplace_back(reader, from);
          continue;
        }
        worklist.emplace_back(reader, ids.get(reader->op));
        Decision decision = *getDecision(reader->op);
        decision.action = Action::Deny;
        decision.inheritedFrom = from;
        setDecision(reader->op, decision);
        reader->op->setDiscardableAttr(
            attr::precision,
            PrecisionAttr::get(&getContext(), wide, wide, wide));
      }
    }
  }
}

void DecidePrecisionPass::runOnOperation() {
  constants = {};
  if (!load())
    return signalPassFailure();
  ids.reset();
  if (policy->asksForIds())
    ids.emplace(getOperation());
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
}
