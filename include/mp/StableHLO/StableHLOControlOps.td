#ifndef MP_STABLEHLO_STABLEHLOCONTROLOPS_TD
#define MP_STABLEHLO_STABLEHLOCONTROLOPS_TD

include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mp/StableHLO/StableHLOAttrs.td"

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

class SHLO_ControlOp<string mnemonic, string what, list<Trait> traits = []>
    : SHLO_Op<mnemonic, !listconcat([RecursiveMemoryEffects, RecursivelySpeculatable], traits)> {
  let summary = what;
  let hasVerifier = 1;
}

def SHLO_ReturnOp : SHLO_Op<"return", [Pure, Terminator]> {
  let summary = "results of a region";
  let arguments = (ins Variadic<AnyType>:$results);
  let assemblyFormat = "attr-dict ($results^ `:` type($results))?";
}

def SHLO_IfOp : SHLO_ControlOp<"if", "one of two regions"> {
  let arguments = (ins SHLO_PredTensor:$pred);
  let results = (outs Variadic<SHLO_Value>);
  let regions = (region SizedRegion<1>:$true_branch, SizedRegion<1>:$false_branch);
}

def SHLO_CaseOp : SHLO_ControlOp<"case", "one of several regions"> {
  let description = [{
    Runs the branch whose number `index` is; the last one when `index` is out
    of range.
  }];
  let arguments = (ins SHLO_IntTensor:$index);
  let results = (outs Variadic<SHLO_Value>);
  let regions = (region VariadicRegion<SizedRegion<1>>:$branches);
}

def SHLO_WhileOp : SHLO_ControlOp<"while", "loop while a condition holds", [
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames"]>]> {
  let arguments = (ins Variadic<SHLO_Value>:$operand);
  let results = (outs Variadic<SHLO_Value>);
  let regions = (region SizedRegion<1>:$cond, SizedRegion<1>:$body);
  // The names of the loop-carried values are introduced beside their initial
  // values.
  let hasCustomAssemblyFormat = 1;
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

def SHLO_CustomCallOp : SHLO_Op<"custom_call", [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "call of a function outside the program";
  let arguments = (ins Variadic<SHLO_CallValue>:$inputs, StrAttr:$call_target_name,
                       DefaultValuedOptionalAttr<BoolAttr, "false">:$has_side_effect,
                       OptionalAttr<AnyAttrOf<[StrAttr, DictionaryAttr]>>:$backend_config,
                       DefaultValuedOptionalAttr<I32Attr, "1">:$api_version,
                       DefaultValuedOptionalAttr<TypedArrayAttrBase<FlatSymbolRefAttr, "symbols">, "{}">:$called_computations,
                       OptionalAttr<ArrayAttr>:$operand_layouts,
                       OptionalAttr<ArrayAttr>:$result_layouts,
                       DefaultValuedOptionalAttr<TypedArrayAttrBase<SHLO_OutputOperandAliasAttr, "aliases">, "{}">:$output_operand_aliases);
  let results = (outs Variadic<SHLO_CallValue>);
  let assemblyFormat = [{
    custom<CallTarget>($call_target_name) `(` $inputs `)` attr-dict
    `:` functional-type(operands, results)
  }];
}

def SHLO_CompositeOp : SHLO_Op<"composite", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "named operation with a decomposition";
  let arguments = (ins Variadic<SHLO_Value>:$inputs, StrAttr:$name,
                       DefaultValuedOptionalAttr<DictionaryAttr, "{}">:$composite_attributes,
                       FlatSymbolRefAttr:$decomposition,
                       DefaultValuedOptionalAttr<I32Attr, "0">:$version);
  let results = (outs Variadic<SHLO_Value>);
  let regions = (region VariadicRegion<AnyRegion>:$composite_regions);
  let assemblyFormat = [{
    $name $inputs `` custom<CompositeRegions>($composite_regions) attr-dict
    `:` functional-type(operands, results)
  }];
}

//===----------------------------------------------------------------------===//
// Order, tuples, tokens
//===----------------------------------------------------------------------===//

def SHLO_OptimizationBarrierOp : SHLO_Op<"optimization_barrier", [Pure]> {
  let summary = "identity that no rewrite may look through";
  let arguments = (ins Variadic<SHLO_Value>:$operand);
  let results = (outs Variadic<SHLO_Value>:$result);
  let assemblyFormat = [{
    attr-dict ($operand^ `:` custom<PairwiseTypes>(type($operand), type($result))):(`(` `)`)?
  }];
  let hasVerifier = 1;
}

def SHLO_AfterAllOp : SHLO_Op<"after_all", [Pure]> {
  let summary = "token after other tokens";
  let arguments = (ins Variadic<SHLO_Token>:$inputs);
  let results = (outs SHLO_Token:$result);
  let assemblyFormat = "$inputs attr-dict `:` type($result)";
}

def SHLO_CreateTokenOp : SHLO_Op<"create_token", [Pure]> {
  let summary = "new token";
  let results = (outs SHLO_Token:$output);
  let assemblyFormat = "attr-dict `:` type($output)";
}

def SHLO_TupleOp : SHLO_Op<"tuple", [Pure]> {
  let summary = "tuple of values";
  let arguments = (ins Variadic<SHLO_Value>:$val);
  let results = (outs SHLO_Tuple:$result);
  let assemblyFormat = "$val attr-dict `:` custom<TupleTypes>(type($val), type($result))";
  let hasVerifier = 1;
}

def SHLO_GetTupleElementOp : SHLO_Op<"get_tuple_element", [Pure]> {
  let summary = "element of a tuple";
  let arguments = (ins SHLO_Tuple:$operand, I32Attr:$index);
  let results = (outs SHLO_Value:$result);
  let assemblyFormat = "$operand `[` $index `]` attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

//===----------------------------------------------------------------------===//
// Random numbers
//===----------------------------------------------------------------------===//

def SHLO_RngOp : SHLO_Op<"rng", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "random numbers from hidden state";
  let arguments = (ins SHLO_Tensor:$a, SHLO_Tensor:$b, SHLO_DimensionTensor:$shape,
                       SHLO_RngDistributionAttr:$rng_distribution);
  let results = (outs SHLO_Tensor:$result);
  let assemblyFormat = [{
    $a `,` $b `,` $shape `,` `distribution` `=` custom<Keyword>($rng_distribution) attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def SHLO_RngBitGeneratorOp : SHLO_Op<"rng_bit_generator", [Pure,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "random bits from explicit state";
  let arguments = (ins SHLO_Tensor:$initial_state, SHLO_RngAlgorithmAttr:$rng_algorithm);
  let results = (outs SHLO_Tensor:$output_state, SHLO_Tensor:$output);
  let assemblyFormat = [{
    $initial_state `,` `algorithm` `=` custom<Keyword>($rng_algorithm) attr-dict
    `:` functional-type(operands, results)
  }];
  let extraClassDefinition = [{
    void $cppClass::getAsmResultNames(::mlir::OpAsmSetValueNameFn setName) {
      setName(getOutputState(), "output_state");
      setName(getOutput(), "output");
    }
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Between devices and hosts
//===----------------------------------------------------------------------===//

class SHLO_DistributionOp<string mnemonic, string what, list<Trait> traits = []>
    : SHLO_Op<mnemonic, traits> {
  let summary = what;
}

class SHLO_CollectiveOp<string mnemonic, string what, dag moreArguments>
    : SHLO_DistributionOp<mnemonic, what> {
  let arguments = !con((ins Variadic<SHLO_Value>:$operands), moreArguments,
    (ins AnyAttr:$replica_groups, OptionalAttr<SHLO_ChannelHandleAttr>:$channel_handle));
  let results = (outs Variadic<SHLO_Value>);
}

def SHLO_AllGatherOp : SHLO_CollectiveOp<"all_gather", "concatenation over a process group",
    (ins I64Attr:$all_gather_dim, UnitAttr:$use_global_device_ids)>;
def SHLO_AllReduceOp : SHLO_CollectiveOp<"all_reduce", "reduction over a process group",
    (ins UnitAttr:$use_global_device_ids)> {
  let regions = (region SizedRegion<1>:$computation);
}
def SHLO_AllToAllOp : SHLO_CollectiveOp<"all_to_all", "exchange of parts in a process group",
    (ins I64Attr:$split_dimension, I64Attr:$concat_dimension, I64Attr:$split_count)>;
def SHLO_ReduceScatterOp : SHLO_CollectiveOp<"reduce_scatter", "reduction, then one part for each process",
    (ins I64Attr:$scatter_dimension, UnitAttr:$use_global_device_ids)> {
  let regions = (region SizedRegion<1>:$computation);
}
def SHLO_CollectiveBroadcastOp : SHLO_CollectiveOp<"collective_broadcast", "copies to a process group", (ins)>;
def SHLO_CollectiveReduceOp : SHLO_CollectiveOp<"collective_reduce", "reduction to one process",
    (ins UnitAttr:$use_global_device_ids)> {
  let regions = (region VariadicRegion<SizedRegion<1>>:$computation);
}
def SHLO_CollectivePermuteOp : SHLO_DistributionOp<"collective_permute", "copies between processes"> {
  let arguments = (ins Variadic<SHLO_Value>:$operand, AnyAttr:$source_target_pairs,
                       OptionalAttr<SHLO_ChannelHandleAttr>:$channel_handle);
  let results = (outs Variadic<SHLO_Value>);
}
def SHLO_CrossReplicaSumOp : SHLO_DistributionOp<"cross-replica-sum", "legacy sum over replicas"> {
  let arguments = (ins SHLO_Tensor:$operand, AnyAttr:$replica_groups);
  let results = (outs SHLO_Tensor:$result);
}
def SHLO_PartitionIdOp : SHLO_DistributionOp<"partition_id", "number of this partition", [Pure]> {
  let results = (outs SHLO_IntTensor:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}
def SHLO_ReplicaIdOp : SHLO_DistributionOp<"replica_id", "number of this replica", [Pure]> {
  let results = (outs SHLO_IntTensor:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}
def SHLO_InfeedOp : SHLO_DistributionOp<"infeed", "values from the host"> {
  let arguments = (ins SHLO_Token:$token, OptionalAttr<StrAttr>:$infeed_config,
                       OptionalAttr<ArrayAttr>:$layout);
  let results = (outs Variadic<SHLO_Value>);
}
def SHLO_OutfeedOp : SHLO_DistributionOp<"outfeed", "values to the host"> {
  let arguments = (ins Variadic<SHLO_Value>:$inputs, SHLO_Token:$token,
                       OptionalAttr<StrAttr>:$outfeed_config);
  let results = (outs SHLO_Token:$result);
}
def SHLO_SendOp : SHLO_DistributionOp<"send", "values into a channel"> {
  let arguments = (ins Variadic<SHLO_Value>:$inputs, SHLO_Token:$token,
                       SHLO_ChannelHandleAttr:$channel_handle,
                       DefaultValuedOptionalAttr<BoolAttr, "false">:$is_host_transfer,
                       OptionalAttr<AnyAttr>:$source_target_pairs);
  let results = (outs AnyTypeOf<[SHLO_Token, SHLO_Future]>:$result);
}
def SHLO_RecvOp : SHLO_DistributionOp<"recv", "values from a channel"> {
  let arguments = (ins SHLO_Token:$token, SHLO_ChannelHandleAttr:$channel_handle,
                       DefaultValuedOptionalAttr<BoolAttr, "false">:$is_host_transfer,
                       OptionalAttr<AnyAttr>:$source_target_pairs);
  let results = (outs Variadic<SHLO_Value>);
}
def SHLO_AsyncStartOp : SHLO_DistributionOp<"async_start", "beginning of an operation"> {
  let arguments = (ins Variadic<SHLO_Value>:$operands);
  let results = (outs SHLO_Future:$result);
  let regions = (region AnyRegion:$body);
}
def SHLO_AsyncDoneOp : SHLO_DistributionOp<"async_done", "end of an operation"> {
  let arguments = (ins SHLO_Future:$future);
  let results = (outs Variadic<SHLO_Value>);
}

#endif // MP_STABLEHLO_STABLEHLOCONTROLOPS_TD
