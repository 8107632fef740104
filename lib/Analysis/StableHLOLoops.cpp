#include "StableHLOTable.h"

using namespace mlir;
using namespace mlir::mp;

static std::optional<int64_t> getInteger(Value value) {
  auto dense = dyn_cast_if_present<DenseIntElementsAttr>(getConstant(value));
  if (!dense || !dense.isSplat() || dense.getNumElements() != 1)
    return std::nullopt;
  APInt integer = dense.getSplatValue<APInt>();
  if (integer.getSignificantBits() > 64)
    return std::nullopt;
  return integer.getSExtValue();
}

namespace {
/// A loop that counts a carried integer from one constant to another.
class CountedLoop {
public:
  explicit CountedLoop(Operation *loop) : loop(loop) {}
  std::optional<int64_t> getTripCount();

private:
  std::optional<unsigned> getCarried(Value value, Region &region) const;
  std::optional<int64_t> getBound(Value value);
  std::optional<int64_t> getStep(unsigned index);
  Value getYielded(unsigned index);

  Operation *loop;
};
} // namespace

std::optional<unsigned> CountedLoop::getCarried(Value value,
                                                Region &region) const {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || argument.getOwner() != &region.front())
    return std::nullopt;
  return argument.getArgNumber();
}

Value CountedLoop::getYielded(unsigned index) {
  Block &body = loop->getRegion(1).front();
  return !body.empty() && index < body.back().getNumOperands()
             ? body.back().getOperand(index)
             : Value();
}

/// A constant, or one that the loop carries and hands on unchanged.
std::optional<int64_t> CountedLoop::getBound(Value value) {
  std::optional<unsigned> index = getCarried(value, loop->getRegion(0));
  if (!index)
    return getInteger(value);
  if (getCarried(getYielded(*index), loop->getRegion(1)) != index)
    return std::nullopt;
  return getInteger(loop->getOperand(*index));
}

std::optional<int64_t> CountedLoop::getStep(unsigned index) {
  Value next = getYielded(index);
  auto op = next ? next.getDefiningOp<PrecisionOpInterface>()
                 : PrecisionOpInterface();
  if (!op || op->getNumOperands() != 2)
    return std::nullopt;
  Meaning meaning = op.getMeaning();
  for (unsigned side : {0, 1}) {
    if (getCarried(op->getOperand(side), loop->getRegion(1)) != index)
      continue;
    std::optional<int64_t> step = getInteger(op->getOperand(1 - side));
    if (step && meaning == Meaning::Add)
      return step;
    if (step && meaning == Meaning::Subtract && side == 0)
      return -*step;
  }
  return std::nullopt;
}

std::optional<int64_t> CountedLoop::getTripCount() {
  if (loop->getNumRegions() != 2 || !loop->getRegion(0).hasOneBlock() ||
      !loop->getRegion(1).hasOneBlock() || loop->getRegion(0).front().empty())
    return std::nullopt;
  Operation &condition = loop->getRegion(0).front().back();
  Operation *compare = condition.getNumOperands() == 1
                           ? condition.getOperand(0).getDefiningOp()
                           : nullptr;
  if (!compare || compare->getNumOperands() != 2)
    return std::nullopt;
  std::string text = stablehlo_table::getText(compare, "comparison_direction");
  StringRef direction = text;
  for (unsigned side : {0, 1}) {
    std::optional<unsigned> index =
        getCarried(compare->getOperand(side), loop->getRegion(0));
    std::optional<int64_t> step = index ? getStep(*index) : std::nullopt;
    if (!step)
      continue;
    std::optional<int64_t> first = getInteger(loop->getOperand(*index));
    std::optional<int64_t> bound = getBound(compare->getOperand(1 - side));
    bool rises = direction.contains(side == 0 ? "LT" : "GT") ||
                 direction.contains(side == 0 ? "LE" : "GE");
    bool falls = direction.contains(side == 0 ? "GT" : "LT") ||
                 direction.contains(side == 0 ? "GE" : "LE");
    if (!first || !bound || !(rises ? *step > 0 : falls && *step < 0))
      return std::nullopt;
    bool includes = direction.contains("LE") || direction.contains("GE");
    double distance = rises ? double(*bound) - double(*first)
                            : double(*first) - double(*bound);
    double size = std::abs(double(*step));
    double trips =
        includes ? std::floor(distance / size) + 1 : std::ceil(distance / size);
    if (trips > 1e15)
      return std::nullopt;
    return std::max<int64_t>(int64_t(trips), 0);
  }
  return std::nullopt;
}

std::optional<int64_t> stablehlo_table::getLoopTripCount(Operation *loop) {
  return CountedLoop(loop).getTripCount();
}
