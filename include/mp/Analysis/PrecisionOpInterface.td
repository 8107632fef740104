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
        Why the author's types must stay whatever a policy says, or nothing.
      }],
      "::llvm::StringRef", "getAuthorPin", (ins)>,
    InterfaceMethod<"A number that a policy's condition asks for.",
      "::std::optional<double>", "getPrecisionNumber",
      (ins "::mlir::mp::Quantity":$quantity)>,
    InterfaceMethod<"A word that a policy's condition asks for.",
      "::llvm::StringRef", "getPrecisionWord",
      (ins "::mlir::mp::Word":$word)>
  ];
}

#endif // MP_ANALYSIS_PRECISIONOPINTERFACE_TD
