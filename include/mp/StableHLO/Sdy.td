#ifndef MP_STABLEHLO_SDY_TD
#define MP_STABLEHLO_SDY_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Sdy_Dialect : Dialect {
  let name = "sdy";
  let cppNamespace = "::mlir::mp::sdy";
  let summary = "Sharding annotations, kept as they are written";
  let description = [{
    Reads the sharding that exporters print so that programs for one device can
    be compiled. Shardings and meshes are kept as text.
  }];
  let extraClassDeclaration = [{
    ::mlir::Attribute parseAttribute(::mlir::DialectAsmParser &parser,
                                     ::mlir::Type type) const override;
  }];
}

class Sdy_Op<string mnemonic, list<Trait> traits = []>
    : Op<Sdy_Dialect, mnemonic, traits>;

// An identity on one device.
class Sdy_IdentityOp<string mnemonic, string what>
    : Sdy_Op<mnemonic, [Pure, AllTypesMatch<["input", "result"]>]> {
  let summary = what;
  let arguments = (ins AnyType:$input, StrAttr:$sharding);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$input custom<Opaque>($sharding) attr-dict `:` type($result)";
  let hasFolder = 1;
}

def Sdy_MeshOp : Sdy_Op<"mesh", [Symbol]> {
  let summary = "devices along named axes";
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$mesh);
  let assemblyFormat = "$sym_name `=` custom<Opaque>($mesh) attr-dict";
}

def Sdy_ReshardOp : Sdy_IdentityOp<"reshard", "identity that changes the sharding">;
def Sdy_ShardingConstraintOp
    : Sdy_IdentityOp<"sharding_constraint", "identity with a sharding">;

def Sdy_ShardingGroupOp : Sdy_Op<"sharding_group"> {
  let summary = "puts a value into a group of one sharding";
  let arguments = (ins AnyType:$input, I64Attr:$group_id);
  let assemblyFormat = "$input `group_id` `` `=` `` $group_id attr-dict `:` type($input)";
}

#endif // MP_STABLEHLO_SDY_TD
