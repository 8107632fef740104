#include "CostModel.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::mp;

using State = PrecisionNode::State;

/// How often a loop runs of which the IR does not tell.
static constexpr int64_t unknownTrips = 8;
static constexpr int64_t unknownSize = 128;
/// Beyond this no sum of costs could overflow, and no machine moves as much.
static constexpr int64_t largest = int64_t(1) << 42;

static int64_t multiply(int64_t a, int64_t b) {
  if (a == 0 || b == 0)
    return 0;
  return a > largest / b ? largest : a * b;
}

/// How often a block runs for each run of its function. Kept for each block,
/// since nests may be deep and blocks long.
int64_t CostModel::getWeight(Block *block) {
  SmallVector<Block *> path;
  int64_t weight = 1;
  for (; block; block = block->getParentOp()->getBlock()) {
    auto it = weights.find(block);
    if (it != weights.end()) {
      weight = it->second;
      break;
    }
    path.push_back(block);
    if (!block->getParentOp())
      break;
  }
  for (Block *inner : llvm::reverse(path)) {
    if (auto loop =
            dyn_cast_if_present<PrecisionOpInterface>(inner->getParentOp()))
      weight = multiply(
          weight,
          std::max<int64_t>(loop.getTripCount().value_or(unknownTrips), 1));
    weights[inner] = weight;
  }
  return weight;
}

int64_t CostModel::getElements(Value value) {
  auto type = dyn_cast<ShapedType>(value.getType());
  int64_t elements = getWeight(value.getParentBlock());
  if (type && type.hasRank())
    for (int64_t size : type.getShape())
      elements =
          multiply(elements, ShapedType::isDynamic(size) ? unknownSize : size);
  return elements;
}

static int64_t getBytes(FloatType type) { return type.getWidth() / 8; }

int64_t CostModel::getCastBytes(Value value, FloatType low) {
  if (!low || invariants.contains(value))
    return 0;
  return multiply(getElements(value), 4 + getBytes(low));
}

/// One that is the same in every call is kept in all the formats that are read.
int64_t CostModel::getWideBytes(Value value, FloatType low) {
  if (!low || invariants.contains(value))
    return 0;
  return multiply(getElements(value), 4 - getBytes(low));
}

int64_t CostModel::getProductWork(PrecisionOpInterface product) {
  std::optional<double> terms =
      product.getPrecisionNumber(Quantity::ReductionLength);
  int64_t count = terms && *terms < largest ? int64_t(*terms) : unknownSize;
  return multiply(getElements(product->getResult(0)), multiply(2, count));
}

/// True for what moves nothing: values that control flow hands on, and views,
/// since their readers look through them.
static bool isView(const PrecisionNode &node) {
  if (node.group.kind == GroupKind::Carried)
    return true;
  auto precision = dyn_cast<PrecisionOpInterface>(node.op);
  switch (precision ? precision.getMeaning() : Meaning::None) {
  case Meaning::Broadcast:
  case Meaning::Reshape:
  case Meaning::Transpose:
  case Meaning::Slice:
    return true;
  default:
    return false;
  }
}

int64_t CostModel::getWideBytes(const PrecisionNode &node) {
  if (!node.isLeftFree || isView(node))
    return 0;
  int64_t written = 0, read = 0;
  for (Value value : node.group.gives)
    written += getWideBytes(value, node.low);
  if (node.group.kind == GroupKind::Compute) {
    llvm::SmallSetVector<Value, 4> values;
    for (OpOperand *operand : node.group.reads)
      values.insert(operand->get());
    for (Value value : values)
      read += getWideBytes(value, node.low);
  }
  // What moves bits reads those that it writes, be its operand a whole table.
  return written + (node.isExact ? std::min(read, written) : read);
}

PlacementCost CostModel::evaluate(PrecisionGraph &graph,
                                  ArrayRef<State> states) {
  PlacementCost cost;
  llvm::SetVector<Value> values;
  for (auto [i, node] : llvm::enumerate(graph.nodes)) {
    for (OpOperand *operand : node.group.reads)
      values.insert(operand->get());
    values.insert(node.group.gives.begin(), node.group.gives.end());
    if (states[i] == State::Wide)
      cost.wideBytes += getWideBytes(node);
  }
  // Null is the wide one.
  auto getFormat = [&](PrecisionNode *node) {
    return node && states[graph.getIndex(*node)] == State::Low ? node->low
                                                               : FloatType();
  };
  for (Value value : values) {
    PrecisionNode *producer = graph.getProducer(value);
    FloatType given = getFormat(producer);
    llvm::SmallVector<FloatType, 2> wanted;
    for (OpOperand &use : value.getUses()) {
      PrecisionNode *reader = graph.getReader(use);
      FloatType format = getFormat(reader);
      if ((!reader || reader != producer) && format != given &&
          !llvm::is_contained(wanted, format))
        wanted.push_back(format);
    }
    if (isRemade(value))
      continue;
    for (FloatType format : wanted) {
      cost.castBytes += getCastBytes(value, format ? format : given);
      ++(isInvariant(value) ? cost.oneTimeCasts : cost.casts);
    }
  }
  return cost;
}
