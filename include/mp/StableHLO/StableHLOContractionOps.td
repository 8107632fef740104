#ifndef MP_STABLEHLO_STABLEHLOCONTRACTIONOPS_TD
#define MP_STABLEHLO_STABLEHLOCONTRACTIONOPS_TD

include "mlir/Interfaces/SideEffectInterfaces.td"
include "mp/StableHLO/StableHLOAttrs.td"

class SHLO_ContractionOp<string mnemonic, string what, list<Trait> traits = []>
    : SHLO_Op<mnemonic, !listconcat([Pure], traits)> {
  let summary = what;
  let hasVerifier = 1;
}

// An op whose region says how elements combine.
class SHLO_RegionOp<string mnemonic, string what, list<Trait> traits = []>
    : SHLO_Op<mnemonic, !listconcat([RecursiveMemoryEffects, RecursivelySpeculatable], traits)> {
  let summary = what;
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

def SHLO_DotGeneralOp : SHLO_ContractionOp<"dot_general", "sum of products over chosen dimensions"> {
  let arguments = (ins SHLO_Tensor:$lhs, SHLO_Tensor:$rhs,
                       SHLO_DotDimensionNumbersAttr:$dot_dimension_numbers,
                       OptionalAttr<SHLO_PrecisionConfigAttr>:$precision_config,
                       OptionalAttr<SHLO_DotAlgorithmAttr>:$algorithm);
  let results = (outs SHLO_Tensor:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs `,` custom<DotDimensions>($dot_dimension_numbers)
    `` custom<PrecisionAndAlgorithm>($precision_config, $algorithm) attr-dict
    `:` functional-type(operands, results)
  }];
}

def SHLO_DotOp : SHLO_ContractionOp<"dot", "matrix or vector product"> {
  let arguments = (ins SHLO_Tensor:$lhs, SHLO_Tensor:$rhs,
                       OptionalAttr<SHLO_PrecisionConfigAttr>:$precision_config);
  let results = (outs SHLO_Tensor:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs `` custom<PrecisionConfig>($precision_config) attr-dict
    `:` functional-type(operands, results)
  }];
}

def SHLO_EinsumOp : SHLO_Op<"einsum", [Pure]> {
  let summary = "Einstein sum of two tensors";
  let arguments = (ins SHLO_Tensor:$lhs, SHLO_Tensor:$rhs, StrAttr:$einsum_config);
  let results = (outs SHLO_Tensor:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs `,` `config` `=` $einsum_config attr-dict `:` functional-type(operands, results)
  }];
}

def SHLO_UnaryEinsumOp : SHLO_Op<"unary_einsum", [Pure]> {
  let summary = "Einstein sum of one tensor";
  let arguments = (ins SHLO_Tensor:$operand, StrAttr:$einsum_config);
  let results = (outs SHLO_Tensor:$result);
  let assemblyFormat = [{
    $operand `,` `config` `=` $einsum_config attr-dict `:` functional-type(operands, results)
  }];
}

def SHLO_ConvolutionOp : SHLO_ContractionOp<"convolution", "products of a kernel with windows of the input"> {
  let arguments = (ins SHLO_Tensor:$lhs, SHLO_Tensor:$rhs,
                       OptionalAttr<DenseI64ArrayAttr>:$window_strides,
                       OptionalAttr<I64ElementsAttr>:$padding,
                       OptionalAttr<DenseI64ArrayAttr>:$lhs_dilation,
                       OptionalAttr<DenseI64ArrayAttr>:$rhs_dilation,
                       OptionalAttr<DenseBoolArrayAttr>:$window_reversal,
                       SHLO_ConvDimensionNumbersAttr:$dimension_numbers,
                       I64Attr:$feature_group_count, I64Attr:$batch_group_count,
                       OptionalAttr<SHLO_PrecisionConfigAttr>:$precision_config);
  let results = (outs SHLO_Tensor:$result);
  let assemblyFormat = [{
    `` `(` operands `)` `dim_numbers` `=` custom<ConvDimensions>($dimension_numbers) `,`
    `window` `=` `{`
    custom<WindowAttributes>($window_strides, $padding, $lhs_dilation, $rhs_dilation, $window_reversal)
    `}` attr-dict `:` functional-type(operands, results)
  }];
}

def SHLO_CholeskyOp : SHLO_ContractionOp<"cholesky", "Cholesky factor", [SHLO_SameType]> {
  let arguments = (ins SHLO_FpComplexTensor:$a, DefaultValuedOptionalAttr<BoolAttr, "false">:$lower);
  let results = (outs SHLO_FpComplexTensor:$result);
  let assemblyFormat = [{
    $a (`,` `lower` `=` $lower^)? attr-dict `:` custom<SameTypes>(type($a), type($result))
  }];
}

def SHLO_TriangularSolveOp : SHLO_ContractionOp<"triangular_solve", "solution of a triangular system"> {
  let arguments = (ins SHLO_FpComplexTensor:$a, SHLO_FpComplexTensor:$b, BoolAttr:$left_side, BoolAttr:$lower,
                       BoolAttr:$unit_diagonal, SHLO_TransposeAttr:$transpose_a);
  let results = (outs SHLO_FpComplexTensor:$result);
}

def SHLO_FftOp : SHLO_ContractionOp<"fft", "Fourier transform"> {
  let arguments = (ins SHLO_FpComplexTensor:$operand, SHLO_FftTypeAttr:$fft_type, DenseI64ArrayAttr:$fft_length);
  let results = (outs SHLO_FpComplexTensor:$result);
  let assemblyFormat = [{
    $operand `,` `type` `=` custom<Keyword>($fft_type) `,` `length` `=` $fft_length attr-dict
    `:` functional-type(operands, results)
  }];
}

//===----------------------------------------------------------------------===//
// Batch normalisation
//===----------------------------------------------------------------------===//

def SHLO_BatchNormInferenceOp : SHLO_ContractionOp<"batch_norm_inference", "normalisation by given statistics"> {
  let arguments = (ins SHLO_FpQuantTensor:$operand, SHLO_FpQuantTensor:$scale, SHLO_FpQuantTensor:$offset, SHLO_FpQuantTensor:$mean,
                       SHLO_FpQuantTensor:$variance, F32Attr:$epsilon, I64Attr:$feature_index);
  let results = (outs SHLO_FpQuantTensor:$result);
}

def SHLO_BatchNormTrainingOp : SHLO_ContractionOp<"batch_norm_training", "normalisation by the batch's statistics"> {
  let arguments = (ins SHLO_FpQuantTensor:$operand, SHLO_FpQuantTensor:$scale, SHLO_FpQuantTensor:$offset,
                       F32Attr:$epsilon, I64Attr:$feature_index);
  let results = (outs SHLO_FpQuantTensor:$output, SHLO_FpQuantTensor:$batch_mean, SHLO_FpQuantTensor:$batch_var);
}

def SHLO_BatchNormGradOp : SHLO_ContractionOp<"batch_norm_grad", "gradients of batch_norm_training"> {
  let arguments = (ins SHLO_FpQuantTensor:$operand, SHLO_FpQuantTensor:$scale, SHLO_FpQuantTensor:$mean, SHLO_FpQuantTensor:$variance,
                       SHLO_FpQuantTensor:$grad_output, F32Attr:$epsilon, I64Attr:$feature_index);
  let results = (outs SHLO_FpQuantTensor:$grad_operand, SHLO_FpQuantTensor:$grad_scale, SHLO_FpQuantTensor:$grad_offset);
}

//===----------------------------------------------------------------------===//
// Reductions and windows
//===----------------------------------------------------------------------===//

def SHLO_ReduceOp : SHLO_RegionOp<"reduce", "reduction over dimensions", [SameVariadicOperandSize]> {
  let arguments = (ins Variadic<SHLO_TensorOrIndex>:$inputs, Variadic<SHLO_TensorOrIndex>:$init_values,
                       DenseI64ArrayAttr:$dimensions);
  let results = (outs Variadic<SHLO_TensorOrIndex>);
  let regions = (region SizedRegion<1>:$body);
  // A body of one op is written in short; the region's arguments are written
  // pairwise. Neither has a declarative form.
  let hasCustomAssemblyFormat = 1;
}

def SHLO_ReduceWindowOp : SHLO_RegionOp<"reduce_window", "reduction over sliding windows", [SameVariadicOperandSize]> {
  let arguments = (ins Variadic<SHLO_Tensor>:$inputs, Variadic<SHLO_Tensor>:$init_values,
                       DenseI64ArrayAttr:$window_dimensions,
                       OptionalAttr<DenseI64ArrayAttr>:$window_strides,
                       OptionalAttr<DenseI64ArrayAttr>:$base_dilations,
                       OptionalAttr<DenseI64ArrayAttr>:$window_dilations,
                       OptionalAttr<I64ElementsAttr>:$padding);
  let results = (outs Variadic<SHLO_Tensor>);
  let regions = (region SizedRegion<1>:$body);
}

def SHLO_SelectAndScatterOp : SHLO_RegionOp<"select_and_scatter", "scatter to the selected element of each window"> {
  let arguments = (ins SHLO_Tensor:$operand, SHLO_Tensor:$source, SHLO_Tensor:$init_value,
                       OptionalAttr<DenseI64ArrayAttr>:$window_dimensions,
                       OptionalAttr<DenseI64ArrayAttr>:$window_strides,
                       OptionalAttr<I64ElementsAttr>:$padding);
  let results = (outs SHLO_Tensor:$result);
  let regions = (region SizedRegion<1>:$select, SizedRegion<1>:$scatter);
}

def SHLO_ScatterOp : SHLO_RegionOp<"scatter", "combination of updates into computed positions", [SameVariadicOperandSize]> {
  let arguments = (ins Variadic<SHLO_TensorOrIndex>:$inputs, SHLO_DimensionTensor:$scatter_indices,
                       Variadic<SHLO_TensorOrIndex>:$updates,
                       SHLO_ScatterDimensionNumbersAttr:$scatter_dimension_numbers,
                       DefaultValuedOptionalAttr<BoolAttr, "false">:$indices_are_sorted,
                       DefaultValuedOptionalAttr<BoolAttr, "false">:$unique_indices);
  let results = (outs Variadic<SHLO_TensorOrIndex>);
  let regions = (region SizedRegion<1>:$update_computation);
}

def SHLO_MapOp : SHLO_RegionOp<"map", "function of scalars applied to every element"> {
  let arguments = (ins Variadic<SHLO_Tensor>:$inputs, DenseI64ArrayAttr:$dimensions);
  let results = (outs SHLO_Tensor:$result);
  let regions = (region SizedRegion<1>:$computation);
}

def SHLO_SortOp : SHLO_RegionOp<"sort", "sorting along one dimension"> {
  let arguments = (ins Variadic<SHLO_Tensor>:$inputs,
                       DefaultValuedOptionalAttr<I64Attr, "-1">:$dimension,
                       DefaultValuedOptionalAttr<BoolAttr, "false">:$is_stable);
  let results = (outs Variadic<SHLO_Tensor>);
  let regions = (region SizedRegion<1>:$comparator);
}

#endif // MP_STABLEHLO_STABLEHLOCONTRACTIONOPS_TD
