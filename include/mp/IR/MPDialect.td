#ifndef MP_IR_MPDIALECT_TD
#define MP_IR_MPDIALECT_TD

include "mlir/IR/OpBase.td"

def MP_Dialect : Dialect {
  let name = "mp";
  let cppNamespace = "::mlir::mp";
  let summary = "Mixed precision made explicit in the IR";
  let description = [{
    Two groups of ops. The tensor ops (`mp.cast`, `mp.gemm`, `mp.conv`) say
    what no upstream dialect says: the storage format, the accumulator and the
    epilogue of a product, each explicit. The program ops (`mp.launch`,
    `mp.library_call`) are what a model is made of after its kernels have been
    outlined; the memory planner and the host code generator read only these.
    Discardable attributes on ops of other dialects: `mp.precision`,
    `mp.class`, `mp.role`, `mp.name`, `mp.type`, `mp.kernel`.
  }];
  let useDefaultAttributePrinterParser = 1;
}

class MP_Op<string mnemonic, list<Trait> traits = []>
    : Op<MP_Dialect, mnemonic, traits>;

#endif // MP_IR_MPDIALECT_TD
