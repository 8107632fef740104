//===- MemoryReport.cpp - what the memory of a program holds --------------===//

#include "mp/Program/MemoryReport.h"

#include "BufferPlaces.h"
#include "LiveRanges.h"
#include "MemoryUses.h"
#include "mp/IR/MPOps.h"
#include "mp/Program/ProgramForm.h"

#include <map>
#include <numeric>

using namespace mlir;
using namespace mlir::mp;

StringRef mp::getMemoryUseName(MemoryUse use) {
  switch (use) {
  case MemoryUse::Weights:
    return "weights";
  case MemoryUse::Activations:
    return "activations";
  case MemoryUse::Gradients:
    return "gradients";
  case MemoryUse::Other:
    return "other";
  }
  llvm_unreachable("covered switch");
}

int64_t MemoryReport::peak() const {
  return std::accumulate(atPeak.begin(), atPeak.end(), int64_t(0));
}

int64_t MemoryReport::argumentBytes(StringRef role) const {
  for (const auto &[name, bytes] : arguments)
    if (name == role)
      return bytes;
  return 0;
}

llvm::json::Value MemoryReport::toJSON() const {
  llvm::json::Object roles, uses;
  for (const auto &[role, bytes] : arguments)
    roles[role.empty() ? "none" : role] = bytes;
  for (size_t use = 0; use < kNumMemoryUses; ++use)
    uses[getMemoryUseName(MemoryUse(use))] = atPeak[use];
  return llvm::json::Object{{"function", function},
                            {"parameters", parameterCount},
                            {"arguments", std::move(roles)},
                            {"results", results},
                            {"arena", arena},
                            {"persistent", persistent},
                            {"peak", peak()},
                            {"at_peak", std::move(uses)},
                            {"kept_activations", keptActivations}};
}

namespace {
/// Bytes in use over time, from tensors that may share memory: those of one
/// use that overlap in place count once.
class Timeline {
public:
  explicit Timeline(const MemoryReport &report) : report(report) {
    starts.resize(report.numPositions + 1);
    ends.resize(report.numPositions + 1);
    for (auto [i, tensor] : llvm::enumerate(report.tensors)) {
      starts[tensor.begin].push_back(i);
      ends[tensor.end].push_back(i);
    }
  }

  /// Calls `visit` with the position and the tensors in use there, for each
  /// position at which one begins: only there the sum can rise.
  void walk(function_ref<void(int64_t, ArrayRef<unsigned>)> visit) {
    SmallVector<unsigned> live;
    for (int64_t at = 0; at < report.numPositions; ++at) {
      llvm::append_range(live, starts[at]);
      if (!starts[at].empty())
        visit(at, live);
      if (!ends[at].empty())
        llvm::erase_if(live,
                       [&](unsigned i) { return report.tensors[i].end == at; });
    }
  }

private:
  const MemoryReport &report;
  SmallVector<SmallVector<unsigned, 2>> starts, ends;
};
} // namespace

/// The bytes that the tensors take. Two that overlap in the arena at one time
/// are one buffer that an op updates in place: it counts for the later one.
static BytesByUse countBytes(const MemoryReport &report,
                             ArrayRef<unsigned> live) {
  SmallVector<unsigned> order(live);
  llvm::sort(order, [&](unsigned a, unsigned b) {
    const ArenaTensor &x = report.tensors[a], &y = report.tensors[b];
    return std::make_tuple(x.offset, -x.begin, a) <
           std::make_tuple(y.offset, -y.begin, b);
  });
  BytesByUse sum{};
  int64_t top = 0;
  for (unsigned i : order) {
    const ArenaTensor &tensor = report.tensors[i];
    int64_t end = tensor.offset + alignBuffer(tensor.bytes);
    sum[size_t(tensor.use)] +=
        std::max<int64_t>(0, end - std::max(top, tensor.offset));
    top = std::max(top, end);
  }
  return sum;
}

static void addArguments(func::FuncOp func, MemoryReport &report) {
  std::map<std::string, int64_t> byRole;
  for (BlockArgument arg : func.getArguments()) {
    // What the prepare function made is counted as persistent.
    if (func.getArgAttr(arg.getArgNumber(), kBufferAttrName))
      continue;
    auto role =
        func.getArgAttrOfType<StringAttr>(arg.getArgNumber(), kRoleAttrName);
    FailureOr<int64_t> bytes = getBufferBytes(arg.getLoc(), arg.getType());
    if (failed(bytes))
      continue;
    byRole[role ? role.getValue().str() : ""] += *bytes;
    if (role && role.getValue() == "param")
      report.parameterCount +=
          cast<RankedTensorType>(arg.getType()).getNumElements();
  }
  report.arguments.assign(byRole.begin(), byRole.end());
  for (auto [i, type] : llvm::enumerate(func.getResultTypes()))
    if (!func.getResultAttr(i, kDonatedToAttrName) &&
        !func.getResultAttr(i, kBufferAttrName))
      report.results += getBufferBytes(func.getLoc(), type).value_or(0);
}

static void addTensors(func::FuncOp func, MemoryReport &report) {
  MemoryUses uses(func);
  LiveRanges ranges(func, {});
  BufferPlaces places;
  report.numPositions = ranges.getNumPositions();
  auto add = [&](Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (!type || getRoot(value) != value)
      return;
    BufferAttr buffer = places.get(value).buffer;
    if (!buffer || buffer.getSpace() != BufferSpace::Arena)
      return;
    for (const LiveInterval &interval : ranges.getIntervals(value))
      report.tensors.push_back(
          {interval.begin, interval.end, buffer.getPosition(),
           getBufferBytes(value.getLoc(), type).value_or(0),
           uses.get(value, interval.begin, ranges), type, value.getLoc()});
  };
  func.walk<WalkOrder::PreOrder>([&](Operation *op) {
    for (Value result : op->getResults())
      add(result);
    for (Region &region : op->getRegions())
      if (op != func)
        for (BlockArgument arg : region.getArguments())
          add(arg);
  });
  Timeline(report).walk([&](int64_t at, ArrayRef<unsigned> live) {
    BytesByUse bytes = countBytes(report, live);
    if (std::accumulate(bytes.begin(), bytes.end(), int64_t(0)) >
        report.peak()) {
      report.peakPosition = at;
      report.atPeak = bytes;
    }
  });
  // From the end of the forward pass on, what is read later is kept for that.
  if (std::optional<int64_t> end = uses.getLossPosition(ranges)) {
    SmallVector<unsigned> kept;
    for (auto [i, tensor] : llvm::enumerate(report.tensors))
      if (tensor.use == MemoryUse::Activations && tensor.begin < *end &&
          tensor.end > *end)
        kept.push_back(i);
    report.keptActivations =
        countBytes(report, kept)[size_t(MemoryUse::Activations)];
  }
}

MemoryReport mp::reportMemory(func::FuncOp func) {
  MemoryReport report;
  report.function = func.getName().str();
  auto number = [&](StringRef name) -> int64_t {
    auto attr = func->getAttrOfType<IntegerAttr>(name);
    return attr ? attr.getInt() : 0;
  };
  report.arena = number(kArenaBytesAttrName);
  report.persistent = number(kPersistentBytesAttrName);
  addArguments(func, report);
  addTensors(func, report);
  return report;
}
