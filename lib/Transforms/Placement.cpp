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
      : graph(graph), costs(costs), cutNodes(graph.nodes.size()) {}
  Placement run();

private:
  struct Component {
    SmallVector<unsigned> members;
    SmallVector<Value> values;
  };

  std::vector<Component> split();
  void solve(const Component &component, Placement &placement);
  void addNode(PrecisionNode &node, MinCut &cut);
  void addValue(Value value, MinCut &cut);
  MinCut::Node getCutNode(PrecisionNode *node) const;

  PrecisionGraph &graph;
  CostModel &costs;
  std::vector<MinCut::Node> cutNodes;
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
  int64_t bytes = 0;
  for (Value value : node.group.gives)
    bytes += costs.getWideBytes(value, node.low);
  cut.addEdge(MinCut::source, self, bytes);
  if (!node.isPromoted)
    return;
  for (OpOperand *operand : node.group.reads)
    if (!getConstant(operand->get()))
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
  int64_t bytes = costs.getCastBytes(value, low);
  if (readers.empty() || bytes == 0)
    return;
  if (readers.size() == 1) {
    cut.addEdge(readers.front(), from, bytes);
    cut.addEdge(from, readers.front(), bytes);
    return;
  }
  if (from != MinCut::source) {
    MinCut::Node narrowing = cut.addNode();
    cut.addEdge(narrowing, from, bytes);
    for (MinCut::Node reader : readers)
      cut.addEdge(reader, narrowing, MinCut::infinite);
  }
  if (from != MinCut::sink) {
    MinCut::Node widening = cut.addNode();
    cut.addEdge(from, widening, bytes);
    for (MinCut::Node reader : readers)
      cut.addEdge(widening, reader, MinCut::infinite);
  }
}

void Placer::solve(const Component &component, Placement &placement) {
  MinCut cut;
  for (unsigned i : component.members)
    cutNodes[i] = cut.addNode();
  for (unsigned i : component.members)
    addNode(graph.nodes[i], cut);
  for (Value value : component.values)
    addValue(value, cut);
  placement.lowerBound += cut.solve();
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
    if (!getConstant(value))
      for (OpOperand &use : value.getUses())
        join(graph.getReader(use));
    if (first)
      placed.push_back({value, *first});
    else
      fixed.push_back(value);
  }
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
  for (PrecisionNode &node : graph.nodes)
    placement.states.push_back(node.state);
  for (const Component &component : split())
    solve(component, placement);
  return placement;
}

Placement mp::place(PrecisionGraph &graph, CostModel &costs) {
  return Placer(graph, costs).run();
}
