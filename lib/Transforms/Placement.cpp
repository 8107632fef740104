#include "Placement.h"

#include "MinCut.h"

#include "llvm/ADT/IntEqClasses.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::mp;

using State = PrecisionNode::State;

namespace {
class Placer {
public:
  Placer(PrecisionGraph &graph, CostModel &costs)
      : graph(graph), costs(costs), cutNodes(graph.nodes.size()) {
    for (PrecisionNode &node : graph.nodes)
      if (node.low && (!anyLow || anyLow.getWidth() < node.low.getWidth()))
        anyLow = node.low;
  }
  Placement run();

private:
  struct Component {
    SmallVector<unsigned> members;
    SmallVector<Value> values;
  };

  std::vector<Component> split();
  int64_t getScale(const Component &component);
  void solve(const Component &component, Placement &placement);
  void addNode(PrecisionNode &node, MinCut &cut);
  void tie(MinCut::Node a, MinCut::Node b, MinCut &cut);
  void tieUnits(const Component &component, MinCut &cut);
  void addValue(Value value, MinCut &cut);
  MinCut::Node getCutNode(PrecisionNode *node) const;

  PrecisionGraph &graph;
  CostModel &costs;
  FloatType anyLow; // the widest
  std::vector<MinCut::Node> cutNodes;
  /// What a byte weighs in the cut at hand, where a cast weighs one more.
  int64_t scale = 1;
};
} // namespace

/// The source side is low, so that of all minimum cuts the lowest is found.
MinCut::Node Placer::getCutNode(PrecisionNode *node) const {
  if (!node || node->state == State::Wide)
    return MinCut::sink;
  if (node->state == State::Low)
    return MinCut::source;
  return cutNodes[graph.getIndex(*node)];
}

void Placer::addNode(PrecisionNode &node, MinCut &cut) {
  MinCut::Node self = getCutNode(&node);
  cut.addEdge(MinCut::source, self, costs.getWideBytes(node) * scale);
  if (!node.isPromoted)
    return;
  for (OpOperand *operand : node.group.reads)
    if (!CostModel::isRemade(operand->get()))
      cut.addEdge(self, getCutNode(graph.getProducer(operand->get())),
                  MinCut::infinite);
}

/// Charges the cast of a value once, however many read it.
void Placer::addValue(Value value, MinCut &cut) {
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
  if (readers.empty() || CostModel::isRemade(value))
    return;
  int64_t weight = costs.getCastBytes(value, low) * scale + (scale > 1);
  if (readers.size() == 1) {
    cut.addEdge(readers.front(), from, weight);
    cut.addEdge(from, readers.front(), weight);
    return;
  }
  if (from != MinCut::source) {
    MinCut::Node narrowing = cut.addNode();
    cut.addEdge(narrowing, from, weight);
    for (MinCut::Node reader : readers)
      cut.addEdge(reader, narrowing, MinCut::infinite);
  }
  if (from != MinCut::sink) {
    MinCut::Node widening = cut.addNode();
    cut.addEdge(from, widening, weight);
    for (MinCut::Node reader : readers)
      cut.addEdge(widening, reader, MinCut::infinite);
  }
}

/// Of placements that move the same bytes the one with the fewest casts is
/// best, and of those the lowest. So a byte outweighs all the casts there may
/// be, unless the sum would not fit.
int64_t Placer::getScale(const Component &component) {
  int64_t most = 2 * component.values.size() + 2;
  int64_t sum = 0;
  for (Value value : component.values) {
    sum += 2 * costs.getCastBytes(value, anyLow);
    if (sum > MinCut::infinite / most / 4)
      return 1;
  }
  return most;
}

void Placer::tie(MinCut::Node a, MinCut::Node b, MinCut &cut) {
  cut.addEdge(a, b, MinCut::infinite);
  cut.addEdge(b, a, MinCut::infinite);
}

/// The free nodes of a unit are on one side of the cut, and so are a node and
/// what computes the same again.
void Placer::tieUnits(const Component &component, MinCut &cut) {
  llvm::DenseMap<int64_t, MinCut::Node> first;
  for (unsigned i : component.members) {
    if (graph.nodes[i].original)
      tie(cutNodes[*graph.nodes[i].original], cutNodes[i], cut);
    if (!graph.nodes[i].unit)
      continue;
    auto [it, isFirst] = first.try_emplace(*graph.nodes[i].unit, cutNodes[i]);
    if (!isFirst)
      tie(it->second, cutNodes[i], cut);
  }
}

void Placer::solve(const Component &component, Placement &placement) {
  MinCut cut;
  scale = getScale(component);
  for (unsigned i : component.members)
    cutNodes[i] = cut.addNode();
  for (unsigned i : component.members)
    addNode(graph.nodes[i], cut);
  for (Value value : component.values)
    addValue(value, cut);
  tieUnits(component, cut);
  placement.lowerBound += cut.solve() / scale;
  for (unsigned i : component.members)
    placement.states[i] =
        cut.isOnSourceSide(cutNodes[i]) ? State::Low : State::Wide;
}

/// Nodes that no value joins cannot influence each other. Readers of one value
/// share its cast, so it joins them even where it is itself fixed.
std::vector<Placer::Component> Placer::split() {
  llvm::SetVector<Value> values;
  for (PrecisionNode &node : graph.nodes) {
    for (OpOperand *operand : node.group.reads)
      values.insert(operand->get());
    values.insert(node.group.gives.begin(), node.group.gives.end());
  }
  llvm::IntEqClasses classes(graph.nodes.size());
  SmallVector<std::pair<Value, unsigned>> placed;
  SmallVector<Value> fixed;
  for (Value value : values) {
    std::optional<unsigned> first;
    auto join = [&](PrecisionNode *node) {
      if (!node || !node->isFree())
        return;
      unsigned i = graph.getIndex(*node);
      if (first)
        classes.join(*first, i);
      else
        first = i;
    };
    join(graph.getProducer(value));
    if (!CostModel::isRemade(value))
      for (OpOperand &use : value.getUses())
        join(graph.getReader(use));
    if (first)
      placed.push_back({value, *first});
    else
      fixed.push_back(value);
  }
  llvm::DenseMap<int64_t, unsigned> units;
  for (auto [i, node] : llvm::enumerate(graph.nodes))
    if (node.isFree() && node.original)
      classes.join(*node.original, i);
  for (auto [i, node] : llvm::enumerate(graph.nodes))
    if (node.isFree() && node.unit)
      classes.join(units.try_emplace(*node.unit, i).first->second, i);
  classes.compress();
  std::vector<Component> components(classes.getNumClasses() + 1);
  for (auto [i, node] : llvm::enumerate(graph.nodes))
    if (node.isFree())
      components[classes[i]].members.push_back(i);
  for (auto [value, member] : placed)
    components[classes[member]].values.push_back(value);
  // Between fixed nodes nothing is chosen; the last one only counts.
  components.back().values = std::move(fixed);
  return components;
}

Placement Placer::run() {
  Placement placement;
  for (PrecisionNode &node : graph.nodes) {
    placement.states.push_back(node.state);
    if (node.state == State::Wide)
      placement.lowerBound += costs.getWideBytes(node);
  }
  for (const Component &component : split())
    solve(component, placement);
  return placement;
}

Placement mp::place(PrecisionGraph &graph, CostModel &costs) {
  return Placer(graph, costs).run();
}
