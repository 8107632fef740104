#ifndef MP_IR_MPTENSOROPS_TD
#define MP_IR_MPTENSOROPS_TD

include "mlir/Interfaces/CastInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mp/IR/MPAttrs.td"

//===----------------------------------------------------------------------===//
// CastOp
//===----------------------------------------------------------------------===//

def MP_CastOp : MP_Op<"cast", [
    Pure,
    SameOperandsAndResultShape,        // cast-c1
    DeclareOpInterfaceMethods<CastOpInterface>
  ]> {
  let summary = "change the storage format of a float tensor";
  let description = [{
    Converts every element of `input` to the element type of `result`. The
    shape never changes.

    Rounding is `rounding`; subnormal results are kept, never flushed. With
    overflow `ieee` a value too large for the result format becomes infinity,
    or NaN where the format has no infinity (f8E4M3FN); with `satfinite` it
    becomes the largest finite value of its sign, infinities included. NaN
    stays NaN. Widening is exact. No fast-math flag is ever put on the
    arithmetic this lowers to.

    Constraints:

    - (c1) `input` and `result` have the same shape.
    - (c2) the two element types differ.

    Example:

    ```mlir
    %h = mp.cast %x : tensor<4xf32> to tensor<4xf16>
    %q = mp.cast %x overflow satfinite : tensor<4xf32> to tensor<4xf8E4M3FN>
    ```
  }];
  let arguments = (ins RankedTensorOf<[AnyFloat]>:$input,
      DefaultValuedAttr<MP_RoundingAttr, "::mlir::mp::Rounding::NearestEven">:$rounding,
      DefaultValuedAttr<MP_OverflowAttr, "::mlir::mp::Overflow::Ieee">:$overflow);
  let results = (outs RankedTensorOf<[AnyFloat]>:$result);
  let assemblyFormat = [{
    $input (`rounding` $rounding^)? (`overflow` $overflow^)?
    attr-dict `:` type($input) `to` type($result)
  }];
  let hasVerifier = 1; // cast-c2
  let hasFolder = 1;
}

//===----------------------------------------------------------------------===//
// GemmOp
//===----------------------------------------------------------------------===//

def MP_GemmOp : MP_Op<"gemm", [Pure, AttrSizedOperandSegments]> {
  let summary = "batched matrix product with bias, residual and activation";
  let description = [{
    `result[b] = cast(epilogue(A[b] x B[b] + bias + residual[b]))`

    A is [M, K] ([K, M] with `transpose_a`), B is [K, N] ([N, K] with
    `transpose_b`), the result [M, N]; all with one leading batch dimension,
    or all without. `bias` is [N] and is added to every row. `residual` has
    the shape of the result.

    Operands are widened exactly to `accumulator` (f32, or f64 for f64
    operands), products are summed there in an unspecified order (error at
    most K * 2^-24 relative to the sum of magnitudes), bias, residual and
    epilogue are computed there, and the result is rounded once, to nearest
    even, overflow to infinity.

    Epilogues: `relu` max(x, 0), NaN stays NaN; `gelu_tanh`
    0.5x(1 + tanh(sqrt(2/pi)(x + 0.044715x^3))); `gelu_erf`
    0.5x(1 + erf(x/sqrt 2)); `silu` x / (1 + exp(-x)).

    Constraints:

    - (c1) A, B and the result have the same rank, 2 or 3.
    - (c2) batch, M, N and K agree.
    - (c3) A and B have float element types.
    - (c4) `bias` has shape [N].
    - (c5) `residual` has the shape of the result.
    - (c6) `accumulator` is f32 or f64 and at least as wide as A and B.

    Example:

    ```mlir
    %y = mp.gemm %a, %b bias %c epilogue relu accumulator f32
           : (tensor<8x16xbf16>, tensor<16x4xbf16>, tensor<4xf32>) -> tensor<8x4xf32>
    ```
  }];
  let arguments = (ins RankedTensorOf<[AnyFloat]>:$a, RankedTensorOf<[AnyFloat]>:$b,
      Optional<RankedTensorOf<[AnyFloat]>>:$bias,
      Optional<RankedTensorOf<[AnyFloat]>>:$residual,
      UnitAttr:$transpose_a, UnitAttr:$transpose_b,
      DefaultValuedAttr<MP_EpilogueAttr, "::mlir::mp::Epilogue::None">:$epilogue,
      TypeAttr:$accumulator);
  let results = (outs RankedTensorOf<[AnyFloat]>:$result);
  let assemblyFormat = [{
    $a (`transposed` $transpose_a^)? `,` $b (`transposed` $transpose_b^)?
    (`bias` $bias^)? (`residual` $residual^)? (`epilogue` $epilogue^)?
    `accumulator` $accumulator attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // gemm-c1 to gemm-c6
  let extraClassDeclaration = [{
    /// Sizes of the product; batch is 1 for rank 2.
    int64_t getBatch();
    int64_t getM();
    int64_t getN();
    int64_t getK();
  }];
}

//===----------------------------------------------------------------------===//
// ConvOp
//===----------------------------------------------------------------------===//

def MP_ConvOp : MP_Op<"conv", [Pure, AttrSizedOperandSegments]> {
  let summary = "convolution with bias, residual and activation";
  let description = [{
    A cross-correlation over `r` spatial dimensions (1 to 3) in one layout:
    `input` [N, X1..Xr, C], `filter` [W1..Wr, C / groups, O], `result`
    [N, Y1..Yr, O]:

    `result = cast(epilogue(conv(input, filter) + bias + residual))`

    `strides`, `lhs_dilation`, `rhs_dilation` have r entries; `padding` has
    2r: low and high of each spatial dimension, possibly negative, applied
    after the input dilation. Channels are split into `groups` equal groups.
    Numerics are those of `mp.gemm` with K = W1 * .. * Wr * C / groups.

    Constraints:

    - (c1) input, filter and result have rank r + 2, r in 1..3.
    - (c2) the attribute lists have r (padding 2r) entries, strides and
      dilations at least 1.
    - (c3) channels, groups and the result's shape agree.
    - (c4) `bias` has shape [O]; `residual` the shape of the result.
    - (c5) `accumulator` is f32 or f64 and at least as wide as the operands.
  }];
  let arguments = (ins RankedTensorOf<[AnyFloat]>:$input, RankedTensorOf<[AnyFloat]>:$filter,
      Optional<RankedTensorOf<[AnyFloat]>>:$bias,
      Optional<RankedTensorOf<[AnyFloat]>>:$residual,
      DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$padding,
      DenseI64ArrayAttr:$lhs_dilation, DenseI64ArrayAttr:$rhs_dilation,
      DefaultValuedAttr<I64Attr, "1">:$groups,
      DefaultValuedAttr<MP_EpilogueAttr, "::mlir::mp::Epilogue::None">:$epilogue,
      TypeAttr:$accumulator);
  let results = (outs RankedTensorOf<[AnyFloat]>:$result);
  let assemblyFormat = [{
    $input `,` $filter (`bias` $bias^)? (`residual` $residual^)?
    `strides` $strides `padding` $padding
    `lhs_dilation` $lhs_dilation `rhs_dilation` $rhs_dilation
    (`groups` $groups^)? (`epilogue` $epilogue^)?
    `accumulator` $accumulator attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // conv-c1 to conv-c5
}

#endif // MP_IR_MPTENSOROPS_TD
