//===- CHLO.h - the chlo dialect ------------------------------------------===//
#ifndef MP_STABLEHLO_CHLO_H
#define MP_STABLEHLO_CHLO_H

#include "mp/StableHLO/StableHLO.h"

#include "mp/StableHLO/CHLODialect.h.inc"

#define GET_OP_CLASSES
#include "mp/StableHLO/CHLOOps.h.inc"

#endif // MP_STABLEHLO_CHLO_H
