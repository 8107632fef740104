#ifndef MP_STABLEHLO_STABLEHLOENUMS_TD
#define MP_STABLEHLO_STABLEHLOENUMS_TD

include "mlir/IR/EnumAttr.td"
include "mp/StableHLO/StableHLODialect.td"

class SHLO_Case<string name, int value> : I32EnumAttrCase<name, value>;

class SHLO_EnumInfo<string name, string summary, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::mlir::mp::shlo";
  let genSpecializedAttr = 0;
}

class SHLO_EnumAttr<EnumInfo info, string mnemonic>
    : EnumAttr<StableHLO_Dialect, info, mnemonic>;

def SHLO_Precision : SHLO_EnumInfo<"Precision", "hint on the precision of a product", [
    SHLO_Case<"DEFAULT", 0>, SHLO_Case<"HIGH", 1>, SHLO_Case<"HIGHEST", 2>]>;
def SHLO_PrecisionAttr : SHLO_EnumAttr<SHLO_Precision, "precision">;
def SHLO_PrecisionConfigAttr :
    TypedArrayAttrBase<SHLO_PrecisionAttr, "array of precision hints">;

def SHLO_ComparisonDirection : SHLO_EnumInfo<"ComparisonDirection", "what a comparison asks", [
    SHLO_Case<"EQ", 0>, SHLO_Case<"NE", 1>, SHLO_Case<"GE", 2>, SHLO_Case<"GT", 3>,
    SHLO_Case<"LE", 4>, SHLO_Case<"LT", 5>]>;
def SHLO_ComparisonDirectionAttr
    : SHLO_EnumAttr<SHLO_ComparisonDirection, "comparison_direction">;

def SHLO_ComparisonType : SHLO_EnumInfo<"ComparisonType", "how a comparison reads its operands", [
    SHLO_Case<"NOTYPE", 0>, SHLO_Case<"FLOAT", 1>, SHLO_Case<"TOTALORDER", 2>,
    SHLO_Case<"SIGNED", 3>, SHLO_Case<"UNSIGNED", 4>]>;
def SHLO_ComparisonTypeAttr : SHLO_EnumAttr<SHLO_ComparisonType, "comparison_type">;

def SHLO_FftType : SHLO_EnumInfo<"FftType", "kind of Fourier transform", [
    SHLO_Case<"FFT", 0>, SHLO_Case<"IFFT", 1>, SHLO_Case<"RFFT", 2>, SHLO_Case<"IRFFT", 3>]>;
def SHLO_FftTypeAttr : SHLO_EnumAttr<SHLO_FftType, "fft_type">;

def SHLO_Transpose : SHLO_EnumInfo<"Transpose", "how a matrix is read", [
    SHLO_Case<"TRANSPOSE_INVALID", 0>, SHLO_Case<"NO_TRANSPOSE", 1>,
    SHLO_Case<"TRANSPOSE", 2>, SHLO_Case<"ADJOINT", 3>]>;
def SHLO_TransposeAttr : SHLO_EnumAttr<SHLO_Transpose, "transpose">;

def SHLO_RngAlgorithm : SHLO_EnumInfo<"RngAlgorithm", "random bit generator", [
    SHLO_Case<"DEFAULT", 0>, SHLO_Case<"THREE_FRY", 1>, SHLO_Case<"PHILOX", 2>]>;
def SHLO_RngAlgorithmAttr : SHLO_EnumAttr<SHLO_RngAlgorithm, "rng_algorithm">;

def SHLO_RngDistribution : SHLO_EnumInfo<"RngDistribution", "distribution of random numbers", [
    SHLO_Case<"UNIFORM", 1>, SHLO_Case<"NORMAL", 2>]>;
def SHLO_RngDistributionAttr : SHLO_EnumAttr<SHLO_RngDistribution, "rng_distribution">;

def SHLO_ResultAccuracyMode : SHLO_EnumInfo<"ResultAccuracyMode", "which accuracy is asked for", [
    SHLO_Case<"DEFAULT", 0>, SHLO_Case<"HIGHEST", 1>, SHLO_Case<"TOLERANCE", 2>]>;
def SHLO_ResultAccuracyModeAttr
    : SHLO_EnumAttr<SHLO_ResultAccuracyMode, "result_accuracy_mode"> {
  let assemblyFormat = "`<` $value `>`";
}

#endif // MP_STABLEHLO_STABLEHLOENUMS_TD
