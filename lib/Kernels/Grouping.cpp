#include "Grouping.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::mp;

/// A task shorter than this costs more to hand out than it gains.
static constexpr double kTaskNanoseconds = 40000;
/// Enough rows to feed many threads evenly.
static constexpr int64_t kManyRows = 64;
/// Ranges of single elements are cut at multiples of this, so that no two
/// threads write one cache line.
static constexpr int64_t kLineElements = 64;
/// Fewer iterations than this do not pay for finding out which row it is.
static constexpr int64_t kLongRow = 16;
/// Kernels shorter than this are not worth a launch of their own.
static constexpr double kTinyNanoseconds = 2000;
/// Larger groups would be slow to compile and short of registers.
static constexpr size_t kMaxNests = 32;
/// Groups that read one tensor and are looked at for another reader of it.
static constexpr size_t kMaxReaders = 8;

//===----------------------------------------------------------------------===//
// Single nests
//===----------------------------------------------------------------------===//

static void chooseGrain(KernelPlan &plan, int64_t multiple) {
  double time = 0;
  for (const LoopNest &nest : plan.nests)
    time += estimateTime(nest);
  int64_t grain =
      std::ceil(kTaskNanoseconds * plan.extent / std::max(time, 1.0));
  grain = llvm::alignTo(std::max<int64_t>(grain, 1), multiple);
  // Two tasks of which one is small are no better than one.
  plan.grain = grain * 3 / 2 >= plan.extent ? plan.extent : grain;
}

/// Rows are the outer parallel loops, as many as make enough tasks.
KernelPlan mp::planSingle(LoopNest nest) {
  KernelPlan plan;
  mergeLoops(nest);
  int64_t innermost = chooseInnermost(nest).loop;
  int64_t largest = -1;
  for (unsigned loop = 0; loop < nest.getNumLoops(); ++loop)
    if (!nest.reduction[loop] &&
        (largest < 0 || nest.sizes[loop] > nest.sizes[largest]))
      largest = loop;
  unsigned numRows = 0;
  for (unsigned loop = 0; loop < nest.getNumLoops(); ++loop) {
    if (nest.reduction[loop] || int64_t(loop) == innermost ||
        plan.extent >= kManyRows)
      break;
    plan.extent *= nest.sizes[loop];
    ++numRows;
  }
  int64_t multiple = 1;
  if (largest >= 0 && plan.extent < kManyRows &&
      nest.sizes[largest] > plan.extent * 16) {
    numRows = 0;
    plan.rangeLoop = largest;
    plan.extent = nest.sizes[largest];
    multiple = largest == innermost ? kLineElements : 1;
  }
  plan.numRows = {numRows};
  plan.nests.push_back(std::move(nest));
  chooseGrain(plan, multiple);
  return plan;
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

/// How many of the nest's first loops make `rows` iterations together.
static std::optional<unsigned> getRowLoops(const LoopNest &nest, int64_t rows) {
  int64_t product = 1;
  unsigned loop = 0;
  while (product < rows && loop < nest.getNumLoops() && !nest.reduction[loop])
    product *= nest.sizes[loop++];
  if (product != rows)
    return std::nullopt;
  return loop;
}

/// How far apart in memory two rows are; nothing if that differs.
static std::optional<int64_t> getRowStride(const LoopNest &nest,
                                           const NestAccess &access,
                                           unsigned rowLoops) {
  for (unsigned loop = 0; loop + 1 < rowLoops; ++loop)
    if (access.coefs[loop] != access.coefs[loop + 1] * nest.sizes[loop + 1])
      return std::nullopt;
  return rowLoops == 0 ? 0 : access.coefs[rowLoops - 1];
}

/// Whether row r touches only elements [r * stride, (r + 1) * stride).
static bool staysInRow(const LoopNest &nest, const NestAccess &access,
                       unsigned rowLoops, int64_t stride) {
  int64_t low = access.offset, high = access.offset;
  for (unsigned loop = rowLoops; loop < nest.getNumLoops(); ++loop)
    (access.coefs[loop] < 0 ? low : high) +=
        access.coefs[loop] * (nest.sizes[loop] - 1);
  return access.dynamic.empty() && low >= 0 && high < stride;
}

/// The stride of the rows of `access`, if it keeps to them.
static std::optional<int64_t> getRows(const LoopNest &nest,
                                      const NestAccess &access, int64_t rows) {
  std::optional<unsigned> loops = getRowLoops(nest, rows);
  if (!loops)
    return std::nullopt;
  std::optional<int64_t> stride = getRowStride(nest, access, *loops);
  if (!stride || !staysInRow(nest, access, *loops, *stride))
    return std::nullopt;
  return stride;
}

/// Merges the loops of a row and those inside it; returns how many are left
/// of the former.
static unsigned mergeRows(LoopNest &nest, unsigned rowLoops) {
  mergeLoops(nest, rowLoops);
  unsigned before = nest.getNumLoops();
  mergeLoops(nest, 0, rowLoops);
  return rowLoops - (before - nest.getNumLoops());
}

/// Whether the nest runs well as `rows` rows.
static bool suitsRows(const LoopNest &original, int64_t rows) {
  std::optional<unsigned> loops = getRowLoops(original, rows);
  if (!loops)
    return false;
  LoopNest nest = original;
  unsigned left = mergeRows(nest, *loops);
  if (left > 1 && nest.getIterations() / rows < kLongRow)
    return false;
  if (left == nest.getNumLoops())
    return true;
  return chooseInnermost(nest, left).cost <= 1.5 * chooseInnermost(nest).cost;
}

static SmallVector<int64_t> getRowCounts(const LoopNest &nest) {
  SmallVector<int64_t> counts;
  int64_t product = 1;
  for (unsigned loop = 0; loop < nest.getNumLoops() && !nest.reduction[loop];
       ++loop) {
    product *= nest.sizes[loop];
    if (suitsRows(nest, product))
      counts.push_back(product);
  }
  // A short kernel may also be one row.
  if (estimateTime(nest) < kTinyNanoseconds)
    counts.push_back(1);
  return counts;
}

//===----------------------------------------------------------------------===//
// Groups
//===----------------------------------------------------------------------===//

namespace {
struct Group {
  std::vector<LoopNest> nests;
  SmallVector<int64_t> rowCounts; // with which all nests agree
  llvm::SmallPtrSet<Operation *, 8> ops;
  /// For each value made here, the nest and the output that make it.
  llvm::MapVector<Value, std::pair<unsigned, unsigned>> products;
  unsigned number = 0; // in the order of their first ops
  bool open = true;    // may still grow
};
} // namespace

/// Tensors that the nest reads at places that only its body knows.
static bool readsFreely(const LoopNest &nest, const Group &group) {
  llvm::SetVector<Value> captured;
  if (nest.body)
    getUsedValuesDefinedAbove(*nest.body->getParent(), captured);
  return llvm::any_of(captured, [&](Value value) {
    return group.products.contains(getRootTensor(value));
  });
}

/// The row counts for which `nest` may join the group: those for which it
/// reads of each value made there only the row being worked on. Empty if it
/// may not, or has nothing to do with the group.
static SmallVector<int64_t>
getCommonRows(const LoopNest &nest, ArrayRef<int64_t> own, const Group &group) {
  if (group.nests.size() >= kMaxNests || readsFreely(nest, group))
    return {};
  SmallVector<int64_t> common;
  bool related = false;
  for (int64_t rows : group.rowCounts) {
    if (!llvm::is_contained(own, rows))
      continue;
    bool conforms = true;
    nest.forEachAccess([&](const NestAccess &access, bool isOutput) {
      auto product = group.products.find(access.tensor);
      if (isOutput || product == group.products.end())
        return;
      related = true;
      const LoopNest &maker = group.nests[product->second.first];
      const NestAccess &made = maker.outputs[product->second.second].access;
      auto madeStride = getRows(maker, made, rows);
      conforms &= rows == 1 ||
                  (madeStride && madeStride == getRows(nest, access, rows));
    });
    if (conforms)
      common.push_back(rows);
  }
  if (related)
    return common;
  // Without a value in common, one that both read from memory will do.
  nest.forEachAccess([&](const NestAccess &access, bool isOutput) {
    if (isOutput || common.empty())
      return;
    for (const LoopNest &other : group.nests)
      other.forEachAccess(
          [&](const NestAccess &otherAccess, bool otherIsOutput) {
            if (otherIsOutput || otherAccess.tensor != access.tensor)
              return;
            auto stride = getRows(nest, access, common.back());
            related |= common.back() != 1 && stride &&
                       stride == getRows(other, otherAccess, common.back());
          });
  });
  if (related)
    return common;
  return llvm::is_contained(common, 1) ? SmallVector<int64_t>{1}
                                       : SmallVector<int64_t>();
}

static LoopNest &addNest(Group &group, LoopNest nest,
                         SmallVector<int64_t> rowCounts) {
  for (auto [index, output] : llvm::enumerate(nest.outputs))
    group.products[output.access.tensor] = {unsigned(group.nests.size()),
                                            unsigned(index)};
  group.ops.insert(nest.op);
  group.nests.push_back(std::move(nest));
  group.rowCounts = std::move(rowCounts);
  return group.nests.back();
}

/// Ops that may stay where they are however kernels around them move: they
/// read no values of groups, or are views that move along.
static bool isTransparent(Operation *op) {
  return isa<linalg::FillOp, tensor::EmptyOp, tensor::CollapseShapeOp,
             tensor::ExpandShapeOp>(op) ||
         op->hasTrait<OpTrait::ConstantLike>();
}

namespace {
/// Groups by the tensors they make and read, so that those an op has something
/// to do with are found however many wait: an optimizer goes through all
/// parameters in each of its steps.
class GroupIndex {
public:
  /// What `group` makes and reads since `nest` joined it.
  void add(Group &group, const LoopNest &nest);
  /// Open groups that `nest` shares tensors with, or that are short like it;
  /// the latest first.
  SmallVector<Group *> findRelated(const LoopNest &nest, bool isShort);
  /// A kernel runs at its last op, so nothing is added behind a reader.
  void closeReadBy(Operation *op, const Group *except);

private:
  llvm::DenseMap<Value, Group *> makers;
  llvm::DenseMap<Value, SmallVector<Group *, 1>> readers;
  SmallVector<Group *> shortGroups;
};
} // namespace

static bool isShort(const Group &group) {
  return llvm::is_contained(group.rowCounts, 1);
}

void GroupIndex::add(Group &group, const LoopNest &nest) {
  nest.forEachAccess([&](const NestAccess &access, bool isOutput) {
    if (isOutput) {
      makers[access.tensor] = &group;
      return;
    }
    auto &known = readers[access.tensor];
    llvm::erase_if(
        known, [&](Group *other) { return other == &group || !other->open; });
    if (known.size() == kMaxReaders)
      known.erase(known.begin());
    known.push_back(&group);
  });
  if (isShort(group) && group.nests.size() == 1)
    shortGroups.push_back(&group);
}

SmallVector<Group *> GroupIndex::findRelated(const LoopNest &nest,
                                             bool isShortNest) {
  llvm::SmallSetVector<Group *, 8> found;
  nest.forEachAccess([&](const NestAccess &access, bool isOutput) {
    if (isOutput)
      return;
    if (Group *maker = makers.lookup(access.tensor))
      found.insert(maker);
    if (auto known = readers.find(access.tensor); known != readers.end())
      found.insert_range(known->second);
  });
  while (!shortGroups.empty() &&
         !(shortGroups.back()->open && isShort(*shortGroups.back())))
    shortGroups.pop_back();
  if (isShortNest && !shortGroups.empty())
    found.insert(shortGroups.back());
  SmallVector<Group *> related = llvm::filter_to_vector(
      found, [](const Group *group) { return group->open; });
  llvm::sort(related, [](const Group *a, const Group *b) {
    return a->number > b->number;
  });
  return related;
}

void GroupIndex::closeReadBy(Operation *op, const Group *except) {
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      if (Group *maker = makers.lookup(getRootTensor(operand));
          maker && maker != except)
        maker->open = false;
  });
}

/// Whether something outside the group reads `value` or a view of it.
static bool escapes(Value value, const Group &group) {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    if (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(user))
      return escapes(user->getResult(0), group);
    Operation *member = user;
    while (member && member->getBlock() != value.getParentBlock())
      member = member->getParentOp();
    return !group.ops.contains(member);
  });
}

static KernelPlan finish(Group &group) {
  if (group.nests.size() == 1)
    return planSingle(std::move(group.nests.front()));
  KernelPlan plan;
  plan.extent = *llvm::max_element(group.rowCounts);
  for (auto [value, maker] : group.products) {
    const LoopNest &nest = group.nests[maker.first];
    if (escapes(value, group))
      continue;
    int64_t elements =
        plan.extent == 1
            ? cast<RankedTensorType>(value.getType()).getNumElements()
            : *getRows(nest, nest.outputs[maker.second].access, plan.extent);
    plan.internals[value] = elements;
  }
  bool hasInner = false;
  for (LoopNest &nest : group.nests) {
    unsigned rowLoops = *getRowLoops(nest, plan.extent);
    nest.forEachAccess([&](NestAccess &access, bool) {
      if (plan.internals.contains(access.tensor))
        std::fill_n(access.coefs.begin(), rowLoops, 0);
    });
    plan.numRows.push_back(mergeRows(nest, rowLoops));
    hasInner |= nest.getNumLoops() != plan.numRows.back();
    plan.nests.push_back(std::move(nest));
  }
  chooseGrain(plan, hasInner ? 1 : kLineElements);
  return plan;
}

FailureOr<std::vector<KernelPlan>> mp::planKernels(Block &block) {
  std::vector<std::unique_ptr<Group>> groups;
  GroupIndex index;
  for (Operation &op : block) {
    if (isTransparent(&op) || (isLoopNestOp(&op) && op.use_empty()))
      continue;
    if (!isLoopNestOp(&op)) {
      index.closeReadBy(&op, nullptr);
      continue;
    }
    FailureOr<LoopNest> built = buildLoopNest(&op);
    if (failed(built))
      return failure();
    LoopNest &nest = *built;
    bool partial = llvm::any_of(nest.outputs, [](const NestOutput &output) {
      return bool(output.tied);
    });
    Group *home = nullptr;
    SmallVector<int64_t> own = getRowCounts(nest), rowCounts;
    if (!partial) {
      for (Group *group : index.findRelated(nest, llvm::is_contained(own, 1))) {
        rowCounts = getCommonRows(nest, own, *group);
        if (!rowCounts.empty()) {
          home = group;
          break;
        }
      }
    }
    index.closeReadBy(&op, home);
    if (!home) {
      groups.push_back(std::make_unique<Group>());
      home = groups.back().get();
      home->number = groups.size();
      home->open = !partial;
      rowCounts = own;
    }
    LoopNest &joined = addNest(*home, std::move(nest), std::move(rowCounts));
    index.add(*home, joined);
  }
  std::vector<KernelPlan> plans;
  for (auto &group : groups)
    plans.push_back(finish(*group));
  return plans;
}
