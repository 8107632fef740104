#ifndef MP_STABLEHLO_STABLEHLOSHAPEOPS_TD
#define MP_STABLEHLO_STABLEHLOSHAPEOPS_TD

include "mlir/IR/OpAsmInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mp/StableHLO/StableHLOAttrs.td"

class SHLO_ShapeOp<string mnemonic, string what, list<Trait> traits = []>
    : SHLO_Op<mnemonic, !listconcat([Pure], traits)> {
  let summary = what;
  let hasVerifier = 1;
}

def SHLO_ConstantOp : SHLO_ShapeOp<"constant", "constant tensor", [ConstantLike,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let arguments = (ins ElementsAttr:$value);
  let results = (outs SHLO_TensorOrIndex:$output);
  // The type is the value's own, except that quantized tensors hold integers.
  let hasCustomAssemblyFormat = 1;
  let hasFolder = 1;
  let builders = [OpBuilder<(ins "::mlir::ElementsAttr":$value)>];
}

def SHLO_IotaOp : SHLO_ShapeOp<"iota", "index along one dimension"> {
  let arguments = (ins I64Attr:$iota_dimension);
  let results = (outs SHLO_IndexableTensor:$output);
  let assemblyFormat = "`dim` `=` $iota_dimension attr-dict `:` type($output)";
}

def SHLO_BroadcastInDimOp : SHLO_ShapeOp<"broadcast_in_dim", "repetition along new or unit dimensions"> {
  let arguments = (ins SHLO_TensorOrIndex:$operand, DenseI64ArrayAttr:$broadcast_dimensions);
  let results = (outs SHLO_TensorOrIndex:$result);
  let assemblyFormat = [{
    $operand `,` `dims` `=` $broadcast_dimensions attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def SHLO_BroadcastOp : SHLO_ShapeOp<"broadcast", "repetition along leading dimensions"> {
  let arguments = (ins SHLO_TensorOrIndex:$operand, DenseI64ArrayAttr:$broadcast_sizes);
  let results = (outs SHLO_TensorOrIndex:$result);
  let assemblyFormat = [{
    $operand `,` `sizes` `=` $broadcast_sizes attr-dict `:` functional-type(operands, results)
  }];
}

def SHLO_ReshapeOp : SHLO_ShapeOp<"reshape", "same elements in another shape"> {
  let arguments = (ins SHLO_TensorOrIndex:$operand);
  let results = (outs SHLO_TensorOrIndex:$result);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def SHLO_BitcastConvertOp : SHLO_ShapeOp<"bitcast_convert", "same bits as another type"> {
  let arguments = (ins SHLO_Tensor:$operand);
  let results = (outs SHLO_Tensor:$result);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def SHLO_TransposeOp : SHLO_ShapeOp<"transpose", "permutation of dimensions"> {
  let arguments = (ins SHLO_TensorOrIndex:$operand, DenseI64ArrayAttr:$permutation);
  let results = (outs SHLO_TensorOrIndex:$result);
  let assemblyFormat = [{
    $operand `,` `dims` `=` $permutation attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def SHLO_ReverseOp : SHLO_ShapeOp<"reverse", "reversal along dimensions", [SHLO_SameType]> {
  let arguments = (ins SHLO_TensorOrIndex:$operand, DenseI64ArrayAttr:$dimensions);
  let results = (outs SHLO_TensorOrIndex:$result);
  let assemblyFormat = [{
    $operand `,` `dims` `=` $dimensions attr-dict
    `:` custom<SameTypes>(type($operand), type($result))
  }];
}

def SHLO_SliceOp : SHLO_ShapeOp<"slice", "part at fixed positions"> {
  let arguments = (ins SHLO_TensorOrIndex:$operand, DenseI64ArrayAttr:$start_indices,
                       DenseI64ArrayAttr:$limit_indices, DenseI64ArrayAttr:$strides);
  let results = (outs SHLO_TensorOrIndex:$result);
  let assemblyFormat = [{
    $operand custom<SliceRanges>($start_indices, $limit_indices, $strides) attr-dict
    `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def SHLO_DynamicSliceOp : SHLO_ShapeOp<"dynamic_slice", "part at computed positions"> {
  let arguments = (ins SHLO_TensorOrIndex:$operand, Variadic<SHLO_DimensionTensor>:$start_indices,
                       DenseI64ArrayAttr:$slice_sizes);
  let results = (outs SHLO_TensorOrIndex:$result);
  let assemblyFormat = [{
    $operand `,` custom<OperandsThenComma>($start_indices) `sizes` `=` $slice_sizes attr-dict
    `:` functional-type(operands, results)
  }];
}

def SHLO_DynamicUpdateSliceOp : SHLO_ShapeOp<"dynamic_update_slice", "replacement of a part at computed positions"> {
  let arguments = (ins SHLO_TensorOrIndex:$operand, SHLO_TensorOrIndex:$update,
                       Variadic<SHLO_DimensionTensor>:$start_indices);
  let results = (outs SHLO_TensorOrIndex:$result);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

def SHLO_PadOp : SHLO_ShapeOp<"pad", "padding around and between elements"> {
  let arguments = (ins SHLO_TensorOrIndex:$operand, SHLO_TensorOrIndex:$padding_value,
                       DenseI64ArrayAttr:$edge_padding_low, DenseI64ArrayAttr:$edge_padding_high,
                       DenseI64ArrayAttr:$interior_padding);
  let results = (outs SHLO_TensorOrIndex:$result);
  let assemblyFormat = [{
    $operand `,` $padding_value `,` `low` `=` $edge_padding_low `,` `high` `=` $edge_padding_high
    `,` `interior` `=` $interior_padding attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def SHLO_ConcatenateOp : SHLO_ShapeOp<"concatenate", "tensors one after another"> {
  let arguments = (ins Variadic<SHLO_TensorOrIndex>:$inputs, I64Attr:$dimension);
  let results = (outs SHLO_TensorOrIndex:$result);
  let assemblyFormat = [{
    custom<OperandsThenComma>($inputs) `dim` `=` $dimension attr-dict
    `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def SHLO_GatherOp : SHLO_ShapeOp<"gather", "slices at computed positions"> {
  let arguments = (ins SHLO_TensorOrIndex:$operand, SHLO_DimensionTensor:$start_indices,
                       SHLO_GatherDimensionNumbersAttr:$dimension_numbers,
                       DenseI64ArrayAttr:$slice_sizes,
                       DefaultValuedOptionalAttr<BoolAttr, "false">:$indices_are_sorted);
  let results = (outs SHLO_TensorOrIndex:$result);
}

def SHLO_TorchIndexSelectOp : SHLO_ShapeOp<"torch_index_select", "rows by number"> {
  let arguments = (ins SHLO_Tensor:$operand, SHLO_Tensor:$index, I64Attr:$dim, I64Attr:$batch_dims);
  let results = (outs SHLO_Tensor:$result);
  let hasVerifier = 0;
}

#endif // MP_STABLEHLO_STABLEHLOSHAPEOPS_TD
