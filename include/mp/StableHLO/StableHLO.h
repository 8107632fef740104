//===- StableHLO.h - the stablehlo dialect --------------------------------===//
//
// The class of an operation is its mnemonic in camel case with `Op` behind it:
// `stablehlo.exponential_minus_one` is ExponentialMinusOneOp.
//
//===----------------------------------------------------------------------===//
#ifndef MP_STABLEHLO_STABLEHLO_H
#define MP_STABLEHLO_STABLEHLO_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributeInterfaces.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/TensorEncoding.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mp/StableHLO/StableHLOTypes.h"

#include "mp/StableHLO/StableHLODialect.h.inc"
#include "mp/StableHLO/StableHLOEnums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "mp/StableHLO/StableHLOAttrs.h.inc"
#define GET_TYPEDEF_CLASSES
#include "mp/StableHLO/StableHLOTypeDefs.h.inc"

#define GET_OP_CLASSES
#include "mp/StableHLO/StableHLOElementwiseOps.h.inc"
#define GET_OP_CLASSES
#include "mp/StableHLO/StableHLOShapeOps.h.inc"
#define GET_OP_CLASSES
#include "mp/StableHLO/StableHLOContractionOps.h.inc"
#define GET_OP_CLASSES
#include "mp/StableHLO/StableHLOControlOps.h.inc"
#define GET_OP_CLASSES
#include "mp/StableHLO/StableHLODynamicOps.h.inc"

#endif // MP_STABLEHLO_STABLEHLO_H
