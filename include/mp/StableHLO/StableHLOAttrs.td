#ifndef MP_STABLEHLO_STABLEHLOATTRS_TD
#define MP_STABLEHLO_STABLEHLOATTRS_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/TensorEncoding.td"
include "mp/StableHLO/StableHLOEnums.td"

class SHLO_Attr<string name, string attrMnemonic, list<Trait> traits = []>
    : AttrDef<StableHLO_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}

class SHLO_Dims<string what = ""> : OptionalArrayRefParameter<"int64_t", what>;

// The dimension number attributes are written as `key = value` pairs in any
// order, empty lists left out, which no declarative format offers.

def SHLO_DotDimensionNumbersAttr : SHLO_Attr<"DotDimensionNumbers", "dot"> {
  let summary = "roles of the dimensions of a dot_general";
  let parameters = (ins
    SHLO_Dims<>:$lhsBatchingDimensions, SHLO_Dims<>:$rhsBatchingDimensions,
    SHLO_Dims<>:$lhsContractingDimensions, SHLO_Dims<>:$rhsContractingDimensions);
  let hasCustomAssemblyFormat = 1;
}

def SHLO_GatherDimensionNumbersAttr : SHLO_Attr<"GatherDimensionNumbers", "gather"> {
  let summary = "roles of the dimensions of a gather";
  let parameters = (ins
    SHLO_Dims<>:$offsetDims, SHLO_Dims<>:$collapsedSliceDims,
    SHLO_Dims<>:$operandBatchingDims, SHLO_Dims<>:$startIndicesBatchingDims,
    SHLO_Dims<>:$startIndexMap, DefaultValuedParameter<"int64_t", "0">:$indexVectorDim);
  let hasCustomAssemblyFormat = 1;
}

def SHLO_ScatterDimensionNumbersAttr : SHLO_Attr<"ScatterDimensionNumbers", "scatter"> {
  let summary = "roles of the dimensions of a scatter";
  let parameters = (ins
    SHLO_Dims<>:$updateWindowDims, SHLO_Dims<>:$insertedWindowDims,
    SHLO_Dims<>:$inputBatchingDims, SHLO_Dims<>:$scatterIndicesBatchingDims,
    SHLO_Dims<>:$scatterDimsToOperandDims,
    DefaultValuedParameter<"int64_t", "0">:$indexVectorDim);
  let hasCustomAssemblyFormat = 1;
}

def SHLO_ConvDimensionNumbersAttr : SHLO_Attr<"ConvDimensionNumbers", "conv"> {
  let summary = "roles of the dimensions of a convolution";
  let description = [{
    Written as `[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]`: one list for input,
    kernel and output, each naming what every dimension is.
  }];
  let parameters = (ins
    "int64_t":$inputBatchDimension, "int64_t":$inputFeatureDimension,
    SHLO_Dims<>:$inputSpatialDimensions,
    "int64_t":$kernelInputFeatureDimension, "int64_t":$kernelOutputFeatureDimension,
    SHLO_Dims<>:$kernelSpatialDimensions,
    "int64_t":$outputBatchDimension, "int64_t":$outputFeatureDimension,
    SHLO_Dims<>:$outputSpatialDimensions);
  let hasCustomAssemblyFormat = 1;
}

def SHLO_DotAlgorithmAttr : SHLO_Attr<"DotAlgorithm", "dot_algorithm"> {
  let summary = "formats and passes that compute a dot_general";
  let parameters = (ins
    "::mlir::Type":$lhsPrecisionType, "::mlir::Type":$rhsPrecisionType,
    "::mlir::Type":$accumulationType, "int64_t":$lhsComponentCount,
    "int64_t":$rhsComponentCount, "int64_t":$numPrimitiveOperations,
    "bool":$allowImpreciseAccumulation);
  let hasCustomAssemblyFormat = 1;
}

def SHLO_ChannelHandleAttr : SHLO_Attr<"ChannelHandle", "channel_handle"> {
  let summary = "identifies a communication channel";
  let parameters = (ins "int64_t":$handle, "int64_t":$type);
  let assemblyFormat = "`<` struct(params) `>`";
}

def SHLO_OutputOperandAliasAttr : SHLO_Attr<"OutputOperandAlias", "output_operand_alias"> {
  let summary = "a result of a custom call that shares its operand's memory";
  let parameters = (ins
    SHLO_Dims<>:$outputTupleIndices, "int64_t":$operandIndex,
    SHLO_Dims<>:$operandTupleIndices);
  let hasCustomAssemblyFormat = 1;
}

def SHLO_ResultAccuracyAttr : SHLO_Attr<"ResultAccuracy", "result_accuracy"> {
  let summary = "how exact a transcendental function must be";
  let parameters = (ins
    DefaultValuedParameter<"::llvm::APFloat", "::llvm::APFloat(0.0)">:$atol,
    DefaultValuedParameter<"::llvm::APFloat", "::llvm::APFloat(0.0)">:$rtol,
    DefaultValuedParameter<"int64_t", "0">:$ulps,
    "::mlir::mp::shlo::ResultAccuracyModeAttr":$mode);
  let hasCustomAssemblyFormat = 1;
}

def SHLO_TypeExtensionsAttr : SHLO_Attr<"TypeExtensions", "type_extensions", [
    DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let summary = "upper bounds of dynamic dimensions";
  let parameters = (ins SHLO_Dims<>:$bounds);
  let hasCustomAssemblyFormat = 1;
}

def SHLO_BoundsAttr : SHLO_Attr<"Bounds", "bounds", [
    DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let summary = "upper bounds of dynamic dimensions, short form";
  let parameters = (ins SHLO_Dims<>:$bounds);
  let hasCustomAssemblyFormat = 1;
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

def SHLO_Token : TypeDef<StableHLO_Dialect, "Token"> {
  let mnemonic = "token";
  let summary = "orders side effects";
  let builderCall = "$_builder.getType<::mlir::mp::shlo::TokenType>()";
}

def SHLO_Future : TypeDef<StableHLO_Dialect, "Future"> {
  let mnemonic = "future";
  let summary = "results of an operation under way";
  let parameters = (ins ArrayRefParameter<"::mlir::Type">:$types);
  let assemblyFormat = "`<` $types `>`";
}

def SHLO_Tuple : Type<CPred<"::llvm::isa<::mlir::TupleType>($_self)">, "tuple",
                      "::mlir::TupleType">;
def SHLO_TensorOrToken : AnyTypeOf<[SHLO_Tensor, SHLO_Token]>;
def SHLO_Value : AnyTypeOf<[SHLO_TensorOrIndex, SHLO_Token, SHLO_Tuple, SHLO_Future]>;
def SHLO_CallValue : AnyTypeOf<[SHLO_TensorOrIndex, SHLO_Token, SHLO_Tuple, SHLO_Future,
                                AnyMemRef]>;

#endif // MP_STABLEHLO_STABLEHLOATTRS_TD
