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
  LockBuilder(Operation *root, const OpIds &ids) : root(root), ids(ids) {}

  void build(LockFile &lock);

private:
  void addEntry(Operation *op);
  void addBoundary(FunctionOpInterface function);
  unsigned getDecisionIndex(const Decision &decision);
  std::optional<Format> getFormat(Type type) const;

  Operation *root;
  const OpIds &ids;
  LockFile *lock = nullptr;
  llvm::DenseMap<Attribute, unsigned> indexOfAttr;
  llvm::StringMap<unsigned> indexOfText, countOfId;
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
  shared.fit = decision.fit;
  llvm::append_range(shared.wideOperands, decision.wideOperands);
  std::string text;
  llvm::raw_string_ostream os(text);
  printLockDecision(shared, os);
  auto [it, isNew] = indexOfText.try_emplace(text, lock->decisions.size());
  if (!isNew)
    return it->second;
  // Told apart by what they say, not by a number, so that an entry does not
  // change when a decision that it does not share comes or goes.
  shared.id = shared.rule + "." +
              llvm::utohexstr(llvm::xxh3_64bits(StringRef(text)) & 0xffffff,
                              /*LowerCase=*/true, /*Width=*/6);
  if (unsigned number = ++countOfId[shared.id]; number > 1)
    shared.id += "#" + std::to_string(number);
  lock->decisions.push_back(std::move(shared));
  return it->second;
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
}

namespace {
class WriteLockPass : public mp::impl::MPWriteLockPassBase<WriteLockPass> {
  using Base::Base;
  void runOnOperation() override;
};
} // namespace

void WriteLockPass::runOnOperation() {
  markAllAnalysesPreserved();
  Operation *root = getOperation();
  LockFile lock;
  if (failed(getLockOrigin(root, {policyName, targetName, rangesFile, keepIO},
                           lock.origin)))
    return signalPassFailure();
  LockBuilder(root, getAnalysis<OpIds>()).build(lock);
  // A target that decided nothing is no part of the lock, so that the same
  // decisions make the same file everywhere.
  if (!lock.origin.asksForTarget &&
      llvm::none_of(lock.decisions, [](const LockDecision &decision) {
        return decision.rule == legalityRule;
      }))
    lock.origin.target = lock.origin.targetHash = "";
  if (llvm::Error error = writeOutputFile(
          file, [&](llvm::raw_ostream &os) { printLockFile(lock, os); })) {
    emitError(root->getLoc())
        << "cannot write the lock: " << llvm::toString(std::move(error));
    signalPassFailure();
  }
}
