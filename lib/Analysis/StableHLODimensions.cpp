#include "StableHLOTable.h"

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::stablehlo_table;

static SmallVector<int64_t> count(int64_t rank) {
  return llvm::to_vector(llvm::seq<int64_t>(0, rank));
}

bool stablehlo_table::getOperandDimensions(
    Operation *op, unsigned operand, SmallVectorImpl<int64_t> &dimensions) {
  if (operand >= op->getNumOperands() || op->getNumResults() != 1)
    return false;
  auto from = dyn_cast<RankedTensorType>(op->getOperand(operand).getType());
  auto to = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!from || !to)
    return false;
  switch (getMeaning(op)) {
  case Meaning::Broadcast: {
    if (operand != 0)
      return false;
    dimensions = getIntegers(op, "broadcast_dimensions");
    // Where the new dimensions come first, only their sizes are given.
    if (!op->getAttr("broadcast_dimensions"))
      for (int64_t dim : count(from.getRank()))
        dimensions.push_back(to.getRank() - from.getRank() + dim);
    return true;
  }
  case Meaning::Transpose:
    dimensions.resize(from.getRank(), -1);
    for (auto [to, from] : llvm::enumerate(getIntegers(op, "permutation")))
      dimensions[from] = to;
    return true;
  case Meaning::Sum:
  case Meaning::Product:
  case Meaning::MaximumOf:
  case Meaning::MinimumOf: {
    if (operand != 0)
      return false;
    SmallVector<int64_t> reduced = getIntegers(op, "dimensions");
    int64_t next = 0;
    for (int64_t dim : count(from.getRank()))
      dimensions.push_back(llvm::is_contained(reduced, dim) ? -1 : next++);
    return true;
  }
  default:
    break;
  }
  // What computes element by element reads the one at the same place.
  if (getRows().lookup(op->getName().getStringRef()).shape != Shape::Tied &&
      getMeaning(op) != Meaning::Convert)
    return false;
  OpClass opClass = getRows().lookup(op->getName().getStringRef()).opClass;
  bool isElementwise =
      opClass == OpClass::Pointwise || opClass == OpClass::Transcendental ||
      opClass == OpClass::Bounded || opClass == OpClass::Comparison ||
      opClass == OpClass::Conversion || getMeaning(op) == Meaning::Select;
  if (!isElementwise || from.getShape() != to.getShape())
    return false;
  llvm::append_range(dimensions, count(from.getRank()));
  return true;
}
