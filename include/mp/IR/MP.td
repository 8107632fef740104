//===- MP.td - the mp dialect, everything --------------------*- tablegen -*-===//
#ifndef MP_IR_MP_TD
#define MP_IR_MP_TD

include "mp/IR/MPDialect.td"
include "mp/IR/MPEnums.td"
include "mp/IR/MPAttrs.td"
include "mp/IR/MPTensorOps.td"
include "mp/IR/MPProgramOps.td"
include "mp/IR/MPTrainingOps.td"

#endif // MP_IR_MP_TD
