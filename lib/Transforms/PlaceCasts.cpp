#include "MinCut.h"
#include "PrecisionGraph.h"

#include "mp/IR/MPDialect.h"
#include "mp/IR/MPOps.h"
#include "mp/Transforms/Passes.h"

#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/EquivalenceClasses.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPPLACECASTSPASS
#include "mp/Transforms/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

using State = PrecisionNode::State;

namespace {
/// The price list: bytes that a cast or a wide value moves.
class CostModel {
public:
  /// A cast reads one format and writes the other; narrowing what does not
  /// change between calls happens once.
  int64_t getCastCost(Value value, unsigned lowBytes, bool narrowing) const {
    if (narrowing && isOneTime(value))
      return 0;
    return getElements(value) * (4 + lowBytes) * getWeight(value);
  }

  /// What a value costs more when it is stored wide.
  int64_t getWidth(Value value, unsigned lowBytes) const {
    return getElements(value) * (4 - lowBytes) * getWeight(value);
  }

private:
  static bool isOneTime(Value value) {
    if (getConstant(value))
      return true;
    auto argument = dyn_cast<BlockArgument>(value);
    auto function = argument ? dyn_cast_if_present<FunctionOpInterface>(
                                   argument.getOwner()->getParentOp())
                             : FunctionOpInterface();
    if (!function || !argument.getOwner()->isEntryBlock())
      return false;
    auto role = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(),
                                                      "mp.role");
    return role && role.getValue() == "param";
  }

  static int64_t getElements(Value value) {
    auto type = dyn_cast<ShapedType>(value.getType());
    if (!type || !type.hasRank())
      return 1;
    // Beyond this no sum of costs could overflow, and no memory holds it.
    constexpr int64_t largest = int64_t(1) << 40, unknownSize = 128;
    int64_t elements = 1;
    for (int64_t size : type.getShape()) {
      if (ShapedType::isDynamic(size))
        size = unknownSize;
      if (size == 0)
        return 0;
      elements = size > largest / elements ? largest : elements * size;
    }
    return elements;
  }

  /// Eight for each loop around the place where the value is made.
  static int64_t getWeight(Value value) {
    int64_t weight = 1;
    Operation *parent = value.getParentBlock()->getParentOp();
    for (; parent && weight < 4096; parent = parent->getParentOp())
      if (isLoop(parent))
        weight *= 8;
    return weight;
  }

  static bool isLoop(Operation *op) {
    auto precision = dyn_cast<PrecisionOpInterface>(op);
    if (!precision || precision.getPrecisionClass() != OpClass::Control)
      return false;
    return llvm::any_of(op->getRegions(), [](Region &region) {
      return !region.empty() && region.front().getNumArguments() > 0;
    });
  }
};

/// Builds and solves one cut for each set of free nodes that hang together.
class Placement {
public:
  explicit Placement(PrecisionGraph &graph) : graph(graph) {}
  void solve();

  int64_t cost = 0;
  /// Of leaving everything wide that no rule makes low.
  int64_t pinnedCost = 0;

private:
  void solveComponent(ArrayRef<unsigned> members);
  void addValue(Value value, MinCut &cut);
  MinCut::Node getCutNode(PrecisionNode *node);
  int64_t getPinnedCost(ArrayRef<unsigned> members, ArrayRef<Value> values);
  SmallVector<Value> getValues(ArrayRef<unsigned> members);

  unsigned indexOf(PrecisionNode *node) { return node - graph.nodes.data(); }

  PrecisionGraph &graph;
  CostModel costs;
  llvm::DenseMap<unsigned, MinCut::Node> cutNodes;
};
} // namespace

MinCut::Node Placement::getCutNode(PrecisionNode *node) {
  if (!node || node->state == State::Wide)
    return MinCut::sink;
  if (node->state == State::Low)
    return MinCut::source;
  return cutNodes.lookup(indexOf(node));
}

/// The values that the members read or give, each once.
SmallVector<Value> Placement::getValues(ArrayRef<unsigned> members) {
  llvm::SetVector<Value> values;
  for (unsigned i : members) {
    PrecisionNode &node = graph.nodes[i];
    for (OpOperand *operand : node.group.reads)
      values.insert(operand->get());
    values.insert(node.group.gives.begin(), node.group.gives.end());
  }
  return values.takeVector();
}

static unsigned getBytes(FloatType low) { return low ? low.getWidth() / 8 : 4; }

void Placement::addValue(Value value, MinCut &cut) {
  PrecisionNode *producer = graph.getProducer(value);
  MinCut::Node from = getCutNode(producer);
  llvm::SetVector<MinCut::Node> readers;
  FloatType low = producer ? producer->low : FloatType();
  for (OpOperand &use : value.getUses()) {
    PrecisionNode *reader = graph.getReader(use);
    if (reader && !low)
      low = reader->low;
    // What a group reads of itself never needs a cast.
    if (!reader || reader != producer)
      readers.insert(getCutNode(reader));
  }
  readers.remove(from);
  if (readers.empty())
    return;
  auto charge = [&](int64_t capacity, bool narrowing) {
    if (capacity == 0)
      return;
    MinCut::Node helper = cut.addNode();
    if (narrowing) {
      cut.addEdge(helper, from, capacity);
      for (MinCut::Node reader : readers)
        cut.addEdge(reader, helper, MinCut::infinite);
    } else {
      cut.addEdge(from, helper, capacity);
      for (MinCut::Node reader : readers)
        cut.addEdge(helper, reader, MinCut::infinite);
    }
  };
  unsigned bytes = getBytes(low);
  if (from != MinCut::source)
    charge(costs.getCastCost(value, bytes, /*narrowing=*/true), true);
  if (from != MinCut::sink)
    charge(costs.getCastCost(value, bytes, /*narrowing=*/false), false);
}

/// What the same nodes cost when all the free ones are wide.
int64_t Placement::getPinnedCost(ArrayRef<unsigned> members,
                                 ArrayRef<Value> values) {
  int64_t total = 0;
  for (unsigned i : members) {
    PrecisionNode &node = graph.nodes[i];
    for (Value value : node.group.gives)
      total += costs.getWidth(value, getBytes(node.low));
  }
  for (Value value : values) {
    PrecisionNode *producer = graph.getProducer(value);
    bool isLow = producer && producer->state == State::Low;
    bool needsCast = llvm::any_of(value.getUses(), [&](OpOperand &use) {
      PrecisionNode *reader = graph.getReader(use);
      return isLow != (reader && reader->state == State::Low);
    });
    FloatType low = graph.nodes[members.front()].low;
    if (needsCast)
      total += costs.getCastCost(value, getBytes(low), !isLow);
  }
  return total;
}

void Placement::solveComponent(ArrayRef<unsigned> members) {
  SmallVector<Value> values = getValues(members);
  pinnedCost += getPinnedCost(members, values);
  MinCut cut;
  cutNodes.clear();
  for (unsigned i : members)
    cutNodes[i] = cut.addNode();
  for (unsigned i : members) {
    PrecisionNode &node = graph.nodes[i];
    int64_t width = 0;
    for (Value value : node.group.gives)
      width += costs.getWidth(value, getBytes(node.low));
    cut.addEdge(MinCut::source, cutNodes[i], width);
    if (node.isPromoted)
      for (OpOperand *operand : node.group.reads)
        if (!getConstant(operand->get()))
          cut.addEdge(cutNodes[i],
                      getCutNode(graph.getProducer(operand->get())),
                      MinCut::infinite);
  }
  for (Value value : values)
    addValue(value, cut);
  cost += cut.solve();
  for (unsigned i : members)
    graph.nodes[i].state =
        cut.isOnSourceSide(cutNodes[i]) ? State::Low : State::Wide;
}

void Placement::solve() {
  llvm::EquivalenceClasses<unsigned> components;
  for (PrecisionNode &node : graph.nodes) {
    if (!node.isFree())
      continue;
    unsigned i = indexOf(&node);
    components.insert(i);
    // Readers of one value share its cast, so they hang together even where
    // the value itself is fixed.
    auto unite = [&](Value value) {
      if (PrecisionNode *producer = graph.getProducer(value))
        if (producer->isFree())
          components.unionSets(i, indexOf(producer));
      for (OpOperand &use : value.getUses())
        if (PrecisionNode *reader = graph.getReader(use))
          if (reader->isFree())
            components.unionSets(i, indexOf(reader));
    };
    for (OpOperand *operand : node.group.reads)
      if (!getConstant(operand->get()))
        unite(operand->get());
  }
  llvm::MapVector<unsigned, SmallVector<unsigned>> members;
  for (auto [i, node] : llvm::enumerate(graph.nodes))
    if (node.isFree())
      members[components.getLeaderValue(i)].push_back(i);
  for (auto &[leader, list] : members)
    solveComponent(list);
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {
class PlaceCastsPass : public mp::impl::MPPlaceCastsPassBase<PlaceCastsPass> {
  using Base::Base;
  void runOnOperation() override;
};
} // namespace

/// Writes what was chosen: `mp.formats` on ops, `mp.format` on arguments.
static void writeFormats(PrecisionGraph &graph) {
  llvm::MapVector<Operation *, SmallVector<PrecisionNode *>> nodesOfOp;
  for (PrecisionNode &node : graph.nodes)
    nodesOfOp[node.op].push_back(&node);
  for (auto &[op, nodes] : nodesOfOp) {
    Builder builder(op->getContext());
    FloatType wide = builder.getF32Type();
    auto getFormat = [&](PrecisionNode *node) -> Type {
      return node->state == State::Low ? node->low : wide;
    };
    if (auto function = dyn_cast<FunctionOpInterface>(op)) {
      for (PrecisionNode *node : nodes)
        function.setArgAttr(node->index, attr::format,
                            TypeAttr::get(getFormat(node)));
      continue;
    }
    // Groups that are not managed keep the type they have.
    SmallVector<Type> formats;
    auto precision = dyn_cast<PrecisionOpInterface>(op);
    if (precision && !op->hasTrait<OpTrait::ReturnLike>()) {
      SmallVector<TypeGroup> groups;
      precision.getTypeGroups(groups);
      for (TypeGroup &group : groups)
        formats.push_back(getElementTypeOrSelf(
            !group.gives.empty()   ? group.gives.front().getType()
            : !group.reads.empty() ? group.reads.front()->get().getType()
                                   : Type(wide)));
    } else {
      for (Value operand : op->getOperands())
        formats.push_back(getElementTypeOrSelf(operand.getType()));
    }
    for (PrecisionNode *node : nodes)
      formats[node->index] = getFormat(node);
    op->setDiscardableAttr(attr::formats, builder.getTypeArrayAttr(formats));
    if (op->hasAttr(attr::precision) || !getDecision(op))
      continue;
    Type format = formats[nodes.front()->index];
    op->setDiscardableAttr(
        attr::precision,
        PrecisionAttr::get(op->getContext(), format, format, format));
  }
}

void PlaceCastsPass::runOnOperation() {
  Operation *root = getOperation();
  ConstantAnalysis constants;
  PrecisionGraph graph(root, /*followIO=*/!keepIO);
  graph.pinExactNodes(constants);
  Placement placement(graph);
  placement.solve();
  writeFormats(graph);
  remark::passed(root->getLoc(),
                 remark::RemarkOpts::name("placement").category("mp"))
      << remark::metric("Cost", placement.cost)
      << remark::metric("CostAtPinnedOps", placement.pinnedCost);
}
