#include "PrecisionGraph.h"

#include "Recomputation.h"

#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace mlir::mp;

using State = PrecisionNode::State;

PrecisionGraph::PrecisionGraph(Operation *root, bool followIO) {
  // Nodes are large, so they are not moved as their number grows.
  size_t count = 0;
  walkDecidedOps(root, [&](Operation *op) {
    if (op->hasAttr(attr::decision))
      count += 1 + op->getNumRegions();
  });
  nodes.reserve(count);
  walkDecidedOps(root, [&](Operation *op) { addOp(op); });
  if (followIO)
    addBoundary(root);
  index();
  tieCopies(root);
}

/// What a decision on an op means for one of its groups.
static void applyDecision(const Decision &decision, PrecisionNode &node) {
  bool isResult = node.group.kind == GroupKind::Result;
  if (decision.isArithmetic()) {
    if (decision.action == Action::Allow && !isResult)
      node.arithmetic = decision.low;
    return;
  }
  node.low = decision.low;
  for (OpOperand *operand : node.group.reads)
    if (operand->getOwner() == node.op &&
        llvm::is_contained(decision.wideOperands, operand->getOperandNumber()))
      return; // stays wide
  switch (decision.action) {
  case Action::Allow:
    // Only a result that has a type of its own can stay wide.
    if (!isResult || decision.result == ResultChoice::Low) {
      node.state = State::Low;
    } else if (decision.result == ResultChoice::Free) {
      node.state = State::Free;
      node.isExact = node.isSource = true;
    }
    return;
  case Action::Clear:
    node.state = State::Free;
    node.isExact = true;
    node.unit = decision.unit;
    return;
  case Action::Infer:
    node.state = State::Free;
    node.unit = decision.unit;
    return;
  case Action::Promote:
    node.state = State::Free;
    node.isPromoted = true;
    node.unit = decision.unit;
    return;
  case Action::Deny:
  case Action::Keep:
  case Action::Error:
    return;
  }
}

/// A format that is already written comes from a lock, and is not asked again.
static void applyLock(Attribute format, PrecisionNode &node) {
  auto type = dyn_cast_if_present<TypeAttr>(format);
  if (!type)
    return;
  node.state =
      node.low && type.getValue() == node.low ? State::Low : State::Wide;
  if (type.getValue() != node.arithmetic)
    node.arithmetic = {};
}

static Attribute getLockedFormat(Operation *op, unsigned index) {
  auto formats = op->getAttrOfType<ArrayAttr>(attr::formats);
  return formats && index < formats.size() ? formats[index] : Attribute();
}

void PrecisionGraph::addOp(Operation *op) {
  auto precision = dyn_cast<PrecisionOpInterface>(op);
  std::optional<Decision> decision = getDecision(op);
  if (!precision || !decision || decision->action == Action::Keep)
    return;
  SmallVector<TypeGroup> groups;
  precision.getTypeGroups(groups);
  for (auto [index, group] : llvm::enumerate(groups)) {
    if (!isManaged(group))
      continue;
    PrecisionNode node;
    node.op = op;
    node.index = index;
    node.group = std::move(group);
    applyDecision(*decision, node);
    node.isLeftFree = node.isFree() && !node.isPromoted;
    applyLock(getLockedFormat(op, index), node);
    nodes.push_back(std::move(node));
  }
}

/// Boundary nodes move bits in and out; they cost nothing themselves.
void PrecisionGraph::addBoundary(Operation *root) {
  FloatType low;
  for (PrecisionNode &node : nodes)
    if (node.low) {
      low = node.low;
      break;
    }
  if (!low)
    return;
  auto addNode = [&](Operation *op, unsigned index, Attribute storage,
                     TypeGroup group) {
    // Without a node the value is wide.
    auto word = dyn_cast_if_present<StringAttr>(storage);
    if (!isManaged(group) || (word && word.getValue() == "f32"))
      return;
    PrecisionNode node;
    node.op = op;
    node.index = index;
    node.group = std::move(group);
    node.state = word ? State::Low : State::Free;
    node.isLeftFree = node.isFree();
    node.low = low;
    node.isExact = true;
    auto function = dyn_cast<FunctionOpInterface>(op);
    applyLock(function ? function.getArgAttr(index, attr::format)
                       : getLockedFormat(op, index),
              node);
    nodes.push_back(std::move(node));
  };
  root->walk([&](FunctionOpInterface function) {
    if (function.isExternal())
      return;
    for (BlockArgument argument : function.getArguments()) {
      TypeGroup group{GroupKind::Carried, {}, {argument}};
      addNode(function, argument.getArgNumber(),
              function.getArgAttr(argument.getArgNumber(), attr::storage),
              group);
      if (!nodes.empty() && nodes.back().op == function)
        nodes.back().isSource = true;
    }
    for (Block &block : function.getFunctionBody()) {
      Operation *terminator = block.empty() ? nullptr : &block.back();
      if (!terminator || !terminator->hasTrait<OpTrait::ReturnLike>())
        continue;
      for (OpOperand &operand : terminator->getOpOperands())
        addNode(
            terminator, operand.getOperandNumber(),
            function.getResultAttr(operand.getOperandNumber(), attr::storage),
            {GroupKind::Carried, {&operand}, {}});
    }
  });
}

void PrecisionGraph::index() {
  producers.reserve(nodes.size());
  readers.reserve(2 * nodes.size());
  for (auto [i, node] : llvm::enumerate(nodes)) {
    for (OpOperand *operand : node.group.reads)
      readers[operand] = i;
    for (Value value : node.group.gives)
      producers[value] = i;
  }
}

void PrecisionGraph::tieCopies(Operation *root) {
  Recomputation again(root);
  if (again.empty())
    return;
  llvm::DenseMap<std::pair<Operation *, unsigned>, unsigned> indexOf;
  for (auto [i, node] : llvm::enumerate(nodes)) {
    indexOf[{node.op, node.index}] = i;
    auto it = indexOf.find({again.getOriginal(node.op), node.index});
    // Where a lock fixed one of them, it fixed both.
    if (it != indexOf.end() && node.isFree() == nodes[it->second].isFree())
      node.original = it->second;
  }
}

PrecisionNode *PrecisionGraph::getProducer(Value value) {
  auto it = producers.find(value);
  return it == producers.end() ? nullptr : &nodes[it->second];
}

PrecisionNode *PrecisionGraph::getReader(OpOperand &use) {
  auto it = readers.find(&use);
  return it == readers.end() ? nullptr : &nodes[it->second];
}

/// Marks the free exact nodes that a seed value reaches through free exact
/// nodes: along the data (`forward`) or against it.
std::vector<bool>
PrecisionGraph::propagate(bool forward,
                          llvm::function_ref<bool(Value)> isSeed) {
  std::vector<bool> marked(nodes.size());
  SmallVector<unsigned> worklist;
  auto mark = [&](PrecisionNode *node) {
    if (!node || !node->isFree() || !node->isExact)
      return;
    unsigned i = node - nodes.data();
    if (!marked[i]) {
      marked[i] = true;
      worklist.push_back(i);
    }
  };
  for (PrecisionNode &node : nodes) {
    if (forward) {
      if (node.isSource)
        mark(&node);
      for (OpOperand *operand : node.group.reads)
        if (isSeed(operand->get()))
          mark(&node);
    } else {
      for (Value value : node.group.gives)
        if (isSeed(value))
          mark(&node);
    }
  }
  while (!worklist.empty()) {
    PrecisionNode &node = nodes[worklist.pop_back_val()];
    if (forward) {
      for (Value value : node.group.gives)
        for (OpOperand &use : value.getUses())
          mark(getReader(use));
    } else {
      for (OpOperand *operand : node.group.reads)
        mark(getProducer(operand->get()));
    }
  }
  return marked;
}

void PrecisionGraph::pinExactNodes(ConstantAnalysis &constants) {
  FloatType low;
  for (PrecisionNode &node : nodes)
    if (node.low)
      low = node.low;
  std::vector<bool> fromWide = propagate(/*forward=*/true, [&](Value value) {
    if (PrecisionNode *producer = getProducer(value))
      return producer->state == State::Wide;
    if (isUndefined(value))
      return false;
    // A constant that the low format holds exactly is at home in both.
    ElementsAttr constant = getConstant(value);
    return !constant || !low || !constants.isExactIn(constant, low);
  });
  std::vector<bool> toWide = propagate(/*forward=*/false, [&](Value value) {
    return llvm::any_of(value.getUses(), [&](OpOperand &use) {
      PrecisionNode *reader = getReader(use);
      return !reader || reader->state == State::Wide;
    });
  });
  for (auto [i, node] : llvm::enumerate(nodes))
    if (fromWide[i] && toWide[i])
      node.state = State::Wide;
  // A copy comes behind its original.
  for (PrecisionNode &node : nodes)
    if (node.original && node.state == State::Wide)
      nodes[*node.original].state = State::Wide;
  for (PrecisionNode &node : nodes)
    if (node.original)
      node.state = nodes[*node.original].state;
}
