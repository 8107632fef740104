#include "Lock.h"
#include "PolicyErrors.h"

#include "mp/IR/MPDialect.h"
#include "mp/Policy/Target.h"
#include "mp/Transforms/Passes.h"

#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPAPPLYLOCKPASS
#include "mp/Transforms/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

namespace {
class ApplyLockPass : public mp::impl::MPApplyLockPassBase<ApplyLockPass> {
  using Base::Base;
  void runOnOperation() override;

  LogicalResult checkOrigin(const LockOrigin &now);
  LogicalResult apply(Operation *op, const LockEntry &entry);
  LogicalResult apply(FunctionOpInterface function,
                      const LockBoundary &boundary);
  LogicalResult checkLegality(PrecisionOpInterface op, Format low,
                              const LockEntry &entry);
  LogicalResult applyAll();
  LogicalResult reportMisfit();
  InFlightDiagnostic error(const PolicyLocation &at) {
    return emitError(getLocation(&getContext(), at));
  }
  /// Reads what the lock says about one value.
  FailureOr<Type> getType(std::optional<Format> format, bool isManaged,
                          FloatType low, const PolicyLocation &at,
                          StringRef name);

  std::optional<LockFile> lock;
  const Target *target = nullptr;
  /// Ops that the lock does not know, and entries whose op is not there.
  SmallVector<std::pair<Operation *, std::string>> unknown;
  SmallVector<const LockEntry *> gone;
};
} // namespace

LogicalResult ApplyLockPass::checkOrigin(const LockOrigin &now) {
  const LockOrigin &then = lock->origin;
  auto refuse = [&](const Twine &message) {
    InFlightDiagnostic diagnostic = error(lock->location) << message;
    diagnostic.attachNote() << "run without 'lock' and with 'write-lock' to "
                               "decide anew";
    return diagnostic;
  };
  if (then.policy != now.policy)
    return refuse("the lock was made under policy '" + then.policy +
                  "', but this run's is '" + now.policy + "'");
  if (then.policyHash != now.policyHash)
    return refuse("policy '" + now.policy +
                  "' has changed since the lock was made");
  auto getName = [](StringRef target) {
    return target.empty() ? std::string("no target")
                          : "target '" + target.str() + "'";
  };
  // A target that decided nothing is not in the lock: any will do that can
  // compute what the lock says.
  if (!then.target.empty() && then.target != now.target)
    return refuse("the lock was made for " + getName(then.target) +
                  ", but this run is for " + getName(now.target));
  if (!then.target.empty() && then.targetHash != now.targetHash)
    return refuse("what target '" + now.target +
                  "' can do has changed since the lock was made");
  if (then.rangesHash != now.rangesHash)
    return refuse(then.rangesHash.empty()
                      ? "the lock was made without recorded ranges, but this "
                        "run has some"
                  : now.rangesHash.empty()
                      ? "the lock was made with recorded ranges, but this run "
                        "has none"
                      : "the recorded ranges have changed since the lock was "
                        "made");
  if (then.keepIO != now.keepIO)
    return refuse(
        Twine("the lock was made with keep-io=") +
        (then.keepIO ? "true" : "false") +
        ", but this run has keep-io=" + (now.keepIO ? "true" : "false"));
  return success();
}

FailureOr<Type> ApplyLockPass::getType(std::optional<Format> format,
                                       bool isManaged, FloatType low,
                                       const PolicyLocation &at,
                                       StringRef name) {
  Type wide = Float32Type::get(&getContext());
  if (format.has_value() != isManaged) {
    error(at) << "'" << name << "' "
              << (isManaged ? "has a value that needs a format, but the lock "
                              "says 'keep'"
                            : "has a value that keeps its type, but the lock "
                              "gives it a format");
    return failure();
  }
  if (!isManaged)
    return wide; // Nobody reads it.
  Type type = getFormatType(&getContext(), *format);
  if (type != wide && type != low) {
    InFlightDiagnostic diagnostic = error(at) << "'" << name << "' can be f32";
    if (low)
      diagnostic << " or " << low;
    diagnostic << ", but the lock says '" << stringify(*format) << "'";
    return failure();
  }
  return type;
}

/// The lock may be of another target, or of none.
LogicalResult ApplyLockPass::checkLegality(PrecisionOpInterface op, Format low,
                                           const LockEntry &entry) {
  OpClass opClass = op.getPrecisionClass();
  if (!target || opClass == OpClass::DataMovement ||
      target->getSupport(low, opClass == OpClass::Contraction ||
                                  opClass == OpClass::Convolution) !=
          Support::Illegal)
    return success();
  return error(entry.location)
         << "target '" << target->name << "' cannot compute '" << entry.id
         << "' in " << stringify(low) << ", as the lock says";
}

LogicalResult ApplyLockPass::apply(Operation *op, const LockEntry &entry) {
  const LockDecision &shared = lock->decisions[entry.decision];
  Decision decision;
  decision.action = shared.action;
  decision.rule = shared.rule;
  decision.policy = shared.policy;
  decision.file = shared.file;
  decision.why = shared.why;
  decision.line = shared.line;
  decision.column = shared.column;
  if (shared.low)
    decision.low = getFormatType(&getContext(), *shared.low);
  if (shared.accumulate)
    decision.accumulate = getFormatType(&getContext(), *shared.accumulate);
  decision.result = shared.result;
  llvm::append_range(decision.wideOperands, shared.wideOperands);
  decision.inheritedFrom = entry.inheritedFrom;
  decision.fit = shared.fit;

  SmallVector<TypeGroup> groups;
  auto precision = dyn_cast<PrecisionOpInterface>(op);
  if (precision && decision.action != Action::Keep)
    precision.getTypeGroups(groups);
  if (llvm::none_of(groups, isManaged))
    groups.clear();
  if (groups.size() != entry.formats.size())
    return error(entry.location)
           << "'" << entry.id << "' needs " << groups.size()
           << " formats, but the lock has " << entry.formats.size();
  SmallVector<Type> types;
  bool isLow = false;
  for (auto [group, format] : llvm::zip_equal(groups, entry.formats)) {
    FailureOr<Type> type = getType(format, isManaged(group), decision.low,
                                   entry.location, entry.id);
    if (failed(type))
      return failure();
    isLow |= isManaged(group) && *type == decision.low;
    types.push_back(*type);
  }
  if (isLow && failed(checkLegality(precision, *shared.low, entry)))
    return failure();
  setDecision(op, decision);
  if (!types.empty())
    op->setDiscardableAttr(attr::formats,
                           Builder(op->getContext()).getTypeArrayAttr(types));
  if (decision.action == Action::Allow || decision.action == Action::Deny)
    setPinnedPrecision(op, decision,
                       isLow || (decision.action == Action::Allow &&
                                 !decision.wideOperands.empty()));
  return success();
}

/// Arguments and results follow the policy as the lock says.
LogicalResult ApplyLockPass::apply(FunctionOpInterface function,
                                   const LockBoundary &boundary) {
  Operation *terminator = function.isExternal()
                              ? nullptr
                              : &function.getFunctionBody().back().back();
  if (!terminator || boundary.arguments.size() != function.getNumArguments() ||
      boundary.results.size() != terminator->getNumOperands())
    return error(boundary.location)
           << "function '" << boundary.function
           << "' has other arguments or results than the lock says";
  // The low format of any op will do: there is one for all boundaries.
  FloatType low;
  for (const LockDecision &decision : lock->decisions)
    if (decision.low && isStored(*decision.low) && !low)
      low = getFormatType(&getContext(), *decision.low);
  auto read = [&](Value value, std::optional<Format> format) {
    FloatType type = getFloatElementType(value.getType());
    return getType(format, type && type.isF32(), low, boundary.location,
                   boundary.function);
  };
  for (auto [argument, format] :
       llvm::zip_equal(function.getArguments(), boundary.arguments)) {
    FailureOr<Type> type = read(argument, format);
    if (failed(type))
      return failure();
    if (format)
      function.setArgAttr(argument.getArgNumber(), attr::format,
                          TypeAttr::get(*type));
  }
  SmallVector<Type> types;
  for (auto [value, format] :
       llvm::zip_equal(terminator->getOperands(), boundary.results)) {
    FailureOr<Type> type = read(value, format);
    if (failed(type))
      return failure();
    types.push_back(format ? *type : getElementTypeOrSelf(value.getType()));
  }
  if (!types.empty())
    terminator->setDiscardableAttr(
        attr::formats, Builder(&getContext()).getTypeArrayAttr(types));
  return success();
}

LogicalResult ApplyLockPass::applyAll() {
  llvm::StringMap<const LockEntry *> entries;
  for (const LockEntry &entry : lock->entries)
    entries[entry.id] = &entry;
  llvm::StringMap<const LockBoundary *> boundaries;
  for (const LockBoundary &boundary : lock->boundaries)
    boundaries[boundary.function] = &boundary;
  Operation *root = getOperation();
  const OpIds &ids = getAnalysis<OpIds>();
  bool failed = false;
  walkDecidedOps(root, [&](Operation *op) {
    if (auto function = dyn_cast<FunctionOpInterface>(op)) {
      if (const LockBoundary *boundary = boundaries.lookup(function.getName()))
        failed |= mlir::failed(apply(function, *boundary));
      return;
    }
    if (!isDecidedByPolicy(op, root))
      return;
    StringRef id = ids.get(op);
    auto it = entries.find(id);
    if (it == entries.end()) {
      unknown.emplace_back(op, id.str());
      return;
    }
    failed |= mlir::failed(apply(op, *it->second));
    it->second = nullptr;
  });
  for (const LockEntry &entry : lock->entries)
    if (entries.lookup(entry.id))
      gone.push_back(&entry);
  return success(!failed);
}

/// Pairs what is gone with what is new in its place, and tells of all.
LogicalResult ApplyLockPass::reportMisfit() {
  constexpr unsigned most = 20;
  llvm::StringMap<SmallVector<const LockEntry *, 1>> goneByStem;
  for (const LockEntry *entry : llvm::reverse(gone))
    goneByStem[OpIds::getStem(entry->id)].push_back(entry);
  llvm::DenseMap<Operation *, const LockEntry *> before;
  llvm::DenseSet<const LockEntry *> changed;
  for (auto &[op, id] : unknown) {
    auto it = goneByStem.find(OpIds::getStem(id));
    if (it == goneByStem.end() || it->second.empty())
      continue;
    before[op] = it->second.pop_back_val();
    changed.insert(before[op]);
  }
  size_t numNew = unknown.size() - changed.size();
  size_t numGone = gone.size() - changed.size();
  InFlightDiagnostic diagnostic =
      error(lock->location)
      << "the lock does not fit the model: " << changed.size() << " changed, "
      << numGone << " gone, " << numNew << " new";
  unsigned told = 0;
  for (auto &[op, id] : unknown) {
    if (++told > most)
      break;
    const LockEntry *entry = before.lookup(op);
    Diagnostic &note = diagnostic.attachNote(op->getLoc());
    note << "'" << id << "' ";
    if (entry)
      note << "was '" << entry->id << "' when the model was locked";
    else
      note << "is new";
  }
  for (const LockEntry *entry : gone) {
    if (changed.contains(entry))
      continue;
    if (++told > most)
      break;
    diagnostic.attachNote(getLocation(&getContext(), entry->location))
        << "'" << entry->id << "' is gone";
  }
  if (size_t all = unknown.size() + numGone; all > most)
    diagnostic.attachNote() << "and " << all - most << " more";
  diagnostic.attachNote()
      << "with 'write-lock' beside 'lock', the entries that fit are kept, the "
         "other ops are decided anew, and the whole is written";
  return diagnostic;
}

void ApplyLockPass::runOnOperation() {
  markAllAnalysesPreserved();
  Operation *root = getOperation();
  unknown.clear();
  gone.clear();
  lock = loadLockFile(file, [&](const PolicyDiagnostic &diagnostic) {
    error(diagnostic.location) << diagnostic.message;
  });
  LockOrigin now;
  if (!lock || failed(getLockOrigin(
                   root, {policyName, targetName, rangesFile, keepIO}, now)))
    return signalPassFailure();
  // That there is such a target was just found out.
  target = targetName.empty() ? nullptr
                              : findTarget(targetName, [](const Twine &) {});
  if (failed(checkOrigin(now)) || failed(applyAll()))
    return signalPassFailure();
  bool fits = unknown.empty() && gone.empty();
  if (!fits && !refresh) {
    (void)reportMisfit();
    return signalPassFailure();
  }
  if (fits && lock->origin.input != now.input)
    emitWarning(getLocation(&getContext(), lock->location))
        << "the model is not the one that was locked (constants, or the order "
           "or operands of ops, differ), but every op has its entry";
  remark::passed(root->getLoc(),
                 remark::RemarkOpts::name("lock").category("mp"))
      << remark::metric("Kept", lock->entries.size() - gone.size())
      << remark::metric("Gone", gone.size())
      << remark::metric("New", unknown.size());
}
