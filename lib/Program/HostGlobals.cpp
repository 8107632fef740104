#include "HostGlobals.h"

#include "ConstantData.h"
#include "mp/Program/ProgramForm.h"

using namespace mlir;
using namespace mlir::mp;

HostGlobals::HostGlobals(ModuleOp module)
    : module(module), symbols(module), builder(module.getContext()) {}

FlatSymbolRefAttr HostGlobals::addGlobal(Location loc, StringRef prefix,
                                         Type type, Attribute value,
                                         int64_t alignment) {
  builder.setInsertionPointToEnd(module.getBody());
  auto global =
      LLVM::GlobalOp::create(builder, loc, type, /*isConstant=*/true,
                             LLVM::Linkage::Internal, prefix, value, alignment);
  return FlatSymbolRefAttr::get(symbols.insert(global));
}

FailureOr<FlatSymbolRefAttr> HostGlobals::getConstant(Location loc,
                                                      Attribute value) {
  FlatSymbolRefAttr &symbol = constants[value];
  if (symbol)
    return symbol;
  FailureOr<std::string> bytes = getConstantBytes(loc, value);
  if (failed(bytes))
    return failure();
  // An empty tensor still has an address.
  if (bytes->empty())
    bytes->push_back(0);
  Type type = LLVM::LLVMArrayType::get(builder.getI8Type(), bytes->size());
  return symbol = addGlobal(loc, "mp.constant", type,
                            builder.getStringAttr(*bytes), kBufferAlignment);
}

FlatSymbolRefAttr HostGlobals::getText(Location loc, StringRef text) {
  FlatSymbolRefAttr &symbol = texts[builder.getStringAttr(text)];
  if (symbol)
    return symbol;
  std::string bytes = text.str();
  bytes.push_back('\0');
  Type type = LLVM::LLVMArrayType::get(builder.getI8Type(), bytes.size());
  return symbol =
             addGlobal(loc, "mp.text", type, builder.getStringAttr(bytes), 1);
}

FlatSymbolRefAttr HostGlobals::getIntegers(Location loc,
                                           ArrayRef<int64_t> values) {
  FlatSymbolRefAttr &symbol = integers[builder.getDenseI64ArrayAttr(values)];
  if (symbol)
    return symbol;
  SmallVector<int64_t> entries(values);
  if (entries.empty())
    entries.push_back(0);
  Type type = LLVM::LLVMArrayType::get(builder.getI64Type(), entries.size());
  return symbol = addGlobal(loc, "mp.integers", type,
                            builder.getI64TensorAttr(entries), 8);
}

LLVM::LLVMFuncOp HostGlobals::getRuntimeFunction(Location loc, StringRef name,
                                                 Type result,
                                                 ArrayRef<Type> arguments) {
  if (auto known = symbols.lookup<LLVM::LLVMFuncOp>(name))
    return known;
  builder.setInsertionPointToStart(module.getBody());
  auto func = LLVM::LLVMFuncOp::create(
      builder, loc, name, LLVM::LLVMFunctionType::get(result, arguments));
  symbols.insert(func);
  return func;
}

LLVM::LLVMFuncOp HostGlobals::lookUpKernel(StringRef name) const {
  return symbols.lookup<LLVM::LLVMFuncOp>(name);
}
