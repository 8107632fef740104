#ifndef MP_STABLEHLO_PASSES_TD
#define MP_STABLEHLO_PASSES_TD

include "mlir/Pass/PassBase.td"

def MPImportPass : Pass<"mp-import", "::mlir::ModuleOp"> {
  let summary = "make each entry one function of plain StableHLO";
  let description = [{
    Brings what exporters print to one form: every call and every composite is
    inlined, composites and custom calls that name a chlo function become that
    op, sharding and placement annotations go, tuples are flattened, and
    operations that only repeat another one (`dot`, `broadcast`, the dynamic
    forms with known shapes) become it. Public functions stay; private ones
    that nothing needs any more are removed. Where no function is public, those
    that no other function calls stay.

    Values: unchanged, bit for bit. `optimization_barrier` and
    `reduce_precision` stay where they are.
    Reports: an error for recursion, for a call of a function without a body,
    and where inlining would make more than `max-ops` operations.
  }];
  let dependentDialects = ["::mlir::func::FuncDialect",
                           "::mlir::mp::chlo::CHLODialect",
                           "::mlir::mp::shlo::StableHLODialect"];
  let options = [Option<"maxOps", "max-ops", "int64_t", /*default=*/"5000000",
                        "Most operations that the module may have afterwards">];
}

#endif // MP_STABLEHLO_PASSES_TD
