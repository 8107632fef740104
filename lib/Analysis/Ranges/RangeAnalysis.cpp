#include "mp/Analysis/RangeAnalysis.h"

#include "RangeTransfer.h"

#include "mlir/Analysis/DataFlow/ConstantPropagationAnalysis.h"
#include "mlir/Analysis/DataFlow/DeadCodeAnalysis.h"
#include "mlir/Analysis/DataFlow/SparseAnalysis.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/Support/Allocator.h"

using namespace mlir;
using namespace mlir::mp;

//===----------------------------------------------------------------------===//
// The lattice
//===----------------------------------------------------------------------===//

/// A bound that keeps moving goes on to the next of these.
static double widenUp(double value) {
  for (double threshold : {0.0, 1.0, 65504.0, 1e18, 0x1.fep127, 0x1.fffffep127})
    if (value <= threshold)
      return threshold;
  return std::numeric_limits<double>::max();
}

namespace {
class RangeLattice : public dataflow::AbstractSparseLattice {
public:
  using AbstractSparseLattice::AbstractSparseLattice;

  ChangeResult join(const AbstractSparseLattice &other) override {
    auto &lattice = static_cast<const RangeLattice &>(other);
    return join({lattice.range, lattice.fact});
  }

  ChangeResult join(const RangeFact &known) {
    FloatRange joined = FloatRange::join(range, known.range);
    if (joined == range)
      return ChangeResult::NoChange;
    if (range.isBottom())
      fact = known.fact;
    else if (fact != known.fact)
      fact = "";
    // Straight code sets a range once or twice; only loops go on.
    if (++changes > 4) {
      if (joined.low < range.low)
        joined.low = -widenUp(-joined.low);
      if (joined.high > range.high)
        joined.high = widenUp(joined.high);
      if (joined.smallest < range.smallest)
        joined.smallest = 0;
    }
    range = joined;
    return ChangeResult::Change;
  }

  void print(raw_ostream &os) const override { range.print(os); }

  FloatRange range;
  StringRef fact;

private:
  unsigned changes = 0;
};

/// Every branch may go either way. The framework waits for somebody to say so.
class UnknownConditions : public dataflow::SparseForwardDataFlowAnalysis<
                              dataflow::Lattice<dataflow::ConstantValue>> {
public:
  using SparseForwardDataFlowAnalysis::SparseForwardDataFlowAnalysis;
  using State = dataflow::Lattice<dataflow::ConstantValue>;

  LogicalResult visitOperation(Operation *, ArrayRef<const State *>,
                               ArrayRef<State *> results) override {
    setAllToEntryStates(results);
    return success();
  }
  void setToEntryState(State *state) override {
    propagateIfChanged(
        state, state->join(dataflow::ConstantValue::getUnknownConstant()));
  }
};

class RangePropagation
    : public dataflow::SparseForwardDataFlowAnalysis<RangeLattice> {
public:
  RangePropagation(DataFlowSolver &solver, const RangeAssumptions &assumptions)
      : SparseForwardDataFlowAnalysis(solver), assumptions(assumptions) {}

  LogicalResult visitOperation(Operation *op,
                               ArrayRef<const RangeLattice *> operands,
                               ArrayRef<RangeLattice *> results) override;
  void visitNonControlFlowArguments(Operation *op,
                                    const RegionSuccessor &successor,
                                    ArrayRef<RangeLattice *> arguments,
                                    unsigned firstIndex) override;
  void setToEntryState(RangeLattice *lattice) override {
    set(lattice, {ranges::getTop(lattice->getAnchor().getType()), ""});
  }

  /// What is known of all values that were reached.
  llvm::DenseMap<Value, RangeFact> getFacts() const {
    llvm::DenseMap<Value, RangeFact> facts;
    facts.reserve(lattices.size());
    for (auto [value, lattice] : lattices)
      facts[value] = {lattice->range, lattice->fact};
    return facts;
  }

protected:
  /// The solver would keep a table of its own for each value, a KiB or more.
  RangeLattice *getLatticeElement(Value value) override {
    RangeLattice *&lattice = lattices[value];
    if (!lattice)
      lattice = new (allocator.Allocate()) RangeLattice(value);
    return lattice;
  }

private:
  void set(RangeLattice *lattice, RangeFact known) {
    auto it = assumptions.find(lattice->getAnchor());
    if (it != assumptions.end()) {
      // Bounds need not be numbers of the type that they are given for.
      auto format =
          NumberFormat::get(getElementTypeOrSelf(lattice->getAnchor()));
      FloatRange both =
          FloatRange::meet(known.range, format->round(it->second));
      if (!(both == known.range))
        known = {both, "given"};
    }
    propagateIfChanged(lattice, lattice->join(known));
  }

  const RangeAssumptions &assumptions;
  llvm::SpecificBumpPtrAllocator<RangeLattice> allocator;
  llvm::DenseMap<Value, RangeLattice *> lattices;
};
} // namespace

LogicalResult
RangePropagation::visitOperation(Operation *op,
                                 ArrayRef<const RangeLattice *> operands,
                                 ArrayRef<RangeLattice *> results) {
  if (results.empty())
    return success();
  for (const RangeLattice *operand : operands)
    if (operand->range.isBottom())
      return success(); // Not reached yet.
  ProgramPoint *point = getProgramPointAfter(op);
  SmallVector<RangeFact> facts;
  ranges::transfer(
      op,
      [&](Value value) {
        // Users of operands are told of changes without a dependency.
        for (auto [operand, lattice] : llvm::zip(op->getOperands(), operands))
          if (operand == value)
            return lattice->range;
        return getLatticeElementFor(point, value)->range;
      },
      facts);
  for (auto [lattice, fact] : llvm::zip(results, facts))
    set(lattice, fact);
  return success();
}

void RangePropagation::visitNonControlFlowArguments(
    Operation *op, const RegionSuccessor &successor,
    ArrayRef<RangeLattice *> arguments, unsigned firstIndex) {
  // Where control flow gives arguments, the framework joins what it carries.
  unsigned flowing = isa<RegionBranchOpInterface>(op)
                         ? successor.getSuccessorInputs().size()
                         : 0;
  for (auto [index, lattice] : llvm::enumerate(arguments)) {
    if (index >= firstIndex && index < firstIndex + flowing)
      continue;
    Value argument = lattice->getAnchor();
    SmallVector<Value> sources = ranges::getSources(op, argument);
    if (sources.empty()) {
      setToEntryState(lattice);
      continue;
    }
    ProgramPoint *point = getProgramPointBefore(argument.getParentBlock());
    for (Value source : sources)
      set(lattice, {getLatticeElementFor(point, source)->range, ""});
  }
}

//===----------------------------------------------------------------------===//
// Declared ranges
//===----------------------------------------------------------------------===//

static std::optional<double> readBound(Attribute attr) {
  if (auto number = dyn_cast<FloatAttr>(attr))
    return number.getValueAsDouble();
  if (auto number = dyn_cast<IntegerAttr>(attr))
    return number.getValue().signedRoundToDouble();
  return std::nullopt;
}

static std::optional<FloatRange> readRange(Attribute attr) {
  auto array = dyn_cast<ArrayAttr>(attr);
  if (!array || array.size() != 2)
    return std::nullopt;
  std::optional<double> low = readBound(array[0]), high = readBound(array[1]);
  if (!low || !high || !(*low <= *high))
    return std::nullopt;
  return FloatRange::between(*low, *high);
}

LogicalResult mp::addDeclaredRanges(Operation *root,
                                    RangeAssumptions &assumptions) {
  WalkResult result = root->walk([&](FunctionOpInterface function) {
    for (BlockArgument argument : function.getArguments()) {
      Attribute attr = function.getArgAttr(argument.getArgNumber(), "mp.range");
      if (!attr)
        continue;
      std::optional<FloatRange> range = readRange(attr);
      if (!range || !NumberFormat::get(getElementTypeOrSelf(argument))) {
        function.emitError()
            << "argument " << argument.getArgNumber() << " has 'mp.range' "
            << attr << "; expected '[low, high]' on numbers";
        return WalkResult::interrupt();
      }
      assumptions[argument] = *range;
    }
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

//===----------------------------------------------------------------------===//
// RangeAnalysis
//===----------------------------------------------------------------------===//

static bool hasBranches(Operation *root) {
  return root
      ->walk([](Operation *op) {
        return isa<RegionBranchOpInterface>(op) || op->getNumSuccessors()
                   ? WalkResult::interrupt()
                   : WalkResult::advance();
      })
      .wasInterrupted();
}

FailureOr<RangeAnalysis>
RangeAnalysis::run(Operation *root, const RangeAssumptions &assumptions) {
  DataFlowSolver solver;
  solver.load<dataflow::DeadCodeAnalysis>();
  if (hasBranches(root))
    solver.load<UnknownConditions>();
  auto *propagation = solver.load<RangePropagation>(assumptions);
  if (failed(solver.initializeAndRun(root)))
    return failure();
  RangeAnalysis analysis;
  analysis.facts = propagation->getFacts();
  return analysis;
}

FloatRange RangeAnalysis::get(Value value) const {
  return facts.lookup(value).range;
}

StringRef RangeAnalysis::getFact(Value value) const {
  return facts.lookup(value).fact;
}
