#ifndef MP_IR_MPATTRS_TD
#define MP_IR_MPATTRS_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mp/IR/MPDialect.td"
include "mp/IR/MPEnums.td"

class MP_Attr<string name, string attrMnemonic> : AttrDef<MP_Dialect, name> {
  let mnemonic = attrMnemonic;
}

def MP_OverflowAttr : EnumAttr<MP_Dialect, MP_Overflow, "overflow">;
def MP_RoundingAttr : EnumAttr<MP_Dialect, MP_Rounding, "rounding">;
def MP_EpilogueAttr : EnumAttr<MP_Dialect, MP_Epilogue, "epilogue">;

def MP_BufferSpaceAttr : EnumAttr<MP_Dialect, MP_BufferSpace, "buffer_space">;

def MP_BufferAttr : MP_Attr<"Buffer", "buffer"> {
  let summary = "where the memory planner put a tensor";
  let description = [{
    `position` counts bytes in the arena and the persistent block, arguments
    or results of the function in the other two spaces.

    Example: `#mp.buffer<arena, 128>`
  }];
  let parameters = (ins EnumParameter<MP_BufferSpace>:$space,
                        "int64_t":$position);
  let assemblyFormat = "`<` $space `,` $position `>`";
}

def MP_PrecisionAttr : MP_Attr<"Precision", "precision"> {
  let summary = "the decided precision of one op";
  let description = [{
    `compute` is the format an op reads its float operands in; `accumulate`
    the format of its accumulator (contractions, convolutions, reductions;
    equal to `compute` elsewhere); `result` the format it hands out.

    Example: `#mp.precision<compute = bf16, accumulate = f32, result = f32>`
  }];
  let parameters = (ins "::mlir::Type":$compute, "::mlir::Type":$accumulate,
                        "::mlir::Type":$result);
  let assemblyFormat = "`<` struct(params) `>`";
}

#endif // MP_IR_MPATTRS_TD
