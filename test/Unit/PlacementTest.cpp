// Small random programs under random policies go through the real passes. What
// they choose must cost as little as the cheapest of all placements that the
// decisions allow, each of which is tried and priced here, by a price list that
// is written anew; and the casts in the program at the end must be those.
#include "RandomDecisions.h"

#include "PrecisionGraph.h"

#include "mp/IR/MPDialect.h"
#include "mp/StableHLO/CHLO.h"
#include "mp/StableHLO/StableHLO.h"
#include "mp/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace mlir::mp;

using State = PrecisionNode::State;

namespace {
/// What a value costs, told from the program alone.
class Prices {
public:
  explicit Prices(func::FuncOp function) {
    for (unsigned i = 0, e = function.getNumResults(); i != e; ++i)
      isStep |= function.getResultAttr(i, "mp.role") != Attribute();
  }

  int64_t getElements(Value value) const {
    int64_t elements = cast<RankedTensorType>(value.getType()).getNumElements();
    for (Operation *op = value.getParentBlock()->getParentOp(); op;
         op = op->getParentOp())
      if (auto precision = dyn_cast<PrecisionOpInterface>(op))
        elements *= *precision.getTripCount();
    return elements;
  }

  static bool isConstant(Value value) {
    Operation *op = value.getDefiningOp();
    return op && op->getName().getStringRef() == "stablehlo.constant";
  }

  /// True for what is the same in every call.
  bool isInvariant(Value value) const {
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      auto function =
          dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
      return function && !isStep &&
             function.getArgAttr(argument.getArgNumber(), "mp.role");
    }
    Operation *op = value.getDefiningOp();
    StringRef name = op->getName().getStringRef();
    return name != "stablehlo.while" && name != "stablehlo.if" &&
           llvm::all_of(op->getOperands(),
                        [&](Value operand) { return isInvariant(operand); });
  }

  int64_t get(Value value, int64_t bytes) const {
    return isInvariant(value) ? 0 : bytes * getElements(value);
  }

private:
  bool isStep = false; // of training, called with other parameters each time
};

/// All placements that the decisions on a program allow.
class Placements {
public:
  Placements(func::FuncOp function, PrecisionGraph &graph);

  unsigned getNumVariables() const { return variables; }
  int64_t getCost(unsigned assignment) const;
  bool isLegal(unsigned assignment) const;

private:
  struct Shared {
    int producer; // -1 is one that is wide and stays so
    SmallVector<int> readers;
    int64_t price;
  };

  void pinMovement();
  void addVariables();
  void addValues();
  int getIndex(PrecisionNode *node) const {
    return node ? int(graph.getIndex(*node)) : -1;
  }
  bool isLow(int node, unsigned assignment) const {
    if (node < 0)
      return false;
    return variableOf[node] < 0 ? states[node] == State::Low
                                : assignment >> variableOf[node] & 1;
  }

  Prices prices;
  PrecisionGraph &graph;
  std::vector<State> states;
  std::vector<int> variableOf; // -1 for what is decided
  std::vector<int64_t> widths; // what a node costs where it is wide
  std::vector<Shared> shared;
  unsigned variables = 0;
};
} // namespace

Placements::Placements(func::FuncOp function, PrecisionGraph &graph)
    : prices(function), graph(graph) {
  for (PrecisionNode &node : graph.nodes)
    states.push_back(node.state);
  pinMovement();
  addVariables();
  addValues();
}

/// What only moves bits loses none on the way from wide to wide.
void Placements::pinMovement() {
  size_t count = graph.nodes.size();
  std::vector<bool> fromWide(count), toWide(count);
  auto isExactFree = [&](int i) {
    return i >= 0 && graph.nodes[i].isFree() && graph.nodes[i].isExact;
  };
  bool changed = true;
  auto set = [&](std::vector<bool> &marks, int i, bool mark) {
    changed |= mark && !marks[i];
    marks[i] = marks[i] || mark;
  };
  while (changed) {
    changed = false;
    for (auto [i, node] : llvm::enumerate(graph.nodes)) {
      if (!isExactFree(i))
        continue;
      set(fromWide, i, node.isSource);
      for (OpOperand *operand : node.group.reads) {
        int from = getIndex(graph.getProducer(operand->get()));
        // All numbers in the programs but 0.1 are at home in both formats.
        bool isExactNumber = false;
        if (Prices::isConstant(operand->get())) {
          auto number = getConstant(operand->get()).getSplatValue<APFloat>();
          isExactNumber = number.convertToDouble() != double(0.1f);
        }
        set(fromWide, i,
            from < 0            ? !isExactNumber
            : isExactFree(from) ? fromWide[from]
                                : states[from] == State::Wide);
      }
      for (Value value : node.group.gives)
        for (OpOperand &use : value.getUses()) {
          int to = getIndex(graph.getReader(use));
          set(toWide, i,
              to < 0            ? true
              : isExactFree(to) ? toWide[to]
                                : states[to] == State::Wide);
        }
    }
  }
  for (size_t i = 0; i != count; ++i)
    if (fromWide[i] && toWide[i])
      states[i] = State::Wide;
}

void Placements::addVariables() {
  llvm::DenseMap<int64_t, int> units;
  for (auto [i, node] : llvm::enumerate(graph.nodes)) {
    variableOf.push_back(-1);
    if (states[i] == State::Free)
      variableOf.back() =
          node.unit ? units.try_emplace(*node.unit, variables).first->second
                    : variables;
    variables += variableOf.back() == int(variables);
    // Views and what control flow hands on cost nothing; movement reads what
    // it writes; of a product only the result is free.
    StringRef name = node.op->getName().getStringRef();
    int64_t read = 0, written = 0;
    llvm::SmallDenseSet<Value> values;
    for (OpOperand *operand : node.group.reads)
      if (values.insert(operand->get()).second)
        read += prices.get(operand->get(), 2);
    for (Value value : node.group.gives)
      written += prices.get(value, 2);
    bool costs = node.isFree() && !node.isPromoted &&
                 node.group.kind != GroupKind::Carried &&
                 name != "stablehlo.transpose" && name != "stablehlo.slice" &&
                 name != "stablehlo.broadcast_in_dim";
    widths.push_back(!costs         ? 0
                     : node.isExact ? written + std::min(read, written)
                                    : written + read);
  }
}

void Placements::addValues() {
  llvm::SetVector<Value> values;
  for (PrecisionNode &node : graph.nodes) {
    for (OpOperand *operand : node.group.reads)
      values.insert(operand->get());
    values.insert(node.group.gives.begin(), node.group.gives.end());
  }
  for (Value value : values) {
    if (Prices::isConstant(value))
      continue;
    Shared entry{getIndex(graph.getProducer(value)), {}, prices.get(value, 6)};
    for (OpOperand &use : value.getUses()) {
      int reader = getIndex(graph.getReader(use));
      if (reader < 0 || reader != entry.producer)
        entry.readers.push_back(reader);
    }
    shared.push_back(std::move(entry));
  }
}

bool Placements::isLegal(unsigned assignment) const {
  for (auto [i, node] : llvm::enumerate(graph.nodes))
    if (node.isPromoted && variableOf[i] >= 0 && isLow(i, assignment))
      for (OpOperand *operand : node.group.reads)
        if (!Prices::isConstant(operand->get()) &&
            !isLow(getIndex(graph.getProducer(operand->get())), assignment))
          return false;
  return true;
}

int64_t Placements::getCost(unsigned assignment) const {
  int64_t cost = 0;
  for (size_t i = 0, e = states.size(); i != e; ++i)
    if (!isLow(i, assignment))
      cost += widths[i];
  for (const Shared &value : shared) {
    bool given = isLow(value.producer, assignment);
    // One cast serves all readers.
    if (llvm::any_of(value.readers, [&](int reader) {
          return isLow(reader, assignment) != given;
        }))
      cost += value.price;
  }
  return cost;
}

namespace {
class PlacementTest : public testing::Test {
protected:
  PlacementTest() : context(getRegistry(), MLIRContext::Threading::DISABLED) {
    context.loadAllAvailableDialects();
    llvm::sys::fs::createTemporaryFile("placement", "yaml", policyFile);
  }
  ~PlacementTest() override { llvm::sys::fs::remove(policyFile); }

  static DialectRegistry getRegistry() {
    DialectRegistry registry;
    registry.insert<func::FuncDialect, MPDialect, shlo::StableHLODialect,
                    chlo::CHLODialect>();
    registerStableHLOPrecisionModels(registry);
    return registry;
  }

  OwningOpRef<ModuleOp> decide(const RandomDecisions &given);
  bool run(ModuleOp module, std::unique_ptr<Pass> pass) {
    PassManager manager(&context);
    manager.addPass(std::move(pass));
    return succeeded(manager.run(module));
  }
  /// False where there are too many placements to try.
  bool check(unsigned seed);

  MLIRContext context;
  SmallString<64> policyFile;
  uint64_t tried = 0; // placements
};
} // namespace

OwningOpRef<ModuleOp> PlacementTest::decide(const RandomDecisions &given) {
  OwningOpRef<ModuleOp> module =
      parseSourceString<ModuleOp>(given.program, ParserConfig(&context));
  llvm::Error error = llvm::writeToOutput(policyFile, [&](raw_ostream &os) {
    os << given.policy;
    return llvm::Error::success();
  });
  EXPECT_FALSE(bool(error));
  llvm::consumeError(std::move(error));
  if (!module || !run(*module, createMPClassifyPass()) ||
      !run(*module,
           createMPDecidePrecisionPass({policyFile.str().str(), "", ""})))
    return {};
  return module;
}

static int64_t getFigure(ModuleOp module, StringRef name) {
  return module->getAttrOfType<DictionaryAttr>("mp.placement")
      .getAs<IntegerAttr>(name)
      .getInt();
}

bool PlacementTest::check(unsigned seed) {
  RandomDecisions given(seed);
  std::string text =
      "seed " + std::to_string(seed) + "\n" + given.program + given.policy;
  OwningOpRef<ModuleOp> module = decide(given);
  EXPECT_TRUE(module) << text;
  if (!module)
    return true;
  auto function = *module->getOps<func::FuncOp>().begin();
  int64_t best = std::numeric_limits<int64_t>::max();
  {
    PrecisionGraph graph(*module, (*module)->hasAttr("mp.follow_io"));
    graph.resolvePromotions();
    Placements placements(function, graph);
    if (placements.getNumVariables() > 12)
      return false;
    for (unsigned i = 0, e = 1u << placements.getNumVariables(); i != e; ++i)
      if (placements.isLegal(i))
        best = std::min(best, placements.getCost(i));
    tried += 1u << placements.getNumVariables();
  }
  EXPECT_TRUE(run(*module, createMPPlaceCastsPass()));
  int64_t wide = getFigure(*module, "wide_bytes");
  EXPECT_EQ(getFigure(*module, "cost"), best) << text;
  EXPECT_EQ(getFigure(*module, "lower_bound"), best) << text;
  EXPECT_LE(best, getFigure(*module, "greedy_cost")) << text;
  EXPECT_TRUE(run(*module, createMPMaterialiseCastsPass()));
  EXPECT_TRUE(succeeded(verify(*module))) << text;
  // The casts that are there cost what was planned.
  Prices prices(function);
  int64_t moved = 0;
  module->walk([&](Operation *op) {
    if (op->getName().getStringRef() == "stablehlo.convert")
      moved += prices.get(op->getOperand(0), 6);
  });
  EXPECT_EQ(moved + wide, best) << text;
  return true;
}

TEST_F(PlacementTest, IsTheCheapestOfAll) {
  unsigned checked = 0;
  for (unsigned seed = 0; seed != 4000 && !HasFailure(); ++seed)
    checked += check(seed);
  if (HasFailure())
    return;
  // Most programs are small enough, and most leave something to choose.
  EXPECT_GT(checked, 3000u);
  EXPECT_GT(tried, 100000u);
}
