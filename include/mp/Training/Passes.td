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

def MPKeepActivationsPass : Pass<"mp-keep-activations", "::mlir::ModuleOp"> {
  let summary = "keep what the backward pass reads in a low format";
  let description = [{
    In functions with a result of role "loss", an f32 tensor that depends on the
    data, is computed before the loss is known and read afterwards is converted
    to `format` where it is made; the later readers get that, converted back.
    The forward pass itself reads the unrounded values. Where a loop makes the
    loss, as one over micro-batches does, that is done in its body; what the
    body hands on to the forward pass of its next run is forward, too.

    Sums, means and what is computed from them alone stay as they are, and so do
    tensors of few elements (less than 1/32 of the largest such tensor). What is
    a few additions, products and broadcasts away from what is kept is not kept,
    but made again.

    Values: the loss is unchanged, bit for bit; gradients see activations
    rounded to `format`.
    Reports: nothing.
  }];
  let dependentDialects = ["::mlir::mp::shlo::StableHLODialect"];
  let options = [Option<"format", "format", "std::string", /*default=*/"\"bf16\"",
                        "bf16 or f16">];
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
    finite, with or without loss scaling. A returned loss that was multiplied by
    the scale is divided by it again; several losses are returned one by one
    and, as `loss`, added up.

    Several optimizers are several functions `@apply_updates_<name>`, each with
    its own parameters: one whose gradients are not finite skips alone, all
    share the scale, and states move only if all gradients are finite.

    `culprit` is -1, or the index of the first bad gradient in the list
    `gradients` of the attribute `mp.train_step`, which has its parameter's name
    and its location; the length of the list if the scale itself is at fault.
    The list is in the order in which the backward pass makes the gradients, so
    the first bad one is nearest to where the overflow began.

    Several losses have several arguments of role `loss_scale`. They all get the
    one scale; with `per-loss` each has a scaler of its own (`scaler/<name>/...`)
    that moves by the gradients computed from that scale alone.

    Scalars of role `schedule`, of any of the functions, become arguments of the
    step; those of one name are one argument.

    Where masters are below f32, `stuck_weights` counts the weights that an
    update that is not 0 left where they were.

    With `accumulate=N` batches and labels hold N micro-batches, one behind the
    other on their first axis, and arguments of role `rng` have a new first axis
    of N. Loss and gradients are means over the micro-batches: sums in f32 of
    what `@loss_and_grads` gives for each (with the whole loss scale, so that
    nothing is lost below), divided once by N and the scale. States pass from
    one micro-batch to the next; other results are those of the last one.

    A function that is a whole train step already (results of roles `loss` and
    `param`) is only renamed; it has no place for a loss scale.

    Values: those of the functions, and of `mp.unscale_and_check` and
    `mp.update_scale`.
    Reports: an error for the first option or value that does not fit; a
    warning for `masters` below f32.
  }];
  let dependentDialects = ["::mlir::mp::MPDialect", "::mlir::mp::shlo::StableHLODialect"];
  let options = [
    Option<"lossScale", "loss-scale", "std::string", /*default=*/"\"dynamic\"",
           "dynamic, none or a number (static scaling)">,
    Option<"preset", "preset", "std::string", /*default=*/"\"\"",
           "Constants of the dynamic scaler: torch (the default), apex, deepspeed or megatron">,
    Option<"initScale", "init-scale", "std::string", /*default=*/"\"\"",
           "Scale to start from, instead of the preset's">,
    Option<"growth", "growth", "std::string", /*default=*/"\"\"",
           "Factor after `interval` clean steps in a row, instead of the preset's">,
    Option<"backoff", "backoff", "std::string", /*default=*/"\"\"",
           "Factor after a step with overflow, instead of the preset's">,
    Option<"interval", "interval", "std::string", /*default=*/"\"\"",
           "Clean steps before the scale grows, instead of the preset's">,
    Option<"minimum", "min", "std::string", /*default=*/"\"\"",
           "The scale never falls below this, instead of the preset's">,
    Option<"maximum", "max", "std::string", /*default=*/"\"\"",
           "The scale never grows above this, instead of the preset's">,
    Option<"hysteresis", "hysteresis", "std::string", /*default=*/"\"\"",
           "Steps with overflow that lower the scale once, instead of the preset's">,
    Option<"consecutiveHysteresis", "consecutive-hysteresis", "bool", /*default=*/"false",
           "Only overflows in a row count for the hysteresis">,
    Option<"perLoss", "per-loss", "bool", /*default=*/"false",
           "A scaler for each argument of role loss_scale">,
    Option<"accumulate", "accumulate", "int64_t", /*default=*/"1",
           "Micro-batches in a step">,
    Option<"masters", "masters", "std::string", /*default=*/"\"f32\"",
           "Format in which parameters are kept between steps: f32 (as exported), bf16 or f16">,
    Option<"lowStates", "low-states", "std::string", /*default=*/"\"\"",
           "Regular expression for the names of optimizer states to keep in `state-format`">,
    Option<"stateFormat", "state-format", "std::string", /*default=*/"\"\"",
           "Format of the `low-states`: bf16 (the default) or f16">];
}

def MPKeepWorkingCopiesPass : Pass<"mp-keep-working-copies", "::mlir::ModuleOp"> {
  let summary = "make the low-precision copy of a parameter where it is updated";
  let description = [{
    The copy of a donated parameter that a step begins with is made of what the
    step before has returned. So a step makes it of its own result instead, in
    the branch that updates the parameter, and takes it as an argument: copy and
    update are then one pass over memory. The new arguments and results are the
    last ones, and no caller sees them: `mp.kept_by` names the function that
    makes them for the first step, and `mp-split-prepare` gives them a place
    that lasts.

    Values: unchanged, bit for bit.
    Reports: nothing.

    [example: test/Training/keep-working-copies.mlir]
  }];
  let dependentDialects = ["::mlir::mp::shlo::StableHLODialect"];
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
