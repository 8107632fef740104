#include "Painting.h"

#include "CostModel.h"

using namespace mlir;
using namespace mlir::mp;

using State = PrecisionNode::State;

namespace {
class Painter {
public:
  explicit Painter(PrecisionGraph &graph);
  std::vector<State> run();

private:
  using Marks = std::vector<bool>;
  using Filter = llvm::function_ref<bool(unsigned)>;

  Marks spread(Marks from, bool forward, bool backward, Filter enters);
  void demotePromoted();

  bool isFree(unsigned i) const { return states[i] == State::Free; }
  bool isClear(unsigned i) const {
    return isFree(i) && graph.nodes[i].isExact && !graph.nodes[i].isSource;
  }
  Marks select(Filter filter) const {
    Marks marks(states.size());
    for (unsigned i = 0, e = states.size(); i != e; ++i)
      marks[i] = filter(i);
    return marks;
  }
  void paint(const Marks &marks, State state) {
    for (unsigned i = 0, e = states.size(); i != e; ++i)
      if (marks[i] && isFree(i))
        states[i] = state;
  }

  PrecisionGraph &graph;
  std::vector<State> states;
};
} // namespace

Painter::Painter(PrecisionGraph &graph) : graph(graph) {
  for (PrecisionNode &node : graph.nodes)
    states.push_back(node.isFree() && node.group.kind == GroupKind::Result
                         ? State::Low
                         : node.state);
}

/// What the marked nodes reach through nodes that `enters` admits, and the
/// marked nodes themselves.
Painter::Marks Painter::spread(Marks marks, bool forward, bool backward,
                               Filter enters) {
  SmallVector<unsigned> worklist;
  for (unsigned i = 0, e = marks.size(); i != e; ++i)
    if (marks[i])
      worklist.push_back(i);
  auto visit = [&](PrecisionNode *node) {
    if (!node)
      return;
    unsigned i = graph.getIndex(*node);
    if (marks[i] || !enters(i))
      return;
    marks[i] = true;
    worklist.push_back(i);
  };
  while (!worklist.empty()) {
    PrecisionNode &node = graph.nodes[worklist.pop_back_val()];
    if (forward)
      for (Value value : node.group.gives)
        for (OpOperand &use : value.getUses())
          visit(graph.getReader(use));
    if (backward)
      for (OpOperand *operand : node.group.reads)
        visit(graph.getProducer(operand->get()));
  }
  return marks;
}

/// What may be low only where all that it reads is low, and is not.
void Painter::demotePromoted() {
  SmallVector<unsigned> worklist;
  auto check = [&](PrecisionNode &node) {
    unsigned i = graph.getIndex(node);
    if (!node.isPromoted || states[i] != State::Low)
      return;
    bool readsWide = llvm::any_of(node.group.reads, [&](OpOperand *operand) {
      if (CostModel::isRemade(operand->get()))
        return false;
      PrecisionNode *producer = graph.getProducer(operand->get());
      return !producer || states[graph.getIndex(*producer)] == State::Wide;
    });
    if (!readsWide)
      return;
    states[i] = State::Wide;
    worklist.push_back(i);
  };
  for (PrecisionNode &node : graph.nodes)
    check(node);
  while (!worklist.empty())
    for (Value value : graph.nodes[worklist.pop_back_val()].group.gives)
      for (OpOperand &use : value.getUses())
        if (PrecisionNode *reader = graph.getReader(use))
          check(*reader);
}

std::vector<State> Painter::run() {
  auto isInfer = [&](unsigned i) { return isFree(i) && !isClear(i); };
  // Width: from denied nodes, through what lies in front of a denied node or
  // of one that may follow it.
  Marks inFront = spread(select([&](unsigned i) {
                           return states[i] == State::Wide || isInfer(i);
                         }),
                         /*forward=*/false, /*backward=*/true,
                         [&](unsigned i) { return isClear(i); });
  paint(spread(select([&](unsigned i) { return states[i] == State::Wide; }),
               /*forward=*/true, /*backward=*/false,
               [&](unsigned i) { return isFree(i) && inFront[i]; }),
        State::Wide);
  // Lowness: what lies behind an allowed node and in front of one.
  Marks low = select([&](unsigned i) { return states[i] == State::Low; });
  Marks behind = spread(low, /*forward=*/true, /*backward=*/false,
                        [&](unsigned i) { return isFree(i); });
  paint(spread(low, /*forward=*/false, /*backward=*/true,
               [&](unsigned i) { return isFree(i) && behind[i]; }),
        State::Low);
  low = select([&](unsigned i) { return states[i] == State::Low; });
  paint(spread(low, /*forward=*/true, /*backward=*/true,
               [&](unsigned i) { return isClear(i); }),
        State::Low);
  for (State &state : states)
    if (state == State::Free)
      state = State::Wide;
  demotePromoted();
  for (unsigned i = 0, e = states.size(); i != e; ++i)
    if (graph.nodes[i].original)
      states[i] = states[*graph.nodes[i].original];
  return std::move(states);
}

std::vector<State> mp::paint(PrecisionGraph &graph) {
  return Painter(graph).run();
}
