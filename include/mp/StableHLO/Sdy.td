#ifndef MP_STABLEHLO_SDY_TD
#define MP_STABLEHLO_SDY_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Sdy_Dialect : Dialect {
  let name = "sdy";
  let cppNamespace = "::mlir::mp::sdy";
  let summary = "Sharding annotations, kept as they are written";
  let description = [{
    Reads the sharding that exporters print so that programs for one device can
    be compiled. Attributes are kept as text; only the mesh sizes are looked at.
  }];
  let useDefaultAttributePrinterParser = 0;
  let extraClassDeclaration = [{
    ::mlir::Attribute parseAttribute(::mlir::DialectAsmParser &parser, ::mlir::Type type) const override;
    void printAttribute(::mlir::Attribute attr, ::mlir::DialectAsmPrinter &printer) const override;
  }];
}

class Sdy_Op<string mnemonic, list<Trait> traits = []> : Op<Sdy_Dialect, mnemonic, traits>;

def Sdy_MeshOp : Sdy_Op<"mesh", [Symbol]> {
  let summary = "devices along named axes";
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$mesh);
  let assemblyFormat = "$sym_name `=` custom<Opaque>($mesh) attr-dict";
}

def Sdy_ShardingConstraintOp : Sdy_Op<"sharding_constraint", [
    Pure, AllTypesMatch<["input", "result"]>]> {
  let summary = "identity with a sharding";
  let arguments = (ins AnyType:$input, StrAttr:$sharding);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$input custom<Opaque>($sharding) attr-dict `:` type($result)";
}

#endif // MP_STABLEHLO_SDY_TD
