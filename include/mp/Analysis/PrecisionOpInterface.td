//===- PrecisionOpInterface.td - what the engine asks an op --*- tablegen -*-===//
#ifndef MP_ANALYSIS_PRECISIONOPINTERFACE_TD
#define MP_ANALYSIS_PRECISIONOPINTERFACE_TD

include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def MP_OpClass : I32EnumAttr<"OpClass", "what kind of computation an op is", [
    I32EnumAttrCase<"Contraction", 0, "contraction">,
    I32EnumAttrCase<"Convolution", 1, "convolution">,
    I32EnumAttrCase<"Attention", 2, "attention">,
    I32EnumAttrCase<"Pointwise", 3, "pointwise">,
    I32EnumAttrCase<"Transcendental", 4, "transcendental">,
    I32EnumAttrCase<"Bounded", 5, "bounded">, // transcendental, result in [-1, 1]
    I32EnumAttrCase<"Reduction", 6, "reduction">,
    I32EnumAttrCase<"Scan", 7, "scan">,
    I32EnumAttrCase<"Normalization", 8, "normalization">,
    I32EnumAttrCase<"Softmax", 9, "softmax">,
    I32EnumAttrCase<"Loss", 10, "loss">,
    I32EnumAttrCase<"DataMovement", 11, "data-movement">,
    I32EnumAttrCase<"Comparison", 12, "comparison">,
    I32EnumAttrCase<"Constant", 13, "constant">,
    I32EnumAttrCase<"Control", 14, "control">,
    I32EnumAttrCase<"Random", 15, "rng">,
    I32EnumAttrCase<"Integer", 16, "integer">,
    I32EnumAttrCase<"Quantized", 17, "quantized">,
    I32EnumAttrCase<"Complex", 18, "complex">,
    I32EnumAttrCase<"Collective", 19, "collective">,
    I32EnumAttrCase<"Optimizer", 20, "optimizer">,
    I32EnumAttrCase<"Conversion", 21, "conversion">,
    I32EnumAttrCase<"Opaque", 22, "opaque">
  ]> {
  let cppNamespace = "::mlir::mp";
  let genSpecializedAttr = 0;
}

// Elementwise functions, ops that move elements, and ops that combine many
// (`Sum` of a reduction over dimensions, `WindowSum` of windows, `ScatterSum`
// into places). Operands are in StableHLO's order. Recognising patterns and
// bounding values ask for this, so neither knows any op's name.
def MP_Meaning : I32EnumAttr<"Meaning", "the function that an op computes", [
    I32EnumAttrCase<"None", 0, "none">,
    I32EnumAttrCase<"Constant", 1, "constant">,
    I32EnumAttrCase<"Iota", 2, "iota">,
    I32EnumAttrCase<"Add", 3, "add">,
    I32EnumAttrCase<"Subtract", 4, "subtract">,
    I32EnumAttrCase<"Multiply", 5, "multiply">,
    I32EnumAttrCase<"Divide", 6, "divide">,
    I32EnumAttrCase<"Remainder", 7, "remainder">,
    I32EnumAttrCase<"Maximum", 8, "maximum">,
    I32EnumAttrCase<"Minimum", 9, "minimum">,
    I32EnumAttrCase<"Power", 10, "power">,
    I32EnumAttrCase<"Atan2", 11, "atan2">,
    I32EnumAttrCase<"Negate", 12, "negate">,
    I32EnumAttrCase<"Absolute", 13, "absolute">,
    I32EnumAttrCase<"Sign", 14, "sign">,
    I32EnumAttrCase<"Floor", 15, "floor">,
    I32EnumAttrCase<"Ceil", 16, "ceil">,
    I32EnumAttrCase<"Round", 17, "round">,
    I32EnumAttrCase<"Square", 18, "square">,
    I32EnumAttrCase<"SquareRoot", 19, "square-root">,
    I32EnumAttrCase<"ReciprocalSquareRoot", 20, "reciprocal-square-root">,
    I32EnumAttrCase<"CubeRoot", 21, "cube-root">,
    I32EnumAttrCase<"Exponential", 22, "exponential">,
    I32EnumAttrCase<"ExponentialMinusOne", 23, "exponential-minus-one">,
    I32EnumAttrCase<"Logarithm", 24, "logarithm">,
    I32EnumAttrCase<"LogarithmPlusOne", 25, "logarithm-plus-one">,
    I32EnumAttrCase<"Tanh", 26, "tanh">,
    I32EnumAttrCase<"Logistic", 27, "logistic">,
    I32EnumAttrCase<"Erf", 28, "erf">,
    I32EnumAttrCase<"Erfc", 29, "erfc">,
    I32EnumAttrCase<"Sine", 30, "sine">,
    I32EnumAttrCase<"Cosine", 31, "cosine">,
    I32EnumAttrCase<"Tangent", 32, "tangent">,
    I32EnumAttrCase<"Select", 33, "select">,
    I32EnumAttrCase<"Clamp", 34, "clamp">,
    I32EnumAttrCase<"Compare", 35, "compare">,
    I32EnumAttrCase<"IsFinite", 36, "is-finite">,
    I32EnumAttrCase<"And", 37, "and">,
    I32EnumAttrCase<"Or", 38, "or">,
    I32EnumAttrCase<"Not", 39, "not">,
    I32EnumAttrCase<"Convert", 40, "convert">,
    I32EnumAttrCase<"Broadcast", 41, "broadcast">,
    I32EnumAttrCase<"Reshape", 42, "reshape">,
    I32EnumAttrCase<"Transpose", 43, "transpose">,
    I32EnumAttrCase<"Slice", 44, "slice">,
    I32EnumAttrCase<"DynamicSlice", 45, "dynamic-slice">,
    I32EnumAttrCase<"DynamicUpdateSlice", 46, "dynamic-update-slice">,
    I32EnumAttrCase<"Concatenate", 47, "concatenate">,
    I32EnumAttrCase<"Pad", 48, "pad">,
    I32EnumAttrCase<"Reverse", 49, "reverse">,
    I32EnumAttrCase<"Gather", 50, "gather">,
    I32EnumAttrCase<"Sum", 51, "sum">,
    I32EnumAttrCase<"Product", 52, "product">,
    I32EnumAttrCase<"MaximumOf", 53, "maximum-of">,
    I32EnumAttrCase<"MinimumOf", 54, "minimum-of">,
    I32EnumAttrCase<"WindowSum", 55, "window-sum">,
    I32EnumAttrCase<"WindowMaximum", 56, "window-maximum">,
    I32EnumAttrCase<"WindowMinimum", 57, "window-minimum">,
    I32EnumAttrCase<"ScatterSum", 58, "scatter-sum">,
    I32EnumAttrCase<"ScatterAssign", 59, "scatter-assign">,
    I32EnumAttrCase<"SelectAndScatter", 60, "select-and-scatter">,
    I32EnumAttrCase<"Contraction", 61, "contraction">,
    I32EnumAttrCase<"Convolution", 62, "convolution">,
    I32EnumAttrCase<"Sort", 63, "sort">,
    I32EnumAttrCase<"RandomBits", 64, "random-bits">,
    I32EnumAttrCase<"BatchNormTraining", 65, "batch-norm-training">,
    I32EnumAttrCase<"BatchNormInference", 66, "batch-norm-inference">,
    I32EnumAttrCase<"BatchNormGradient", 67, "batch-norm-gradient">
  ]> {
  let cppNamespace = "::mlir::mp";
  let genSpecializedAttr = 0;
}

def PrecisionOpInterface : OpInterface<"PrecisionOpInterface"> {
  let cppNamespace = "::mlir::mp";
  let description = [{
    What the precision engine needs to know about an op. The engine reads
    nothing else, so an op takes part by implementing this interface; an op
    without it keeps the types that its author wrote.
  }];
  let methods = [
    InterfaceMethod<"The class that policies match, before any pattern.",
      "::mlir::mp::OpClass", "getPrecisionClass", (ins)>,
    InterfaceMethod<"The function that the op computes, whatever its types.",
      "::mlir::mp::Meaning", "getMeaning", (ins), [{}],
      [{ return ::mlir::mp::Meaning::None; }]>,
    InterfaceMethod<[{
        The values that this function is of, in StableHLO's order: not always
        the operands of the op, which may be in another order in its body.
      }],
      "::llvm::SmallVector<::mlir::Value>", "getMeaningOperands", (ins), [{}],
      [{ return ::llvm::SmallVector<::mlir::Value>($_op->getOperands()); }]>,
    InterfaceMethod<[{
        How elements of the function's operand with this number lie to those of
        the result: for each dimension of the operand the dimension of the
        result that runs along with it, -1 for one that is reduced. False where
        that is not known, or not all there is to say.
      }],
      "bool", "getOperandDimensions",
      (ins "unsigned":$operand,
           "::llvm::SmallVectorImpl<int64_t> &":$dimensions), [{}],
      [{ return false; }]>,
    InterfaceMethod<"True where the op reads its integers as unsigned ones.",
      "bool", "readsUnsigned", (ins), [{}], [{ return false; }]>,
    InterfaceMethod<[{
        The sets of values of this op that must share one element type. A
        float value in no group keeps its type.
      }],
      "void", "getTypeGroups",
      (ins "::llvm::SmallVectorImpl<::mlir::mp::TypeGroup> &":$groups)>,
    InterfaceMethod<[{
        True where the ops in this op's regions are a part of it (the body of
        a reduction) and follow its precision, rather than being decided one
        by one (the body of a loop).
      }],
      "bool", "ownsRegions", (ins)>,
    InterfaceMethod<[{
        How often the op's regions run each time that the op does: once where
        it is no loop, and nothing where the IR does not tell.
      }],
      "::std::optional<int64_t>", "getTripCount", (ins), [{}],
      [{ return 1; }]>,
    InterfaceMethod<[{
        True where the result is only a shape to be written to, so that it is
        the same in every element type.
      }],
      "bool", "isUndefined", (ins), [{}], [{ return false; }]>,
    InterfaceMethod<[{
        Makes the regions that the op owns fit the new types of its operands
        and results, where its type groups do not speak of their values.
      }],
      "void", "adaptRegions", (ins), [{}], [{}]>,
    InterfaceMethod<[{
        Why the author's types must stay whatever a policy says, or nothing.
      }],
      "::llvm::StringRef", "getAuthorPin", (ins)>,
    InterfaceMethod<[{
        Why the op cannot say that it multiplies in a format that no value is
        stored in, or nothing.
      }],
      "::llvm::StringRef", "getArithmeticPin", (ins "::mlir::FloatType":$format),
      [{}], [{ return "its dialect has no word for what a product rounds to"; }]>,
    InterfaceMethod<"Says that the op, a product, multiplies in a format.",
      "void", "setArithmetic", (ins "::mlir::FloatType":$format), [{}], [{}]>,
    InterfaceMethod<"A number that a policy's condition asks for.",
      "::std::optional<double>", "getPrecisionNumber",
      (ins "::mlir::mp::Quantity":$quantity)>,
    InterfaceMethod<"A word that a policy's condition asks for.",
      "::llvm::StringRef", "getPrecisionWord",
      (ins "::mlir::mp::Word":$word)>
  ];
}

#endif // MP_ANALYSIS_PRECISIONOPINTERFACE_TD
