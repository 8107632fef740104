#ifndef MP_IR_MPENUMS_TD
#define MP_IR_MPENUMS_TD

include "mlir/IR/EnumAttr.td"
include "mp/IR/MPDialect.td"

def MP_Overflow : I32EnumAttr<"Overflow", "what a value beyond the format becomes", [
    I32EnumAttrCase<"Ieee", 0, "ieee">,          // infinity, or NaN in formats without one
    I32EnumAttrCase<"SatFinite", 1, "satfinite"> // the largest finite value, sign kept
  ]> {
  let cppNamespace = "::mlir::mp";
  let genSpecializedAttr = 0;
}

def MP_Rounding : I32EnumAttr<"Rounding", "direction of rounding", [
    I32EnumAttrCase<"NearestEven", 0, "nearest_even">,
    I32EnumAttrCase<"TowardZero", 1, "toward_zero">
  ]> {
  let cppNamespace = "::mlir::mp";
  let genSpecializedAttr = 0;
}

def MP_Epilogue : I32EnumAttr<"Epilogue", "function applied to the accumulator", [
    I32EnumAttrCase<"None", 0, "none">,
    I32EnumAttrCase<"Relu", 1, "relu">,
    I32EnumAttrCase<"GeluTanh", 2, "gelu_tanh">,
    I32EnumAttrCase<"GeluErf", 3, "gelu_erf">,
    I32EnumAttrCase<"Silu", 4, "silu">
  ]> {
  let cppNamespace = "::mlir::mp";
  let genSpecializedAttr = 0;
}

def MP_BufferSpace : I32EnumAttr<"BufferSpace", "memory that a planned buffer lies in", [
    I32EnumAttrCase<"Arena", 0, "arena">,           // temporaries of one call
    I32EnumAttrCase<"Persistent", 1, "persistent">, // what `prepare` leaves for `run`
    I32EnumAttrCase<"Argument", 2, "argument">,     // the caller's
    I32EnumAttrCase<"Result", 3, "result">          // the caller's
  ]> {
  let cppNamespace = "::mlir::mp";
  let genSpecializedAttr = 0;
}

#endif // MP_IR_MPENUMS_TD
