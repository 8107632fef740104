#ifndef MP_STABLEHLO_STABLEHLODIALECT_TD
#define MP_STABLEHLO_STABLEHLODIALECT_TD

include "mlir/IR/OpBase.td"

def StableHLO_Dialect : Dialect {
  let name = "stablehlo";
  let cppNamespace = "::mlir::mp::shlo";
  let summary = "StableHLO, written from its public specification";
  let description = [{
    The operations of the StableHLO specification in the textual forms that
    JAX, torch_xla and torch-mlir print. Semantics are the specification's;
    verifiers check what the lowerings rely on. Operations this dialect does
    not know parse in generic form and pass through unchanged.
  }];
  let dependentDialects = ["::mlir::quant::QuantDialect"];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let extraClassDeclaration = [{
    void registerElementwiseOps();
    void registerShapeOps();
    void registerContractionOps();
    void registerControlOps();
    void registerDynamicOps();
    void registerAttributes();
    void registerTypes();
  }];
}

//===----------------------------------------------------------------------===//
// Tensor types
//===----------------------------------------------------------------------===//

class SHLO_TensorOf<int kinds, string what> : Type<
    CPred<"::mlir::mp::shlo::isTensorOf($_self, " # kinds # ")">,
    "ranked tensor of " # what # " values", "::mlir::RankedTensorType">;

// The numbers are sums of the ElementKind bits in StableHLOTypes.h.
def SHLO_Tensor : SHLO_TensorOf<31, "boolean, integer, float, complex or quantized">;
def SHLO_TensorOrIndex : SHLO_TensorOf<63, "StableHLO">;
def SHLO_PredTensor : SHLO_TensorOf<1, "boolean">;
def SHLO_IntTensor : SHLO_TensorOf<2, "integer">;
def SHLO_PredOrIntTensor : SHLO_TensorOf<3, "boolean or integer">;
def SHLO_FpTensor : SHLO_TensorOf<4, "float">;
def SHLO_ComplexTensor : SHLO_TensorOf<8, "complex">;
def SHLO_QuantTensor : SHLO_TensorOf<16, "quantized">;
def SHLO_FpQuantTensor : SHLO_TensorOf<20, "float or quantized">;
def SHLO_FpComplexTensor : SHLO_TensorOf<12, "float or complex">;
def SHLO_FpComplexQuantTensor : SHLO_TensorOf<28, "float, complex or quantized">;
def SHLO_NumberTensor : SHLO_TensorOf<30, "integer, float, complex or quantized">;
def SHLO_RealTensor : SHLO_TensorOf<22, "integer, float or quantized">;
def SHLO_RealOrPredTensor : SHLO_TensorOf<23, "boolean, integer, float or quantized">;
def SHLO_DimensionTensor : SHLO_TensorOf<34, "integer or index">;
def SHLO_IndexableTensor : SHLO_TensorOf<62, "integer, index, float, complex or quantized">;

class SHLO_Op<string mnemonic, list<Trait> traits = []>
    : Op<StableHLO_Dialect, mnemonic, traits>;

//===----------------------------------------------------------------------===//
// Traits
//===----------------------------------------------------------------------===//

class SHLO_Trait<string name> : NativeOpTrait<name> {
  let cppNamespace = "::mlir::mp::shlo";
}

// Operands and results have one shape and, unless quantized, one element type.
def SHLO_SameType : SHLO_Trait<"SameType">;
// Operands and results have one shape; element types are the op's own affair.
def SHLO_SameShape : SHLO_Trait<"SameShape">;
// All operands have one type.
def SHLO_SameOperandTypes : SHLO_Trait<"SameOperandTypes">;
// Every element of the result depends only on the same element of the operands
// (scalar operands count as broadcast).
def SHLO_Elementwise : SHLO_Trait<"Elementwise">;

#endif // MP_STABLEHLO_STABLEHLODIALECT_TD
