#include "BufferClasses.h"

#include "mp/Program/ProgramForm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/LoopLikeInterface.h"

using namespace mlir;
using namespace mlir::mp;

//===----------------------------------------------------------------------===//
// Sharing
//===----------------------------------------------------------------------===//

/// All readers of `root` in `op` are operand `index`.
static bool isReadOnlyAs(LaunchOp op, Value root, int64_t index) {
  for (auto [i, input] : llvm::enumerate(op.getInputs()))
    if (getRoot(input) == root && int64_t(i) != index)
      return false;
  return getRoot(op.getInputs()[index]) == root;
}

static bool haveSameLayout(Type a, Type b) {
  auto first = cast<RankedTensorType>(a), second = cast<RankedTensorType>(b);
  return first.getNumElements() == second.getNumElements() &&
         getElementBytes(first.getElementType()) ==
             getElementBytes(second.getElementType());
}

/// `old` is read for the last time by the op that makes `young`: may the two
/// have one buffer all the same?
static bool mayReplace(const LiveInterval &old, const LiveInterval &young) {
  if (old.begin == young.begin)
    return false;
  Operation *op = young.value.getDefiningOp();
  // Copies of one group read everything before they write; a fill that stands
  // for a copy reads nothing.
  if (isa_and_nonnull<CopyOp, tensor::EmptyOp, arith::ConstantOp>(op))
    return true;
  auto launch = dyn_cast_or_null<LaunchOp>(op);
  if (!launch)
    return false;
  unsigned result = cast<OpResult>(young.value).getResultNumber();
  int64_t operand = launch.getReusableOperands()[result];
  return operand >= 0 && isReadOnlyAs(launch, old.value, operand) &&
         haveSameLayout(launch.getInputs()[operand].getType(),
                        young.value.getType());
}

static bool conflict(ArrayRef<LiveInterval> a, ArrayRef<LiveInterval> b) {
  size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    int64_t begin = std::max(a[i].begin, b[j].begin);
    int64_t end = std::min(a[i].end, b[j].end);
    if (begin < end)
      return true;
    if (begin == end) {
      bool ends =
          a[i].end == begin && b[j].begin == begin && mayReplace(a[i], b[j]);
      bool begins =
          b[j].end == begin && a[i].begin == begin && mayReplace(b[j], a[i]);
      if (!ends && !begins)
        return true;
    }
    if (a[i].end <= b[j].end)
      ++i;
    else
      ++j;
  }
  return false;
}

unsigned BufferClasses::find(unsigned id) const {
  while (parents[id] != id)
    id = parents[id] = parents[parents[id]];
  return id;
}

unsigned BufferClasses::getClassOf(Value root) const {
  return find(ids.lookup(root));
}

void BufferClasses::unite(Value a, Value b) {
  unsigned into = getClassOf(a), from = getClassOf(b);
  if (into == from)
    return;
  if (classes[into].intervals.size() < classes[from].intervals.size())
    std::swap(into, from);
  BufferClass &target = classes[into], &source = classes[from];
  SmallVector<LiveInterval, 1> merged;
  merged.reserve(target.intervals.size() + source.intervals.size());
  auto earlier = [](const LiveInterval &x, const LiveInterval &y) {
    return std::tie(x.begin, x.end) < std::tie(y.begin, y.end);
  };
  std::merge(target.intervals.begin(), target.intervals.end(),
             source.intervals.begin(), source.intervals.end(),
             std::back_inserter(merged), earlier);
  target.intervals = std::move(merged);
  target.readOnly |= source.readOnly;
  target.isConstant |= source.isConstant;
  if (!target.fixed)
    target.fixed = source.fixed;
  source = BufferClass();
  parents[from] = into;
}

bool BufferClasses::tryUnite(Value a, Value b) {
  const BufferClass &first = classes[getClassOf(a)];
  const BufferClass &second = classes[getClassOf(b)];
  if (&first == &second)
    return true;
  if (first.readOnly || second.readOnly || (first.fixed && second.fixed) ||
      first.bytes != second.bytes ||
      conflict(first.intervals, second.intervals))
    return false;
  unite(a, b);
  return true;
}

//===----------------------------------------------------------------------===//
// Classes that must be
//===----------------------------------------------------------------------===//

LogicalResult BufferClasses::addValue(Value value, const LiveRanges &ranges) {
  if (!isa<RankedTensorType>(value.getType()) || getRoot(value) != value)
    return success();
  FailureOr<int64_t> bytes = getBufferBytes(value.getLoc(), value.getType());
  if (failed(bytes))
    return failure();
  ids[value] = classes.size();
  parents.push_back(classes.size());
  BufferClass &buffer = classes.emplace_back();
  buffer.intervals = ranges.getIntervals(value);
  buffer.bytes = *bytes;
  Operation *op = value.getDefiningOp();
  if (isa_and_nonnull<arith::ConstantOp>(op) && !isLargeSplat(op))
    buffer.readOnly = buffer.isConstant = true;
  return success();
}

void BufferClasses::fixArguments(func::FuncOp func) {
  for (BlockArgument arg : func.getArguments()) {
    BufferClass &buffer = classes[getClassOf(arg)];
    buffer.fixed =
        func.getArgAttrOfType<BufferAttr>(arg.getArgNumber(), kBufferAttrName);
    if (!buffer.fixed)
      buffer.fixed = BufferAttr::get(func.getContext(), BufferSpace::Argument,
                                     arg.getArgNumber());
    buffer.readOnly = true;
  }
}

void BufferClasses::fixResults(func::FuncOp func, ArrayRef<Value> results) {
  for (auto [i, copy] : llvm::enumerate(results)) {
    BufferClass &buffer = classes[getClassOf(copy)];
    buffer.fixed = func.getResultAttrOfType<BufferAttr>(i, kBufferAttrName);
    if (!buffer.fixed)
      buffer.fixed = BufferAttr::get(func.getContext(), BufferSpace::Result, i);
  }
}

/// A result that may take an argument's buffer counts as that buffer: then
/// nothing that is still needed of the argument is overwritten, and if the
/// caller passes two buffers, nothing is lost either.
void BufferClasses::donateArguments(func::FuncOp func,
                                    ArrayRef<Value> results) {
  donations.assign(results.size(), -1);
  auto fits = [&](unsigned arg, int64_t result) {
    return donations[result] < 0 &&
           func.getArgument(arg).getType() == results[result].getType();
  };
  auto donate = [&](unsigned arg, int64_t result) {
    donations[result] = arg;
    BufferClass &buffer = classes[getClassOf(func.getArgument(arg))];
    buffer.readOnly = false;
    buffer.fixed = {};
    unite(results[result], func.getArgument(arg));
  };
  SmallVector<unsigned> anyResult;
  for (unsigned arg = 0, e = func.getNumArguments(); arg < e; ++arg) {
    auto alias = func.getArgAttrOfType<IntegerAttr>(arg, "tf.aliasing_output");
    if (!alias) {
      if (func.getArgAttr(arg, "jax.buffer_donor"))
        anyResult.push_back(arg);
      continue;
    }
    int64_t result = alias.getInt();
    if (result >= 0 && result < int64_t(results.size()) && fits(arg, result))
      donate(arg, result);
    else
      func.emitWarning("argument #")
          << arg << " cannot give its buffer to result #" << result
          << ": expected a result of type " << func.getArgument(arg).getType()
          << " that no other argument gives its buffer to";
  }
  for (unsigned arg : anyResult)
    for (int64_t result = 0, e = results.size(); result < e; ++result)
      if (fits(arg, result)) {
        donate(arg, result);
        break;
      }
}

FailureOr<BufferClasses> BufferClasses::create(func::FuncOp func,
                                               const IsolatingCopies &copies,
                                               const LiveRanges &ranges) {
  BufferClasses result;
  WalkResult walk = func.walk<WalkOrder::PreOrder>([&](Operation *op) {
    for (Value value : op->getResults())
      if (failed(result.addValue(value, ranges)))
        return WalkResult::interrupt();
    for (Region &region : op->getRegions())
      for (BlockArgument arg : region.getArguments())
        if (failed(result.addValue(arg, ranges)))
          return WalkResult::interrupt();
    return WalkResult::advance();
  });
  if (walk.wasInterrupted())
    return failure();
  result.fixArguments(func);
  result.fixResults(func, copies.results);
  for (auto [a, b] : copies.ties)
    result.unite(a, b);
  result.donateArguments(func, copies.results);
  return result;
}

//===----------------------------------------------------------------------===//
// Classes that may be
//===----------------------------------------------------------------------===//

static unsigned getLoopDepth(Operation *op) {
  unsigned depth = 0;
  while ((op = op->getParentOfType<LoopLikeOpInterface>()))
    ++depth;
  return depth;
}

void BufferClasses::coalesce(func::FuncOp func, const IsolatingCopies &copies) {
  struct Candidate {
    Value source, target;
    bool isCopy;
    unsigned depth;
    int64_t bytes;
    size_t order;
  };
  SmallVector<Candidate> candidates;
  auto add = [&](Value source, Value target, bool isCopy) {
    Value root = getRoot(source);
    candidates.push_back({root, target, isCopy,
                          getLoopDepth(target.getDefiningOp()),
                          classes[getClassOf(root)].bytes, candidates.size()});
  };
  for (const CopyGroup &group : copies.groups)
    for (Operation *member : group)
      if (Value source = getCopySource(member))
        add(source, member->getResult(0), /*isCopy=*/true);
  func.walk([&](LaunchOp launch) {
    for (auto [result, operand] :
         llvm::zip_equal(launch.getOutputs(), launch.getReusableOperands()))
      if (operand >= 0)
        add(launch.getInputs()[operand], result, /*isCopy=*/false);
  });
  // A copy costs time, a buffer not shared costs memory only.
  llvm::sort(candidates, [](const Candidate &a, const Candidate &b) {
    return std::tie(b.isCopy, b.depth, b.bytes, a.order) <
           std::tie(a.isCopy, a.depth, a.bytes, b.order);
  });
  for (const Candidate &candidate : candidates)
    tryUnite(candidate.source, candidate.target);
}

//===----------------------------------------------------------------------===//
// The copies that remain
//===----------------------------------------------------------------------===//

/// A donated argument and its result are one class with two addresses, which
/// the caller may or may not have made equal; a copy between them stays. What
/// the program keeps itself has one.
bool BufferClasses::isNoOp(Operation *member) const {
  Value source = getCopySource(member);
  if (!source ||
      getClassOf(getRoot(source)) != getClassOf(member->getResult(0)))
    return false;
  auto arg = dyn_cast<BlockArgument>(getRoot(source));
  auto func =
      arg ? dyn_cast<func::FuncOp>(arg.getOwner()->getParentOp()) : nullptr;
  return !func || func.getArgAttr(arg.getArgNumber(), kBufferAttrName);
}

/// `saved` holds what `copy` read before, at the time of `copy`'s group.
void BufferClasses::addSavedValue(Value saved, Value copy) {
  const BufferClass &target = classes[getClassOf(copy)];
  const LiveInterval *interval = llvm::find_if(
      target.intervals, [&](const LiveInterval &i) { return i.value == copy; });
  BufferClass buffer;
  buffer.bytes = target.bytes;
  buffer.intervals.push_back({interval->begin, interval->begin, saved});
  ids[saved] = classes.size();
  parents.push_back(classes.size());
  classes.push_back(std::move(buffer));
}

void BufferClasses::sequentialize(CopyGroup &group) {
  CopyGroup pending;
  Operation *last = group.back()->getNextNode();
  for (Operation *member : group) {
    if (isNoOp(member)) {
      member->getResult(0).replaceAllUsesWith(getCopySource(member));
      member->erase();
    } else {
      pending.push_back(member);
    }
  }
  group.clear();
  auto classRead = [&](Operation *member) -> std::optional<unsigned> {
    if (Value source = getCopySource(member))
      return getClassOf(getRoot(source));
    return std::nullopt;
  };
  while (!pending.empty()) {
    auto isFree = [&](Operation *member) {
      unsigned written = getClassOf(member->getResult(0));
      return llvm::none_of(pending, [&](Operation *other) {
        return other != member && classRead(other) == written;
      });
    };
    auto next = llvm::find_if(pending, isFree);
    if (next == pending.end()) {
      // Every target is still to be read: a cycle, broken by saving one source.
      next = pending.begin();
      auto copy = cast<CopyOp>(*next);
      OpBuilder builder(last);
      auto saved = CopyOp::create(builder, copy.getLoc(), copy.getType(),
                                  copy.getInput());
      addSavedValue(saved, copy);
      copy.getInputMutable().set(saved);
      group.push_back(saved);
      continue;
    }
    Operation *member = *next;
    member->moveBefore(last);
    group.push_back(member);
    pending.erase(next);
  }
}

void BufferClasses::sequentialize(IsolatingCopies &copies) {
  for (CopyGroup &group : copies.groups)
    sequentialize(group);
}
