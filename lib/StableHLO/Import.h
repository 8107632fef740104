//===- Import.h - steps of mp-import ----------------------------*- C++ -*-===//
#ifndef MP_STABLEHLO_IMPORT_H
#define MP_STABLEHLO_IMPORT_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/PatternMatch.h"

namespace mlir::mp::shlo {

/// Inlines every call and every composite. An error, at the call, where
/// functions call themselves, where a callee has no body that can be inlined,
/// and where the functions of `entries` would have more than `maxOps` ops.
LogicalResult inlineCalls(ModuleOp module, ArrayRef<func::FuncOp> entries,
                          int64_t maxOps);

/// Replaces composites and custom calls that name a chlo function by that op,
/// and annotations of sharding and placement by their operand.
LogicalResult replaceNamedCalls(ModuleOp module);

/// Makes every value of tuple type the values that it holds: arguments and
/// results of functions, and what control flow carries.
LogicalResult flattenTuples(func::FuncOp function);

/// Patterns that write operations which only repeat another one as that one.
void populateNormalizePatterns(RewritePatternSet &patterns);

} // namespace mlir::mp::shlo

#endif // MP_STABLEHLO_IMPORT_H
