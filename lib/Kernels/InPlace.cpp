#include "InPlace.h"
#include "NestEmitter.h"
#include "mp/IR/KernelFunction.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SmallSet.h"

using namespace mlir;
using namespace mlir::mp;

/// Whether all loops of the plan run over single elements, each written once.
static bool isPointwise(const KernelPlan &plan) {
  return llvm::none_of(
      plan.nests, [](const LoopNest &nest) { return nest.hasReduction(); });
}

/// Whether the two nests of a group have the same loops, so that at equal
/// addresses they touch the same elements in the same row.
static bool haveSameLoops(const KernelPlan &plan, unsigned a, unsigned b) {
  return plan.nests[a].sizes == plan.nests[b].sizes &&
         plan.numRows[a] == plan.numRows[b];
}

static bool isSameElement(const NestAccess &a, const NestAccess &b) {
  return a.coefs == b.coefs && a.offset == b.offset && a.dynamic.empty() &&
         b.dynamic.empty();
}

static unsigned getWidth(Value tensor) {
  Type element = cast<RankedTensorType>(tensor.getType()).getElementType();
  return element.isInteger(1)     ? 8
         : element.isIntOrFloat() ? element.getIntOrFloatBitWidth()
                                  : 0;
}

/// Tensors that a kernel reads at its head or at places only its bodies know.
static llvm::SetVector<Value> getFreelyRead(const KernelPlan &plan) {
  llvm::SetVector<Value> all, accessed, free;
  for (const LoopNest &nest : plan.nests) {
    llvm::SetVector<Value> captured;
    if (nest.body)
      getUsedValuesDefinedAbove(*nest.body->getParent(), captured);
    for (Value value : captured)
      free.insert(value);
    (void)collectInputs(nest, all);
    nest.forEachAccess([&](const NestAccess &access, bool) {
      accessed.insert(access.tensor);
    });
  }
  for (Value value : all)
    if (!accessed.contains(value))
      free.insert(value);
  return free;
}

/// Whether `input` is read only at the element of `output` and not after nest
/// `writer` has written it.
static bool canReuse(const KernelPlan &plan, Value input,
                     const NestAccess &output, unsigned writer) {
  bool can = true;
  for (auto [index, nest] : llvm::enumerate(plan.nests))
    nest.forEachAccess(
        [&, index = index](const NestAccess &access, bool isOutput) {
          if (!isOutput && access.tensor == input)
            can &= index <= writer && haveSameLoops(plan, index, writer) &&
                   isSameElement(access, output);
        });
  return can;
}

static Value getDonor(func::FuncOp func, unsigned result) {
  for (BlockArgument arg : func.getArguments()) {
    auto alias = func.getArgAttrOfType<IntegerAttr>(arg.getArgNumber(),
                                                    "tf.aliasing_output");
    if (alias && alias.getInt() == int64_t(result))
      return arg;
  }
  return {};
}

/// The argument that is donated to the result which `value` becomes, by itself
/// or through branches; null if there is none.
static Value getDonor(Value value) {
  SmallVector<Value> work{value};
  while (!work.empty()) {
    for (OpOperand &use : work.pop_back_val().getUses()) {
      Operation *user = use.getOwner(), *parent = user->getParentOp();
      if (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(user))
        work.push_back(user->getResult(0));
      else if (isa<scf::YieldOp>(user) &&
               isa<scf::IfOp, scf::IndexSwitchOp>(parent))
        work.push_back(parent->getResult(use.getOperandNumber()));
      else if (isa<func::ReturnOp>(user))
        if (Value donor =
                getDonor(cast<func::FuncOp>(parent), use.getOperandNumber()))
          return donor;
    }
  }
  return {};
}

static Value getViewed(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

static bool isFunctionArgument(Value value) {
  auto arg = dyn_cast<BlockArgument>(value);
  return arg && isa<func::FuncOp>(arg.getOwner()->getParentOp());
}

/// A result that replaces an argument takes that one's memory, if it can; else
/// that of a value made on the way rather than an argument's, which may belong
/// to the caller.
SmallVector<int64_t> mp::findReusable(const KernelPlan &plan,
                                      ArrayRef<Value> inputs,
                                      ArrayRef<Value> outputs) {
  SmallVector<int64_t> reusable(outputs.size(), -1);
  if (!isPointwise(plan))
    return reusable;
  llvm::SetVector<Value> free = getFreelyRead(plan);
  SmallVector<Value> viewed = llvm::map_to_vector(inputs, getViewed);
  llvm::SmallSet<int64_t, 4> taken;
  for (auto [writer, nest] : llvm::enumerate(plan.nests))
    for (const NestOutput &output : nest.outputs) {
      auto result = llvm::find(outputs, output.access.tensor);
      if (result == outputs.end() || output.tied)
        continue;
      Value donor = getDonor(*result);
      auto preference = [&](Value input) {
        return donor && input == donor ? 2 : !isFunctionArgument(input);
      };
      int64_t &chosen = reusable[result - outputs.begin()];
      for (auto [position, input] : llvm::enumerate(inputs)) {
        auto type = cast<RankedTensorType>(input.getType());
        auto resultType = cast<RankedTensorType>(result->getType());
        if (taken.contains(position) || free.contains(input) ||
            type.getNumElements() != resultType.getNumElements() ||
            getWidth(input) == 0 || getWidth(input) != getWidth(*result) ||
            !canReuse(plan, input, output.access, writer))
          continue;
        if (chosen < 0 ||
            preference(viewed[chosen]) < preference(viewed[position]))
          chosen = position;
      }
      if (chosen >= 0)
        taken.insert(chosen);
    }
  return reusable;
}

void mp::markInPlace(func::FuncOp kernel, ArrayRef<int64_t> reusable,
                     unsigned numInputs) {
  if (llvm::all_of(reusable, [](int64_t operand) { return operand < 0; }))
    return;
  auto unit = UnitAttr::get(kernel.getContext());
  for (auto [result, operand] : llvm::enumerate(reusable)) {
    if (operand < 0)
      continue;
    kernel.setArgAttr(operand, kMayAliasAttrName, unit);
    kernel.setArgAttr(numInputs + result, kMayAliasAttrName, unit);
  }
  // Buffers on the stack are used again in the next iteration; LLVM turns
  // them into registers.
  auto isArgument = [](Value memref) {
    if (auto cast = memref.getDefiningOp<memref::ReinterpretCastOp>())
      memref = cast.getSource();
    return isa<BlockArgument>(memref);
  };
  kernel.walk([&](Operation *op) {
    if (isa<scf::ForOp>(op))
      op->setAttr(kParallelAttrName, unit);
    if (auto load = dyn_cast<memref::LoadOp>(op);
        load && isArgument(load.getMemref()))
      op->setAttr(kParallelAttrName, unit);
    if (auto store = dyn_cast<memref::StoreOp>(op);
        store && isArgument(store.getMemref()))
      op->setAttr(kParallelAttrName, unit);
  });
}
