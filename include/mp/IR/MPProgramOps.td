#ifndef MP_IR_MPPROGRAMOPS_TD
#define MP_IR_MPPROGRAMOPS_TD

include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mp/IR/MPDialect.td"

//===----------------------------------------------------------------------===//
// LaunchOp
//===----------------------------------------------------------------------===//

def MP_LaunchOp : MP_Op<"launch", [
    Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>
  ]> {
  let summary = "run a kernel over a range of independent work items";
  let description = [{
    Calls the kernel function `callee`, a `func.func` with the attribute
    `mp.kernel` and the signature

    `(input memrefs..., result memrefs..., begin: index, end: index,
      scratch: memref<?xi8>) -> ()`

    so that [0, `extent`) is covered by disjoint [begin, end) ranges, in any
    order and on any threads; a range is at least `grain` items long, except
    the last. The split depends on `extent` and `grain` only, never on the
    number of threads. `scratch` is at least `scratch_bytes` long, 64-byte
    aligned and private to the running thread.

    Memrefs are static, with the identity layout, 64-byte aligned unless they
    are arguments of the model. i1 tensors are memrefs of i8 holding 0 or 1.

    The kernel writes every element of each result, with two exceptions:
    where `tied_operands[r] = i` (else -1) result r starts as a copy of
    operand i, which the kernel then only changes (the planner aliases the two
    when operand i dies here); where `reusable_operands[r] = i` (else -1)
    result r may share the buffer of operand i if that operand dies here,
    because the kernel reads each element of i before it writes the same
    element of r, and never reads it again.

    Constraints:

    - (c1) `callee` names a function with `mp.kernel`.
    - (c2) its signature is the one above, element types and shapes matching.
    - (c3) both lists have one entry for each result.
    - (c4) `extent` and `grain` are at least 1.

    Example:

    ```mlir
    %y = mp.launch @relu(%x) extent 8 grain 4
           tied [-1] reusable [0] : (tensor<8x4xf32>) -> tensor<8x4xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee,
      Variadic<AnyRankedTensor>:$inputs,
      I64Attr:$extent, I64Attr:$grain,
      DenseI64ArrayAttr:$tied_operands, DenseI64ArrayAttr:$reusable_operands,
      DefaultValuedAttr<I64Attr, "0">:$scratch_bytes);
  let results = (outs Variadic<AnyRankedTensor>:$outputs);
  let assemblyFormat = [{
    $callee `(` $inputs `)` `extent` $extent `grain` $grain
    `tied` $tied_operands `reusable` $reusable_operands
    (`scratch` $scratch_bytes^)? attr-dict `:` functional-type($inputs, $outputs)
  }];
  let hasVerifier = 1; // launch-c3, launch-c4
}

//===----------------------------------------------------------------------===//
// LibraryCallOp
//===----------------------------------------------------------------------===//

def MP_LibraryCallOp : MP_Op<"library_call"> {
  let summary = "call a routine of the runtime library";
  let description = [{
    Calls the C function `callee` of the runtime:

    `mp_rt_status callee(mp_rt_exec *, const mp_rt_library_call *)`

    where the struct carries `config` (the meaning is the callee's), `label`
    (text for messages, often a source location), the buffers of the inputs
    and then of the results, and which of the inputs keep their values
    between calls of one instance, so that packed forms of them may be kept.
    A status other than zero ends the model's call with that status. Every
    element of each result is written.

    The op counts as having side effects unless `pure` is set: it may fail on
    its inputs' values, and is neither removed nor reordered.
  }];
  let arguments = (ins StrAttr:$callee, Variadic<AnyRankedTensor>:$inputs,
      DenseI64ArrayAttr:$config, DefaultValuedAttr<StrAttr, "\"\"">:$label,
      UnitAttr:$pure);
  let results = (outs Variadic<AnyRankedTensor>:$outputs);
  let assemblyFormat = [{
    $callee `(` $inputs `)` `config` $config (`label` $label^)? (`pure` $pure^)?
    attr-dict `:` functional-type($inputs, $outputs)
  }];
}

//===----------------------------------------------------------------------===//
// CopyOp
//===----------------------------------------------------------------------===//

def MP_CopyOp : MP_Op<"copy", [Pure, AllTypesMatch<["input", "result"]>]> {
  let summary = "hand out a tensor in another buffer";
  let description = [{
    Says that `result`, equal to `input`, has a buffer of its own. Only the
    memory planner makes copies: where a value that will be changed in place
    lives on, or must arrive in the buffer of a loop or of the caller.

    Example:

    ```mlir
    %b = mp.copy %a : tensor<8x4xf32>
    ```
  }];
  let arguments = (ins AnyRankedTensor:$input);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

#endif // MP_IR_MPPROGRAMOPS_TD
