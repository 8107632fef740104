// Umbrella of the stablehlo dialect's definitions.
include "mp/StableHLO/StableHLOAttrs.td"
include "mp/StableHLO/StableHLOElementwiseOps.td"
include "mp/StableHLO/StableHLOShapeOps.td"
include "mp/StableHLO/StableHLOContractionOps.td"
include "mp/StableHLO/StableHLOControlOps.td"
include "mp/StableHLO/StableHLODynamicOps.td"
