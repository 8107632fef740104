//===- HostGlobals.h - constants and symbols of host code -------*- C++ -*-===//
#ifndef MP_LIB_PROGRAM_HOSTGLOBALS_H
#define MP_LIB_PROGRAM_HOSTGLOBALS_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"

namespace mlir::mp {

/// Makes each global and each declaration of a module once.
class HostGlobals {
public:
  explicit HostGlobals(ModuleOp module);

  /// A read-only tensor; fails with an error at `loc` if it has no data.
  FailureOr<FlatSymbolRefAttr> getConstant(Location loc, Attribute value);
  /// Zero-terminated text.
  FlatSymbolRefAttr getText(Location loc, StringRef text);
  /// At least one integer; an empty list has a zero.
  FlatSymbolRefAttr getIntegers(Location loc, ArrayRef<int64_t> values);
  /// A function of the runtime.
  LLVM::LLVMFuncOp getRuntimeFunction(Location loc, StringRef name, Type result,
                                      ArrayRef<Type> arguments);
  LLVM::LLVMFuncOp lookUpKernel(StringRef name) const;

private:
  FlatSymbolRefAttr addGlobal(Location loc, StringRef prefix, Type type,
                              Attribute value, int64_t alignment);

  ModuleOp module;
  SymbolTable symbols;
  OpBuilder builder;
  DenseMap<Attribute, FlatSymbolRefAttr> constants, texts, integers;
};

} // namespace mlir::mp

#endif // MP_LIB_PROGRAM_HOSTGLOBALS_H
