//===- Sdy.h - sharding annotations, kept as text --------------*- C++ -*-===//
#ifndef MP_STABLEHLO_SDY_H
#define MP_STABLEHLO_SDY_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "mp/StableHLO/SdyDialect.h.inc"

#define GET_OP_CLASSES
#include "mp/StableHLO/SdyOps.h.inc"

#endif // MP_STABLEHLO_SDY_H
