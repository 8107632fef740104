#include "BufferPlaces.h"

#include "mp/Program/ProgramForm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::mp;

BufferPlace BufferPlaces::get(Value tensor) {
  Value root = getRoot(tensor);
  auto known = places.find(root);
  if (known != places.end())
    return known->second;
  BufferPlace place = find(root);
  places[root] = place;
  return place;
}

static BufferPlace getArgumentPlace(func::FuncOp func, unsigned index) {
  auto buffer = func.getArgAttrOfType<BufferAttr>(index, kBufferAttrName);
  if (!buffer)
    buffer = BufferAttr::get(func.getContext(), BufferSpace::Argument, index);
  return {buffer, {}};
}

/// What enters a region, or leaves a control flow op, has the place of what is
/// handed over: the plan saw to it that all the edges agree.
BufferPlace BufferPlaces::find(Value root) {
  if (auto arg = dyn_cast<BlockArgument>(root)) {
    Operation *parent = arg.getOwner()->getParentOp();
    unsigned index = arg.getArgNumber();
    if (auto func = dyn_cast<func::FuncOp>(parent))
      return getArgumentPlace(func, index);
    if (auto loop = dyn_cast<scf::ForOp>(parent))
      return get(loop.getInitArgs()[index - 1]);
    if (auto loop = dyn_cast<scf::WhileOp>(parent))
      return get(arg.getParentRegion() == &loop.getBefore()
                     ? loop.getInits()[index]
                     : loop.getConditionOp().getArgs()[index]);
    return {};
  }
  Operation *op = root.getDefiningOp();
  unsigned index = cast<OpResult>(root).getResultNumber();
  if (auto buffers = op->getAttrOfType<ArrayAttr>(kBuffersAttrName))
    return {index < buffers.size() ? dyn_cast<BufferAttr>(buffers[index])
                                   : BufferAttr(),
            {}};
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    return {{}, constant.getValue()};
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return get(loop.getInitArgs()[index]);
  if (auto loop = dyn_cast<scf::WhileOp>(op))
    return get(loop.getConditionOp().getArgs()[index]);
  if (isa<scf::IfOp, scf::IndexSwitchOp>(op))
    return get(op->getRegion(0).front().getTerminator()->getOperand(index));
  return {};
}
