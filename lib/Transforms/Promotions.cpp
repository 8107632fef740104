#include "CostModel.h"

#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace mlir::mp;

using State = PrecisionNode::State;

namespace {
/// Follows the precision that values have by what they are computed in, in the
/// order of the program. An op that moves bits hands on what it reads, in
/// whichever format it will do so.
class Promoter {
public:
  explicit Promoter(PrecisionGraph &graph)
      : graph(graph), known(graph.nodes.size()) {}
  void run();

private:
  enum class Width { None, Low, Wide, Unknown };
  struct Knowledge {
    Width width = Width::Unknown;
    /// A smaller value that is spread over the operand: a row of parameters.
    bool isSpread = false;
  };

  Knowledge get(Value value);
  Width getWidest(ArrayRef<PrecisionNode *> members);
  void settle(ArrayRef<PrecisionNode *> members);

  PrecisionGraph &graph;
  std::vector<Knowledge> known;
};
} // namespace

Promoter::Knowledge Promoter::get(Value value) {
  if (PrecisionNode *producer = graph.getProducer(value))
    return known[graph.getIndex(*producer)];
  // A number in the program, or room for one, has no precision of its own.
  return {CostModel::isRemade(value) ? Width::None : Width::Wide, false};
}

/// What the nodes read from outside of themselves. A group computes in the
/// precision of its data, whatever that of its parameters is.
Promoter::Width Promoter::getWidest(ArrayRef<PrecisionNode *> members) {
  bool isUnit = members.front()->unit.has_value();
  Width widest = Width::None;
  auto isInside = [&](Value value) {
    PrecisionNode *producer = graph.getProducer(value);
    return isUnit && producer && producer->unit == members.front()->unit;
  };
  for (PrecisionNode *node : members) {
    for (OpOperand *operand : node->group.reads) {
      if (isInside(operand->get()))
        continue;
      Knowledge knowledge = get(operand->get());
      if (isUnit && knowledge.isSpread)
        continue;
      if (knowledge.width == Width::Wide)
        return Width::Wide;
      if (knowledge.width == Width::Unknown ||
          (knowledge.width == Width::Low && widest == Width::None))
        widest = knowledge.width;
    }
  }
  return widest;
}

void Promoter::settle(ArrayRef<PrecisionNode *> members) {
  Width width = getWidest(members);
  for (PrecisionNode *node : members) {
    if (width == Width::Low || width == Width::Wide)
      node->state = width == Width::Low ? State::Low : State::Wide;
    known[graph.getIndex(*node)].width =
        width == Width::None ? Width::Unknown : width;
  }
}

static int64_t getElements(Value value) {
  auto type = dyn_cast<ShapedType>(value.getType());
  return type && type.hasStaticShape() ? type.getNumElements() : 1;
}

void Promoter::run() {
  llvm::MapVector<int64_t, SmallVector<PrecisionNode *>> units;
  for (PrecisionNode &node : graph.nodes)
    if (node.isPromoted && node.unit && !node.original)
      units[*node.unit].push_back(&node);
  for (PrecisionNode &node : graph.nodes) {
    Knowledge &self = known[graph.getIndex(node)];
    if (node.original) {
      // What went through the barrier is as precise as it was before.
      self = known[*node.original];
    } else if (!node.isFree()) {
      self.width = node.state == State::Low ? Width::Low : Width::Wide;
    } else if (node.isPromoted) {
      // A unit is settled with its last member, when all that it reads is.
      if (!node.unit)
        settle(&node);
      else if (units[*node.unit].back() == &node)
        settle(units[*node.unit]);
    } else if (node.isExact && node.group.kind == GroupKind::Compute &&
               !node.group.gives.empty()) {
      self.width = getWidest(&node);
      int64_t read = 0;
      for (OpOperand *operand : node.group.reads) {
        read = std::max(read, getElements(operand->get()));
        self.isSpread |= get(operand->get()).isSpread;
      }
      self.isSpread |= read < getElements(node.group.gives.front());
    }
  }
  for (PrecisionNode &node : graph.nodes)
    if (node.original)
      node.state = graph.nodes[*node.original].state;
}

void PrecisionGraph::resolvePromotions() { Promoter(*this).run(); }
