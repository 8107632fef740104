#ifndef MP_STABLEHLO_STABLEHLODYNAMICOPS_TD
#define MP_STABLEHLO_STABLEHLODYNAMICOPS_TD

include "mlir/Interfaces/SideEffectInterfaces.td"
include "mp/StableHLO/StableHLOAttrs.td"

// Forms of other operations whose shape or attributes are operands.
class SHLO_DynamicOp<string mnemonic, string what> : SHLO_Op<mnemonic, [Pure]> {
  let summary = what;
}

def SHLO_DynamicBroadcastInDimOp : SHLO_DynamicOp<"dynamic_broadcast_in_dim", "broadcast_in_dim to a computed shape"> {
  let arguments = (ins SHLO_TensorOrIndex:$operand, SHLO_DimensionTensor:$output_dimensions,
                       DenseI64ArrayAttr:$broadcast_dimensions,
                       OptionalAttr<DenseI64ArrayAttr>:$known_expanding_dimensions,
                       OptionalAttr<DenseI64ArrayAttr>:$known_nonexpanding_dimensions);
  let results = (outs SHLO_TensorOrIndex:$result);
  let assemblyFormat = [{
    $operand `,` $output_dimensions `,` `dims` `=` $broadcast_dimensions attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def SHLO_DynamicReshapeOp : SHLO_DynamicOp<"dynamic_reshape", "reshape to a computed shape"> {
  let arguments = (ins SHLO_TensorOrIndex:$operand, SHLO_DimensionTensor:$output_shape);
  let results = (outs SHLO_TensorOrIndex:$result);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def SHLO_DynamicIotaOp : SHLO_DynamicOp<"dynamic_iota", "iota of a computed shape"> {
  let arguments = (ins SHLO_DimensionTensor:$output_shape, I64Attr:$iota_dimension);
  let results = (outs SHLO_IndexableTensor:$result);
  let assemblyFormat = [{
    $output_shape `,` `dim` `=` $iota_dimension attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def SHLO_DynamicPadOp : SHLO_DynamicOp<"dynamic_pad", "pad by computed amounts"> {
  let arguments = (ins SHLO_TensorOrIndex:$operand, SHLO_TensorOrIndex:$padding_value,
                       SHLO_DimensionTensor:$edge_padding_low, SHLO_DimensionTensor:$edge_padding_high,
                       SHLO_DimensionTensor:$interior_padding);
  let results = (outs SHLO_TensorOrIndex:$result);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

def SHLO_RealDynamicSliceOp : SHLO_DynamicOp<"real_dynamic_slice", "slice by computed positions"> {
  let arguments = (ins SHLO_TensorOrIndex:$operand, SHLO_DimensionTensor:$start_indices,
                       SHLO_DimensionTensor:$limit_indices, SHLO_DimensionTensor:$strides);
  let results = (outs SHLO_TensorOrIndex:$result);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

def SHLO_DynamicGatherOp : SHLO_DynamicOp<"dynamic_gather", "gather of slices of a computed size"> {
  let arguments = (ins SHLO_TensorOrIndex:$operand, SHLO_DimensionTensor:$start_indices,
                       SHLO_DimensionTensor:$slice_sizes,
                       SHLO_GatherDimensionNumbersAttr:$dimension_numbers,
                       DefaultValuedOptionalAttr<BoolAttr, "false">:$indices_are_sorted);
  let results = (outs SHLO_TensorOrIndex:$result);
}

def SHLO_DynamicConvOp : SHLO_DynamicOp<"dynamic_conv", "convolution with computed padding"> {
  let arguments = (ins SHLO_Tensor:$lhs, SHLO_Tensor:$rhs, SHLO_DimensionTensor:$padding,
                       OptionalAttr<DenseI64ArrayAttr>:$window_strides,
                       OptionalAttr<DenseI64ArrayAttr>:$lhs_dilation,
                       OptionalAttr<DenseI64ArrayAttr>:$rhs_dilation,
                       OptionalAttr<DenseBoolArrayAttr>:$window_reversal,
                       SHLO_ConvDimensionNumbersAttr:$dimension_numbers,
                       I64Attr:$feature_group_count, I64Attr:$batch_group_count,
                       OptionalAttr<SHLO_PrecisionConfigAttr>:$precision_config);
  let results = (outs SHLO_Tensor:$result);
}

def SHLO_GetDimensionSizeOp : SHLO_DynamicOp<"get_dimension_size", "size of a dimension"> {
  let arguments = (ins SHLO_TensorOrIndex:$operand, I64Attr:$dimension);
  let results = (outs SHLO_IntTensor:$result);
  let assemblyFormat = [{
    $operand `,` `dim` `=` $dimension attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def SHLO_SetDimensionSizeOp : SHLO_DynamicOp<"set_dimension_size", "bounded dimension of a computed size"> {
  let arguments = (ins SHLO_TensorOrIndex:$operand, SHLO_IntTensor:$size, I64Attr:$dimension);
  let results = (outs SHLO_TensorOrIndex:$result);
  let assemblyFormat = [{
    $operand `,` $size `,` `dim` `=` $dimension attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

#endif // MP_STABLEHLO_STABLEHLODYNAMICOPS_TD
