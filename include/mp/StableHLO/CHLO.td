#ifndef MP_STABLEHLO_CHLO_TD
#define MP_STABLEHLO_CHLO_TD

include "mlir/IR/OpAsmInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mp/StableHLO/StableHLOAttrs.td"

def CHLO_Dialect : Dialect {
  let name = "chlo";
  let cppNamespace = "::mlir::mp::chlo";
  let summary = "Functions that exporters leave beside StableHLO";
  let description = [{
    Special functions and others that frameworks print next to StableHLO. The
    operations with implicit broadcasting (`chlo.broadcast_add` and the like)
    are not defined; they parse in generic form.
  }];
  let dependentDialects = ["::mlir::mp::shlo::StableHLODialect"];
}

class CHLO_Op<string mnemonic, list<Trait> traits = []>
    : Op<CHLO_Dialect, mnemonic, !listconcat([Pure], traits)>;

class CHLO_UnaryOp<string mnemonic, string what, Type type = SHLO_FpComplexTensor,
                   list<Trait> traits = [SHLO_SameType]>
    : CHLO_Op<mnemonic, !listconcat([SHLO_Elementwise], traits)> {
  let summary = what;
  let arguments = (ins type:$operand);
  let results = (outs SHLO_Tensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `->` type($result)";
}

class CHLO_BinaryOp<string mnemonic, string what>
    : CHLO_Op<mnemonic, [SHLO_Elementwise, SHLO_SameType]> {
  let summary = what;
  let arguments = (ins SHLO_FpTensor:$lhs, SHLO_FpTensor:$rhs);
  let results = (outs SHLO_FpTensor:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)
  }];
}

def CHLO_AcosOp : CHLO_UnaryOp<"acos", "inverse cosine">;
def CHLO_AcoshOp : CHLO_UnaryOp<"acosh", "inverse hyperbolic cosine">;
def CHLO_AsinOp : CHLO_UnaryOp<"asin", "inverse sine">;
def CHLO_AsinhOp : CHLO_UnaryOp<"asinh", "inverse hyperbolic sine">;
def CHLO_AsinAcosKernelOp : CHLO_UnaryOp<"_asin_acos_kernel", "common part of asin and acos">;
def CHLO_AtanOp : CHLO_UnaryOp<"atan", "inverse tangent">;
def CHLO_AtanhOp : CHLO_UnaryOp<"atanh", "inverse hyperbolic tangent">;
def CHLO_BesselI1eOp : CHLO_UnaryOp<"bessel_i1e", "exp(-|x|) times the Bessel function I1", SHLO_FpTensor>;
def CHLO_ConjOp : CHLO_UnaryOp<"conj", "complex conjugate", SHLO_NumberTensor>;
def CHLO_CoshOp : CHLO_UnaryOp<"cosh", "hyperbolic cosine">;
def CHLO_DigammaOp : CHLO_UnaryOp<"digamma", "logarithmic derivative of gamma", SHLO_FpTensor>;
def CHLO_ErfOp : CHLO_UnaryOp<"erf", "error function", SHLO_FpTensor>;
def CHLO_ErfInvOp : CHLO_UnaryOp<"erf_inv", "inverse of the error function", SHLO_FpTensor>;
def CHLO_ErfcOp : CHLO_UnaryOp<"erfc", "1 - erf(x), exact in the tail", SHLO_FpTensor>;
def CHLO_LgammaOp : CHLO_UnaryOp<"lgamma", "logarithm of |gamma|", SHLO_FpTensor>;
def CHLO_SinhOp : CHLO_UnaryOp<"sinh", "hyperbolic sine">;
def CHLO_SquareOp : CHLO_UnaryOp<"square", "x times x", SHLO_NumberTensor>;
def CHLO_TanOp : CHLO_UnaryOp<"tan", "tangent">;

def CHLO_IsInfOp : CHLO_UnaryOp<"is_inf", "infinite", SHLO_FpTensor, [SHLO_SameShape]> {
  let results = (outs SHLO_PredTensor:$result);
}
def CHLO_IsNegInfOp : CHLO_UnaryOp<"is_neg_inf", "minus infinity", SHLO_FpTensor, [SHLO_SameShape]> {
  let results = (outs SHLO_PredTensor:$result);
}
def CHLO_IsPosInfOp : CHLO_UnaryOp<"is_pos_inf", "plus infinity", SHLO_FpTensor, [SHLO_SameShape]> {
  let results = (outs SHLO_PredTensor:$result);
}

def CHLO_NextAfterOp : CHLO_BinaryOp<"next_after", "the float after lhs on the way to rhs">;
def CHLO_PolygammaOp : CHLO_BinaryOp<"polygamma", "derivative of order lhs of digamma at rhs">;
def CHLO_ZetaOp : CHLO_BinaryOp<"zeta", "Hurwitz zeta function">;

def CHLO_TopKOp : CHLO_Op<"top_k", [
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "the k largest elements of the last dimension, in order";
  let description = [{
    Equal elements keep their order: the one of smaller index comes first.
  }];
  let arguments = (ins SHLO_RealOrPredTensor:$operand, I64Attr:$k);
  let results = (outs SHLO_RealOrPredTensor:$values, SHLO_IntTensor:$indices);
  let assemblyFormat = [{
    `(` $operand `,` `k` `=` $k `)` attr-dict
    `:` type($operand) `->` `(` type($values) `,` type($indices) `)`
  }];
  let extraClassDefinition = [{
    void $cppClass::getAsmResultNames(::mlir::OpAsmSetValueNameFn setName) {
      setName(getValues(), "values");
      setName(getIndices(), "indices");
    }
  }];
  let hasVerifier = 1;
}

#endif // MP_STABLEHLO_CHLO_TD
