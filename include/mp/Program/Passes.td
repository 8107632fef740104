#ifndef MP_PROGRAM_PASSES_TD
#define MP_PROGRAM_PASSES_TD

include "mlir/Pass/PassBase.td"

def MPSplitPreparePass : Pass<"mp-split-prepare", "::mlir::ModuleOp"> {
  let summary = "move what depends on parameters only into a function of its own";
  let description = [{
    What a program computes from constants and from arguments with the role
    "param" (converted, transposed or packed weights) is the same in every call
    of one instance. Such work moves to a private function `<entry>.prepare`
    with the same arguments; its results have fixed places in the persistent
    block, and the entry function gets them as trailing arguments with
    `mp.buffer`.

    Work whose results are more than four times as large as what it reads stays
    in the entry function: reading such a result costs more than making it, and
    it would be held in memory for ever. Arguments that are donated change with
    every call and are not parameters in this sense.

    **Values:** unchanged, bit for bit.
    **Reports:** nothing.
  }];
  let dependentDialects = ["::mlir::mp::MPDialect", "::mlir::func::FuncDialect",
                           "::mlir::scf::SCFDialect"];
}

def MPPlanMemoryPass : Pass<"mp-plan-memory", "::mlir::ModuleOp"> {
  let summary = "give every tensor of a program its place in memory";
  let description = [{
    Every tensor gets a `#mp.buffer`: a place in one arena, or the caller's
    buffer where it is a result of the function. Tensors that are never alive
    together share memory; several layouts are tried, until one takes no more
    than is in use at one time. Kernels that update an operand get it in place where
    it dies; values carried by loops stay in one buffer; `mp.copy` is inserted
    only where a value lives on, comes from memory that must not be written, or
    has to arrive in two places. Arguments with `tf.aliasing_output` or
    `jax.buffer_donor` are donated: the result marked `mp.donated_to` may be
    computed in that argument's buffer.

    The places are the attribute `mp.buffers` of the ops that write them, the
    sizes `mp.arena_bytes` and `mp.persistent_bytes` of the functions.

    **Values:** unchanged, bit for bit.
    **Reports:** a warning for a donation that cannot be used.
  }];
  let dependentDialects = ["::mlir::mp::MPDialect", "::mlir::arith::ArithDialect",
                           "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"];
}

def MPConvertProgramToLLVMPass
    : Pass<"mp-convert-program-to-llvm", "::mlir::ModuleOp"> {
  let summary = "turn planned programs into the host code of a model";
  let description = [{
    Each entry function becomes a function `mp.run.<name>` (and, where there is
    one, `mp.prepare.<name>`) with the C signature `mp_rt_entry`. Kernels are
    launched through `mp_rt_launch`, or called where there is only one piece of
    work; library routines are called by name. A status other than zero ends
    the call. Constants become private read-only globals. What the descriptor
    must say of the functions is left on the module as `mp.functions`.

    Kernels must be LLVM functions by now.

    **Values:** unchanged, bit for bit.
    **Reports:** nothing.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::cf::ControlFlowDialect",
                           "::mlir::arith::ArithDialect"];
}

#endif // MP_PROGRAM_PASSES_TD
