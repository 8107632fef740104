#include "InputHash.h"
#include "Lock.h"

#include "mp/Transforms/OutputFile.h"
#include "mp/Transforms/Passes.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/xxhash.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPWRITELOCKPASS
#include "mp/Transforms/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

namespace {
/// Collects what stands on the IR after casts are placed.
class LockBuilder {
public:
  explicit LockBuilder(Operation *root) : root(root), ids(root) {}

  void build(LockFile &lock);

private:
  void addEntry(Operation *op);
  void addBoundary(FunctionOpInterface function);
  unsigned getDecisionIndex(const Decision &decision);
  void nameDecisions();
  std::optional<Format> getFormat(Type type) const;

  Operation *root;
  OpIds ids;
  LockFile *lock = nullptr;
  llvm::DenseMap<Attribute, unsigned> indexOfAttr;
  llvm::StringMap<unsigned> indexOfText;
};
} // namespace

std::optional<Format> LockBuilder::getFormat(Type type) const {
  for (Format format : getFormats())
    if (getFormatType(root->getContext(), format) == type)
      return format;
  return std::nullopt;
}

unsigned LockBuilder::getDecisionIndex(const Decision &decision) {
  LockDecision shared;
  shared.action = decision.action;
  shared.rule = decision.rule;
  shared.policy = decision.policy;
  shared.file = decision.file;
  shared.why = decision.why;
  shared.line = decision.line;
  shared.column = decision.column;
  if (decision.low)
    shared.low = getFormat(decision.low);
  if (decision.accumulate)
    shared.accumulate = getFormat(decision.accumulate);
  shared.result = decision.result;
  llvm::append_range(shared.wideOperands, decision.wideOperands);
  std::string text;
  llvm::raw_string_ostream os(text);
  printLockDecision(shared, os);
  auto [it, isNew] = indexOfText.try_emplace(text, lock->decisions.size());
  if (!isNew)
    return it->second;
  shared.id = llvm::utohexstr(llvm::xxh3_64bits(StringRef(text)) & 0xffffff,
                              /*LowerCase=*/true, /*Width=*/6);
  lock->decisions.push_back(std::move(shared));
  return it->second;
}

/// Calls a decision after its rule, and tells those of one rule apart by what
/// they say, so that the entries of ops do not change with those of others.
void LockBuilder::nameDecisions() {
  llvm::StringMap<unsigned> ofRule, ofId;
  for (const LockDecision &decision : lock->decisions)
    ++ofRule[decision.rule];
  for (LockDecision &decision : lock->decisions) {
    std::string hash = std::move(decision.id);
    decision.id = decision.rule;
    if (ofRule[decision.rule] > 1)
      decision.id += "." + hash;
    if (unsigned number = ++ofId[decision.id]; number > 1)
      decision.id += "#" + std::to_string(number);
  }
}

void LockBuilder::addEntry(Operation *op) {
  std::optional<Decision> decision = getDecision(op);
  if (!decision)
    return;
  LockEntry entry;
  entry.id = ids.get(op).str();
  entry.inheritedFrom = decision->inheritedFrom;
  auto [it, isNew] = indexOfAttr.try_emplace(op->getAttr(attr::decision), 0);
  if (isNew)
    it->second = getDecisionIndex(*decision);
  entry.decision = it->second;
  if (auto formats = op->getAttrOfType<ArrayAttr>(attr::formats)) {
    SmallVector<TypeGroup> groups;
    cast<PrecisionOpInterface>(op).getTypeGroups(groups);
    for (auto [group, format] :
         llvm::zip_equal(groups, formats.getAsValueRange<TypeAttr>()))
      entry.formats.push_back(isManaged(group) ? getFormat(format)
                                               : std::nullopt);
  }
  lock->entries.push_back(std::move(entry));
}

void LockBuilder::addBoundary(FunctionOpInterface function) {
  if (function.isExternal())
    return;
  LockBoundary boundary;
  boundary.function = function.getName();
  bool isFree = false;
  for (unsigned i = 0, e = function.getNumArguments(); i != e; ++i) {
    auto format = function.getArgAttrOfType<TypeAttr>(i, attr::format);
    isFree |= bool(format);
    boundary.arguments.push_back(format ? getFormat(format.getValue())
                                        : std::nullopt);
  }
  Operation *terminator = &function.getFunctionBody().back().back();
  if (auto formats = terminator->getAttrOfType<ArrayAttr>(attr::formats)) {
    isFree = true;
    for (auto [operand, format] : llvm::zip_equal(
             terminator->getOpOperands(), formats.getAsValueRange<TypeAttr>()))
      boundary.results.push_back(isManaged({GroupKind::Carried, {&operand}, {}})
                                     ? getFormat(format)
                                     : std::nullopt);
  }
  if (isFree)
    lock->boundaries.push_back(std::move(boundary));
}

void LockBuilder::build(LockFile &file) {
  lock = &file;
  walkDecidedOps(root, [&](Operation *op) {
    if (auto function = dyn_cast<FunctionOpInterface>(op))
      addBoundary(function);
    else if (op != root && !op->hasTrait<OpTrait::IsTerminator>())
      addEntry(op);
  });
  nameDecisions();
}

namespace {
class WriteLockPass : public mp::impl::MPWriteLockPassBase<WriteLockPass> {
  using Base::Base;
  void runOnOperation() override;
};
} // namespace

void WriteLockPass::runOnOperation() {
  Operation *root = getOperation();
  LockFile lock;
  if (failed(getLockOrigin(root, policyName, targetName, lock.origin)))
    return signalPassFailure();
  lock.origin.keepIO = keepIO;
  LockBuilder(root).build(lock);
  if (llvm::Error error = writeOutputFile(
          file, [&](llvm::raw_ostream &os) { printLockFile(lock, os); })) {
    emitError(root->getLoc())
        << "cannot write the lock: " << llvm::toString(std::move(error));
    signalPassFailure();
  }
}
