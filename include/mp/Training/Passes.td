#ifndef MP_TRAINING_PASSES_TD
#define MP_TRAINING_PASSES_TD

include "mlir/Pass/PassBase.td"

def MPAssignRolesPass : Pass<"mp-assign-roles", "::mlir::ModuleOp"> {
  let summary = "set names and roles of arguments and results from a sidecar";
  let description = [{
    Reads the JSON file that exporters write beside a model and sets `mp.name`
    and `mp.role`. Indices, shapes and types must agree with the functions.

    Values: unchanged.
    Reports: an error for the first fault.
  }];
  let options = [Option<"file", "file", "std::string", /*default=*/"\"\"",
                        "The sidecar (JSON)">];
}

def MPPrintRolesPass : Pass<"mp-print-roles", "::mlir::ModuleOp"> {
  let summary = "list arguments and results of every entry with their roles";
  let description = [{
    Prints, for each public function, a line for each argument and result:
    index, role, name and type; `-` where there is none.

    Values: unchanged.
    Reports: the list, on standard output.
  }];
}

def MPDonateStatePass : Pass<"mp-donate-state", "::mlir::ModuleOp"> {
  let summary = "let results that replace an argument take its buffer";
  let description = [{
    Where a result of a public function has the role and name of an argument,
    and the role is one that a step replaces (param, opt_state, state, scaler),
    the argument is donated to it (`tf.aliasing_output`), so that the memory
    plan may update it in place. Arguments and results that are donated already
    stay as they are.

    Values: unchanged.
    Reports: nothing.
  }];
}

def MPBuildTrainStepPass : Pass<"mp-build-train-step", "::mlir::ModuleOp"> {
  let summary = "glue loss_and_grads and apply_updates to one train step";
  let description = [{
    From `@loss_and_grads` (arguments: parameters, states, batches, labels,
    loss scale; results: loss, gradients, states) and `@apply_updates`
    (parameters, optimizer states, gradients; new parameters and states), both
    with roles, makes

    `@train_step(params, opt_state, state, scaler, inputs) ->
      (loss, params, opt_state, state, scaler, finite, culprit, aux)`

    and erases the two. `scaler` is (scale f32, growth tracker i32, hysteresis
    left i32) with dynamic loss scaling, else absent. Parameters, optimizer
    states and states keep their old values in a step whose gradients are not
    finite; `culprit` is then the index of the first parameter (in argument
    order) with a bad gradient, the number of parameters if the scale's inverse
    is not finite, else -1. A returned loss that was multiplied by the scale is
    divided by it again. Without loss scaling nothing is checked or guarded.

    Values: those of the two functions, and of `mp.unscale_and_check` and
    `mp.update_scale`.
    Reports: an error for the first value without a partner.
  }];
  let dependentDialects = ["::mlir::mp::MPDialect", "::mlir::mp::shlo::StableHLODialect"];
  let options = [
    Option<"lossScale", "loss-scale", "std::string", /*default=*/"\"dynamic\"",
           "dynamic, none or a number (static scaling)">,
    Option<"initScale", "init-scale", "float", /*default=*/"65536.0f",
           "Scale to start from">,
    Option<"growth", "growth", "float", /*default=*/"2.0f",
           "Factor after `interval` clean steps in a row">,
    Option<"backoff", "backoff", "float", /*default=*/"0.5f",
           "Factor after a step with overflow">,
    Option<"interval", "interval", "int32_t", /*default=*/"2000",
           "Clean steps before the scale grows">,
    Option<"minimum", "minimum", "float", /*default=*/"1.17549435e-38f",
           "The scale never falls below this (default: the smallest normal f32)">,
    Option<"maximum", "maximum", "float", /*default=*/"3.40282347e+38f",
           "The scale never grows above this">,
    Option<"hysteresis", "hysteresis", "int32_t", /*default=*/"1",
           "Steps with overflow that lower the scale once">];
}

def MPToStableHLOPass : Pass<"mp-to-stablehlo"> {
  let summary = "say every mp tensor and training op in plain StableHLO";
  let description = [{
    Rewrites `mp.cast`, `mp.working_copy`, `mp.scale_loss`,
    `mp.unscale_and_check`, `mp.update_scale`, `mp.guarded_update`, `mp.gemm`
    and `mp.conv` into StableHLO (and `chlo.erf` for the erf GELU), so that any
    StableHLO compiler can run the result.

    Values: bit for bit those that the ops document, except that the order of
    sums in products and the accuracy of exp, tanh and erf are the other
    compiler's.
    Reports: nothing; an op it cannot express is an error.
  }];
  let dependentDialects = ["::mlir::mp::shlo::StableHLODialect", "::mlir::mp::chlo::CHLODialect"];
}

#endif // MP_TRAINING_PASSES_TD
