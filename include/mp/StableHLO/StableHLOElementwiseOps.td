#ifndef MP_STABLEHLO_STABLEHLOELEMENTWISEOPS_TD
#define MP_STABLEHLO_STABLEHLOELEMENTWISEOPS_TD

include "mlir/Interfaces/SideEffectInterfaces.td"
include "mp/StableHLO/StableHLOAttrs.td"

//===----------------------------------------------------------------------===//
// One operand
//===----------------------------------------------------------------------===//

class SHLO_UnaryOp<string mnemonic, string what, Type type,
                   list<Trait> traits = [SHLO_SameType]>
    : SHLO_Op<mnemonic, !listconcat([Pure, SHLO_Elementwise], traits)> {
  let summary = what;
  let arguments = (ins type:$operand);
  let results = (outs SHLO_Tensor:$result);
  let assemblyFormat = [{
    $operand attr-dict `:` custom<SameTypes>(type($operand), type($result))
  }];
}

// A function that may be asked for a given accuracy.
class SHLO_FunctionOp<string mnemonic, string what>
    : SHLO_UnaryOp<mnemonic, what, SHLO_FpComplexQuantTensor> {
  let arguments = (ins SHLO_FpComplexQuantTensor:$operand,
                       OptionalAttr<SHLO_ResultAccuracyAttr>:$result_accuracy);
}

def SHLO_AbsOp : SHLO_UnaryOp<"abs", "magnitude", SHLO_NumberTensor, [SHLO_SameShape]> {
  let hasVerifier = 1;
}
def SHLO_CbrtOp : SHLO_FunctionOp<"cbrt", "cube root">;
def SHLO_CeilOp : SHLO_UnaryOp<"ceil", "round up", SHLO_FpQuantTensor>;
def SHLO_CosineOp : SHLO_FunctionOp<"cosine", "cosine">;
def SHLO_CountLeadingZerosOp
    : SHLO_UnaryOp<"count_leading_zeros", "number of leading zero bits", SHLO_IntTensor>;
def SHLO_ExponentialOp : SHLO_FunctionOp<"exponential", "e to the power of x">;
def SHLO_ExponentialMinusOneOp : SHLO_FunctionOp<"exponential_minus_one", "exp(x) - 1, exact near zero">;
def SHLO_FloorOp : SHLO_UnaryOp<"floor", "round down", SHLO_FpQuantTensor>;
def SHLO_LogOp : SHLO_FunctionOp<"log", "natural logarithm">;
def SHLO_LogPlusOneOp : SHLO_FunctionOp<"log_plus_one", "log(1 + x), exact near zero">;
def SHLO_LogisticOp : SHLO_FunctionOp<"logistic", "1 / (1 + exp(-x))">;
def SHLO_NegateOp : SHLO_UnaryOp<"negate", "change of sign", SHLO_NumberTensor>;
def SHLO_NotOp : SHLO_UnaryOp<"not", "bitwise complement", SHLO_PredOrIntTensor>;
def SHLO_PopcntOp : SHLO_UnaryOp<"popcnt", "number of one bits", SHLO_IntTensor>;
def SHLO_RoundNearestAfzOp
    : SHLO_UnaryOp<"round_nearest_afz", "round to nearest, ties away from zero", SHLO_FpQuantTensor>;
def SHLO_RoundNearestEvenOp
    : SHLO_UnaryOp<"round_nearest_even", "round to nearest, ties to even", SHLO_FpQuantTensor>;
def SHLO_RsqrtOp : SHLO_FunctionOp<"rsqrt", "reciprocal of the square root">;
def SHLO_SignOp : SHLO_UnaryOp<"sign", "-1, 0 or 1 by sign", SHLO_NumberTensor>;
def SHLO_SineOp : SHLO_FunctionOp<"sine", "sine">;
def SHLO_SqrtOp : SHLO_FunctionOp<"sqrt", "square root">;
def SHLO_TanOp : SHLO_FunctionOp<"tan", "tangent">;
def SHLO_TanhOp : SHLO_FunctionOp<"tanh", "hyperbolic tangent">;

def SHLO_ConvertOp : SHLO_UnaryOp<"convert", "change of element type", SHLO_TensorOrIndex, [SHLO_SameShape]> {
  let description = [{
    Rounds to nearest, ties to even, when the result is narrower. Conversion
    from float to integer truncates toward zero; to boolean it tests for
    inequality with zero.
  }];
  let results = (outs SHLO_TensorOrIndex:$result);
  let hasFolder = 1;
}
def SHLO_IsFiniteOp : SHLO_UnaryOp<"is_finite", "neither infinity nor NaN", SHLO_FpQuantTensor, [SHLO_SameShape]> {
  let results = (outs SHLO_PredTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` functional-type(operands, results)";
}
def SHLO_RealOp : SHLO_UnaryOp<"real", "real part", SHLO_FpComplexTensor, [SHLO_SameShape]> {
  let results = (outs SHLO_FpTensor:$result);
  let hasVerifier = 1;
}
def SHLO_ImagOp : SHLO_UnaryOp<"imag", "imaginary part", SHLO_FpComplexTensor, [SHLO_SameShape]> {
  let results = (outs SHLO_FpTensor:$result);
  let hasVerifier = 1;
}
def SHLO_ReducePrecisionOp : SHLO_Op<"reduce_precision", [Pure, SHLO_Elementwise, SHLO_SameType]> {
  let summary = "round to a float format and back";
  let description = [{
    Rounds every element to the values of the IEEE-like format of
    `exponent_bits` and `mantissa_bits`, ties to even, and keeps the type. It
    marks where excess precision must not survive.
  }];
  let arguments = (ins SHLO_FpQuantTensor:$operand, I32Attr:$exponent_bits, I32Attr:$mantissa_bits);
  let results = (outs SHLO_FpQuantTensor:$output);
  let assemblyFormat = [{
    $operand `,` `format` `=` custom<FloatFormat>($exponent_bits, $mantissa_bits) attr-dict
    `:` custom<SameTypes>(type($operand), type($output))
  }];
  let hasVerifier = 1;
}
def SHLO_UniformQuantizeOp : SHLO_UnaryOp<"uniform_quantize", "to a quantized format", SHLO_FpQuantTensor, [SHLO_SameShape]> {
  let results = (outs SHLO_QuantTensor:$result);
}
def SHLO_UniformDequantizeOp : SHLO_UnaryOp<"uniform_dequantize", "from a quantized format", SHLO_QuantTensor, [SHLO_SameShape]> {
  let results = (outs SHLO_FpTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` functional-type(operands, results)";
}

//===----------------------------------------------------------------------===//
// Two operands
//===----------------------------------------------------------------------===//

class SHLO_BinaryOp<string mnemonic, string what, Type type, list<Trait> traits = []>
    : SHLO_Op<mnemonic, !listconcat([Pure, SHLO_Elementwise, SHLO_SameType], traits)> {
  let summary = what;
  let arguments = (ins type:$lhs, type:$rhs);
  let results = (outs type:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` custom<SameTypes>(type($lhs), type($rhs), type($result))
  }];
}

def SHLO_AddOp : SHLO_BinaryOp<"add", "sum; of booleans, or", SHLO_TensorOrIndex, [Commutative]>;
def SHLO_AndOp : SHLO_BinaryOp<"and", "bitwise and", SHLO_PredOrIntTensor, [Commutative]>;
def SHLO_Atan2Op : SHLO_BinaryOp<"atan2", "angle of the point (rhs, lhs)", SHLO_FpComplexQuantTensor>;
def SHLO_DivideOp : SHLO_BinaryOp<"divide", "quotient; of integers, toward zero", SHLO_IndexableTensor>;
def SHLO_MaximumOp : SHLO_BinaryOp<"maximum", "the larger; of booleans, or", SHLO_TensorOrIndex, [Commutative]>;
def SHLO_MinimumOp : SHLO_BinaryOp<"minimum", "the smaller; of booleans, and", SHLO_TensorOrIndex, [Commutative]>;
def SHLO_MultiplyOp : SHLO_BinaryOp<"multiply", "product; of booleans, and", SHLO_TensorOrIndex, [Commutative]>;
def SHLO_OrOp : SHLO_BinaryOp<"or", "bitwise or", SHLO_PredOrIntTensor, [Commutative]>;
def SHLO_PowerOp : SHLO_BinaryOp<"power", "lhs to the power of rhs", SHLO_NumberTensor>;
def SHLO_RemainderOp : SHLO_BinaryOp<"remainder", "remainder with the dividend's sign", SHLO_IndexableTensor>;
def SHLO_ShiftLeftOp : SHLO_BinaryOp<"shift_left", "shift left", SHLO_IntTensor>;
def SHLO_ShiftRightArithmeticOp
    : SHLO_BinaryOp<"shift_right_arithmetic", "shift right, sign kept", SHLO_IntTensor>;
def SHLO_ShiftRightLogicalOp
    : SHLO_BinaryOp<"shift_right_logical", "shift right, zeros in", SHLO_IntTensor>;
def SHLO_SubtractOp : SHLO_BinaryOp<"subtract", "difference", SHLO_IndexableTensor>;
def SHLO_XorOp : SHLO_BinaryOp<"xor", "bitwise exclusive or", SHLO_PredOrIntTensor, [Commutative]>;

def SHLO_ComplexOp : SHLO_Op<"complex", [Pure, SHLO_Elementwise, SHLO_SameShape, SHLO_SameOperandTypes]> {
  let summary = "complex numbers from real and imaginary parts";
  let arguments = (ins SHLO_FpTensor:$lhs, SHLO_FpTensor:$rhs);
  let results = (outs SHLO_ComplexTensor:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` custom<ComplexTypes>(type($lhs), type($rhs), type($result))
  }];
  let hasVerifier = 1;
}

def SHLO_CompareOp : SHLO_Op<"compare", [Pure, SHLO_Elementwise, SHLO_SameShape]> {
  let summary = "comparison of elements";
  let arguments = (ins SHLO_TensorOrIndex:$lhs, SHLO_TensorOrIndex:$rhs,
                       SHLO_ComparisonDirectionAttr:$comparison_direction,
                       OptionalAttr<SHLO_ComparisonTypeAttr>:$compare_type);
  let results = (outs SHLO_PredTensor:$result);
  let assemblyFormat = [{
    custom<Keyword>($comparison_direction) `,` $lhs `,` $rhs ``
    custom<ComparisonType>($compare_type) attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Three operands
//===----------------------------------------------------------------------===//

def SHLO_SelectOp : SHLO_Op<"select", [Pure, SHLO_Elementwise]> {
  let summary = "on_true where pred holds, else on_false";
  let arguments = (ins SHLO_PredTensor:$pred, SHLO_TensorOrIndex:$on_true, SHLO_TensorOrIndex:$on_false);
  let results = (outs SHLO_TensorOrIndex:$result);
  let assemblyFormat = [{
    operands attr-dict `:`
    custom<SelectTypes>(type($pred), type($on_true), type($on_false), type($result))
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

def SHLO_ClampOp : SHLO_Op<"clamp", [Pure, SHLO_Elementwise]> {
  let summary = "operand limited to the range from min to max";
  let arguments = (ins SHLO_TensorOrIndex:$min, SHLO_TensorOrIndex:$operand, SHLO_TensorOrIndex:$max);
  let results = (outs SHLO_TensorOrIndex:$result);
  let assemblyFormat = [{
    $min `,` $operand `,` $max attr-dict
    `:` custom<SameTypes>(type($min), type($operand), type($max), type($result))
  }];
  let hasVerifier = 1;
}

#endif // MP_STABLEHLO_STABLEHLOELEMENTWISEOPS_TD
