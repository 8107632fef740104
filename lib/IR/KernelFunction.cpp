#include "mp/IR/KernelFunction.h"

using namespace mlir;
using namespace mlir::mp;

MemRefType mp::getKernelMemRefType(RankedTensorType tensor) {
  Type element = tensor.getElementType();
  if (element.isInteger(1))
    element = IntegerType::get(tensor.getContext(), 8);
  return MemRefType::get(tensor.getShape(), element);
}

KernelFunction mp::createKernelFunction(SymbolTable &symbols, Location loc,
                                        StringRef name,
                                        ArrayRef<RankedTensorType> inputs,
                                        ArrayRef<RankedTensorType> outputs) {
  MLIRContext *context = loc.getContext();
  SmallVector<Type> types;
  for (RankedTensorType type :
       llvm::concat<const RankedTensorType>(inputs, outputs))
    types.push_back(getKernelMemRefType(type));
  Type index = IndexType::get(context);
  types.append(
      {index, index,
       MemRefType::get({ShapedType::kDynamic}, IntegerType::get(context, 8))});

  auto func =
      func::FuncOp::create(loc, name, FunctionType::get(context, types, {}));
  func.setPrivate();
  func->setAttr(kKernelAttrName, UnitAttr::get(context));
  symbols.insert(func);
  Block *entry = func.addEntryBlock();
  auto builder = OpBuilder::atBlockEnd(entry);
  func::ReturnOp::create(builder, loc);

  ValueRange arguments = entry->getArguments();
  size_t tensors = inputs.size() + outputs.size();
  return {func,
          arguments.take_front(inputs.size()),
          arguments.slice(inputs.size(), outputs.size()),
          arguments[tensors],
          arguments[tensors + 1],
          arguments[tensors + 2]};
}

LaunchOp mp::createLaunch(OpBuilder &builder, Location loc, func::FuncOp kernel,
                          ValueRange inputs, ArrayRef<RankedTensorType> outputs,
                          int64_t extent, int64_t grain, ArrayRef<int64_t> tied,
                          ArrayRef<int64_t> reusable, int64_t scratchBytes) {
  SmallVector<int64_t> none(outputs.size(), -1);
  return LaunchOp::create(
      builder, loc, SmallVector<Type>(outputs.begin(), outputs.end()),
      kernel.getSymName(), inputs, extent, grain,
      tied.empty() ? ArrayRef<int64_t>(none) : tied,
      reusable.empty() ? ArrayRef<int64_t>(none) : reusable, scratchBytes);
}
